"""Rules and effects as the pages show them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.utils.translation import gettext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.result import plain
from nianjian.engines.paper.explanations import value_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import CHINESE, mark, words
from nianjian.engines.rules.inputs import PER_TEN_THOUSAND, InputKind, classify_input, list_choices, read_input
from nianjian.engines.rules.rule import Kind, Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.rule_parts import PartRows

OPERATORS: Final[Mapping[str, str]] = {
    ">": mark("at most {value}"),
    "<=": mark("at most {value}"),
    ">=": mark("at least {value}"),
    "<": mark("below {value}"),
}
COMPARED: Final[Mapping[str, str]] = {"portrait.number_consistency.evasion_limit": mark("below {value}")}
"""Rules whose light comes on where the value is reached."""
HINTS: Final[Mapping[InputKind, str]] = {
    InputKind.PERCENT: mark("40, 40 % and 0.4 mean the same."),
    InputKind.SPAN: mark("A unit may stand behind it, such as 2 hours."),
    InputKind.HOURS: mark("Such as 09:00-12:00, 14:00-18:00."),
    InputKind.LIST: mark("Parted by commas, or one a line."),
}
LEVELS = {"law": "bad", "notice": "warn", "guide": "plain", "vendor": "plain", "internal": "plain"}


@dataclass(frozen=True, slots=True)
class RulePresentation:
    """One rule for readers; ``value``: as its source has it, ``own``: as an overlay has it, or "".

    ``changed``: the reason of that overlay. ``without_effect``: values that were approved and do not act, each with
    its reason.
    """

    key: str
    id: str
    title: str
    value: str
    level: str
    badge: str
    citation: str
    url: str
    days: str
    text: str
    note: str
    province: str
    changed: str
    who: str
    own: str
    subject: str
    kind: str
    reference: bool
    settable: bool
    without_effect: tuple[tuple[str, str], ...]

    @property
    def present(self) -> str:
        """The value that acts."""
        return self.own or self.value


def present_rule(rule: Rule, book: Rulebook) -> RulePresentation:
    """A rule in the reader's language."""
    _ = words(current())
    acting = [one for one in book.overlays if one["key"] == rule.key]
    overlay = acting[-1] if acting else {}
    own = rule_value_text(rule, book) if overlay else ""
    source = book.before.get(rule.key, rule)
    return RulePresentation(
        key=rule.key,
        id=rule.id,
        title=rule.title_zh if current() == CHINESE else rule.title_en,
        value=rule_value_text(source, book),
        level=code_name("level", str(source.level), _),
        badge=LEVELS[str(source.level)],
        citation=source.citation,
        url=source.url or "",
        days=f"{rule.valid_from} – {rule.valid_to or gettext('open-ended')}",
        text=rule.text_zh,
        note=(rule.note_zh if current() == CHINESE else "") or rule.note_en,
        province=rule.province or "",
        changed=str(overlay.get("reason") or ""),
        who=actor_text(str(overlay.get("who") or ""), _),
        own=own,
        subject=rule.subject,
        kind=code_name("rule_kind", str(rule.kind), _),
        reference=rule.kind is Kind.REFERENCE,
        settable=rule.settable,
        without_effect=tuple((str(one["value"]), str(one["reason"])) for one in book.ignored if one["key"] == rule.key),
    )


def rule_value_text(rule: Rule, book: Rulebook, *, bare: bool = False) -> str:
    """The value as people write it: “at most 30 %”; ``bare``: without what it is compared by."""
    _ = words(current())
    entry = {"key": rule.key, "value": plain(rule.value), "unit": rule.unit}
    text = value_text(entry, _, titles(book))
    if rule.key in PER_TEN_THOUSAND and isinstance(rule.value, Decimal):
        text = gettext("{value} ({percent})").format(value=text, percent=f"{(rule.value * 100).normalize():f} %")
    counted = isinstance(rule.value, int | Decimal)
    compared = "" if bare or not counted else COMPARED.get(rule.key) or OPERATORS.get(str(rule.operator), "")
    return _(compared).format(value=text) if compared else text


def list_names(rule: Rule, book: Rulebook) -> dict[str, str]:
    """What people call the words that stand in the value of a rule, or could, by word."""
    _ = words(current())
    own = rule.value if classify_input(rule) is InputKind.LIST else (rule.value,) if isinstance(rule.value, str) else ()
    codes = dict.fromkeys([*list_choices(rule), *(str(part) for part in own)])  # type: ignore[union-attr]
    return {code: value_text({"value": code, "unit": rule.unit}, _, titles(book)) for code in codes}


class RuleValueField(forms.CharField):
    """A value of a rule, typed as people write it; cleaned to the text that an overlay takes."""

    def __init__(self, rule: Rule, book: Rulebook, **kwargs: Any) -> None:  # noqa: ANN401 -- words of a field
        self.rule, self.book, self.names = rule, book, list_names(rule, book)
        super().__init__(max_length=2000, widget=self._build_widget(), **kwargs)

    def _build_widget(self) -> forms.Widget:
        rule, offered = self.rule, [(code, self.names[code]) for code in list_choices(self.rule)]
        if offered:
            return forms.Select(choices=offered) if isinstance(rule.value, str) else Ticks(choices=offered)
        if isinstance(rule.value, str | int | Decimal):
            return forms.TextInput({"autocomplete": "off"})
        if classify_input(rule) is InputKind.STRUCTURE:
            return PartRows(rule, titles(self.book))
        return forms.Textarea({"rows": 3, "spellcheck": "false"})

    @property
    def typed(self) -> bool:
        """Whether it is typed, and so can be misread."""
        return not list_choices(self.rule) and classify_input(self.rule) is not InputKind.STRUCTURE

    @property
    def hint(self) -> str:
        """How it is typed, by example."""
        _ = words(current())
        if self.rule.key in PER_TEN_THOUSAND:
            return gettext("2, 2 ‱ and 0.02 % mean the same.")
        kind = classify_input(self.rule)
        return _(HINTS[kind]) if kind in HINTS and self.typed else ""

    def clean(self, value: Any) -> str:  # noqa: ANN401 -- what a form was sent
        """Raises ValidationError that says how it is typed."""
        try:
            return read_input(self.rule, super().clean(value), self.names)
        except NianjianError as error:
            raise forms.ValidationError(describe_error(error)[0]) from error

    def get_initial(self) -> str:
        """The present value as one would type it."""
        value = self.rule.value
        if classify_input(self.rule) is InputKind.STRUCTURE:
            return json.dumps(plain(value), ensure_ascii=False)
        if isinstance(value, tuple) and value and isinstance(value[0], tuple):
            return ", ".join("-".join(str(part) for part in cast("tuple[object, ...]", pair)) for pair in value)
        if isinstance(value, tuple):
            codes = [str(part) for part in value]
            return ", ".join(codes) if list_choices(self.rule) else "\n".join(self.names.get(one, one) for one in codes)
        return str(value) if isinstance(value, str) else ""


class Ticks(forms.CheckboxSelectMultiple):
    """Several words of a closed list, sent and shown as one text."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ANN401 -- Django's signature
        """The ticked words, one after the other."""
        return ", ".join(super().value_from_datadict(data, files, name) or ())

    def format_value(self, value: Any) -> list[str]:  # noqa: ANN401 -- Django's signature
        """The words of a text."""
        return [part.strip() for part in str(value or "").split(",")]


def titles(book: Rulebook) -> dict[str, str]:
    """What each rule in force is called."""
    chinese = current() == CHINESE
    return {key: rule.title_zh if chinese else rule.title_en for key, rule in book.in_force.items()}

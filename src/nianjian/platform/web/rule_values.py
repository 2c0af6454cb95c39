"""Rules and effects as the pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from nianjian.engines.metrics.result import plain
from nianjian.engines.paper.explanations import value_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.portrait import METRICS, code_name
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.rules.rule import Kind, Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table

LEVELS = {"law": "bad", "notice": "warn", "guide": "plain", "vendor": "plain", "internal": "plain"}


@dataclass(frozen=True, slots=True)
class RulePresentation:
    """One rule for readers; ``changed``: the reason of the overlay that gave it its value, or "".

    ``without_effect``: values that were approved and do not act, each with its reason.
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
    kind: str
    reference: bool
    settable: bool
    without_effect: tuple[tuple[str, str], ...]


def present_rule(rule: Rule, book: Rulebook) -> RulePresentation:
    """A rule in the reader's language."""
    _ = words(current())
    acting = [one for one in book.overlays if one["key"] == rule.key]
    overlay = acting[-1] if acting else {}
    asked = {"key": rule.key, "value": plain(rule.value), "unit": rule.unit, "operator": rule.operator}
    return RulePresentation(
        key=rule.key,
        id=rule.id,
        title=rule.title_zh if current() == CHINESE else rule.title_en,
        value=value_text(asked, _, titles(book)),
        level=code_name("level", str(rule.level), _),
        badge=LEVELS[str(rule.level)],
        citation=rule.citation,
        url=rule.url or "",
        days=f"{rule.valid_from} – {rule.valid_to or gettext('open')}",
        text=rule.text_zh,
        note=(rule.note_zh if current() == CHINESE else "") or rule.note_en,
        province=rule.province or "",
        changed=str(overlay.get("reason") or ""),
        who=actor_text(str(overlay.get("who") or ""), _),
        kind=code_name("rule_kind", str(rule.kind), _),
        reference=rule.kind is Kind.REFERENCE,
        settable=rule.settable,
        without_effect=tuple((str(one["value"]), str(one["reason"])) for one in book.ignored if one["key"] == rule.key),
    )


def titles(book: Rulebook) -> dict[str, str]:
    """What each rule in force is called."""
    chinese = current() == CHINESE
    return {key: rule.title_zh if chinese else rule.title_en for key, rule in book.in_force.items()}


def effect_table(effects: Sequence[Mapping[str, Any]]) -> Table:
    """The lights and values without and with the tried value, a row a metric and enterprise."""
    _ = words(current())
    rows = []
    for one in effects:
        for metric in one["metrics"]:
            before, after = metric["before"], metric["after"]
            rows.append(
                [
                    Cell(f"{one['enterprise']} {one['year']}"),
                    Cell(_(METRICS[metric["slug"]])),
                    Cell(code_name("light", before["light"], _), code=before["light"]),
                    Cell(code_name("light", after["light"], _), code=after["light"]),
                    Cell(before["limit"] or "–", figure=True),
                    Cell(after["limit"] or "–", figure=True),
                ]
            )
    heads = (gettext("Enterprise"), gettext("Metric"), gettext("Light now"), gettext("New light"))
    columns = [*(Column(head) for head in heads), Column(gettext("Limit now"), figure=True)]
    return Table(gettext("What it would change"), [*columns, Column(gettext("New limit"), figure=True)], rows)

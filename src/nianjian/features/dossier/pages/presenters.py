"""Words, tables and forms of the checklist, and its page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper import dossier
from nianjian.engines.paper.texts.dossier import BOARDS, ITEMS, NEXT, NEXT_GENERATED, NEXT_MADE, STATES, VERDICTS
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.rules.rule import Rule
from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import TEXT_LENGTH, Line
from nianjian.features.dossier.models import Version
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.checklist import ItemRequirement
from nianjian.features.dossier.operations.package import GENERATED, portrait_of_item
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook import optional_items
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.rule_values import LEVELS
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person


def day_input() -> forms.DateInput:
    """A field for a day."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ConfirmForm(forms.Form):
    """A person stands for a version."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    effective_on = forms.DateField(
        label=gettext_lazy("Holds from"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("The paper's own day, not that of the upload; empty: it has none."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Holds until"),
        required=False,
        widget=day_input(),
        help_text=gettext_lazy("The last day on which it still holds; empty: as it was read, or without end."),
    )


class ReturnForm(forms.Form):
    """A version that is sent back."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why it is sent back"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 2})
    )


class OwnerForm(forms.Form):
    """Who brings the item."""

    owner = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=160)
    due = forms.DateField(label=gettext_lazy("To be brought by"), required=False, widget=day_input())


class CommentForm(forms.Form):
    """A comment."""

    text = forms.CharField(label=gettext_lazy("Comment"), max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 2}))


class ApplicabilityForm(forms.Form):
    """Why the algorithm filing does not apply."""

    reason = forms.CharField(
        label=gettext_lazy("Why it does not apply"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("An empty text takes it back: the filing is due again."),
    )


ACT_FORMS: Final[dict[str, type[forms.Form]]] = {
    "confirm": ConfirmForm,
    "return": ReturnForm,
    "assign": OwnerForm,
    "comment": CommentForm,
    "not-applicable": ApplicabilityForm,
}


def form(act: str, given: QueryDict | None = None, **first: object) -> forms.Form:
    """The form of an act; its fields have ids of their own, for all stand on one page."""
    return ACT_FORMS[act](given, auto_id=f"{act}_%s", initial=first)


BADGES: Final = {
    "missing": "bad",
    "returned": "bad",
    "not_ready": "bad",
    "to_confirm": "warn",
    "expired": "bad",
    "ready": "good",
    "not_applicable": "plain",
    "needs_person": "warn",
}
WEIGHTS: Final = {"stop": "bad", "ask": "warn", "note": "plain"}
WEIGHED: Final = {weight: place for place, weight in enumerate(WEIGHTS)}  # the gravest first


def item_title(item: str) -> str:
    """Name of an item as a heading."""
    name = words(current())(ITEMS[item])
    return name[:1].upper() + name[1:]


def state_badge(code: str) -> Cell:
    """State of an item as a badge."""
    return Cell(words(current())(STATES[code]), badge=BADGES[code])


def verdict_badge(code: str) -> Cell:
    """Verdict of a check as a badge."""
    return Cell(words(current())(VERDICTS[code]), badge=BADGES[code])


def next_step(line: Line) -> str:
    """What to do next about an item; "" where nothing is."""
    told, state = NEXT, line.state.value
    if line.item in GENERATED:
        told = NEXT_MADE if portrait_of_item(line) else NEXT_GENERATED
    return words(current())(told[state]) if state in told else ""


def board_tables(
    code: str, year: int, lines: Sequence[Line], asked: dict[str, ItemRequirement]
) -> list[tuple[str, Table]]:
    """A heading and the items below it, for the general, the special and the province's further papers."""
    _ = words(current())
    held = {board: [one for one in lines if asked[one.item].board == board] for board in BOARDS}
    return [(_(name), _table(_(name), code, year, held[board], asked)) for board, name in BOARDS.items() if held[board]]


def _table(name: str, code: str, year: int, lines: Iterable[Line], asked: dict[str, ItemRequirement]) -> Table:
    heads = (
        gettext("Item"), gettext("State"), gettext("Next step"), gettext("Owner"), gettext("To be brought by"),
        gettext("Holds until"), gettext("Version"),
    )  # fmt: skip
    return Table(name, [Column(head) for head in heads], [_row(code, year, one, asked) for one in lines], cards=True)


def _row(code: str, year: int, line: Line, asked: dict[str, ItemRequirement]) -> list[Cell]:
    last = line.newest
    return [
        Cell(
            f"{asked[line.item].rule.id} {item_title(line.item)}",
            href=reverse("dossier-item", args=[code, year, line.item]),
        ),
        state_badge(line.state.value),
        Cell(next_step(line)),
        Cell(line.owner),
        Cell(str(line.due or "")),
        Cell(str((last and last.valid_until) or "")),
        Cell("" if last is None else last.number),
    ]


@dataclass(frozen=True, slots=True)
class RuleSource:
    """Where a rule comes from; only what is law or a regulator's notice binds."""

    key: str
    title: str
    level: str
    badge: str
    citation: str
    text: str
    note: str


def rule_source(rule: Rule, level: str) -> RuleSource:
    """A rule beside an item, in the reader's language."""
    chinese = current() == CHINESE
    return RuleSource(
        key=rule.key,
        title=rule.title_zh if chinese else rule.title_en,
        level=level,
        badge=LEVELS[str(rule.level)],
        citation=rule.citation,
        text=rule.text_zh or (str(rule.value) if isinstance(rule.value, str) else ""),
        note=rule.note_zh if chinese else rule.note_en,
    )


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version for readers; ``findings``: (badge, page or None, sentence)."""

    number: int
    name: str
    verdict: Cell
    facts: list[tuple[str, str]]
    findings: list[tuple[str, int | None, str]]
    fields: list[tuple[str, str]]
    returned: str
    open: bool
    ready: bool
    pages: int


def version_view(row: Version, newest: int) -> VersionView:
    """A version of an item; ``open``: one may still stand for it or send it back."""
    _ = words(current())
    told = materials.read_report(row)
    findings = sorted(told.get("findings", ()), key=lambda one: (WEIGHED[one["weight"]], one["page"] or 0))
    return VersionView(
        number=row.number,
        name=row.name or "",
        verdict=verdict_badge(row.verdict),
        facts=_facts(row),
        findings=[(WEIGHTS[one["weight"]], one["page"], _sentence(one)) for one in findings],
        fields=dossier.read_fields(told.get("fields", {}), _),
        returned=row.returned_reason,
        open=row.number == newest and row.returned_at is None,
        ready=row.verdict != "not_ready",
        pages=row.pages,
    )


def _sentence(one: dict[str, Any]) -> str:
    return dossier.finding_text(str(one["code"]), {"page": one["page"], **one["values"]}, words(current()))


def _facts(row: Version) -> list[tuple[str, str]]:
    facts = [
        (gettext("Uploaded"), f"{moment(row.recorded_at)} · {person(row.recorded_by)}"),
        (gettext("Number of pages"), str(row.pages or "–")),
        (gettext("Checksum"), row.sha256[:12]),
    ]
    if row.reused_from is not None:
        facts.append((gettext("Taken over from"), str(row.reused_from)))
    if row.confirmed_at is not None:
        facts.append((gettext("Confirmed"), f"{moment(row.confirmed_at)} · {person(row.confirmed_by)}"))
        facts.append((gettext("Holds from"), str(row.effective_on or "–")))
        facts.append((gettext("Holds until"), str(row.valid_until or "–")))
    if row.returned_at is not None:
        facts.append((gettext("Sent back"), f"{moment(row.returned_at)} · {person(row.returned_by)}"))
    return facts


@require_safe
@page(Act.READ)
def show_due_season(request: Request, code: str) -> HttpResponse:
    """The season whose package is due next."""
    return _page(request, code, checklist.due_season(code, clock.today()))


@require_safe
@page(Act.READ)
def show_season(request: Request, code: str, year: int) -> HttpResponse:
    """The season of a data year."""
    return _page(request, code, require_year(year))


def require_year(year: int) -> int:
    """The year, if there can be a season of it; else 404."""
    if not clock.FIRST_DAY.year <= year <= clock.LAST_DAY.year:
        raise Http404
    return year


def _page(request: Request, code: str, year: int) -> HttpResponse:
    lines = checklist.list_items(code, year, request.actor)
    rules = checklist.get_rulebook(code)
    asked = checklist.list_requirements(rules)
    _ = words(current())
    missing = checklist.count_missing(lines)
    due = {one.item for one in lines}
    context = {
        "year": year,
        "years": checklist.list_seasons(code, year, clock.today()),
        "missing": missing,
        "count": len(lines),
        "boards": board_tables(code, year, lines, asked),
        "sources": [
            (one.rule.id, rule_source(one.rule, code_name("level", str(one.rule.level), _)))
            for one in asked.values()
            if one.item in due
        ],
        "further": optional_items.hinted(rules),
        "may_load": may(request.actor, code, Act.LOAD),
        "reuse": reverse("dossier-reuse", args=[code, year]),
        "before": year - 1,
        "summary": gettext("Nothing is missing.") if not missing else "",
    }
    return render(request, "dossier/list.html", context)

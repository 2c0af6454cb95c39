"""自查报告: what the portrait says, whether the items agree with it, and how the checklist stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.texts.dossier import INTERNAL, ITEMS, STATES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.finding import Finding, Weight
from nianjian.features.dossier.generated.document import DASH, Document, Head, Section, Table, build, portrait_line

ITEM: Final = "self_check"


def build_document(
    head: Head,
    portrait: Mapping[str, Any],
    sums: Sequence[tuple[str, str, int, int | None]],
    states: Sequence[tuple[str, str]],
    _: Words,
) -> Document:
    """``portrait``: masked. ``sums``: item, component, its sum, the portrait's. ``states``: item and state."""
    notes = (
        *sections.missing_lines(portrait, _),
        *sections.warning_lines(portrait, _),
        *sections.advice_lines(portrait, _),
    )
    said = (_("Overall: {light}").format(light=code_name("light", str(portrait["light"]), _)), *notes)
    return build(
        ITEM,
        head,
        _,
        title=_(INTERNAL[ITEM]),
        sections=(Section(_("Overall result"), tuple(map(portrait_line, said))),),
        tables=(*_metrics(figures.metric_cards(portrait, _), _), *_items(sums, states, _)),
        signs=(_("Person responsible"),),
    )


def _metrics(cards: Sequence[figures.Card], _: Words) -> tuple[Table, ...]:
    """Rates, their counts, and what was found beside them."""
    rates = tuple(
        (one.title, one.light_word, one.value, one.limit, "; ".join(one.attachments) or DASH, one.citation)
        for one in cards
    )
    counts = tuple((one.title, part.label, part.text) for one in cards for part in one.parts)
    flags = tuple((one.title, flag.title, flag.light_word, flag.detail) for one in cards for flag in one.flags)
    heads = (_("metric"), _("light"), _("value"), _("flagged when"), _("to attach"), _("citation"))
    found = (_("metric"), _("Finding"), _("light"), _("Detail"))
    return (
        Table(_("Metrics"), heads, rates, shares=(4, 3, 4, 4, 5, 9)),
        Table(_("Counted figures"), (_("metric"), _("figure"), _("value")), counts, shares=(3, 6, 3)),
        Table(_("Findings"), found, flags, shares=(4, 6, 3, 8)),
    )


def _items(
    sums: Sequence[tuple[str, str, int, int | None]], states: Sequence[tuple[str, str]], _: Words
) -> tuple[Table, ...]:
    """Sums against the portrait, and the checklist."""
    compared = tuple(
        (
            _(ITEMS[item]), code_name("component", part, _), ours, DASH if theirs is None else theirs,
            _("agrees") if ours == theirs else _("differs"),
        )
        for item, part, ours, theirs in sums
    )  # fmt: skip
    header = (_("Item"), _("figure"), _("Item's sum"), _("Portrait"), _("Comparison"))
    checklist = tuple((_(ITEMS[item]), _(STATES[state])) for item, state in states)
    return (
        Table(_("Sums of the items against the portrait"), header, compared, shares=(6, 6, 3, 3, 3)),
        Table(_("Checklist"), (_("Item"), _("State")), checklist, shares=(3, 2)),
    )


#: Figure of an item -> metric and component of the portrait.
FIGURES: Final[Mapping[str, tuple[str, str]]] = {
    "filed": ("seat_vacancy", "filed"),
    "opened": ("seat_vacancy", "opened"),
    "outbound": ("complaint_rate", "delivered"),
    "outbound_answered": ("complaint_rate", "answered"),
    "complaints": ("complaint_rate", "complaints"),
    "tickets": ("closing_rate", "tickets"),
    "closed": ("closing_rate", "closed"),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A figure that both tell, by its metric and component; ``portrait`` None: the run has it not."""

    metric: str
    figure: str
    paper: int
    portrait: int | None


def compare_sums(paper: Mapping[str, int], portrait: Mapping[str, Any]) -> tuple[Sum, ...]:
    """Each figure of the paper beside that of the portrait's run."""
    metrics = {one["slug"]: one["components"] for one in portrait["metrics"]}
    named = [(*FIGURES[figure], value) for figure, value in paper.items()]
    return tuple(Sum(slug, name, value, metrics.get(slug, {}).get(name)) for slug, name, value in named)


def find_disagreements(sums: Sequence[Sum]) -> tuple[Finding, ...]:
    """A finding for each figure of the paper that the portrait's run has otherwise, or has not. () where all agree."""
    found = []
    for one in sums:
        values = {"figure": one.figure, "metric": one.metric}
        if one.portrait is None:
            found.append(Finding("sums_unknown", Weight.ASK, values=values))
        elif one.portrait != one.paper:
            told = {**values, "paper": one.paper, "portrait": one.portrait}
            found.append(Finding("sums_differ", Weight.STOP, values=told))
    return tuple(found)

"""自查报告: what the portrait says, whether the items agree with it, and how the checklist stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper import advice, figures, headline
from nianjian.engines.paper.texts.dossier.words import ITEMS, STATES
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import DASH, Document, Head, Section, Table, facts, foot, signs

ITEM: Final = "self_check"


def document(
    head: Head,
    portrait: Mapping[str, Any],
    sums: Sequence[tuple[str, str, int, int | None]],
    states: Sequence[tuple[str, str]],
    _: Words,
) -> Document:
    """``portrait``: masked. ``sums``: item, component, its sum, the portrait's. ``states``: item and state."""
    notes = (*headline.missing(portrait, _), *headline.warnings(portrait, _), *advice.advice_lines(portrait, _))
    said = (_("Whole: {light}").format(light=name("light", str(portrait["light"]), _)), *notes)
    return Document(
        item=ITEM,
        title=_("Self-check report"),
        facts=facts(head, _),
        foot=foot(head, _),
        sections=(Section(_("Overall result"), said),),
        tables=(*_metrics(figures.cards(portrait, _), _), *_items(sums, states, _)),
        signs=signs(_, _("Person responsible")),
    )


def _metrics(cards: Sequence[figures.Card], _: Words) -> tuple[Table, ...]:
    """Rates, their counts, and what was found beside them."""
    rates = tuple(
        (one.title, one.light_word, one.value, one.limit, "; ".join(one.attachments) or DASH, one.citation)
        for one in cards
    )
    counts = tuple((one.title, part.label, part.text) for one in cards for part in one.parts)
    flags = tuple((one.title, flag.title, flag.light_word, flag.detail) for one in cards for flag in one.flags)
    return (
        Table(
            _("Metrics"),
            (_("metric"), _("light"), _("value"), _("flagged when"), _("to attach"), _("citation")),
            rates,
            shares=(4, 3, 4, 4, 5, 9),
        ),
        Table(_("Counted figures"), (_("metric"), _("figure"), _("value")), counts, shares=(3, 6, 3)),
        Table(_("Findings"), (_("metric"), _("Finding"), _("light"), _("Detail")), flags, shares=(4, 6, 3, 8)),
    )


def _items(
    sums: Sequence[tuple[str, str, int, int | None]], states: Sequence[tuple[str, str]], _: Words
) -> tuple[Table, ...]:
    """Sums against the portrait, and the checklist."""
    compared = tuple(
        (
            _(ITEMS[item]), name("component", part, _), ours, DASH if theirs is None else theirs,
            _("agrees") if ours == theirs else _("differs"),
        )
        for item, part, ours, theirs in sums
    )  # fmt: skip
    return (
        Table(
            _("Sums of the items against the portrait"),
            (_("Item"), _("figure"), _("Item's sum"), _("Portrait"), _("Comparison")),
            compared,
            shares=(6, 6, 3, 3, 3),
        ),
        Table(
            _("Checklist"),
            (_("Item"), _("State")),
            tuple((_(ITEMS[item]), _(STATES[state])) for item, state in states),
            shares=(3, 2),
        ),
    )

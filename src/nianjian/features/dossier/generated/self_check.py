"""自查报告: what the portrait says, whether the items agree with it, and how the checklist stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.texts.dossier import INTERNAL, ITEMS, STATES
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import (
    DASH,
    Cell,
    Document,
    Head,
    Line,
    Section,
    Table,
    build,
    list_blank_cells,
    portrait_line,
)
from nianjian.features.dossier.states import Finding, Weight

ITEM: Final = "self_check"


def build_document(
    head: Head,
    portrait: Mapping[str, Any],
    sums: Sequence[tuple[str, str, int, int | None]],
    states: Sequence[tuple[str, str]],
    _: Words,
) -> Document:
    """``portrait``: masked. ``sums``: item, component, its sum, the portrait's. ``states``: item and state."""
    notes = (*sections.missing_lines(portrait, _), *sections.warning_lines(portrait, _))
    whole = _("By the guide the portrait of {year} is: {light}.")
    said = (whole.format(year=head.year, light=code_name("light", str(portrait["light"]), _)), *notes)
    decided = portrait["light"] != sections.UNDECIDED
    cards = [_Result(figures.metric_card(one, _), one, decided) for one in portrait["metrics"]]
    findings = (*(row for one in cards for row in one.findings(_)), *_marketing(portrait, _))
    tables = [
        table for table in (*_metrics(cards, findings, _), *_items(sums, states, decided=decided, _=_)) if table.rows
    ]
    parts = [
        Section(_("Overall result"), _sentences(said, _)),
        *(Section(table.title, (), (table,)) for table in tables),
        Section(_("What can be mended"), _sentences(sections.advice_lines(portrait, _), _)),
    ]
    visible = [part for part in parts if part.lines or part.tables]
    return build(ITEM, head, _, title=_(INTERNAL[ITEM]), sections=visible, signs=(_("Person responsible"),))


def _sentences(texts: Sequence[str], _: Words) -> tuple[Line, ...]:
    """What the portrait says, each line closed as a sentence."""
    stop = _(".")
    return tuple(portrait_line(text if text.endswith(stop) else text + stop) for text in texts)


@dataclass(frozen=True, slots=True)
class _Result:
    """A metric; ``decided``: whether the portrait as a whole is."""

    card: figures.Card
    metric: Mapping[str, Any]
    decided: bool

    @property
    def unproved(self) -> bool:
        """Whether nothing stands behind it: the data lack, and nobody has said that it does not apply."""
        return not self.decided and self.card.light == "na" and not self.metric.get("declared")

    def word(self, _: Words) -> str:
        return _("not proved") if self.unproved else self.card.light_word

    def limit(self, _: Words) -> str:
        """What the guide asks for, in words and in per cent."""
        evasion = [flag for flag in self.metric.get("flags", ()) if flag["code"] == "evasion" and flag.get("limit")]
        if self.metric.get("limit") is None:
            text = _("landline and mobile below {limit} %")
            return text.format(limit=_plain(evasion[0]["limit"])) if evasion else DASH
        limit = self.card.limit_other or f"{_plain(self.metric['limit'])} %"
        text = _("at least {limit}") if self.card.slug == "closing_rate" else _("at most {limit}")
        return text.format(limit=limit)

    def distance(self) -> str:
        return DASH if self.unproved else self.card.headroom

    def findings(self, _: Words) -> list[tuple[Cell, ...]]:
        """What is beyond a limit or in doubt; the distance to the limit tells how far."""
        if self.unproved:
            return [(self.card.title, _("no data"), self.word(_), DASH)]
        return [
            (self.card.title, flag.title, flag.light_word, self.distance() if flag.code in LIMITS else flag.detail)
            for flag in self.card.flags
            if flag.code != "today" and flag.light not in {"green", "na"}
        ]


LIMITS: Final = frozenset({"over_limit", "below_limit"})


def _plain(value: object) -> str:
    return f"{Decimal(str(value)).normalize():f}"


def _marketing(portrait: Mapping[str, Any], _: Words) -> list[tuple[Cell, ...]]:
    """What names marketing without a decision that answers for it, among the findings."""
    block = portrait.get("marketing") or {}
    if not block.get("light"):
        return []
    detail = _("{n} calls, {k} numbers").format(n=figures.count_text(block["calls"]), k=len(block["numbers"]))
    light = code_name("light", str(block["light"]), _)
    return [(_("Marketing calls"), _("no decision answers for them"), light, detail)]


def _metrics(results: Sequence[_Result], findings: Sequence[tuple[Cell, ...]], _: Words) -> tuple[Table, ...]:
    rows = [
        (one.card.title, one.word(_), one.card.value_other or one.card.value, one.limit(_), one.distance(),
         _("; ").join(one.card.attachments) or (DASH if one.unproved else _("none")), one.card.citation)
        for one in results
    ]  # fmt: skip
    rates = tuple(tuple(cell.replace(" %", "%") for cell in row) for row in rows)
    parts = [(one.card.title, part) for one in results if not one.unproved for part in one.card.parts]
    counts = tuple((title, part.label, _count(part.text)) for title, part in parts)
    heads = (_("metric"), _("Judgement"), _("value"), _("limit"), _("To the limit"), _("to attach"), _("citation"))
    finding_heads = (_("metric"), _("Finding"), _("Judgement"), _("Detail"))
    return (
        Table(_("Metrics"), heads, rates, shares=(4, 3, 4, 4, 5, 5, 8)),
        Table(_("Counted figures"), (_("metric"), _("figure"), _("value")), counts, shares=(3, 6, 3)),
        Table(_("Findings"), finding_heads, tuple(findings), shares=(4, 6, 3, 8)),
    )


def _count(text: str) -> Cell:
    plain = text.replace(",", "")
    return int(plain) if plain.isdecimal() else text


def _items(
    sums: Sequence[tuple[str, str, int, int | None]], states: Sequence[tuple[str, str]], *, decided: bool, _: Words
) -> tuple[Table, ...]:
    """Sums against the portrait, and the checklist. Two noughts of a portrait without data agree about nothing."""

    def verdict(ours: int, theirs: int | None) -> str:
        if theirs is None or (not decided and not ours and not theirs):
            return _("not proved")
        return _("agrees") if ours == theirs else _("differs")

    compared = tuple(
        (_(ITEMS[item]), code_name("component", part, _), ours, DASH if theirs is None else theirs,
         verdict(ours, theirs))
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
    paper_figures = [(*FIGURES[figure], value) for figure, value in paper.items()]
    return tuple(Sum(slug, name, value, metrics.get(slug, {}).get(name)) for slug, name, value in paper_figures)


def find_disagreements(sums: Sequence[Sum]) -> tuple[Finding, ...]:
    """A finding for each figure of the paper that the portrait's run has otherwise, or has not. () where all agree."""
    findings = []
    for one in sums:
        values: dict[str, object] = {"figure": one.figure, "metric": one.metric}
        if one.portrait is None:
            findings.append(Finding("sums_unknown", Weight.ASK, values=values))
        elif one.portrait != one.paper:
            values |= {"paper": one.paper, "portrait": one.portrait}
            findings.append(Finding("sums_differ", Weight.STOP, values=values))
    return tuple(findings)


CELLS: Final = 5  # blank cells that a finding names


def find_empty_cells(tables: Sequence[Table], unknown: Mapping[str, int]) -> tuple[Finding, ...]:
    """What a list made of a register leaves blank, and which columns (with how many rows) it prints as not known."""
    findings = []
    if blank := list_blank_cells(tables):
        cells = "、".join(blank[:CELLS]) + ("…" if len(blank) > CELLS else "")
        findings.append(Finding("cells_blank", Weight.ASK, values={"count": len(blank), "cells": cells}))
    if unknown:
        columns = "、".join(f"{name} {count}" for name, count in unknown.items())
        findings.append(Finding("cells_unknown", Weight.NOTE, values={"columns": columns}))
    return tuple(findings)

"""The fill-in sheet as a document, for workbook and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nianjian.engines.paper.texts.dossier.fill_in import CHANGES, REPORTS, SOURCES, UNKNOWN
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import DASH, Cell, Document, Section, Table

Told = Mapping[str, Any]


def document(enterprise: str, told: Told, _: Words) -> Document:
    """``told``: a sheet as `flows.dossier.fill_in.told` gives it; a field that nobody knows is left to be filled in."""
    lines: Sequence[Told] = told["fields"]
    numbered = any(one["number"] for one in lines)
    header = (
        *((_("Code number"),) if numbered else ()),
        _("Field"), _("Value"), _("Source"), _("Last year"), _("Change"),
    )  # fmt: skip
    rows = tuple(_row(one, numbered, _) for one in lines)
    title = _(REPORTS[told["report"]])
    over = [one for one in lines if one["over"]]
    notes = [
        _("Fields as far as a source names them; the platform's own form may ask for more or call them otherwise.")
    ]
    notes += [f"{one['title_zh']}: {one['note_zh']}" for one in lines if one["note_zh"]]
    return Document(
        item="fill_in",
        title=title,
        facts=(
            (_("Enterprise"), enterprise),
            (_("Data year"), str(told["year"])),
            (_("As of"), str(told["as_of"])),
            (_("Figures from run"), told["run"] or DASH),
            (_("Changes above the limit"), "、".join(one["title_zh"] for one in over) or _("none")),
        ),
        foot=f"{_('Run')} {told['run'] or DASH} · {_('Rulebook')} {told['rulebook']}",
        sections=(Section(_("How to read it"), tuple(notes)),),
        tables=(Table(_("Fields"), header, rows, shares=(3, 5, 7, 5, 7, 5) if numbered else (6, 9, 5, 9, 5)),),
        wide=True,
    )


def _row(one: Told, numbered: bool, _: Words) -> tuple[Cell, ...]:  # noqa: FBT001 -- whether the first column is there
    return (
        *((one["number"],) if numbered else ()),
        one["title_zh"],
        _(UNKNOWN) if one["value"] is None else one["value"],
        _(SOURCES[one["source"]]),
        DASH if one["before"] is None else one["before"],
        format_change(one, _),
    )


def format_change(one: Told, _: Words) -> str:
    """What differs from last year, in words."""
    text = _(CHANGES[one["change"]])
    if one["percent"] is None:
        return text
    if one["over"]:
        return _("{percent} %, above {limit} %").format(percent=one["percent"], limit=one["limit"])
    return _("{percent} %").format(percent=one["percent"]) if one["change"] == "differs" else text

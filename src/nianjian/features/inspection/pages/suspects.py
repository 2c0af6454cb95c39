"""Calls that look like an unregistered robot's, as the page of dialling shows them."""

from __future__ import annotations

from django.utils.translation import gettext

from nianjian.engines.paper.texts.inspection import checks as texts
from nianjian.engines.paper.words import Words
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.platform.web.tables import Cell, Column, Table


def tables(seen: Json, _: Words) -> list[Table]:
    """By source and evidence, and some of the calls, numbers masked."""
    return [_groups(seen, _), _rows(seen, _)]


def _groups(seen: Json, _: Words) -> Table:
    heads = (
        gettext("source"), gettext("evidence"), gettext("context"), gettext("application"), gettext("calls"),
        gettext("first"), gettext("last"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["source"]),
            Cell(_(texts.EVIDENCE[one["evidence"]])),
            Cell(one["context"] or "–"),
            Cell(one["application"] or "–"),
            Cell(one["calls"], figure=True),
            Cell(one["from"] or "–", day=True),
            Cell(one["to"] or "–", day=True),
        ]
        for one in seen["groups"]
    ]
    columns = [Column(head, figure=place == 4) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the count
    title = gettext("May be robots that nobody registered: to be looked at by a person")
    return Table(title, columns, rows, wrap=True, cards=True)


def _rows(seen: Json, _: Words) -> Table:
    heads = (
        gettext("at"), gettext("source"), gettext("call"), gettext("called"), gettext("evidence"),
        gettext("application"), gettext("talk (seconds)"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["at"] or "–"),
            Cell(one["source"]),
            Cell(one["call"]),
            Cell(one["callee"] or "–"),
            Cell(_(texts.EVIDENCE[one["evidence"]])),
            Cell(one["application"] or "–"),
            Cell("–" if one["talk_s"] is None else one["talk_s"], figure=True),
        ]
        for one in seen["rows"]
    ]
    columns = [Column(head, figure=place == 6) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the seconds
    return Table(gettext("The newest of these calls"), columns, rows, wrap=True, cards=True)

"""Write the registers' dated facts into the lake, where metrics read them: no metric asks the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from nianjian.engines.kernel.numbers import Root
from nianjian.engines.lake import schema
from nianjian.engines.lake.tables import Lake
from nianjian.platform.registers import models
from nianjian.platform.registers.attachments import query as attachments
from nianjian.platform.registers.facts import Fact, replace
from nianjian.platform.registers.intervals import LedgerEntry, spans
from nianjian.platform.registers.versions.query import believed

CHUNK: Final = 2000


def publish(lake: Lake, enterprise: str) -> None:
    """Replace ``number_dim``, ``line_dim``, ``seat_dim`` and ``attachment_fact``; equal facts make no commit."""
    replace(lake, "number_dim", schema.NUMBER_DIM, _numbers(enterprise))
    replace(lake, "line_dim", schema.LINE_DIM, _lines(enterprise))
    replace(lake, "seat_dim", schema.SEAT_DIM, _seats(enterprise))
    replace(lake, "attachment_fact", schema.ATTACHMENT_FACT, _attachments(enterprise))


def _numbers(enterprise: str) -> Iterator[Fact]:
    for one in roots(enterprise):
        yield {
            "root": int(one.root),
            "root_length": len(one.root),
            "total_length": one.total_length,
            "filed": one.filed,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
        }


def roots(enterprise: str) -> Iterator[Root]:
    """The ledger's numbers by their days, as a portrait reads them, also for who classes a displayed number now."""
    versions = sorted(
        believed(models.Number, enterprise).iterator(chunk_size=CHUNK),
        key=lambda row: (row.key, row.valid_from or date.min),  # NULL sorts differently from engine to engine
    )
    for root, rows in groupby(versions, key=lambda row: row.key):
        held = [
            LedgerEntry(
                total_length=row.total_length or len(root),
                filing=row.filing,
                filed_on=row.filed_on,
                since=row.valid_since,
                until=row.valid_until,
                outbound=row.outbound,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
            for row in rows
        ]
        for span in spans(held):
            yield Root(root, span.total_length, span.filed, span.valid_from, span.valid_to)


def _lines(enterprise: str) -> Iterator[Fact]:
    teams = believed(models.Team, enterprise).filter(valid_to=None)
    by_name = {row.name: row.team_id for row in teams.exclude(name=None)}
    known = {row.team_id for row in teams}
    for row in believed(models.Line, enterprise).iterator(chunk_size=CHUNK):
        # 团队 is the team's id; where a sheet names the team instead, the name leads to the id
        team = row.team if row.team in known else by_name.get(row.team, row.team)
        yield {"line_id": row.line_id, "team_id": team, "valid_from": row.valid_from, "valid_to": row.valid_to}


def _seats(enterprise: str) -> Iterator[Fact]:
    for row in believed(models.Seat, enterprise).iterator(chunk_size=CHUNK):
        yield {
            "seat_id": row.seat_id,
            "kind": row.kind,
            "filing": row.filing,
            "filed_on": row.filed_on,
            "cancelled_on": row.cancelled_on,
            "opened_on": row.opened_on,
            "closed_on": row.closed_on,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
        }


def _attachments(enterprise: str) -> Iterator[Fact]:
    for one in attachments.attachments(enterprise):
        yield {
            "metric": one.metric,
            "data_year": one.year,
            "kind": one.kind,
            "sha256": one.sha256,
            "name": one.name,
            "valid_from": None,
            "valid_to": None,
        }

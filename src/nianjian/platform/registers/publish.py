"""Write the registers' dated facts into the lake, where metrics read them: no metric asks the database."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Final, cast

import pyarrow as pa
from django.db.models import F

from nianjian.engines.kernel.numbers import Root
from nianjian.engines.lake import schema
from nianjian.engines.lake.tables import Lake
from nianjian.platform.registers import attachments, models
from nianjian.platform.registers.versions import current_versions

Fact = dict[str, object]  # one row: column -> value; a column that is absent is NULL


def replace_table(lake: Lake, table: str, schema: pa.Schema, facts: Iterable[Fact]) -> int:
    """Make ``facts`` the whole table, in an order that depends on their content alone; the table's version.

    The digest covers columns, types and rows: facts that are equal make no commit.
    """
    names = cast("list[str]", schema.names)
    lines = sorted(
        ((json.dumps([fact.get(name) for name in names], default=str, ensure_ascii=False), fact) for fact in facts),
        key=lambda pair: pair[0],
    )
    digest = hashlib.sha256("\n".join([str(schema), *(line for line, _fact in lines)]).encode()).hexdigest()
    version = lake.version(table) if lake.digest(table) == digest else None
    if version is not None:
        return version
    ordered = [fact for _line, fact in lines]
    rows = pa.table({name: pa.array([f.get(name) for f in ordered], schema.field(name).type) for name in names}, schema)
    return lake.replace(table, rows, digest=digest)


DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What the ledger says of a root from ``valid_from`` to ``valid_to`` (included; None: open)."""

    total_length: int
    filing: str | None
    filed_on: date | None
    since: date | None  # 有效期起
    until: date | None  # 有效期止, included
    outbound: bool | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days on which a root with its length is, or is not, filed, valid and permitted; None: not known."""

    total_length: int
    filed: bool | None
    valid_from: date | None
    valid_to: date | None


def permitted_spans(versions: Iterable[LedgerEntry]) -> list[Span]:
    """Cut the versions (in order of time) where the answer changes; equal neighbours become one."""
    spans: list[Span] = []
    for one in (span for version in versions for span in _split(version)):
        last = spans[-1] if spans else None
        joins = (
            last is not None
            and (last.total_length, last.filed) == (one.total_length, one.filed)
            and last.valid_to is not None
            and one.valid_from == last.valid_to + DAY
        )
        if joins and last is not None:
            spans[-1] = replace(last, valid_to=one.valid_to)
        else:
            spans.append(one)
    return spans


def _split(entry: LedgerEntry) -> list[Span]:
    """One version: days before the permission, days of it, days after it.

    Filed without a filing day counts from 有效期起: the sheet says that it is filed (a warning was given). With no
    day at all nobody knows since when, and unknown is neither yes nor no. Without a known permission nothing
    counts: blank is not yes.
    """
    whole = Span(entry.total_length, filed=False, valid_from=entry.valid_from, valid_to=entry.valid_to)
    if entry.filing != "filed" or entry.outbound is not True:
        return [whole]
    first = max(filter(None, (entry.valid_from, entry.since, entry.filed_on)), default=None)
    last = min(filter(None, (entry.valid_to, entry.until)), default=None)
    if first is not None and last is not None and first > last:
        return [whole]
    spans = []
    if first is not None and (entry.valid_from is None or entry.valid_from < first):
        spans.append(replace(whole, valid_to=first - DAY))
    spans.append(replace(whole, filed=True if first else None, valid_from=first, valid_to=last))
    if last is not None and (entry.valid_to is None or last < entry.valid_to):
        spans.append(replace(whole, valid_from=last + DAY))
    return spans


CHUNK: Final = 2000


def publish_registers(lake: Lake, enterprise: str) -> None:
    """Replace ``number_dim``, ``line_dim``, ``seat_dim`` and ``attachment_fact``; equal facts make no commit."""
    numbers = (asdict(one) | {"root": int(one.root), "root_length": len(one.root)} for one in list_roots(enterprise))
    seats = current_versions(models.Seat, enterprise).values(*schema.SEAT_DIM.names).iterator(chunk_size=CHUNK)
    papers = attachments.list_attachments(enterprise).values("metric", "kind", "sha256", "name", data_year=F("year"))
    replace_table(lake, "number_dim", schema.NUMBER_DIM, numbers)
    replace_table(lake, "line_dim", schema.LINE_DIM, _lines(enterprise))
    replace_table(lake, "seat_dim", schema.SEAT_DIM, seats)
    replace_table(lake, "attachment_fact", schema.ATTACHMENT_FACT, map(dict, papers))


def list_roots(enterprise: str) -> Iterator[Root]:
    """The ledger's numbers by their days, as a portrait reads them, also for who classes a displayed number now."""
    versions = sorted(
        current_versions(models.Number, enterprise).iterator(chunk_size=CHUNK),
        key=lambda row: (row.key, row.valid_from or date.min),  # NULL sorts differently from engine to engine
    )
    for root, rows in groupby(versions, key=lambda row: row.key):
        entries = [
            LedgerEntry(
                row.total_length or len(root),
                row.filing,
                row.filed_on,
                row.valid_since,
                row.valid_until,
                row.outbound,
                row.valid_from,
                row.valid_to,
            )
            for row in rows
        ]
        for span in permitted_spans(entries):
            yield Root(root, span.total_length, span.filed, span.valid_from, span.valid_to)


def _lines(enterprise: str) -> Iterator[Fact]:
    teams = current_versions(models.Team, enterprise).filter(valid_to=None)
    by_name = {row.name: row.team_id for row in teams.exclude(name=None)}
    team_ids = {row.team_id for row in teams}
    for row in current_versions(models.Line, enterprise).iterator(chunk_size=CHUNK):
        # 团队 is the team's id; where a sheet names the team instead, the name leads to the id
        team = row.team if row.team in team_ids else by_name.get(row.team, row.team)
        yield {"line_id": row.line_id, "team_id": team, "valid_from": row.valid_from, "valid_to": row.valid_to}

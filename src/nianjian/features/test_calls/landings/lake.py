"""What is asked of the imported calls: those near a test call, and whether a source has any before and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.numbers import normalise
from nianjian.engines.lake.schema import REJECTED
from nianjian.features.test_calls.landings import boxes, trunks
from nianjian.features.test_calls.landings.boxes import Boxes
from nianjian.features.test_calls.landings.compare import BESIDE, KNOWN, REACH, Called, Record, joined, number

NAME: Final = "lake"
ANSWERED: Final = "answered"
COLUMNS: Final = (
    "source", "call_id", "call_key", "caller_raw", "display", "display_raw", "callee", "callee_raw", "start_ts",
    "test", "line_id", "gateway", "extra",
)  # fmt: skip


def near(calls: ir.Table, called: Called) -> ir.Table:
    """Answered calls, marked ones too, of the number called, or of its caller where the switch wrote no number."""
    first, last = _wall(called.begun - REACH), _wall(called.answered + REACH)
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= first, calls.start_ts <= last)
    value = normalise(called.number).value
    dialled = rows.callee_raw == called.number
    if value is not None:
        dialled = dialled.fill_null(False) | (rows.callee == value)  # noqa: FBT003 -- a value
    by = (rows.caller_raw == called.caller).fill_null(False)  # noqa: FBT003 -- a value
    by |= (rows.display_raw == called.caller).fill_null(False)  # noqa: FBT003 -- a value
    shown = normalise(called.caller).value
    if shown is not None:  # a number in its usual form is not kept as text too
        by |= (rows.display == shown).fill_null(False)  # noqa: FBT003 -- a value
    unread = rows.callee_raw.isnull() | rows.callee_raw.re_search("[A-Za-z]").fill_null(False)  # noqa: FBT003 -- a value
    bare = rows.callee.isnull() & unread & by
    answered = (rows.result == ANSWERED).fill_null(False) | rows.answered.fill_null(False)  # noqa: FBT003 -- values
    return rows.filter(dialled.fill_null(False) | bare, answered).select(*COLUMNS)  # noqa: FBT003 -- a value


def beside(calls: ir.Table, called: Called) -> ir.Table:
    """By source how many calls began within a day before the test call, and within a day after it; 0 for one of late.

    A source that has written nothing since some days may be imported later: it is told, and covers nothing.
    """
    begin, end = ibis.literal(_wall(called.begun)), ibis.literal(_wall(called.answered))
    near = ibis.literal(_wall(called.begun - BESIDE))
    first, last = _wall(called.begun - KNOWN), _wall(called.answered + BESIDE)
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= first, calls.start_ts <= last)
    before = (rows.start_ts >= near) & (rows.start_ts <= begin)
    return rows.group_by("source").aggregate(
        before=before.cast("int64").sum(), after=(rows.start_ts > end).cast("int64").sum()
    )


def covered(rows: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Source -> whether it has calls on both sides, of what `beside` has found."""
    return {f"{NAME}:{row['source']}": bool(row["before"]) and bool(row["after"]) for row in rows}


def records(rows: Iterable[Mapping[str, Any]], signs: Boxes) -> list[Record]:
    """Of what `near` has found one record a call, with the names of all its rows."""
    return joined(_record(row, signs) for row in sorted(rows, key=lambda row: row["start_ts"]))


def _record(row: Mapping[str, Any], signs: Boxes) -> Record:
    cells = boxes.cells(json.loads(row["extra"])) if row["extra"] else {}
    numbers = (row["caller_raw"], row["display_raw"], row["display"])
    dialled = str(row["callee"]) if row["callee"] and not row["callee_raw"] else row["callee_raw"] or ""
    callee = dialled if row["callee"] else number(dialled)
    return Record(
        source=f"{NAME}:{row['source']}",
        call=row["call_key"] or row["call_id"],
        at=row["start_ts"].replace(tzinfo=clock.ZONE),
        callee=callee,
        callers=tuple(dict.fromkeys(str(one) for one in numbers if one)),
        told=(row["gateway"],) if row["gateway"] else (),
        named=tuple(
            dict.fromkeys((*((row["line_id"],) if row["line_id"] else ()), *trunks.list_trunks(cells, callee)))
        ),
        marked=bool(row["test"]),
        voicemail=signs.told(cells),
        sent=trunks.list_next_hops(cells),
    )


def _wall(moment: datetime) -> datetime:
    """As the lake has it: Beijing's wall time without a zone."""
    return moment.astimezone(clock.ZONE).replace(tzinfo=None)

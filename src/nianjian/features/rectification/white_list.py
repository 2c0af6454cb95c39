"""How many of a channel's calls went to callees whose consent was on file then (R4): the same count before and since.

Out of the call records and the gate's own lists; what a consent is, and which list decides on a number, is as the gate
has it (`Tenant.has_consent` of any purpose).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import ibis.expr.types as ir
import pyarrow as pa

from nianjian.engines.gate import telephone
from nianjian.engines.gate.snapshot.lists import OPEN, NumberList
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.lake.schema import MOMENT
from nianjian.engines.metrics.metric import decimal_text
from nianjian.engines.metrics.tables import false_if_null

ALSO: Final = ("start_ts", "callee", "callee_shape")  # columns of a call that are looked at
SPANS: Final = pa.schema(
    [("callee", pa.int64()), ("callee_shape", pa.string()), ("from_ts", MOMENT), ("to_ts", MOMENT)]
)
FIGURES: Final = frozenset({"white_listed", "callees_known", "white_list_share"})  # what `told` adds to a channel's
EAST: Final = timedelta(hours=8)
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- wall time, as the lake keeps it
_NEVER: Final = datetime(9999, 1, 1)  # noqa: DTZ001 -- the same

Span = tuple[int, int]
"""(first second, first second that is no longer in it)."""


def callees(attempts: ir.Table) -> ir.Table:
    """Whom the channel called: ``attempts`` as `isolate.attempts` gives them with `ALSO`."""
    return attempts.filter(attempts.callee.notnull()).select("callee", "callee_shape").distinct()


def spans(called: Iterable[Mapping[str, Any]], lists: Iterable[NumberList]) -> pa.Table:
    """When each callee's consent was on file, in spans that do not touch.

    ``lists``: the first one that names a number decides on it.
    """
    chosen = tuple(lists)
    rows = []
    for one in called:
        key = telephone.value_key(Shape(one["callee_shape"]), one["callee"])
        for start, end in merged(_named(key, chosen)):
            told = {"from_ts": _wall(start), "to_ts": _NEVER if end == OPEN else _wall(end)}
            rows.append({"callee": one["callee"], "callee_shape": one["callee_shape"], **told})
    return pa.Table.from_pylist(rows, SPANS)


def _named(key: int, lists: Iterable[NumberList]) -> list[Span]:
    if key == telephone.UNREADABLE:
        return []
    for one in lists:
        if found := [(start, end) for start, end, _purpose in one.spans(key)]:
            return found
    return []


def merged(found: Iterable[Span]) -> Iterator[Span]:
    """The same seconds in spans that neither overlap nor touch; empty ones are gone."""
    held: Span | None = None
    for start, end in sorted(one for one in found if one[0] < one[1]):
        if held is not None and start <= held[1]:
            held = (held[0], max(held[1], end))
            continue
        if held is not None:
            yield held
        held = (start, end)
    if held is not None:
        yield held


def count_listed_attempts(attempts: ir.Table, consents: ir.Table) -> ir.Table:
    """One row: ``known`` attempts whose callee can be read, and ``listed`` ones whose consent held when they began."""
    listed = attempts.inner_join(consents, ["callee", "callee_shape"])
    listed = listed.filter(false_if_null((listed.start_ts >= listed.from_ts) & (listed.start_ts < listed.to_ts)))
    readable = false_if_null(attempts.callee.notnull())
    both = listed.aggregate(listed=listed.count()).cross_join(attempts.aggregate(known=attempts.count(where=readable)))
    return both.select("listed", "known")


def summarize_counts(row: Mapping[str, Any]) -> dict[str, Any]:
    """The counts with their share in %, None where no callee can be read."""
    share = Fraction(int(row["listed"]), int(row["known"])) if row["known"] else None
    return {
        "white_listed": int(row["listed"]),
        "callees_known": int(row["known"]),
        "white_list_share": decimal_text(share, "%"),
    }


def _wall(second: int) -> datetime:
    return _EPOCH + timedelta(seconds=second) + EAST

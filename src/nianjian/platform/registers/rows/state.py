"""How a register stands on a day: rows, last change, what is not known, what runs out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q

from nianjian.engines.kernel import clock
from nianjian.platform.registers import kinds
from nianjian.platform.registers.rows.query import COUNTED, Sight, every, rows
from nianjian.platform.registers.tables.column import Kind
from nianjian.platform.registers.versions.query import newest

AHEAD: Final = 30  # days that are looked ahead where no rule says more


@dataclass(frozen=True, slots=True)
class State:
    """``missing``: field -> rows in which it is not known. ``last`` is UTC. ``until``: the last day looked at.

    Of more than `COUNTED` rows none of the figures is counted: ``rows``, ``expired`` and ``expiring`` are None, and so
    is each of ``missing``, which then names every field that could be.
    """

    kind: str
    rows: int | None
    last: datetime | None
    missing: Mapping[str, int | None]
    runs_out: str
    expired: int | None
    expiring: int | None
    until: date


def state(kind: str, sight: Sight, ahead: int = AHEAD) -> State:
    """Count, in three queries, none of which grows with the register; ``ahead`` in days."""
    until, sheet = sight.day + timedelta(days=ahead), kinds.register(kind).sheet
    asked: dict[str, Any] = {"rows": Count("pk")}
    for field in sheet.needed:
        asked[f"without_{field}"] = Count("pk", filter=Q(**{f"{field}__isnull": True}))
    if sheet.runs_out:
        first, after = _edges(kind, sheet.runs_out, sight.day, until)
        asked["expired"] = Count("pk", filter=Q(**{f"{sheet.runs_out}__lt": first}))
        asked["expiring"] = Count("pk", filter=Q(**{f"{sheet.runs_out}__gte": first, f"{sheet.runs_out}__lt": after}))
    found = rows(kind, sight).order_by()[: COUNTED + 1].aggregate(**asked)
    whole = found["rows"] <= COUNTED
    ever = every(kind, sight)
    taken = ever.filter(superseded_at__isnull=False).aggregate(last=Max("superseded_at"))["last"]
    return State(
        kind,
        found["rows"] if whole else None,
        max((stamp for stamp in (newest(ever), taken) if stamp is not None), default=None),
        {
            field: found[f"without_{field}"] if whole else None
            for field in sheet.needed
            if found[f"without_{field}"] or not whole
        },
        sheet.runs_out,
        found.get("expired", 0) if whole else None,
        found.get("expiring", 0) if whole else None,
        until,
    )


def _edges(kind: str, field: str, day: date, until: date) -> tuple[date, date]:
    after = until + timedelta(days=1)
    if kinds.register(kind).sheet.by_field(field).kind is Kind.MOMENT:
        return datetime.combine(day, time(), clock.ZONE), datetime.combine(after, time(), clock.ZONE)
    return day, after

"""Numbers and licences whose last valid day comes near or is over, read from their registers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from nianjian.engines.rules.rule import Rule
from nianjian.platform.registers import kinds
from nianjian.platform.registers.versions import versions_of_enterprises
from nianjian.platform.rulebook.deadlines import RENEWALS, Calendar, Deadline, Expiry, joined

SIGHT: Final = timedelta(days=366)  # what runs out later than the next season is no concern yet
NAMED: Final = 3  # keys of what runs out together
CANCELLED: Final = "cancelled"  # the filing of a number that was given back: nobody renews it

Ends = Mapping[tuple[str, date], tuple[tuple[str, ...], int]]
"""(register, last valid day) -> keys of the first `NAMED` rows that end then, and how many there are."""


def ends(enterprises: Collection[str], today: date) -> dict[str, Ends]:
    """Last valid days of each enterprise's numbers and licences, up to a year ahead; one query a register for all."""
    found: dict[str, dict[tuple[str, date], tuple[tuple[str, ...], int]]] = {code: {} for code in enterprises}
    for kind in RENEWALS:
        every: Any = versions_of_enterprises(
            kinds.register(kind).model, enterprises, today
        )  # both registers have the last valid day
        rows = every.filter(valid_until__lte=today + SIGHT)
        rows = rows.exclude(filing=CANCELLED) if kind == "numbers" else rows
        together = [F("enterprise_id"), F("valid_until")]
        place = Window(RowNumber(), partition_by=together, order_by=F("key").asc())
        first = rows.annotate(place=place, count=Window(Count("*"), partition_by=together)).filter(place__lte=NAMED)
        for code, until, key, count in first.order_by("key").values_list(
            "enterprise_id", "valid_until", "key", "count"
        ):
            keys, _count = found[code].get((kind, until), ((), 0))
            found[code][kind, until] = (*keys, key), count
    return dict(found)


def with_expiries(calendar: Calendar, ending: Ends, today: date) -> Calendar:
    """The calendar with what runs out: the day to ask for renewal by, and after it the last valid day itself."""
    found = [
        _deadline(calendar.renewals[kind], Expiry(kind, keys, count, until, until), today)
        for (kind, until), (keys, count) in ending.items()
        if until >= today and kind in calendar.renewals
    ]
    return joined(calendar, found)


def over(ending: Ends, today: date) -> list[Expiry]:
    """What the registers still hold although its last valid day is over, the oldest first."""
    found = [
        Expiry(kind, keys, count, until, until) for (kind, until), (keys, count) in ending.items() if until < today
    ]
    return sorted(found, key=lambda one: (one.until, one.kind))


def _deadline(rule: Rule, expiry: Expiry, today: date) -> Deadline:
    ask_by = expiry.until - timedelta(days=int(str(rule.value)))
    day = ask_by if ask_by >= today else expiry.until
    return Deadline(rule, day, (day - today).days, replace(expiry, ask_by=ask_by))

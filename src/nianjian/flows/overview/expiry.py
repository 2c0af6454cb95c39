"""Numbers and licences whose last valid day comes near or is over, read from their registers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Final

from nianjian.flows.overview.deadlines import RENEWALS, Calendar, Deadline, Expiry, joined
from nianjian.registers import kinds
from nianjian.registers.versions.query import current
from nianjian.rules.rule import Rule

SIGHT: Final = timedelta(days=366)  # what runs out later than the next season is no concern yet

Ends = Mapping[tuple[str, date], tuple[str, ...]]
"""(register, last valid day) -> keys of the rows that end then."""


def ends(enterprises: Collection[str], today: date) -> dict[str, Ends]:
    """Last valid days of each enterprise's numbers and licences, up to a year ahead; one query a register for all."""
    found: dict[str, dict[tuple[str, date], list[str]]] = {code: defaultdict(list) for code in enterprises}
    for kind in RENEWALS:
        every: Any = current(kinds.register(kind).model, enterprises, today)  # both registers have the last valid day
        rows = every.filter(valid_until__lte=today + SIGHT)
        for code, key, until in rows.order_by("key").values_list("enterprise_id", "key", "valid_until"):
            found[code][kind, until].append(key)
    return {code: {name: tuple(keys) for name, keys in each.items()} for code, each in found.items()}


def with_expiries(calendar: Calendar, ending: Ends, today: date) -> Calendar:
    """The calendar with what runs out: the day to ask for renewal by, and after it the last valid day itself."""
    found = [
        _deadline(calendar.renewals[kind], Expiry(kind, keys, until, until), today)
        for (kind, until), keys in ending.items()
        if until >= today and kind in calendar.renewals
    ]
    return joined(calendar, found)


def over(ending: Ends, today: date) -> list[Expiry]:
    """What the registers still hold although its last valid day is over, the oldest first."""
    found = [Expiry(kind, keys, until, until) for (kind, until), keys in ending.items() if until < today]
    return sorted(found, key=lambda one: (one.until, one.kind))


def _deadline(rule: Rule, expiry: Expiry, today: date) -> Deadline:
    ask_by = expiry.until - timedelta(days=int(str(rule.value)))
    day = ask_by if ask_by >= today else expiry.until
    return Deadline(rule, day, (day - today).days, Expiry(expiry.kind, expiry.keys, expiry.until, ask_by))

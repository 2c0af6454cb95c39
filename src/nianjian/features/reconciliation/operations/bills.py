"""The carrier's bill beside the sources of the lake: its file and mapping, its days, the lines it concerns."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import bill as reader
from nianjian.features.reconciliation.counts import Bill
from nianjian.features.reconciliation.filing.mapping import parsed
from nianjian.platform.registers import kinds
from nianjian.platform.registers.versions import versions_on

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Against:
    """``files``: the bills of the same days, such as one a carrier; ``carrier``: whose lines alone they concern.

    ``together``: the sources are switches beside each other, and the bill holds the calls of them all.
    """

    files: Sequence[Path] = ()
    mapping: Path | bytes | None = None
    carrier: str = ""
    together: bool = False


NO_BILL: Final = Against()


def read(against: Against) -> Bill | None:
    """Read the bills as one; None where there are none.

    ``reconcile_bills_mixed``, ``reconcile_bill_empty``, ``mapping_invalid``, and what `reader.load` raises.
    """
    if not against.files:
        return None
    given = mapping(against.mapping)
    found = reader.joined([reader.load(path, given) for path in against.files])
    if not found.at:
        raise NianjianError("reconcile_bill_empty", file=found.file)
    return found


def mapping(given: Path | bytes | None) -> reader.BillMapping:
    """Check a mapping; ``mapping_invalid``, ``file_missing``, ``file_unreadable``, and what `parsed` raises."""
    if given is None:
        return reader.BillMapping()
    name = "mapping" if isinstance(given, bytes) else given.name
    content = given if isinstance(given, bytes) else files.content(given)
    return reader.mapping(parsed(content, name), name)


def span(bill: Bill, first: date | None, last: date | None) -> tuple[date, date]:
    """First and last day that are compared, whole months for a bill of months.

    ``reconcile_days_wrong`` for days reversed, too many or to come, ``reconcile_bill_months`` for parts of a month.
    """
    today = clock.today()
    own_first, own_last = bill.first or today, bill.last or today
    begin, end = first or own_first, last or min(_month_end(own_last) if bill.months else own_last, today)
    if not begin <= end <= today or end - begin >= LONGEST:
        raise NianjianError("reconcile_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    if bill.months and (begin.day != 1 or end not in {_month_end(end), today}):
        raise NianjianError("reconcile_bill_months", file=bill.file)
    return begin, end


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def within(bill: Bill, first: date, last: date) -> Bill:
    """The bill without the days that are not compared."""
    at = {place: count for place, count in bill.at.items() if first <= place[0] <= last}
    return replace(bill, at=at)


def elsewhere(enterprise: str, carrier: str, day: date) -> frozenset[str]:
    """Lines that the register gives to another carrier; ``reconcile_carrier_unknown`` where it knows none of this."""
    if not carrier:
        return frozenset()
    rows: list[Any] = list(versions_on(kinds.register("lines").model, enterprise, day))
    carriers: dict[str, str] = {row.line_id: str(row.carrier or "").strip() for row in rows}
    there = set(carriers.values()) - {""}
    if carrier.strip() not in there:
        raise NianjianError("reconcile_carrier_unknown", carrier=carrier, carriers="、".join(sorted(there)) or "–")
    return frozenset(line for line, one in carriers.items() if one not in {"", carrier.strip()})


def summarize_bill(bill: Bill | None, compared: Bill | None, against: Against) -> dict[str, object]:
    """What a run keeps of its bill."""
    if bill is None or compared is None:
        return {}
    return {
        "bill_calls": sum(one.calls for one in compared.at.values()),
        "bill_outside": sum(one.calls for one in bill.at.values()) - sum(one.calls for one in compared.at.values()),
        "bill_months": bill.months,
        "bill_unit": bill.unit,
        "carrier": against.carrier or None,
        "together": against.together,
    }

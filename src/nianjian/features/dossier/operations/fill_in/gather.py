"""What is known for a fill-in sheet on a day: from the registers, the year's portrait and the tables of its run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.fill_in.fields import Field, Known, component, prefixes
from nianjian.features.dossier.generated import monthly_traffic
from nianjian.features.dossier.operations.gather.registers import numbers
from nianjian.features.dossier.operations.gather.values import Values
from nianjian.platform.registers.licences.model import Licence
from nianjian.platform.registers.lines.model import Line
from nianjian.platform.registers.sheets.network import NUMBERS
from nianjian.platform.registers.social_insurance.model import Contribution
from nianjian.platform.registers.staff.model import Person
from nianjian.platform.registers.versions.query import as_at

GONE: Final = frozenset({"portrait_missing", "rows_behind_erased"})  # then the field stays unknown
STOPPED: Final = "stopped"
Row = Mapping[str, object]


class Year:
    """What a data year tells; each part is gathered when a field first asks for it."""

    def __init__(self, enterprise: str, year: int) -> None:
        self.enterprise, self.year = enterprise, year
        try:
            self.values: Values | None = Values(enterprise, year)
        except NianjianError as error:
            if error.code not in GONE:
                raise
            self.values = None

    @property
    def as_of(self) -> date:
        """The portrait's day, else the last one of the data year."""
        return date(self.year, 12, 31) if self.values is None else self.values.head.as_of

    @property
    def run(self) -> str:
        """Of the portrait; "" where there is none."""
        return "" if self.values is None else self.values.head.run

    def of(self, field: Field) -> Known:
        """A field of the licence report; None: not known."""
        return SOURCES[field.source](self, field)

    @cached_property
    def licences(self) -> list[Licence]:
        """Those that hold on the day."""
        return list(as_at(Licence, self.enterprise, self.as_of))

    @cached_property
    def lines(self) -> list[Line]:
        """Trunks that are in use on the day."""
        day = self.as_of
        found = as_at(Line, self.enterprise, day)
        return [one for one in found if one.state != STOPPED and not (one.closed_on and one.closed_on <= day)]

    @cached_property
    def traffic(self) -> tuple[int, int] | None:
        """(Outbound, inbound) calls of the year; None: there is no run, or its tables are gone."""
        rows = self._of_run(lambda values: values.traffic)
        if rows is None:
            return None
        return monthly_traffic.total(rows, "outbound"), monthly_traffic.total(rows, "inbound")

    @cached_property
    def replies(self) -> Fraction | None:
        """Tickets with a first response among those that count; None: there is no ticket, or no run."""
        found = self._of_run(lambda values: values.tickets)
        counted = [one for one in found or () if not one.not_in_closing]
        if not counted:
            return None
        return Fraction(sum(one.row.get("responded_at") is not None for one in counted), len(counted))

    @cached_property
    def numbers(self) -> list[Row]:
        """The ledger on the day."""
        return list(numbers(self.enterprise, self.as_of))

    def _of_run(self, ask: Callable[[Values], Any]) -> Any:  # noqa: ANN401 -- what is asked for
        if self.values is None:
            return None
        try:
            return ask(self.values)
        except NianjianError as error:
            if error.code not in GONE:
                raise
            return None


def _licence(year: Year, field: Field) -> Known:
    attribute = {"licence_number": "number"}.get(field.name, field.name)
    return _all(getattr(one, attribute) for one in year.licences)


def _portrait(year: Year, field: Field) -> Known:
    if year.values is None:
        return None
    metric, name = component(field)
    known = {one["slug"]: one["components"] for one in year.values.portrait["metrics"]}
    found = known.get(metric, {}).get(name)
    return found if isinstance(found, int) else None


def _calls(year: Year, field: Field) -> Known:
    if year.traffic is None:
        return None
    outbound, inbound = year.traffic
    if field.name == "outbound_share":
        return Fraction(outbound, outbound + inbound) if outbound + inbound else None
    return outbound if field.name == "outbound" else inbound


def _tickets(year: Year, _field: Field) -> Known:
    return year.replies


def _numbers(year: Year, field: Field) -> Known:
    wanted = prefixes(field)
    return sorted(str(row["root"]) for row in year.numbers if str(row.get("root") or "").startswith(wanted)) or None


def _lines(year: Year, field: Field) -> Known:
    if not year.lines:
        return None
    return len(year.lines) if field.name == "lines" else _each(one.carrier for one in year.lines)


def _staff(year: Year, _field: Field) -> Known:
    day = year.as_of
    rows = as_at(Person, year.enterprise, day).values_list("joined_on", "left_on")
    here = [since for since, until in rows if not (since and since > day) and not (until and until <= day)]
    return len(here) or None


def _insured(year: Year, _field: Field) -> Known:
    """People, not rows: one has a row an insurance."""
    month = f"{year.year}-12"
    rows = as_at(Contribution, year.enterprise, date(year.year, 12, 31)).filter(month=month)
    return len({one.identity or one.person for one in rows.only("identity", "person")} - {None}) or None


def _hand(_year: Year, _field: Field) -> Known:
    return None


SOURCES: Final[Mapping[str, Callable[[Year, Field], Known]]] = {
    "licences": _licence,
    "portrait": _portrait,
    "calls": _calls,
    "tickets": _tickets,
    "numbers": _numbers,
    "lines": _lines,
    "staff": _staff,
    "social_insurance": _insured,
    "hand": _hand,
}


def of_number(row: Row | None, field: Field) -> Known:
    """A field of the code-number report; None: not known, or the number was not there."""
    if row is None:
        return None
    match field.name:
        case "validity":
            since, until = row.get("valid_since"), row.get("valid_until")
            return None if since is None and until is None else f"{since or '?'} – {until or '?'}"
        case "filing":
            state = next((zh for zh, code in NUMBERS.by_field("filing").choices.items() if code == row["filing"]), None)
            parts = (state, row.get("filed_on"), row.get("carrier"), row.get("opened_on"))
            return " ".join(str(one) for one in parts if one) or None
        case name:
            found = row.get(name)
            return found if isinstance(found, str | int) else None


def _all(values: Iterable[str | None]) -> Known:
    """One value, or several that differ; None where none is known."""
    found = sorted({one for one in values if one})
    return found[0] if len(found) == 1 else found or None


def _each(values: Iterable[str | None]) -> Known:
    return sorted({one for one in values if one}) or None

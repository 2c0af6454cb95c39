"""Reports that are handed in need no alarm any more, and a day that a notice to the enterprise names wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from nianjian.engines.rules.rule import Level, Rule
from nianjian.engines.season.deadlines import Licence as Reporter
from nianjian.engines.season.deadlines import Printed, list_reporting, printed_to
from nianjian.platform.registers import filings
from nianjian.platform.registers.filings import Filing
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.versions import versions_of_enterprises
from nianjian.platform.rulebook.deadlines import Calendar, Deadline, data_year


def with_reports(calendars: Mapping[str, Calendar], today: date) -> dict[str, Calendar]:
    """Calendars of many enterprises, by code, as their filings leave them; the filings are read in one query.

    Which licences report is asked only of enterprises that have filed something, or have a notice to one of them.
    """
    years = {code: data_year(one, today) for code, one in calendars.items()}
    # A notice's day in autumn keeps its season running, also when the templates speak of the next one already.
    years |= dict.fromkeys(_noticed([code for code, of in years.items() if of == today.year], today), today.year - 1)
    rows: dict[str, list[Filing]] = {}
    for year in set(years.values()):
        rows |= filings.list_filings_by_enterprise([code for code, of in years.items() if of == year], year)
    numbers: dict[str, set[str]] = {}
    for year in set(years.values()):
        own = [
            code for code in rows if years[code] == year and any(one.submitted_on or one.licence for one in rows[code])
        ]
        numbers |= licences(own, year, today)
    return {
        code: _left(one, rows.get(code, []), numbers.get(code, {""}), years[code], today)
        for code, one in calendars.items()
    }


def _noticed(codes: list[str], today: date) -> list[str]:
    """Those of them that still have to hand in a report of the year before by a day that a notice names."""
    found = filings.list_filings_by_enterprise(codes, today.year - 1) if codes else {}
    return [
        code
        for code, rows in found.items()
        if any(one.submitted_on is None and one.printed_due is not None and one.printed_due >= today for one in rows)
    ]


def licences(codes: list[str], year: int, today: date) -> dict[str, set[str]]:
    """Numbers of the licences that report on a data year; "" stands for an enterprise whose register names none."""
    found: dict[str, list[Reporter]] = {}
    for one in versions_of_enterprises(Licence, codes, today) if codes else ():
        found.setdefault(one.enterprise_id, []).append(Reporter(str(one.key), one.issued_on, one.valid_until))
    return {code: {one.number for one in list_reporting(found.get(code, []), year)} or {""} for code in codes}


def _left(calendar: Calendar, rows: list[Filing], licences: set[str], year: int, today: date) -> Calendar:
    over, own = set[str](), list[Deadline]()
    for track in {one.track for one in rows}:
        still = licences - {one.licence for one in rows if one.track == track and one.submitted_on}
        # A notice to some licences takes the templates' days off those alone.
        printed = printed_to(filings.list_notices(one for one in rows if one.track == track), still) if still else []
        if not still or any(not one.partial for one in printed):
            over.add(track)
        if any(each.track == track for each in calendar.deadlines):
            first = {one.day: one for one in reversed(printed) if one.day >= today}
            own += [
                Deadline(_rule(calendar, track, one), one.day, (one.day - today).days, track=track)
                for one in first.values()
            ]
    # Of the season that is reported now; the next year's days stay.
    kept = [one for one in calendar.deadlines if one.day.year != year + 1 or one.track not in over]
    return replace(calendar, deadlines=tuple(sorted([*kept, *own], key=lambda one: (one.day, one.last))))


def _rule(calendar: Calendar, track: str, printed: Printed) -> Rule:
    """The track's rule as the notice leaves it: its day, its name, its level."""
    rule = next(one.rule for one in calendar.deadlines if one.track == track)
    text = f"{printed.day:%m-%d}"
    return replace(rule, value=text, level=Level.NOTICE, citation=printed.citation, url=None)

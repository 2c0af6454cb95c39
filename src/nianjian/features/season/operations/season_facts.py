"""The season of an enterprise put together from registers and rulebook: days, reports, plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from nianjian.engines.kernel.periods import Season
from nianjian.engines.kernel.workdays import Calendar
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import Deadline, Printed, closing, of_season, printed_to, season_day
from nianjian.engines.season.plan import Plan, plan
from nianjian.engines.season.tracks import Licence, Track, reporting, tracks
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers import filings
from nianjian.platform.registers.filings import Filing
from nianjian.platform.registers.licences import Licence as Row
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook


@dataclass(frozen=True, slots=True)
class SeasonFacts:
    """All that is the same whoever asks. ``licences``: how many report, 0 where the register names none."""

    enterprise: str
    year: int
    today: date
    book: Rulebook
    calendar: Calendar
    deadlines: tuple[Deadline, ...]
    tracks: Sequence[Track]
    plan: Plan | None
    licences: int


def book_of(enterprise: str, today: date, filed_in: int) -> Rulebook:
    """The rulebook that speaks of a season, as it is known on a day."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=season_day(today, filed_in), province=where, enterprise=enterprise)


def due_year(enterprise: str, today: date) -> int:
    """The data year whose season runs: until its last deadline is over, that of the year before.

    A day that a notice to the enterprise names is a deadline like the others, also one in autumn.
    """
    found = Season("", today.year - 1)
    book = book_of(enterprise, today, found.filed_in)
    rows = filings.list_filings(enterprise, found.year)
    printed = (
        _printed(rows, reporting(_licences(enterprise, found.year), found.year)) if filings.list_notices(rows) else []
    )
    days = closing(of_season(book, found.filed_in, calendar(), printed))
    return found.year if today <= max((one.last.day for one in days), default=today) else today.year


def get_season_facts(enterprise: str, year: int, today: date) -> SeasonFacts:
    """A season as it stands on a day. ``enterprise_unknown``, ``season_year_wrong``, ``rulebook_day_too_early``."""
    filed_in = Season("", year).filed_in
    book, days = book_of(enterprise, today, filed_in), calendar()
    rows = filings.list_filings(enterprise, year)
    licences = reporting(_licences(enterprise, year), year)
    deadlines = of_season(book, filed_in, days, _printed(rows, licences))
    seasons = [Season(one.number, year) for one in licences] or [Season("", year)]
    return SeasonFacts(
        enterprise=enterprise,
        year=year,
        today=today,
        book=book,
        calendar=days,
        deadlines=deadlines,
        tracks=tracks(seasons, deadlines, _filed(rows), today),
        plan=plan(book, filed_in, deadlines, days),
        licences=len(licences),
    )


def _printed(rows: Sequence[Filing], licences: Sequence[Licence]) -> list[Printed]:
    """What notices name as last days to the licences that report."""
    return printed_to(filings.list_notices(rows), {one.number for one in licences} or {""})


def _licences(enterprise: str, year: int) -> list[Licence]:
    """What the register holds on the last day of the data year, and newer rows that say they were issued before."""
    rows = versions_on(Row, enterprise, Season("", year).year_end)
    return [Licence(str(one.key), one.issued_on, one.valid_until) for one in rows]


def _filed(rows: Sequence[Filing]) -> dict[tuple[str, str], date]:
    return {(one.licence, one.track): one.submitted_on for one in rows if one.submitted_on is not None}

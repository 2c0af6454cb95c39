"""The two bases of a data year: which run stands for each, and on which one the enterprise files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.metrics.frame import DAY, Basis
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import (
    LICENCE,
    Deadline,
    NoticeDeadline,
    closing,
    of_season,
    printed_to,
    season_day,
)
from nianjian.features.archives.closed_seasons import is_closed
from nianjian.features.portrait import documents, portraits
from nianjian.features.portrait.models import BasisChoice
from nianjian.features.portrait.portraits import Run
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import filings
from nianjian.platform.registers.licences import list_reporting_licences
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook

RULE: Final = "portrait.basis"
BASES: Final = (Basis.YEAR_END, Basis.FILING)


def get_rulebook(enterprise: str, year: int, today: date) -> Rulebook:
    """The rulebook that speaks of the season of a data year, as it is known on a day."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=season_day(today, Season("", year).filed_in), province=where, enterprise=enterprise)


def find_filing_day(enterprise: str, year: int) -> date | None:
    """The day on which the season was filed: the last licence's report; None while one is not handed in."""
    submitted = {
        row.licence: row.submitted_on
        for row in filings.list_filings(enterprise, year)
        if row.track == LICENCE and row.submitted_on
    }
    if not submitted:
        return None
    numbers = {row.number for row in list_reporting_licences(enterprise, year)} or {""}
    return max(submitted.values()) if numbers <= submitted.keys() else None


def list_deadlines(enterprise: str, year: int, today: date) -> tuple[Deadline, ...]:
    """The days of a season's reports, with what notices name to the licences that report."""
    notices, printed = filings.list_notices(filings.list_filings(enterprise, year)), list[NoticeDeadline]()
    if notices:  # else the register need not be read
        printed = printed_to(notices, {row.number for row in list_reporting_licences(enterprise, year)} or {""})
    return of_season(get_rulebook(enterprise, year, today), Season("", year).filed_in, calendar(), printed)


def due_year(enterprise: str, today: date) -> int:
    """The data year whose season runs: until its last deadline is over, that of the year before.

    A day that a notice to the enterprise names is a deadline like the others, also one in autumn.
    """
    last = today.year - 1
    days = closing(list_deadlines(enterprise, last, today))
    return last if today <= max((one.last.day for one in days), default=today) else today.year


def find_last_filing_day(enterprise: str, year: int, today: date) -> date | None:
    """The earliest last day for the licence's report that is not over yet; None where no source names one."""
    days = closing(list_deadlines(enterprise, year, today), LICENCE)
    return min((row.last.day for row in days if row.last.day >= today), default=None)


def list_open_bases(enterprise: str, year: int, today: date) -> tuple[tuple[Basis, date], ...]:
    """The bases that stand side by side, each with its as-of day; none before 1 January.

    None of a season that is filed or closed, either. A missed one that had both keeps them, however many years ago its
    year ended.
    """
    if year >= today.year or find_filing_day(enterprise, year) is not None or is_closed(enterprise, year):
        return ()
    if year < today.year - 1 and portraits.find_basis_run(enterprise, year, Basis.FILING) is None:
        return ()
    return (Basis.YEAR_END, Season("", year).year_end), (Basis.FILING, today)


@dataclass(frozen=True, slots=True)
class BasisInForce:
    """The basis that the enterprise files. ``by`` "": nobody has chosen, the rulebook's; ``rule``: what it asks for."""

    basis: Basis
    rule: Rule
    reason: str = ""
    by: str = ""
    at: datetime | None = None


def get_basis(enterprise: str, year: int) -> BasisInForce:
    """What a person chose, or what the rulebook asks for in the enterprise's province. ``enterprise_unknown``."""
    rule = get_rulebook(enterprise, year, clock.today()).rule(RULE)
    row = BasisChoice.objects.filter(enterprise_id=enterprise, year=year).first()
    if row is None:
        return BasisInForce(Basis(str(rule.value)), rule)
    return BasisInForce(Basis(row.basis), rule, row.reason or "", row.chosen_by, row.chosen_at)


def find_standing_run(enterprise: str, year: int) -> Run | None:
    """The run that 今天 and the season's tasks speak of: the year's newest.

    Once the year is over one within it never stands in place of one on a basis: it was asked for, and stays a run, but
    seats and tickets have moved on since its day. None: there is none, or an older program kept the newest.
    """
    newest = portraits.find_newest_run(enterprise, year)
    if (
        newest is None
        or clock.today() <= Season("", year).year_end
        or portraits.find_basis(enterprise, newest) in BASES
    ):
        return newest
    filed = get_basis(enterprise, year).basis
    runs = (portraits.find_basis_run(enterprise, year, basis) for basis in (filed, *BASES))
    return next((run for run in runs if run is not None), newest)


def find_filed_run(enterprise: str, year: int) -> Run | None:
    """The run that papers, season and archive speak of: the newest on the basis that the enterprise files.

    The one that stands where the year is not over, or where nobody has chosen and no run has the rulebook's basis.
    None: there is none, or none on the basis that a person chose.
    """
    standing = find_standing_run(enterprise, year)
    if standing is None or clock.today() <= Season("", year).year_end:
        return standing
    chosen = get_basis(enterprise, year)
    run = portraits.find_basis_run(enterprise, year, chosen.basis)
    return run if run is not None or chosen.by else standing


def require_filed_basis(enterprise: str, year: int, run: str) -> None:
    """Refuse papers of a run that is on another basis than the enterprise files; ``dossier_basis_differs``.

    Nothing where that run is not stored, nor while the year's figures are on no basis of filing.
    """
    if run not in portraits.list_runs(enterprise, year):
        return
    filed = find_filed_run(enterprise, year)
    basis = get_basis(enterprise, year).basis if filed is None else portraits.find_basis(enterprise, filed)
    papers = portraits.find_basis(enterprise, portraits.get_run(enterprise, year, run))
    if papers is not basis or basis is Basis.AHEAD:
        raise NianjianError("dossier_basis_differs", basis=papers.value, filed_basis=basis.value)


@dataclass(frozen=True, slots=True)
class BasisResult:
    """The newest run on a basis; ``run`` None: it was not computed yet."""

    basis: Basis
    run: Run | None
    portrait: Mapping[str, Any] | None  # masked

    @property
    def light(self) -> str:
        """The whole; "" where it was not computed."""
        return self.run.light if self.run else ""


@dataclass(frozen=True, slots=True)
class Bases:
    """``filed_on`` None: not yet; ``last_day``: until when it can be filed, None: no source names a day to come."""

    in_force: BasisInForce
    results: tuple[BasisResult, ...]
    filed_on: date | None
    last_day: date | None


def list_bases(enterprise: str, year: int) -> Bases | None:
    """Both results side by side with the choice; None while the data year is not over."""
    today = clock.today()
    if today <= Season("", year).year_end:
        return None
    sides = []
    for basis in BASES:
        run = portraits.find_basis_run(enterprise, year, basis)
        sides.append(BasisResult(basis, run, portraits.find_masked_portrait(enterprise, year, run.id) if run else None))
    filed_on = find_filing_day(enterprise, year)
    last_day = None if filed_on else find_last_filing_day(enterprise, year, today)
    return Bases(get_basis(enterprise, year), tuple(sides), filed_on, last_day)


def bases_to_document(enterprise: str, year: int, actor: Actor) -> documents.Bases:
    """The same as an answer. ``role_missing``, ``basis_year_not_over``."""
    require_permission(actor, enterprise, Permission.READ)
    bases = list_bases(enterprise, year)
    if bases is None:
        raise NianjianError("basis_year_not_over", year=year, last=Season("", year).year_end.isoformat())
    chosen, rule = bases.in_force, bases.in_force.rule
    return documents.Bases(
        enterprise=enterprise,
        year=year,
        basis=chosen.basis.value,
        chosen=documents.ChosenBasis(chosen.by, chosen.at.isoformat(), chosen.reason) if chosen.at else None,
        rule=documents.BasisRule(rule.key, str(rule.value), rule.level.value, rule.citation),
        filed_on=bases.filed_on.isoformat() if bases.filed_on else None,
        last_day=bases.last_day.isoformat() if bases.last_day else None,
        bases=[
            documents.BasisPortrait(
                basis=result.basis.value,
                run=result.run.id if result.run else None,
                as_of=result.run.as_of if result.run else None,
                light=result.run.light if result.run else None,
                metrics=list(result.run.metrics) if result.run else [],
                advice=list(result.portrait["advice"]) if result.portrait else [],
            )
            for result in bases.results
        ],
    )


def choose_days(enterprise: str, year: int) -> tuple[date | None, date | None]:
    """As-of days of a run for which nobody names one: of the other basis, and of the one that is filed.

    None for the other where the two do not stand side by side; for the one that is filed: the rulebook's day, or today
    while the year lasts.
    """
    today = clock.today()
    open_bases = dict(list_open_bases(enterprise, year, today))
    if open_bases:
        chosen = get_basis(enterprise, year).basis
        other = next(basis for basis in open_bases if basis is not chosen)
        return open_bases[other], open_bases[chosen]
    filed_on = find_filing_day(enterprise, year) if year < today.year else None
    return None, filed_on if filed_on and get_basis(enterprise, year).basis is Basis.FILING else None


def find_last_day_of_advice(enterprise: str, year: int, as_of: date) -> date | None:
    """The last day on which a portrait on the filing basis can still change: where it is filed, the day before."""
    if as_of <= Season("", year).year_end:
        return None
    filed_on = find_filing_day(enterprise, year)
    return filed_on - DAY if filed_on else find_last_filing_day(enterprise, year, clock.today())

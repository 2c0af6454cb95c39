"""The comparisons: registers with an export, people three ways, call sources with each other and with a bill.

Each is stored as a run with its differences.
"""

import gc
import json
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, cast

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Calendar, Due, add_months, add_workdays
from nianjian.engines.lake.schema import SCHEMAS
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import in_year
from nianjian.features.complaints.forwards import SheetMapping
from nianjian.features.reconciliation import exports, people, queries, sources, states, storage
from nianjian.features.reconciliation.documents import (
    CallComparison,
    Comparison,
    FilingComparison,
    FilingRow,
    PartingRow,
    Reconciliation,
    Sides,
    Verdict,
    list_values,
)
from nianjian.features.reconciliation.exports import check_mapping, parse_mapping
from nianjian.features.reconciliation.filings import KINDS, Result, RowPair, compare_rows, count_results
from nianjian.features.reconciliation.models import Difference, Proposal, Run
from nianjian.features.reconciliation.states import EXPLAINED, OPEN
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import wiring
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import columns, entries, kinds
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.deadlines import data_year, upcoming
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.vault import keyring

BASE: Final = "deadline.guide.filed_base"
ALLOWED: Final = "deadline.guide.consistency.open_differences"
CHANGES: Final = ("law.notice81.change", "numbers.change.workdays")  # the shortest that is in force holds


@dataclass(frozen=True, slots=True)
class Grounds:
    """An enterprise with today's rulebook and the working days."""

    enterprise: str
    name: str
    book: Rulebook
    days: Calendar

    @classmethod
    def of(cls, enterprise: str, actor: Actor, act: Permission) -> Self:
        """``role_missing``, ``enterprise_unknown``."""
        require_permission(actor, enterprise, act)
        tenant = accounts.enterprise(enterprise)
        book = rulebook(day=None, province=tenant.province or None, enterprise=enterprise)
        return cls(enterprise, tenant.name, book, calendar())

    def base_day(self) -> date:
        """The day on which the filed base of the season stands that is filed next: 31 December of its data year."""
        today = clock.today()
        return in_year(data_year(upcoming(self.book, today, self.days), today), self.book.text(BASE))

    def due(self, changed: date | None) -> Due:
        """Until when a change is filed; one of which the day is unknown counts from today, when it was found."""
        count = min(self.book.integer(key) for key in CHANGES if key in self.book.in_force)
        return add_workdays(changed or clock.today(), count, self.days)

    def stamp(self) -> dict[str, str]:
        """Which rules a run was made by."""
        return {"id": self.book.id, "version": self.book.version, "sha256": self.book.sha256}


def _verdict(run: Run, open_: int, allowed: int) -> Verdict:
    verdict = states.verdict(
        compared=sum(run.counts.values()), unclear=int(run.told.get("unclear", 0)), open_=open_, allowed=allowed
    )
    return cast("Verdict", verdict.value)


def summarize_run(run: Run, grounds: Grounds, open_: int | None = None) -> Reconciliation:
    """A run in one line; ``open_``: its open differences, where they are counted already."""
    count = queries.count_by_state(run)[states.OPEN] if open_ is None else open_
    allowed = grounds.book.with_guide_limits().integer(ALLOWED)
    own_allowed = grounds.book.integer(ALLOWED) if ALLOWED in grounds.book.before else None
    return Reconciliation(
        run=run.pk,
        kind=run.kind,
        as_of=run.as_of,
        first=run.first,
        file=run.file,
        counts=dict(run.counts),
        open=count,
        unclear=int(run.told.get("unclear", 0)),
        verdict=_verdict(run, count, allowed),
        allowed=allowed,
        own_allowed=own_allowed,
        own_verdict=None if own_allowed is None else _verdict(run, count, own_allowed),
        made_at=run.made_at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        made_by=run.made_by,
    )


LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class BillInput:
    """``files``: the bills of the same days, such as one a carrier; ``carrier``: whose lines alone they concern.

    ``together``: the sources are switches beside each other, and the bill holds the calls of them all.
    """

    files: Sequence[Path] = ()
    mapping: Path | bytes | None = None
    carrier: str = ""
    together: bool = False


NO_BILL: Final = BillInput()


def read_bills(against: BillInput) -> sources.Bill | None:
    """Read the bills as one, None for none; ``reconcile_bill_empty``, ``mapping_invalid``, and as `load_bill`."""
    if not against.files:
        return None
    mapping = load_bill_mapping(against.mapping)
    bill = exports.join_bills([exports.load_bill(path, mapping) for path in against.files])
    if not bill.at:
        raise NianjianError("reconcile_bill_empty", file=bill.file)
    return bill


def load_bill_mapping(mapping: Path | bytes | None) -> exports.BillMapping:
    """Check a mapping; ``mapping_invalid``, ``file_missing``, ``file_unreadable``, and what `parse_mapping` raises."""
    return exports.BillMapping() if mapping is None else exports.check_bill_mapping(*_read_mapping(mapping))


def load_export_mapping(mapping: Path | bytes | None, kind: str) -> SheetMapping:
    """The same for an export of a kind."""
    if mapping is None:
        return SheetMapping()
    data, name = _read_mapping(mapping)
    return check_mapping(data, exports.SHEETS[kind], exports.SHEETS, name)


def _read_mapping(mapping: Path | bytes) -> tuple[Mapping[str, object], str]:
    if isinstance(mapping, bytes):
        return parse_mapping(mapping, "mapping"), "mapping"
    return parse_mapping(files.content(mapping), mapping.name), mapping.name


def bill_span(bill: sources.Bill, first: date | None, last: date | None) -> tuple[date, date]:
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
    return day.replace(day=monthrange(day.year, day.month)[1])


def restrict_bill(bill: sources.Bill, first: date, last: date) -> sources.Bill:
    """The bill without the days that are not compared."""
    at = {place: count for place, count in bill.at.items() if first <= place[0] <= last}
    return replace(bill, at=at)


def lines_of_other_carriers(enterprise: str, carrier: str, day: date) -> frozenset[str]:
    """Lines that the register gives to another carrier; ``reconcile_carrier_unknown`` where it knows none of this."""
    if not carrier:
        return frozenset()
    rows: list[Any] = list(versions_on(kinds.register("lines").model, enterprise, day))
    carriers: dict[str, str] = {row.line_id: str(row.carrier or "").strip() for row in rows}
    there = set(carriers.values()) - {""}
    if carrier.strip() not in there:
        raise NianjianError("reconcile_carrier_unknown", carrier=carrier, carriers="、".join(sorted(there)) or "–")
    return frozenset(line for line, one in carriers.items() if one not in {"", carrier.strip()})


def _bill_figures(bill: sources.Bill | None, compared: sources.Bill | None, against: BillInput) -> dict[str, object]:
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


YEARS: Final = timedelta(days=366 * 10)  # a day beyond is a slip of the pen


def compare_filing(
    *,
    enterprise: str,
    kind: str,
    path: Path,
    actor: Actor,
    mapping: Path | bytes | None = None,
    as_of: date | None = None,
    progress: Progress = silent,
) -> FilingComparison:
    """Compare as at ``as_of`` (None: the base day of the season that is filed next) and keep the run.

    The answer holds every row with its result, values of persons masked. ``role_missing``,
    ``reconcile_kind_unknown``, ``reconcile_day_wrong``, and what `load_export` and `check_mapping` raise.
    """
    grounds = Grounds.of(enterprise, actor, Permission.REPORT)
    day = check_day(as_of or grounds.base_day())
    sheet = get_sheet(kind)
    progress(path.name, 0, 3)
    sheet_mapping = load_export_mapping(mapping, kind)
    theirs = exports.load_export(path, kind, sheet_mapping, step=partial(progress, path.name, 0, 3))
    progress(path.name, 1, 3)
    pairs = compare_rows(kind, _ours(enterprise, kind, sheet, day), theirs.rows, day, theirs.fields)
    progress(path.name, 2, 3)
    differences = [_filing_difference(kind, one, sheet, grounds) for one in pairs if one.result is not Result.SAME]
    figures: dict[str, object] = {
        "unclear": sum(bool(one.unclear) for one in pairs),
        "blank": dict(sorted(Counter(name for one in pairs for name in one.blank).items())),
        "compared": sorted(theirs.fields),
        "not_compared": sorted({column.field for column in sheet.columns} - theirs.fields),
        "other_rows": theirs.other,
        "extra_columns": list(theirs.extra_columns),
        "rulebook": grounds.stamp(),
    }
    counts, sha256 = count_results(pairs), theirs.sha256
    stored = figures | {"ahead": True} if day > clock.today() else figures
    run = Run(
        enterprise_id=enterprise, kind=kind, as_of=day, counts=counts, told=stored, file=theirs.file, sha256=sha256
    )
    storage.store_run(run=run, differences=differences, actor=actor)
    rows = [_filing_row(one, sheet) for one in pairs]
    return FilingComparison(**list_values(summarize_run(run, grounds)), figures=figures, rows=rows)


def check_day(day: date) -> date:
    """``reconcile_day_wrong`` for a day that no register can be asked about."""
    if abs(day - clock.today()) > YEARS:
        raise NianjianError("reconcile_day_wrong", day=day.isoformat())
    return day


def get_sheet(kind: str) -> Sheet:
    """``reconcile_kind_unknown``."""
    if kind not in KINDS:
        raise NianjianError("reconcile_kind_unknown", kind=kind, kinds=", ".join(KINDS))
    return kinds.register(kind).sheet


def _ours(enterprise: str, kind: str, sheet: Sheet, day: date) -> list[Mapping[str, object]]:
    """Our rows as at the day; a row that was recorded with days of its own holds since ever."""
    fields = [column.field for column in sheet.columns]
    rows = versions_on(kinds.register(kind).model, enterprise, day)
    return [
        {name: getattr(row, name) for name in fields} | {"changed_on": row.changed_on or row.valid_from}
        for row in rows.iterator(chunk_size=500)
    ]


def _filing_difference(kind: str, pair: RowPair, sheet: Sheet, grounds: Grounds) -> Difference:
    fields = {name: _field_texts(values, name, sheet) for name, values in pair.fields.items()}
    due = grounds.due(pair.changed_on)
    content = json.dumps([pair.result.value, fields], ensure_ascii=False, sort_keys=True)
    return Difference(
        key=pair.key,
        result=pair.result.value,
        label=_to_json({"key": pair.key}),
        digest=keyring.current().blind(content, f"reconcile.{kind}"),
        likely=pair.likely,
        reasons=list(pair.unclear),
        fields=_to_json(fields) if fields else None,
        state=OPEN,
        changed_on=pair.changed_on,
        due=due.day,
        provisional=due.provisional,
    )


def _to_json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _field_texts(values: tuple[object, object], name: str, sheet: Sheet) -> tuple[str, str]:
    column = sheet.by_field(name)
    return entries.format_value(values[0], column), entries.format_value(values[1], column)


def mask_fields(fields: Mapping[str, Sequence[str]], sheet: Sheet) -> Sides:
    """Field -> ours and theirs as a door may show them."""
    return {
        name: {
            side: columns.mask_cell(text, sheet.by_field(name)) or None
            for side, text in zip(("ours", "theirs"), pair, strict=True)
        }
        for name, pair in fields.items()
    }


def _filing_row(pair: RowPair, sheet: Sheet) -> FilingRow:
    fields = {name: _field_texts(values, name, sheet) for name, values in pair.fields.items()}
    return FilingRow(
        key=pair.key,
        result=pair.result.value,
        likely=pair.likely or None,
        unclear=list(pair.unclear),
        blank=list(pair.blank),
        fields=mask_fields(fields, sheet),
    )


LONGEST_MONTHS: Final = 24  # months of one run
PAIRS: Final = 5_000  # pairs of one run that are kept, the likeliest; more are counted
DAY: Final = timedelta(days=1)

Blind = Callable[[str], str]


@contextmanager
def _without_gc() -> Iterator[None]:
    """Without Python's search for circles, which would walk every row again and again: a third of the time.

    Rows hold no circles; what little Django makes of them is found afterwards.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_without_gc()
def match_people(
    *, enterprise: str, first: date | None, last: date | None, actor: Actor, progress: Progress = silent
) -> Comparison:
    """Match the months from that of ``first`` to that of ``last`` and store the run.

    Without ``last`` it ends with last month, without ``first`` it begins with January of the last month's year. Who
    lacks only what may still be paid is ``not_due``, and the run cannot be proved. The answer holds the matrix, no
    persons. ``role_missing``, ``reconcile_months_wrong``.
    """
    grounds = Grounds.of(enterprise, actor, Permission.REPORT)
    months, terms = month_span(first, last), _terms(grounds)
    blind = partial(keyring.current().blind, context="reconcile.people")
    decisions = _Decisions(enterprise)
    by_month: dict[str, people.MonthMatch] = {}
    differences: list[Difference] = []
    pairs: dict[tuple[str, str, str], Proposal] = {}
    cut = 0
    progress(f"{months[0]:%Y-%m}", 0, len(months))
    tables = people.Tables(
        enterprise,
        months,
        lag=grounds.book.integer("reconcile.people.pay_lag"),
        unpaid=_words(grounds, "reconcile.people.unpaid"),
        others=_words(grounds, "reconcile.people.other_memos"),
    )
    for place, month in enumerate(months):
        progress(f"{month:%Y-%m}", place, len(months))
        rows = tables.month(month)
        result = people.match_month(rows, decisions.of(rows.paid, rows.insured, blind), terms)
        by_month[result.month] = result
        differences += [_person_difference(result.month, row, blind) for row in result.rows]
        for pair in result.pairs:
            proposal = _proposal(pair, blind)
            key = (proposal.kind, proposal.subject, proposal.person)
            if key not in decisions.dismissed:
                pairs[key] = proposal
        cut += result.cut
    best = sorted(pairs.values(), key=lambda one: (-one.likeness, one.subject, one.person))
    due = people.Match.NOT_DUE
    results = [one for one in people.Match if one is not due or any(due in month.counts for month in by_month.values())]
    counts = {one.value: sum(month.counts.get(one, 0) for month in by_month.values()) for one in results}
    figures: dict[str, object] = {
        "matrix": {
            name: {
                one.value: {"count": month.counts.get(one, 0), "explained": month.explained.get(one, 0)}
                for one in results
            }
            for name, month in by_month.items()
        },
        "unclear": sum(
            month.counts.get(due, 0) + sum(due in row.lacks for row in month.rows) for month in by_month.values()
        ),
        "proposals": len(best[:PAIRS]),
        "left_out": cut + max(0, len(best) - PAIRS),
        "rulebook": grounds.stamp(),
    }
    day = min(add_months(months[-1], 1) - DAY, clock.today())
    run = Run(enterprise_id=enterprise, kind=Run.PEOPLE, as_of=day, first=months[0], counts=counts, told=figures)
    storage.store_run(run=run, differences=differences, proposals=best[:PAIRS], actor=actor)
    return Comparison(**list_values(summarize_run(run, grounds)), figures=figures)


def month_span(first: date | None, last: date | None) -> list[date]:
    """First days of the months; ``reconcile_months_wrong`` for none, for too many, and for months to come."""
    today = clock.today()
    end = (last or add_months(today.replace(day=1), -1)).replace(day=1)
    month = (first or end.replace(month=1)).replace(day=1)
    months: list[date] = []
    while month <= end and len(months) <= LONGEST_MONTHS:
        months.append(month)
        month = add_months(month, 1)
    if not months or len(months) > LONGEST_MONTHS or end > today:
        raise NianjianError("reconcile_months_wrong", most=LONGEST_MONTHS)
    return months


def _terms(grounds: Grounds) -> people.Terms:
    book = grounds.book
    return people.Terms(
        new_days=book.integer("reconcile.people.new_days"),
        own=frozenset(
            people.fold_name(name) for name in (grounds.name, *people.list_own_names(grounds.enterprise)) if name
        ),
        agreements=people.list_agreements(grounds.enterprise),
        other_posts=frozenset(people.fold_name(word) for word in _words(grounds, "reconcile.people.other_posts")),
        similar=book.integer("reconcile.people.similar"),
        slips=book.integer("reconcile.people.identity_slips"),
    )


def _words(grounds: Grounds, key: str) -> frozenset[str]:
    return frozenset(str(one) for one in grounds.book.items(key))


def payment(name: str, account: str) -> str:
    """How a payee is named for its blind index."""
    return json.dumps([people.fold_name(name), account], ensure_ascii=False)


class _Decisions:
    """What persons have decided, by blind index, and which pairs they have dismissed."""

    def __init__(self, enterprise: str) -> None:
        self._accounts = queries.map_accounts(enterprise, Proposal.NAME)
        self._numbers = queries.map_accounts(enterprise, Proposal.IDENTITY)
        self.dismissed = queries.list_dismissed(enterprise)

    def of(self, paid: Sequence[people.Paid], insured: Sequence[people.Insured], blind: Blind) -> people.Decisions:
        """The decisions that concern the payees and numbers of a month."""
        accounts: dict[tuple[str, str], str] = {}
        for payee in paid if self._accounts else ():
            identity = self._accounts.get(blind(payment(payee.payee, payee.account or "")))
            if identity:
                accounts[people.fold_name(payee.payee), payee.account or ""] = identity
        numbers: dict[str, str] = {}
        for listed in insured if self._numbers else ():
            identity = self._numbers.get(blind(listed.identity))
            if identity:
                numbers[listed.identity] = identity
        return people.Decisions(accounts, numbers)


NOT_DUE: Final = people.Match.NOT_DUE.value  # what comes in later makes no other difference of what is lacking


def _person_difference(month: str, row: people.PersonMonth, blind: Blind) -> Difference:
    lacks = [one.value for one in row.lacks]
    return Difference(
        key=blind(row.identity) if row.identity else f"seat:{row.seat_id}"[:200],
        result=row.match.value,
        month=month,
        label=_to_json({"name": row.name, "identity": row.identity, "seat": row.seat_id}),
        digest=blind(json.dumps([row.identity, row.seat_id, [one for one in lacks if one != NOT_DUE], row.reasons])),
        reasons=[*lacks[1:], *row.reasons],
        state=EXPLAINED if row.explained else OPEN,
    )


def _proposal(pair: people.PossiblePair, blind: Blind) -> Proposal:
    subject = pair.written if pair.kind == Proposal.IDENTITY else payment(pair.name, pair.account)
    names = ("name", "account", "written", "identity", "person")
    return Proposal(
        kind=pair.kind,
        subject=blind(subject),
        person=blind(pair.identity),
        told=_to_json({name: getattr(pair, name) for name in names}),
        likeness=pair.likeness,
    )


CALLS: Final = "calls"
MONTH: Final = timedelta(days=30)
MOST_PARTINGS: Final = 5_000  # partings of one run; more are counted, not kept


def compare_call_sources(
    *,
    enterprise: str,
    first: date | None,
    last: date | None,
    actor: Actor,
    only: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    against: BillInput = NO_BILL,
    progress: Progress = silent,
) -> CallComparison:
    """Compare the sources' calls from ``first`` to ``last``, both included, and keep the run.

    Without ``last`` it ends yesterday, without ``first`` it begins 30 days before; with a bill the bill's days are
    compared. ``only``: these sources, named as the lake names them; ``beside``: of them these are switches beside each
    other, one side against the rest; ``against.together``: all are. Where only one side is left, nothing is compared.
    ``role_missing``, ``reconcile_days_wrong``, ``reconcile_source_unknown``, and what `read_bills` raises.
    """
    grounds = Grounds.of(enterprise, actor, Permission.REPORT)
    progress("", 0, 2)
    bill = read_bills(against)
    begin, end = day_span(first, last) if bill is None else bill_span(bill, first, last)
    elsewhere = lines_of_other_carriers(enterprise, against.carrier, end)
    lake = wiring.lake(enterprise)
    version = lake.version(CALLS)
    unit = sources.MINUTE if bill is None else bill.unit
    with closing(wiring.engine()) as engine:
        files = [] if version is None else lake.files(CALLS, version)
        rows = engine.rows(sources.build_question(engine.table(CALLS, files, SCHEMAS[CALLS]), begin, end, unit))
    there = {str(row["source"]) for row in rows}
    only = (*only, *(name for name in beside if only and name not in only))
    for name in {*only, *beside}:
        if name not in there:
            raise NianjianError("reconcile_source_unknown", source=name, sources=", ".join(sorted(there)) or "–")
    within = None if bill is None else restrict_bill(bill, begin, end)
    comparison = sources.compare_sources(rows, only, within, elsewhere, together=against.together, beside=beside)
    progress("", 1, 2)
    partings = sorted(comparison.partings, key=lambda one: one.proved)  # what is open is kept first
    figures = _source_figures(comparison, partings[MOST_PARTINGS:], version, grounds) | _bill_figures(
        bill, within, against
    )
    figures |= {"together": against.together, "beside": sorted(beside)}
    counts = {"same": comparison.same, "parted": len(comparison.partings)}
    run = Run(enterprise_id=enterprise, kind=Run.SOURCES, as_of=end, first=begin, counts=counts, told=figures)
    if bill is not None:
        run.file, run.sha256 = bill.file, bill.sha256
    storage.store_run(run=run, differences=[_source_difference(one) for one in partings[:MOST_PARTINGS]], actor=actor)
    parting_rows = [
        PartingRow(
            day=one.day,
            line=one.line or None,
            calls={source: count.calls for source, count in one.counts.items()},
            answered={source: count.answered for source, count in one.counts.items()},
            minutes={source: _minutes(count) for source, count in one.counts.items()},
            likely=one.likely,
        )
        for one in partings[:MOST_PARTINGS]
    ]
    return CallComparison(**list_values(summarize_run(run, grounds)), figures=figures, rows=parting_rows)


def day_span(first: date | None, last: date | None) -> tuple[date, date]:
    """First and last day; ``reconcile_days_wrong`` for days reversed, too many, or to come."""
    today = clock.today()
    end = last or today - DAY
    begin = first or end - MONTH + DAY
    if not begin <= end <= today or end - begin >= LONGEST:
        raise NianjianError("reconcile_days_wrong", first=begin.isoformat(), last=end.isoformat(), most=LONGEST.days)
    return begin, end


def _source_figures(
    comparison: sources.SourceComparison, left: Sequence[sources.Parting], version: int | None, grounds: Grounds
) -> dict[str, object]:
    return {
        "sources": list(comparison.sources),
        "by_day": [
            {"day": day.isoformat(), "calls": {source: counts.get(source, 0) for source in comparison.sources}}
            for day, counts in comparison.days.items()
        ],
        "compared": comparison.places,
        "left_out": len(left),
        "unclear": sum(not one.proved for one in left),  # partings that are not kept are open, and nobody sees them
        "calls_version": version,
        "rulebook": grounds.stamp(),
    }


def _source_difference(one: sources.Parting) -> Difference:
    calls = {
        source: (str(count.calls), "" if count.answered is None else str(count.answered), _minutes(count) or "")
        for source, count in one.counts.items()
    }
    key = f"{one.day.isoformat()}|{one.line}"[:200]
    return Difference(
        key=key,
        result="parted",
        label=_to_json({"day": one.day.isoformat(), "line": one.line}),
        digest=keyring.current().blind(json.dumps([key, calls], sort_keys=True), "reconcile.sources"),
        likely=one.likely,
        fields=_to_json(calls),
        state=EXPLAINED if one.proved else OPEN,
    )


def _minutes(count: sources.Count) -> str | None:
    return None if count.minutes is None else f"{count.minutes.quantize(Decimal('0.01')):f}"

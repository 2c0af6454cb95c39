"""What is in the way of an enterprise and what waits for one person, late reports included.

A thousand enterprises cost four queries and one rulebook a province.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.memo import per_request
from nianjian.engines.kernel.workdays import Calendar as Workdays
from nianjian.engines.kernel.workdays import Due
from nianjian.engines.rules.rule import Level, Rule
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.engines.season.deadlines import TRACKS, NoticeDeadline, deciding, of_season, printed_to
from nianjian.engines.season.deadlines import Deadline as SeasonDeadline
from nianjian.engines.season.deadlines import Licence as Reporter
from nianjian.engines.season.deadlines import TrackState as State
from nianjian.engines.season.deadlines import list_reporting as reporting
from nianjian.engines.season.deadlines import track_state as state
from nianjian.features.complaints.clocks import ServiceLevels, is_overdue
from nianjian.features.complaints.queries import ticket_facts
from nianjian.features.complaints.sla_warnings import list_due_soon
from nianjian.features.inbox.obstacles import Point
from nianjian.features.inspection.operations import room
from nianjian.features.overview.queue import Queue, list_queue
from nianjian.features.portrait.line_usage import OLD
from nianjian.features.rectification.operations import Running
from nianjian.features.season.queries import list_followed_years
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import permissions
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import attachments, batches, filings, overlays
from nianjian.platform.registers.filings import Filing
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.versions import versions_of_enterprises
from nianjian.platform.rulebook.deadlines import UNDER, Calendar, Deadline, Expiry, data_year
from nianjian.platform.rulebook.holidays import calendar


def with_reports(calendars: Mapping[str, Calendar], today: date) -> dict[str, Calendar]:
    """Calendars of many enterprises, by code, as their filings leave them; the filings are read in one query.

    Which licences report is asked only of enterprises that have filed something, or have a notice to one of them.
    """
    years = {code: data_year(one, today) for code, one in calendars.items()}
    # A notice's day in autumn keeps its season running, also when the templates speak of the next one already.
    years |= dict.fromkeys(
        _list_noticed([code for code, of in years.items() if of == today.year], today), today.year - 1
    )
    rows: dict[str, list[Filing]] = {}
    for year in set(years.values()):
        rows |= filings.list_filings_by_enterprise([code for code, of in years.items() if of == year], year)
    numbers: dict[str, set[str]] = {}
    for year in set(years.values()):
        own = [
            code for code in rows if years[code] == year and any(one.submitted_on or one.licence for one in rows[code])
        ]
        numbers |= list_licences(own, year, today)
    return {
        code: _without_filed(one, rows.get(code, []), numbers.get(code, {""}), years[code], today)
        for code, one in calendars.items()
    }


def _list_noticed(codes: list[str], today: date) -> list[str]:
    """Those of them that still have to hand in a report of the year before by a day that a notice names."""
    by_code = filings.list_filings_by_enterprise(codes, today.year - 1) if codes else {}
    return [
        code
        for code, rows in by_code.items()
        if any(one.submitted_on is None and one.printed_due is not None and one.printed_due >= today for one in rows)
    ]


def list_licences(codes: list[str], year: int, today: date) -> dict[str, set[str]]:
    """Numbers of the licences that report on a data year; "" stands for an enterprise whose register names none."""
    by_code: dict[str, list[Reporter]] = {}
    rows = versions_of_enterprises(Licence, codes, today).only("enterprise", "key", "issued_on", "valid_until")
    for one in rows if codes else ():
        by_code.setdefault(one.enterprise_id, []).append(Reporter(str(one.key), one.issued_on, one.valid_until))
    return {code: {one.number for one in reporting(by_code.get(code, []), year)} or {""} for code in codes}


def _without_filed(calendar: Calendar, rows: list[Filing], licences: set[str], year: int, today: date) -> Calendar:
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
    deadlines = [one for one in calendar.deadlines if one.day.year != year + 1 or one.track not in over]
    return replace(calendar, deadlines=tuple(sorted([*deadlines, *own], key=lambda one: (one.day, one.last))))


def _rule(calendar: Calendar, track: str, printed: NoticeDeadline) -> Rule:
    """The track's rule as the notice leaves it: its day, its name, its level."""
    rule = next(one.rule for one in calendar.deadlines if one.track == track)
    text = f"{printed.day:%m-%d}"
    return replace(rule, value=text, level=Level.NOTICE, citation=printed.citation, url=None)


@dataclass(frozen=True, slots=True)
class LateReport:
    """A report of a data year whose last day ``due`` is over; only a late report is left."""

    track: str
    year: int
    due: date


def list_late_reports(enterprises: Mapping[str, str], today: date) -> dict[str, list[LateReport]]:
    """By code; ``enterprises``: code -> province. What is not in it has handed in everything, or nothing is due yet.

    An earlier year stays until its report is handed in, if its season was worked on here. Of one that was over before
    the enterprise was known here nothing can be said.
    """
    last, by_code = today.year - 1, dict[str, list[LateReport]]()
    by_year = {last: dict(enterprises)}
    for code, years in list_followed_years(list(enterprises), last).items():
        for year in years:
            by_year.setdefault(year, {})[code] = enterprises[code]
    acting = [one for one in overlays.list_overlays() if str(one["key"]).startswith(UNDER)]
    days = calendar()
    for year, own in sorted(by_year.items()):
        for code, late in _late_of_year(own, year, today, acting, days).items():
            if late:
                by_code.setdefault(code, []).extend(late)
    since = accounts.known_since(list(by_code)) if by_code else {}
    reports = {code: [one for one in late if one.due >= since[code]] for code, late in by_code.items()}
    return {code: late for code, late in reports.items() if late}


def _late_of_year(
    enterprises: Mapping[str, str], year: int, today: date, acting: Sequence[Overlay], days: Workdays
) -> dict[str, list[LateReport]]:
    filed = filings.list_filings_by_enterprise(list(enterprises), year)
    reporting = list_licences(
        [code for code in filed if any(one.submitted_on or one.licence for one in filed[code])], year, today
    )
    ends, by_code = dict[tuple[str, str, str], tuple[SeasonDeadline, ...]](), {}
    for code, province in enterprises.items():
        own = [one for one in acting if one.get("enterprise") in {None, code}]
        enterprise = code if any(one.get("enterprise") == code for one in own) else ""
        key = (province, enterprise, to_json(own, sort_keys=True))
        if key not in ends:
            ends[key] = of_season(_rulebook(today, *key), year + 1, days)
        by_code[code] = _late_of_enterprise(ends[key], filed.get(code, []), reporting.get(code, {""}), year, today)
    return by_code


@lru_cache(maxsize=256)
def _rulebook(today: date, province: str, enterprise: str, acting: str) -> Rulebook:
    """Without overlays of its own an enterprise shares the rulebook of its province."""
    overlay_list: list[Overlay] = json.loads(acting)
    return Rulebook.on(today, province or None, enterprise or None, overlay_list, tolerant=True)


def _late_of_enterprise(
    ends: tuple[SeasonDeadline, ...], rows: list[Filing], numbers: set[str], year: int, today: date
) -> list[LateReport]:
    notices, reports = printed_to(filings.list_notices(rows), numbers), []
    for track in TRACKS:
        handed = {one.licence: one.submitted_on for one in rows if one.track == track and one.submitted_on}
        late_ = [
            due.last.day
            for number in numbers
            if (due := _deciding_deadline(ends, track, number, notices)) is not None
            and state(due, handed.get(number), today) is State.LATE
        ]
        if late_:
            reports.append(LateReport(track, year, min(late_)))
    return reports


def _deciding_deadline(
    ends: tuple[SeasonDeadline, ...], track: str, number: str, notices: list[NoticeDeadline]
) -> SeasonDeadline | None:
    """The day that decides for a licence: one that a notice to it names wins."""
    due = deciding(ends, track)
    own = [one.day for one in notices if one.track == track and one.licence in {None, number}]
    return replace(due, day=min(own), last=Due(min(own), provisional=False)) if due is not None and own else due


MOST: Final = 5  # of a sort; the page behind shows all
FAILED_SINCE: Final = timedelta(days=7)

NOT_RUN: Final = "not_run"
INSUFFICIENT: Final = "light_insufficient"
ATTACHMENT: Final = "attachment_missing"
DAYS: Final = "days_missing"
OUTDATED: Final = "portrait_outdated"
MARKETING: Final = "marketing_unanswered"
REJECTS: Final = "rejects_waiting"
APPROVAL: Final = "approval"
FAILED: Final = "job_failed"
ROOM: Final = "room_asked"
COMPLAINT: Final = "complaint_due"
CASE: Final = "rectification_due"
LATE: Final = "report_late"
EXPIRED: Final = "expired"
MATERIALS: Final = "materials_missing"


def list_blockers(
    enterprise: str,
    portrait: Mapping[str, Any] | None,
    cases: Sequence[Running] = (),
    expired: Sequence[Expiry] = (),
    materials: tuple[int, int] = (0, 0),
    *,
    late: Sequence[LateReport] = (),
    waited: Sequence[Point] = (),
) -> list[Point]:
    """Tell what is overdue, which reports are late, which cases run, what has expired, what portrait and package lack.

    ``materials``: data year, and how many items of its package are not ready. ``waited``: what `list_obstacles` tells.
    """
    points = list(waited)
    points += [Point(LATE, {"track": one.track, "year": one.year, "due": one.due}) for one in late]
    points += [Point(CASE, {"case": case.pk, "due": days.due.day, "causes": list(case.causes)}) for case, days in cases]
    points += [
        Point(EXPIRED, {"kind": one.kind, "keys": one.keys, "count": one.count, "until": one.until}) for one in expired
    ]
    points += [Point(NOT_RUN)] if portrait is None else _portrait_points(enterprise, portrait)
    year, count = materials
    points += [Point(MATERIALS, {"year": year, "count": count})] if count else []
    waiting = batches.list_batches_with_rejects(enterprise, most=MOST)
    return [*points, *(Point(REJECTS, {"batch": batch, "rows": rows}) for batch, rows in waiting)]


def _portrait_points(enterprise: str, portrait: Mapping[str, Any]) -> Iterator[Point]:
    year = int(str(portrait["period"]["from"])[:4])
    on_file = {(one.metric, one.kind) for one in attachments.list_attachments(enterprise, year=year)}
    empty = {one.get("metric") for one in portrait.get("missing") or ()}
    for metric in portrait["metrics"]:
        if metric["light"] == "insufficient" or metric["slug"] in empty:
            yield Point(INSUFFICIENT, {"metric": metric["slug"]})
        papers = metric.get("attachments_required") or ()
        if papers and not any((metric["slug"], kind) in on_file for kind in papers):
            yield Point(ATTACHMENT, {"metric": metric["slug"], "kinds": tuple(papers)})
    days = (portrait.get("quality") or {}).get("days_without_records") or {}
    count = (days.get("unconfirmed") or days).get("count")  # an older program knew no reasons
    if count:
        yield Point(DAYS, {"count": count, "year": year})
    as_of = date.fromisoformat(str(portrait["period"]["as_of"]))
    uncounted = (min(clock.today() - timedelta(days=1), date(year, 12, 31)) - as_of).days
    if uncounted > OLD:
        yield Point(OUTDATED, {"as_of": as_of, "count": uncounted, "year": year})
    if marketing := next((item for item in portrait.get("missing") or () if item["code"] == MARKETING), None):
        yield Point(MARKETING, {"calls": marketing["calls"], "numbers": len(marketing["numbers"]), "year": year})


def list_tasks(
    enterprise: str, actor: Actor, levels: ServiceLevels, waiting: Queue, pending: Sequence[Approval] = ()
) -> list[Point]:
    """Tell what waits for this person: requests to decide, the queue, clocks that run out, own work that failed.

    ``pending``: every request that nobody has decided.
    """
    points, acts = list[Point](), permissions(actor, enterprise)
    if Permission.APPROVE in acts:
        points += [
            Point(APPROVAL, {"approval": one.id, "kind": one.kind, "by": one.requested_by, "at": one.requested_at})
            for one in pending
            if one.requested_by != str(actor)
        ][:MOST]
    if Permission.MANAGE_DATA in acts:
        visit = room.find_room_visit(enterprise)
        if visit is not None and (requests := room.list_unshown(visit)):
            points.append(Point(ROOM, {"count": len(requests), "row": requests[0].rule}))
        points += list_queue(actor, waiting, governs=Permission.ADMINISTER in acts)
        points += _ticket_points(enterprise, levels)
    return points + list_failed_jobs(enterprise, actor)


@per_request
def list_failed_jobs(enterprise: str, actor: Actor) -> list[Point]:
    """The person's own work that has failed lately."""
    failed = queue.failed(enterprise, str(actor), since=clock.now() - FAILED_SINCE, most=MOST)
    return [Point(FAILED, {"job": one.id, "kind": one.kind, "error": one.error}) for one in failed]


def _ticket_points(enterprise: str, levels: ServiceLevels) -> list[Point]:
    now = clock.now()
    due = list_due_soon(enterprise, levels, now)
    tickets = [one for one in due if not is_overdue(ticket_facts(one.row), levels, now)][
        :MOST
    ]  # those are in the queue
    return [
        Point(
            COMPLAINT,
            {
                "complaint": one.row.key,
                "clock": one.reading.clock.value,
                "due": one.reading.due,
                "assignee": one.row.assignee or "",
            },
        )
        for one in tickets
    ]

"""Reads of a season: its days and reports, the progress of tasks, the whole as one document."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, cast

from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.states import State
from nianjian.engines.kernel.workdays import Calendar, Season
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.paper.sections import advice_lines
from nianjian.engines.paper.texts.season import REPORT_LATE, conflict_text, obstacle_text, risk_text
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.season.deadlines import (
    LATE_RULE,
    LISTS_RULE,
    Deadline,
    Risk,
    Track,
    TrackState,
    build_tracks,
    closing,
    conflicts,
    earliest,
    list_risks,
    of_season,
    printed_to,
    shuts,
)
from nianjian.engines.season.plan import (
    FINISHED,
    Plan,
    Progress,
    Task,
    TaskNote,
    TaskProgress,
    evaluate_tasks,
    plan,
    progress,
    workdays_between,
)
from nianjian.features.complaints import queries as complaints
from nianjian.features.dossier.materials import Line
from nianjian.features.dossier.operations.checklist import list_all_items
from nianjian.features.dossier.operations.rounds import find_first_submission
from nianjian.features.dossier.states import BOUND, DONE
from nianjian.features.inbox import obstacles
from nianjian.features.inspection.operations import drill
from nianjian.features.portrait import bases, portraits
from nianjian.features.portrait.bases import due_year
from nianjian.features.reconciliation import queries as reconciliation
from nianjian.features.reconciliation import states
from nianjian.features.rectification import operations as rectification
from nianjian.features.rectification.queries import list_cases
from nianjian.features.season.documents import (
    SeasonDeadline,
    SeasonEarliest,
    SeasonFlag,
    SeasonLeft,
    SeasonMilestone,
    SeasonObstacle,
    SeasonPackage,
    SeasonSteps,
    SeasonTask,
    SeasonTold,
    SeasonTrack,
    TrackCode,
)
from nianjian.features.season.models import Note
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.registers import filings
from nianjian.platform.registers.attachments import RowAttachment
from nianjian.platform.registers.licences import list_reporting_licences
from nianjian.platform.rulebook.holidays import calendar

# What is kept of tests of the report's entry (T4): pictures with result and day, and the outcome they give.

TASK: Final = "entry_test"
PLANNED, PASSED, FAILED = "planned", "passed", "failed"


def list_pictures(enterprise: str) -> QuerySet[RowAttachment]:
    """The pictures of an enterprise, newest first; their keys are data year, result and day."""
    return RowAttachment.objects.filter(enterprise_id=enterprise, register=TASK, removed_at=None).order_by("-pk")


def count_entry_test(enterprise: str, year: int) -> TaskProgress:
    """The newest result and the pictures of all, newest first: ``outcome`` and ``pictures`` of the figures."""
    rows = [(row, row.key.split(".")) for row in list_pictures(enterprise).filter(key__startswith=f"{year}.")]
    passed = Note.objects.filter(enterprise_id=enterprise, year=year, task=TASK).exclude(done_on=None).exists()
    newest = rows[0][1][1] if rows else PLANNED
    outcome = PASSED if passed else newest if newest != PASSED else PLANNED
    pictures = [{"picture": row.pk, "name": row.name, "result": key[1], "day": key[2]} for row, key in rows]
    figures: Mapping[str, Any] = {"outcome": outcome, "pictures": pictures}
    return TaskProgress(complete=False, figures=figures)


def list_followed_years(enterprises: Collection[str], before: int) -> dict[str, set[int]]:
    """Data years before ``before`` in whose season an enterprise noted anything, by code."""
    by_code: dict[str, set[int]] = {}
    for code, year in Note.objects.filter(enterprise_id__in=enterprises, year__lt=before).values_list(
        "enterprise_id", "year"
    ):
        by_code.setdefault(code, set()).add(year)
    return by_code


def list_notes_by_task(enterprise: str, year: int) -> dict[str, TaskNote]:
    """By task."""
    return {
        row.task: TaskNote(row.owner or "", row.done_on, row.note or "", row.snoozed_until, row.reason or "")
        for row in Note.objects.filter(enterprise_id=enterprise, year=year)
    }


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


def get_season_facts(enterprise: str, year: int, today: date) -> SeasonFacts:
    """A season as it stands on a day. ``enterprise_unknown``, ``season_year_wrong``, ``rulebook_day_too_early``."""
    filed_in = Season("", year).filed_in
    book, days = bases.get_rulebook(enterprise, year, today), calendar()
    rows = filings.list_filings(enterprise, year)
    licences = list_reporting_licences(enterprise, year)
    deadlines = of_season(
        book, filed_in, days, printed_to(filings.list_notices(rows), {one.number for one in licences} or {""})
    )
    seasons = [Season(one.number, year) for one in licences] or [Season("", year)]
    return SeasonFacts(
        enterprise=enterprise,
        year=year,
        today=today,
        book=book,
        calendar=days,
        deadlines=deadlines,
        tracks=build_tracks(
            seasons, deadlines, {(one.licence, one.track): one.submitted_on for one in rows if one.submitted_on}, today
        ),
        plan=plan(book, filed_in, deadlines, days),
        licences=len(licences),
    )


REGISTERS: Final = "deadline.guide.consistency"
ALLOWED: Final = "deadline.guide.consistency.open_differences"
KINDS: Final = {"number": "numbers", "line": "lines", "seat": "seats"}
FINE: Final = frozenset({"green", "yellow_explained", "na"})
SETTLED: Final = frozenset({"green", "yellow_explained"})
KNOWN: Final = frozenset({*SETTLED, "yellow", "red"})
SEATS: Final = "seat_vacancy"
OLD_TICKETS: Final = "old_tickets"
MARKETING: Final = "marketing_lines"
UNPROVED: Final = frozenset({"register_empty", "nothing_counted"})  # what a portrait misses of a register
#: Task -> advice of the portrait that it is about; what the first names is counted.
ADVICE: Final[Mapping[str, Sequence[str]]] = {
    "stopped_seats": ("cut_stopped_seats", "close_idle_seat"),
    MARKETING: ("move_line",),
    OLD_TICKETS: ("close_tickets",),
}
#: Task -> the metric that closes it.
CLOSED_BY: Final[Mapping[str, str]] = {"stopped_seats": SEATS, OLD_TICKETS: "closing_rate"}
EFFECT: Final = ("code", "metric", "count", "light", "value", "overall", "line", "warnings", "with_cut", "last_day")


@dataclass(frozen=True, slots=True)
class ProgressQuery:
    """Of whom, of which data year, on which day, by which rules; ``start``: the plan's first day."""

    enterprise: str
    year: int
    today: date
    start: date
    book: Rulebook
    actor: Actor


def collect_task_progress(query: ProgressQuery, tracks: Sequence[Track]) -> dict[str, TaskProgress]:
    """By task; what cannot be seen is not in it."""
    run = bases.find_standing_run(query.enterprise, query.year)
    portrait = portraits.find_portrait(query.enterprise, query.year, run.id if run else None)
    lines = list_all_items(query.enterprise, query.year, query.today)
    year_end = Season("", query.year).year_end
    return {
        "portrait": _portrait(portrait),
        **_advice(_find_january_portrait(query), _count_filed_seats(query)),
        "consistency": _compare_runs(query, since=query.start, until=query.today),
        "filed_base": _compare_runs(query, since=year_end, until=year_end),
        "items": _items(lines),
        "package": _package(query, lines),
        "drill": _drill(query),
        "rectification": _cases(query),
        "entry_test": count_entry_test(query.enterprise, query.year),
        **{f"file_{name}": _count_filed(tracks, name) for name in {one.track for one in tracks}},
    }


def _portrait(portrait: Mapping[str, Any] | None) -> TaskProgress:
    """Done by a portrait of the whole year: one from the middle of it says nothing of its last months."""
    if portrait is None:
        return TaskProgress(complete=False, total=1)
    empty = _list_empty_registers(portrait)
    figures = {"light": str(portrait["light"]), "empty_registers": sorted(empty.values())}
    if portraits.get_basis(portrait) not in {Basis.YEAR_END, Basis.FILING}:
        return TaskProgress(complete=False, total=1, figures=figures, proved=not empty)
    return TaskProgress(complete=not empty, done=int(not empty), total=1, figures=figures, proved=not empty)


def _decide_marketing(block: Mapping[str, Any], figures: Mapping[str, Any]) -> TaskProgress:
    """Done by a decision that the calls bear out, or where every delivered call names another purpose.

    Calls of a switch that names no purpose tell nothing of marketing: a person's decision is all that there can be.
    """
    counts = {name: block.get(name) for name in ("calls", "calls_after", "numbers", "unnamed")}
    details = {**figures, **counts, "why": _find_marketing_reason(block)}
    if not block:  # a portrait of an older program
        return TaskProgress(complete=False, figures=details, proved=False)
    decided = block["answered"] and block["delivered"] > 0
    if block["calls"] or block["numbers"] or decided:
        return TaskProgress(bool(block["answered"]), int(block["answered"]), 1, details)
    proved = block["delivered"] > 0 and block["unnamed"] == 0
    return TaskProgress(proved, figures=details, proved=proved)


def _find_marketing_reason(block: Mapping[str, Any]) -> str:
    """Why the task about marketing lines is open or done, as a code of `season.TASK_REASONS`."""
    if not block:
        return "portrait_old"
    if block["delivered"] and block["answered"]:
        return "marketing_borne_out"
    if block["calls"] or block["numbers"]:
        return "marketing_not_borne_out" if block["decision"] else "marketing_undecided"
    if not block["delivered"]:
        return "marketing_no_calls"
    return "marketing_unnamed" if block["unnamed"] else "marketing_none"


def _list_empty_registers(portrait: Mapping[str, Any]) -> dict[str, str]:
    """Metric -> the register that is empty, or of which it counts nothing; not of what a person declared."""
    items = portrait.get("missing") or ()
    return {str(item["metric"]): str(item["register"]) for item in items if item["code"] in UNPROVED}


def _find_january_portrait(query: ProgressQuery) -> Mapping[str, Any] | None:
    """The portrait that the tasks of January are about: once the year is over, the newest as at the day of filing.

    Nothing that is done in January changes the figures as at 31 December.
    """
    if query.today <= Season("", query.year).year_end:
        return portraits.find_portrait(query.enterprise, query.year)
    run = portraits.find_basis_run(query.enterprise, query.year, Basis.FILING)
    return None if run is None else portraits.find_portrait(query.enterprise, query.year, run.id)


def _count_filed_seats(query: ProgressQuery) -> int | None:
    """How many seats were filed on 31 December; None: the year is not over, or no portrait tells."""
    if query.today <= Season("", query.year).year_end:
        return None
    run = portraits.find_basis_run(query.enterprise, query.year, Basis.YEAR_END)
    portrait = None if run is None else portraits.find_portrait(query.enterprise, query.year, run.id)
    seats = next((one for one in (portrait or {}).get("metrics", ()) if one["slug"] == SEATS), None)
    return None if seats is None else int(seats["components"]["filed"])


def _are_seats_settled(seats: Mapping[str, Any], filed_before: int | None) -> bool:
    """D5, T8: no filed seat stands idle, or filings were cut since 31 December until D1's light was settled.

    A light that was green all along closes nothing: what the guide asks for is that stopped seats are taken off line.
    """
    filed = int(seats["components"]["filed"])
    if filed == int(seats["components"]["opened_and_filed"]):
        return seats["light"] in KNOWN
    return filed_before is not None and filed < filed_before and seats["light"] in SETTLED


def _advice(portrait: Mapping[str, Any] | None, filed_before: int | None) -> dict[str, TaskProgress]:
    """D5: the tasks of January, each with the effect that the portrait has computed before anybody acts.

    Nothing is known of them without a portrait, nor of one whose register is empty. They close by what the portrait
    counts, not because no advice is left. ``filed_before``: seats that were filed on 31 December.
    """
    if portrait is None:
        return {}
    metrics = {one["slug"]: one for one in portrait["metrics"]}
    units = [{"slug": one["slug"], "unit": one["unit"]} for one in portrait["metrics"]]
    declared = {one["slug"] for one in portrait["metrics"] if one.get("declared")}
    empty, by_task = _list_empty_registers(portrait), {}
    for task, codes in ADVICE.items():
        steps = [one for one in portrait.get("advice") or () if one["code"] in codes]
        effects = [{name: one[name] for name in EFFECT if name in one} for one in steps]
        figures = {"advice": effects, "metrics": units}
        if task == MARKETING:
            by_task[task] = _decide_marketing(portrait.get("marketing") or {}, figures)
            continue
        metric = CLOSED_BY[task]
        total = sum(int(one["count"]) for one in steps if one["code"] == codes[0])
        proved, applicable = metric not in empty, metric not in declared
        settled = (
            _are_seats_settled(metrics[metric], filed_before) if metric == SEATS else metrics[metric]["light"] in FINE
        )
        complete = proved and settled
        left = 0 if complete else total  # what advice is left then is no step of the task
        by_task[task] = TaskProgress(complete, 0, left, figures, applicable=applicable, proved=proved)
    return by_task


def _compare_runs(query: ProgressQuery, *, since: date, until: date) -> TaskProgress:
    """The newest run of each register as at these days passes by its verdict, with what the guide allows.

    An allowance of the enterprise's own stands beside it in the figures. A run that compared no row, or could not tell
    one, as with an export of keys alone, proves nothing; nor does one that was made before its day had come, or before
    the register was changed.
    """
    kinds = [KINDS[str(one)] for one in query.book.items(REGISTERS) if str(one) in KINDS]
    allowed = query.book.with_guide_limits().integer(ALLOWED)
    newest = {
        kind: reconciliation.list_runs(query.enterprise, kind).filter(as_of__gte=since, as_of__lte=until).first()
        for kind in kinds
    }
    ids = [run.pk for run in newest.values() if run is not None]
    opened = reconciliation.count_open(ids)
    changed = {run.pk for run in newest.values() if run is not None and not reconciliation.is_current(run, until)}
    verdicts = [
        states.verdict(
            compared=sum(run.counts.values()), open_=opened.get(run.pk, 0), allowed=allowed,
            unclear=int(run.told.get("unclear", 0)) + ("ahead" in run.told) + (run.pk in changed),
        )
        for run in newest.values() if run is not None
    ]  # fmt: skip
    passed = verdicts.count(State.PASSED)
    figures: dict[str, Any] = {"runs": len(ids), "open_differences": sum(opened.values())}
    if ALLOWED in query.book.before:
        figures |= {"why": "own_allowance", "allowed": allowed, "own_allowed": query.book.integer(ALLOWED)}
    if changed:
        figures |= {"why": "compared_before"}
    if any(run is not None and "ahead" in run.told for run in newest.values()):
        figures |= {"why": "compared_ahead"}
    complete = passed == len(kinds) > 0
    return TaskProgress(complete, passed, len(kinds), figures, proved=State.NOT_PROVED not in verdicts)


def _items(lines: Sequence[Line]) -> TaskProgress:
    ready = sum(one.state in DONE for one in lines)
    missing = [{"item": one.item, "state": one.state.value, "owner": one.owner,
                "due": one.due.isoformat() if one.due else None} for one in lines if one.state not in DONE]  # fmt: skip
    proved = len(lines) > 0
    return TaskProgress(proved and ready == len(lines), ready, len(lines), {"missing": missing}, proved=proved)


def _package(query: ProgressQuery, lines: Sequence[Line]) -> TaskProgress:
    """Built of exactly the versions that stand now: a paper that changed since makes it to be built again."""
    acts = audit.acts(enterprise=query.enterprise, verb="dossier.built")
    data = next((one.data for one in acts if one.data.get("year") == query.year), None)
    if data is None:
        return TaskProgress(complete=False, total=1)
    items, draft = cast("Mapping[str, Mapping[str, Any]]", data.get("items") or {}), bool(data.get("draft"))
    bound = {item: entry.get("version") for item, entry in items.items()}
    now = {one.item: one.newest.number for one in lines if one.newest is not None and one.state in BOUND}
    current = not draft and bound == now
    return TaskProgress(current, int(current), 1, {"draft": draft, "manifest": data.get("manifest")})


def _drill(query: ProgressQuery) -> TaskProgress:
    """S10: the newest drill since the plan began has passed; how many have begun."""
    begun = [
        one.drill
        for one in drill.list_drills(enterprise=query.enterprise, actor=query.actor)
        if date.fromisoformat(one.begun_at[:10]) >= query.start
    ]
    if not begun:
        return TaskProgress(complete=False, total=1, proved=False)
    state = drill.build_report(enterprise=query.enterprise, actor=query.actor, name=begun[0]).state
    passed = state == State.PASSED
    return TaskProgress(passed, int(passed), 1, {"drills": len(begun)}, proved=state != State.NOT_PROVED)


def _cases(query: ProgressQuery) -> TaskProgress:
    """Cases that still wait, the earliest due first; where there never was one, the task does not apply."""
    waiting = rectification.list_waiting(query.enterprise)
    if not waiting:
        return TaskProgress(complete=True, applicable=list_cases(query.enterprise).exists())
    due, since = waiting[0][1].due, min(case.received for case, _days in waiting)
    cases = [{"case": case.pk, "due": days.due.day.isoformat()} for case, days in waiting]
    return TaskProgress(complete=False, total=len(waiting), figures={"cases": cases}, due=due, begins=since)


def _count_filed(tracks: Sequence[Track], name: str) -> TaskProgress:
    own = [one for one in tracks if one.track == name]
    done = sum(not one.open for one in own)
    return TaskProgress(done == len(own) > 0, done, len(own), proved=len(own) > 0)


LIGHT: Final = "deadline.guide.late_light"
SOURCES: Final[Mapping[Risk, str]] = {
    Risk.LATE_REPORT: LATE_RULE,
    Risk.BAD_LIST: LISTS_RULE,
    Risk.SYSTEM_CLOSED: "deadline.licence.system_close",
    Risk.CONFLICT: "conflict.deadline",
}


def summarize_season(
    *, enterprise: str, year: int | None, today: date, actor: Actor, language: str = CHINESE
) -> SeasonTold:
    """A season on a day; ``year`` None: the one that runs. ``role_missing``, and those of `get_season_facts`."""
    require_permission(actor, enterprise, Permission.READ)
    facts = get_season_facts(enterprise, due_year(enterprise, today) if year is None else year, today)
    tasks = list_tasks(facts, actor)
    _ = words(language)
    first = earliest(facts.deadlines)
    package = find_first_submission(enterprise, facts.year)
    return SeasonTold(
        enterprise=enterprise,
        year=facts.year,
        today=today,
        earliest=None if first is None else SeasonEarliest(**asdict(_deadline(first, facts)), left=_left(first, facts)),
        start=None if facts.plan is None else facts.plan.start,
        tracks=[_track(one, facts) for one in facts.tracks],
        milestones=_milestones(facts, tasks),
        tasks=[_task(one, facts, _) for one in tasks],
        progress=_steps(progress(tasks)),
        risk_flags=_flags(facts, _),
        obstacles=_obstacles(facts, _),
        package=None if package is None else SeasonPackage(package.number, package.handed_on, package.manifest_sha256),
    )


def _steps(done: Progress | TaskProgress) -> SeasonSteps:
    return SeasonSteps(done.done, done.total)


def _obstacles(facts: SeasonFacts, _: Words) -> list[SeasonObstacle]:
    """What has waited too long today, late reports of earlier data years first; nothing of another day or season."""
    if facts.today != clock.today() or facts.year != due_year(facts.enterprise, facts.today):
        return []
    waiting = obstacles.list_obstacles(facts.enterprise, complaints.load_service_levels(facts.enterprise))
    return [
        SeasonObstacle(one.code, obstacle_text(one.code, one.values, _), dict(one.values))
        for one in (*_list_earlier_reports(facts), *waiting)
    ]


def _list_earlier_reports(facts: SeasonFacts) -> Iterator[obstacles.Point]:
    """Reports of data years before this season that are late, as the overview knows them.

    Of the last year, and of earlier ones whose season was worked on here; of none that was over before the enterprise
    was known here.
    """
    last, code = facts.today.year - 1, facts.enterprise
    years = {last, *list_followed_years([code], last).get(code, ())}
    since = accounts.known_since([code])[code]
    for year in sorted(year for year in years if year < facts.year):
        tracks = get_season_facts(code, year, facts.today).tracks
        for name in dict.fromkeys(one.track for one in tracks):
            days = [
                one.due.last.day for one in tracks if one.track == name and one.due and one.state == TrackState.LATE
            ]
            if days and min(days) >= since:
                yield obstacles.Point(REPORT_LATE, {"track": name, "year": year, "due": min(days).isoformat()})


def list_tasks(facts: SeasonFacts, actor: Actor) -> list[Task]:
    """The plan's tasks as they stand; none where no template names a day."""
    if facts.plan is None:
        return []
    query = ProgressQuery(facts.enterprise, facts.year, facts.today, facts.plan.start, facts.book, actor)
    said = list_notes_by_task(facts.enterprise, facts.year)
    return evaluate_tasks(facts.plan.tasks, collect_task_progress(query, facts.tracks), said, facts.today)


def _deadline(one: Deadline, facts: SeasonFacts) -> SeasonDeadline:
    rule = one.rule
    return SeasonDeadline(
        track=one.track,
        template=one.template,
        template_name=one.template_zh,
        kind=one.kind.value,
        name=one.citation if rule is None else rule.title_zh,
        name_en=one.citation if rule is None else rule.title_en,
        date=one.day,
        last_day=one.last.day,
        provisional=one.last.provisional,
        printed=one.printed,
        passed=facts.today > one.last.day,
        days=(one.last.day - facts.today).days,
        citation=one.citation,
        level=one.level,
        rule=None if rule is None else rule.key,
    )


def _left(one: Deadline, facts: SeasonFacts) -> SeasonLeft:
    """Calendar and working days from tomorrow to the last day in time; negative days where it is over.

    That is the day to which the law moves a term that ends on a holiday (民法典 203): so long it is in time. Only the
    plan works towards the day as the source names it.
    """
    last = one.last.day
    count = workdays_between(facts.today, last, facts.calendar) - facts.calendar.is_workday(facts.today)
    return SeasonLeft(
        days=(last - facts.today).days,
        workdays=max(0, count),
        provisional=not (facts.calendar.has_notice(last) and facts.calendar.has_notice(facts.today)),
    )


def _track(one: Track, facts: SeasonFacts) -> SeasonTrack:
    red = one.state is TrackState.LATE
    return SeasonTrack(
        licence=one.season.licence or None,
        track=cast("TrackCode", one.track),
        state=one.state.value,
        path="late_report" if red else "report",
        light=str(facts.book.value(LIGHT)) if red else None,
        due=None if one.due is None else one.due.last.day,
        filed_on=one.filed_on,
        deadlines=[_deadline(each, facts) for each in facts.deadlines
                   if each.track == one.track and each.licence in {None, one.season.licence}],
    )  # fmt: skip


def _milestones(facts: SeasonFacts, tasks: Sequence[Task]) -> list[SeasonMilestone]:
    if facts.plan is None:
        return []
    return [
        SeasonMilestone(
            module=one.module,
            name=one.name_zh,
            begins=one.begins,
            due=one.due.day,
            provisional=one.due.provisional,
            progress=_steps(progress(tasks, one.module)),
        )
        for one in facts.plan.milestones
    ]


def _task(one: Task, facts: SeasonFacts, _: Words) -> SeasonTask:
    plan, said = one.plan, one.said
    return SeasonTask(
        task=plan.task,
        module=plan.module,
        track=plan.track or None,
        state=one.state.value,
        status=one.status.value,
        finished=one.state in FINISHED,
        begins=one.begins,
        due=one.due.day,
        provisional=one.due.provisional,
        workdays=workdays_between(one.begins, one.due.day, facts.calendar),
        after=list(plan.after),
        source=plan.source,
        by_hand=one.by_hand,
        owner=said.owner or one.seen.owner,
        steps=_steps(one.seen),
        figures={name: value for name, value in one.seen.figures.items() if name != "metrics"},
        effects=list(advice_lines(one.seen.figures, _, today=facts.today)) if "advice" in one.seen.figures else [],
        done_on=said.done_on,
        note=said.note,
        snoozed_until=said.snoozed_until,
        reason=said.reason,
    )


def _flags(facts: SeasonFacts, _: Words) -> list[SeasonFlag]:
    shut = shuts(facts.book, facts.year + 1)
    against = [(one.template, one.day) for few in conflicts(facts.deadlines) for one in few]
    ends = closing(facts.deadlines)
    unknown = sorted({one.day.year for one in ends if not facts.calendar.has_notice(one.day)})
    last = None if shut is None else shut[0]
    risks = list_risks(
        facts.tracks, last, facts.today, conflict=bool(against), provisional=bool(unknown), licences=facts.licences > 0
    )
    day = "" if last is None else last.isoformat()
    values = {"day": day, "days": conflict_text(against, _), "year": ", ".join(map(str, unknown))}
    return [_flag(one, values, facts, _) for one in risks]


def _flag(one: Risk, values: Mapping[str, str], facts: SeasonFacts, _: Words) -> SeasonFlag:
    rule = facts.book.in_force.get(SOURCES.get(one, ""))
    return SeasonFlag(
        code=one.value,
        text=risk_text(one.value, values, _),
        citation=None if rule is None else rule.citation,
        level=None if rule is None else rule.level.value,
    )

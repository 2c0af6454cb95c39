"""A season as one answer, the same for page, API and command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.advice import advice_lines
from nianjian.engines.paper.texts.season.words import conflict, obstacle, risk
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.engines.season.deadlines import Deadline, closing, conflicts, earliest, shuts
from nianjian.engines.season.plan import workdays_between
from nianjian.engines.season.tasks import FINISHED, Progress, Task, evaluate_tasks, progress
from nianjian.engines.season.tracks import LATE_RULE, LISTS_RULE, Risk, Track, risks
from nianjian.features.inbox import obstacles
from nianjian.features.season.notes import query as notes
from nianjian.features.season.operations.season_facts import SeasonFacts, due_year, get_season_facts
from nianjian.features.season.operations.task_progress import ProgressQuery, collect_task_progress
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act

Json = dict[str, Any]
LIGHT: Final = "deadline.guide.late_light"
SOURCES: Final[Mapping[Risk, str]] = {
    Risk.LATE_REPORT: LATE_RULE,
    Risk.BAD_LIST: LISTS_RULE,
    Risk.SYSTEM_CLOSED: "deadline.licence.system_close",
    Risk.CONFLICT: "conflict.deadline",
}


def summarize_season(*, enterprise: str, year: int | None, today: date, actor: Actor, language: str = CHINESE) -> Json:
    """Everything of a season on a day; ``year`` None: the data year whose season runs.

    ``role_missing``, and those of `known`.
    """
    require(actor, enterprise, Act.READ)
    found = get_season_facts(enterprise, due_year(enterprise, today) if year is None else year, today)
    tasks = standing_tasks(found, actor)
    _ = words(language)
    first = earliest(found.deadlines)
    return {
        "enterprise": enterprise,
        "year": found.year,
        "today": today.isoformat(),
        "earliest": None if first is None else {**_deadline(first, found), "left": _left(first, found)},
        "start": None if found.plan is None else found.plan.start.isoformat(),
        "tracks": [_track(one, found) for one in found.tracks],
        "milestones": _milestones(found, tasks),
        "tasks": [_task(one, found, _) for one in tasks],
        "progress": _progress(progress(tasks)),
        "risk_flags": _flags(found, _),
        "obstacles": _obstacles(found, _),
    }


def _obstacles(found: SeasonFacts, _: Words) -> list[Json]:
    """What has waited too long today; nothing of another day or season."""
    if found.today != clock.today() or found.year != due_year(found.enterprise, found.today):
        return []
    return [
        {"code": one.code, "text": obstacle(one.code, one.values, _), "values": dict(one.values)}
        for one in obstacles.list_obstacles(found.enterprise)
    ]


def standing_tasks(found: SeasonFacts, actor: Actor) -> list[Task]:
    """The plan's tasks as they stand; none where no template names a day."""
    if found.plan is None:
        return []
    asked = ProgressQuery(found.enterprise, found.year, found.today, found.plan.start, found.book, actor)
    said = notes.list_notes_by_task(found.enterprise, found.year)
    return evaluate_tasks(found.plan.tasks, collect_task_progress(asked, found.tracks), said, found.today)


def _deadline(one: Deadline, found: SeasonFacts) -> Json:
    rule = one.rule
    return {
        "track": one.track,
        "template": one.template,
        "template_name": one.template_zh,
        "kind": one.kind.value,
        "name": one.citation if rule is None else rule.title_zh,
        "name_en": one.citation if rule is None else rule.title_en,
        "date": one.day.isoformat(),
        "last_day": one.last.day.isoformat(),
        "provisional": one.last.provisional,
        "printed": one.printed,
        "passed": found.today > one.last.day,
        "days": (one.last.day - found.today).days,
        "citation": one.citation,
        "level": one.level,
        "rule": None if rule is None else rule.key,
    }


def _left(one: Deadline, found: SeasonFacts) -> Json:
    """Calendar and working days from tomorrow to the last day in time; negative days where it is over.

    That is the day to which the law moves a term that ends on a holiday (民法典 203): so long it is in time. Only the
    plan works towards the day as the source names it.
    """
    last = one.last.day
    count = workdays_between(found.today, last, found.calendar) - found.calendar.is_workday(found.today)
    return {
        "days": (last - found.today).days,
        "workdays": max(0, count),
        "provisional": not (found.calendar.known(last) and found.calendar.known(found.today)),
    }


def _track(one: Track, found: SeasonFacts) -> Json:
    red = one.state.value == "late"
    return {
        "licence": one.season.licence or None,
        "track": one.track,
        "state": one.state.value,
        "path": "late_report" if red else "report",
        "light": str(found.book.value(LIGHT)) if red else None,
        "due": None if one.due is None else one.due.last.day.isoformat(),
        "filed_on": None if one.filed_on is None else one.filed_on.isoformat(),
        "deadlines": [_deadline(each, found) for each in found.deadlines
                      if each.track == one.track and each.licence in {None, one.season.licence}],
    }  # fmt: skip


def _milestones(found: SeasonFacts, tasks: Sequence[Task]) -> list[Json]:
    if found.plan is None:
        return []
    return [
        {
            "module": one.module,
            "name": one.name_zh,
            "begins": one.begins.isoformat(),
            "due": one.due.day.isoformat(),
            "provisional": one.due.provisional,
            "progress": _progress(progress(tasks, one.module)),
        }
        for one in found.plan.milestones
    ]


def _progress(told: Progress) -> Json:
    return {"done": told.done, "total": told.total}


def _task(one: Task, found: SeasonFacts, _: Words) -> Json:
    plan, said = one.plan, one.said
    return {
        "task": plan.task,
        "module": plan.module,
        "track": plan.track or None,
        "state": one.state.value,
        "finished": one.state in FINISHED,
        "begins": one.begins.isoformat(),
        "due": one.due.day.isoformat(),
        "provisional": one.due.provisional,
        "workdays": workdays_between(one.begins, one.due.day, found.calendar),
        "after": list(plan.after),
        "source": plan.source,
        "by_hand": one.by_hand,
        "owner": said.owner or one.seen.owner,
        "steps": {"done": one.seen.done, "total": one.seen.total},
        "figures": {name: value for name, value in one.seen.figures.items() if name != "metrics"},
        "effects": list(advice_lines(one.seen.figures, _)) if "advice" in one.seen.figures else [],
        "done_on": None if said.done_on is None else said.done_on.isoformat(),
        "note": said.note,
        "snoozed_until": None if said.snoozed_until is None else said.snoozed_until.isoformat(),
        "reason": said.reason,
    }


def _flags(found: SeasonFacts, _: Words) -> list[Json]:
    shut = shuts(found.book, found.year + 1)
    against = [_deadline(one, found) for few in conflicts(found.deadlines) for one in few]
    ends = closing(found.deadlines)
    unknown = sorted({one.day.year for one in ends if not found.calendar.known(one.day)})
    told = risks(
        found.tracks,
        None if shut is None else shut[0],
        found.today,
        conflict=bool(against),
        provisional=bool(unknown),
        licences=found.licences > 0,
    )
    values = {
        "day": "" if shut is None else shut[0].isoformat(),
        "days": conflict(against, _),
        "year": ", ".join(map(str, unknown)),
    }
    return [_flag(one, values, found, _) for one in told]


def _flag(one: Risk, values: Mapping[str, str], found: SeasonFacts, _: Words) -> Json:
    rule = found.book.in_force.get(SOURCES.get(one, ""))
    return {
        "code": one.value,
        "text": risk(one.value, values, _),
        "citation": None if rule is None else rule.citation,
        "level": None if rule is None else rule.level.value,
    }

"""What an agency does to several enterprises at once: all or none, one transaction, an entry for each enterprise.

The season meant is the one that runs at each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.season.plan import TaskState
from nianjian.engines.season.reminders import TASK, TRACK, Reminder, settled, waiting
from nianjian.features.archives import closed_seasons as archives
from nianjian.features.season import operations
from nianjian.features.season.queries import SeasonFacts, due_year, get_season_facts, list_tasks
from nianjian.features.season.reminders import build_notifications
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.notifications import outbox

MOST: Final = 200  # enterprises at once: each costs some dozens of queries
NAMED: Final = 5  # enterprises that a sentence names
REQUESTED: Final = "asked"  # the stage of a reminder that a person wanted


def change_tasks(
    *, enterprises: Sequence[str], task: str, act: str, day: date | None = None, text: str = "", actor: Actor
) -> int:
    """Assign an owner at each, or let the task rest, with a reason (no day: wake it); how many.

    Errors of `select_enterprises` and `operations.change_task`.
    """
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code, year in _running_seasons(codes, Permission.MANAGE_DATA, actor).items():
            operations.change_task(enterprise=code, year=year, task=task, act=act, day=day, text=text, actor=actor)
    return len(codes)


def send_reminders(*, enterprises: Sequence[str], actor: Actor) -> int:
    """Tell the people of each now what is open: reports not handed in, tasks that are late; how many messages.

    The same once a day.
    """
    today, now, count = clock.today(), clock.now(), 0
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code, year in _running_seasons(codes, Permission.REPORT, actor).items():
            season = get_season_facts(code, year, today)
            told = list(build_notifications(code, [(season, one) for one in _open_matters(season, actor)], now))
            count += outbox.enqueue_requested_messages(enterprise=code, day=today, news=told, now=now, actor=actor)
    return count


def record_list_export(*, enterprises: Sequence[str], actor: Actor) -> None:
    """Note that a list with where these stand was taken out; ``role_missing``."""
    codes = select_enterprises(enterprises)
    with transaction.atomic():
        for code in codes:
            require_permission(actor, code, Permission.READ)
            record(verb="portfolio.taken", enterprise=code, actor=actor, data={"rows": len(codes)})


def select_enterprises(enterprises: Sequence[str]) -> list[str]:
    """Each once; ``portfolio_none_chosen``, ``portfolio_too_many``."""
    found = list(dict.fromkeys(enterprises))
    if not found:
        raise NianjianError("portfolio_none_chosen")
    if len(found) > MOST:
        raise NianjianError("portfolio_too_many", count=len(found), most=MOST)
    return found


def list_closed(enterprises: Sequence[str]) -> list[str]:
    """Those of them at which the season that runs is closed: nothing is done there any more."""
    return [code for code in enterprises if due_year(code, clock.today()) in archives.list_closed_years(code)]


def describe_enterprises(codes: Sequence[str]) -> str:
    """The first few by name and code, so that a person finds them in the list."""
    some = "、".join(f"{accounts.enterprise(code).name} ({code})" for code in codes[:NAMED])
    return f"{some} …" if len(codes) > NAMED else some


def _running_seasons(codes: Sequence[str], act: Permission, actor: Actor) -> dict[str, int]:
    """The data year whose season runs at each; ``role_missing``.

    ``portfolio_season_closed`` names those whose season is closed, so that a person can leave them out.
    """
    for code in codes:
        require_permission(actor, code, act)  # of all of them first, so that nobody learns which codes exist
    if shut := list_closed(codes):
        raise NianjianError("portfolio_season_closed", count=len(shut), names=describe_enterprises(shut))
    return {code: due_year(code, clock.today()) for code in codes}


def _open_matters(season: SeasonFacts, actor: Actor) -> list[Reminder]:
    """Reports that are not handed in, one a report and last day however many licences, and tasks that are late."""
    today, found, told = season.today, list[Reminder](), set[str]()
    for name, last, count in waiting(season.tracks):
        # A person is told a matter once a stage and day: the days after the first one are stages of their own.
        stage = f"{REQUESTED}-{last}" if name in told else REQUESTED
        told.add(name)
        found.append(Reminder(f"{TRACK}:{name}", stage, today, last, (last - today).days, count))
    tasks = list_tasks(season, actor)
    moot = settled(tasks)
    for task in tasks:
        if task.state is TaskState.LATE and task.plan.task not in moot:
            day, owner = task.due.day, task.said.owner or task.seen.owner
            found.append(Reminder(f"{TASK}:{task.plan.task}", REQUESTED, today, day, (day - today).days, owner=owner))
    return found

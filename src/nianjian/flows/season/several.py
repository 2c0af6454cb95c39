"""What an agency does to several enterprises at once: all or none, one transaction, an entry for each enterprise.

The season meant is the one that runs at each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit.record import record
from nianjian.flows.season import acts
from nianjian.flows.season.known import Known, due_year, known
from nianjian.flows.season.remind import news
from nianjian.flows.season.shown import standing_tasks
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.notify.outbox import service
from nianjian.season.archives.query import refuse_closed
from nianjian.season.reminders import TASK, TRACK, Reminder
from nianjian.season.tasks import State
from nianjian.season.tracks import Track

MOST: Final = 200  # enterprises at once: each costs some dozens of queries
ASKED: Final = "asked"  # the stage of a reminder that a person wanted


def assign(*, enterprises: Sequence[str], task: str, owner: str, actor: Actor) -> int:
    """Name who does a task at each; how many. As `chosen` and `acts.assign`."""
    codes = chosen(enterprises)
    with transaction.atomic():
        for code in codes:
            require(actor, code, Act.LOAD)  # first, so that nobody learns which codes exist
            acts.assign(enterprise=code, year=due_year(code, clock.today()), task=task, owner=owner, actor=actor)
    return len(codes)


def snooze(*, enterprises: Sequence[str], task: str, until: date | None, reason: str, actor: Actor) -> int:
    """Let a task rest at each, with a reason (None: wake it); how many. As `chosen` and `acts.snooze`."""
    codes = chosen(enterprises)
    with transaction.atomic():
        for code in codes:
            require(actor, code, Act.LOAD)
            given: dict[str, Any] = {
                "enterprise": code,
                "year": due_year(code, clock.today()),
                "task": task,
                "actor": actor,
            }
            acts.snooze(**given, until=until, reason=reason)
    return len(codes)


def remind(*, enterprises: Sequence[str], actor: Actor) -> int:
    """Tell the people of each now what is open: reports not handed in, tasks that are late; how many messages.

    The same once a day. `chosen`, ``role_missing``, ``season_archived``.
    """
    today, now, count = clock.today(), clock.now(), 0
    with transaction.atomic():
        for code in chosen(enterprises):
            require(actor, code, Act.REPORT)
            season = known(code, due_year(code, today), today)
            refuse_closed(code, season.year)
            told = list(news(code, [(season, one) for one in _open(season, actor)], now))
            count += service.ask(enterprise=code, day=today, news=told, now=now, actor=actor)
    return count


def listed(*, enterprises: Sequence[str], actor: Actor) -> None:
    """Note that a list with where these stand was taken out. `chosen`, ``role_missing``."""
    codes = chosen(enterprises)
    with transaction.atomic():
        for code in codes:
            require(actor, code, Act.READ)
            record(verb="portfolio.taken", enterprise=code, actor=actor, data={"rows": len(codes)})


def chosen(enterprises: Sequence[str]) -> list[str]:
    """Each once; ``portfolio_none_chosen``, ``portfolio_too_many``."""
    found = list(dict.fromkeys(enterprises))
    if not found:
        raise NianjianError("portfolio_none_chosen")
    if len(found) > MOST:
        raise NianjianError("portfolio_too_many", count=len(found), most=MOST)
    return found


def _open(season: Known, actor: Actor) -> list[Reminder]:
    """Reports that are not handed in, one a report however many licences, and tasks that are late."""
    waiting: dict[str, list[Track]] = {}
    for one in season.tracks:
        if one.open and one.due is not None:
            waiting.setdefault(one.track, []).append(one)
    today, found = season.today, []
    for name, several in waiting.items():
        end = min((one.due for one in several if one.due is not None), key=lambda one: one.last.day)
        left = (end.last.day - today).days
        found.append(Reminder(f"{TRACK}:{name}", ASKED, today, end.day, left, len(several)))
    for task in standing_tasks(season, actor):
        if task.state is State.LATE and not task.plan.task.startswith("file_"):
            day, owner = task.due.day, task.said.owner or task.seen.owner
            found.append(Reminder(f"{TASK}:{task.plan.task}", ASKED, today, day, (day - today).days, owner=owner))
    return found

"""Decide once a day what the people of each enterprise are told of its season.

An enterprise costs at most 60 queries, however many people it has; a second look on the same day costs two for all.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.season import OBSTACLE
from nianjian.engines.season.deadlines import earliest
from nianjian.engines.season.plan import (
    DUE,
    FILING,
    LATE,
    Person,
    Reminder,
    Scope,
    Task,
    due,
    list_open_matters,
    moments,
    recipients,
    settled,
)
from nianjian.features.archives import closed_seasons as archives
from nianjian.features.complaints import sla_warnings
from nianjian.features.complaints.queries import load_service_levels
from nianjian.features.inbox import obstacles
from nianjian.features.inbox.operations import REPORTED, deliver_messages, is_settled
from nianjian.features.portrait.bases import due_year
from nianjian.features.season.queries import SeasonFacts, get_season_facts, list_tasks
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor, list_readers
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.models import Message
from nianjian.platform.notifications.outbox import Notification

LOG: Final = logging.getLogger(__name__)
CLOCK: Final = Actor("clock", "system")
URGENT: Final = 1  # days left, from which on no digest is waited for


def enqueue_due_reminders(today: date | None = None, now: datetime | None = None) -> int:
    """Put what is due today for every enterprise that was not looked at yet; how many messages.

    A fault of one enterprise is logged and tried again at the next look; it keeps nothing back from the others.
    """
    day, moment = today or clock.today(), now or clock.now()
    done, count = outbox.list_decided_enterprises(day), 0
    for one in accounts.enterprises():
        try:
            count += 0 if one.code in done else _remind_enterprise(one.code, day, moment)
        except Exception:
            LOG.exception("what the people of %s are reminded of could not be decided", one.code)
    return count


def _remind_enterprise(enterprise: str, day: date, now: datetime) -> int:
    reminders = [
        (season, one) for year in (day.year - 1, day.year) for season, one in _reminders(enterprise, year, day)
    ]
    news = [*(build_notifications(enterprise, reminders, now) if reminders else ()), *_obstacles(enterprise, day, now)]
    return outbox.enqueue_daily_messages(enterprise=enterprise, day=day, news=news, now=now, actor=CLOCK)


def _obstacles(enterprise: str, day: date, now: datetime) -> Iterator[Notification]:
    """Overdue complaints every day as long as there are any, a reconciliation's open differences once.

    They go to those who may work on them, as the warnings of single tickets do.
    """
    waiting = obstacles.list_obstacles(enterprise, load_service_levels(enterprise))
    if not waiting:
        return
    able = [name for name, roles in list_readers(enterprise).items() if allows(roles, Permission.MANAGE_DATA)]
    chosen, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    scopes = {name: Scope(chosen.get(name, Scope.ROLE)) for name in able}
    for one in waiting:
        since = date.fromisoformat(str(one.values.get("since") or one.values["as_of"])[:10])
        first = day if one.code == obstacles.OVERDUE else since
        stage = str(one.values.get("run", LATE))
        values = {"due": since.isoformat(), "left": (since - day).days, **one.values}
        for name in sla_warnings.recipients(None, scopes, late=True):
            by = dict.fromkeys(channels.get(name, ()), earliest_moment(now, hours[name], urgent=True))
            yield Notification(name, f"{OBSTACLE}:{one.code}", stage, first, values, by)


def _reminders(enterprise: str, year: int, day: date) -> list[tuple[SeasonFacts, Reminder]]:
    """Of a season that was over before the enterprise was known here nothing can be said, nor of one that is closed."""
    if year in archives.list_closed_years(enterprise):
        return []
    season = get_season_facts(enterprise, year, day)
    first = earliest(season.deadlines)
    if first is None or first.last.day < accounts.known_since([enterprise])[enterprise]:
        return []
    running = season.plan is not None and season.plan.start <= day and year == due_year(enterprise, day)
    tasks = list_tasks(season, CLOCK) if running else []
    return [(season, one) for one in due(season.tracks, tasks, moments(season.book), day)]


def list_open_tasks(enterprise: str, day: date, actor: Actor) -> tuple[int, list[Task]]:
    """Data year of the season that runs, and its tasks that have begun and wait for somebody, the earliest due first.

    None of a closed season, before the plan starts, or of a season that was over before the enterprise was known here.
    """
    year = due_year(enterprise, day)
    season = get_season_facts(enterprise, year, day)
    first = earliest(season.deadlines)
    over = first is not None and first.last.day < accounts.known_since([enterprise])[enterprise]
    early = season.plan is None or day < season.plan.start
    if over or early or year in archives.list_closed_years(enterprise):
        return year, []
    tasks = list_tasks(season, actor)
    moot = settled(tasks)
    open_tasks = [
        task for task in tasks
        if task.state in DUE and (task.plan.task not in moot or task.plan.task.startswith(FILING))
    ]  # fmt: skip
    return year, sorted(open_tasks, key=lambda task: task.due.day)


def build_notifications(
    enterprise: str, reminders: Sequence[tuple[SeasonFacts, Reminder]], now: datetime
) -> Iterator[Notification]:
    """Who is told which of these reminders, by which channels and when."""
    roles = list_readers(enterprise)
    scopes, hours = choices.list_scopes(roles), choices.list_hours(roles)
    channels = choices.list_confirmed_channels(roles)
    people = [Person(name, own_roles, Scope(scopes.get(name, Scope.ROLE))) for name, own_roles in roles.items()]
    for season, one in reminders:
        for name in recipients(one, people, moments(season.book)[one.kind]):
            at = earliest_moment(now, hours[name], urgent=one.left <= URGENT)
            by = dict.fromkeys(channels.get(name, ()), at)
            values = {"year": season.year, "due": one.due.isoformat(), "left": one.left, "open": one.open}
            yield Notification(name, one.about, one.stage, one.day, values, by)


def deliver_due_messages() -> int:
    """Send what is due, asked again whether it still stands; how many texts were tried."""
    seasons: dict[tuple[str, int], set[str]] = {}

    def is_moot(message: Message) -> bool:
        return is_settled(message) or (
            message.about.partition(":")[0] in REPORTED
            and message.about not in _list_open_matters(message.enterprise, int(message.values["year"]), seasons)
        )

    return deliver_messages(is_moot)


def _list_open_matters(enterprise: str, year: int, seasons: dict[tuple[str, int], set[str]]) -> set[str]:
    """Reports and tasks of a season that are still to be done; read once for all messages of a round."""
    if (enterprise, year) not in seasons:
        seasons[enterprise, year] = _read_open_matters(enterprise, year)
    return seasons[enterprise, year]


def _read_open_matters(enterprise: str, year: int) -> set[str]:
    if year in archives.list_closed_years(enterprise):
        return set()
    season = get_season_facts(enterprise, year, clock.today())
    tasks = list_tasks(season, CLOCK) if season.plan is not None else []
    return list_open_matters(season.tracks, tasks)

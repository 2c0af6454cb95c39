"""Calendar feeds: a secret address of one person for one enterprise; what it opens is what that person may read now."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from icalendar import Calendar, Event

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.season import (
    DAY_KINDS,
    REPORT_LATE,
    TASKS,
    TEMPLATES,
    TRACKS,
)
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.engines.season.deadlines import Kind, TrackState
from nianjian.features.portrait.bases import due_year
from nianjian.features.season.documents import FeedTold, SeasonTold, build_day_key, list_days
from nianjian.features.season.models import Feed
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Permission


def secret_digest(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_feed_by_secret(secret: str) -> Feed | None:
    """The feed that a secret opens; None where there is none, or it was revoked."""
    return Feed.objects.filter(sha256=secret_digest(secret), revoked_at=None).first()


def list_own_feeds(enterprise: str, user: str) -> list[Feed]:
    """A person's feeds of an enterprise that are open, newest first."""
    return list(Feed.objects.filter(enterprise_id=enterprise, user=user, revoked_at=None).order_by("-made_at", "id"))


PRODUCT: Final = "-//nianjian//season//ZH"
DOMAIN: Final = "nianjian"


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An all-day event: what it is about (its identity), its day, what people read; ``overdue``: missed, still open."""

    about: tuple[str, ...]
    day: date
    title: str
    text: str = ""
    done: bool = False
    overdue: bool = False

    @property
    def category(self) -> str:
        """How it stands, in one word."""
        return "done" if self.done else "overdue" if self.overdue else "open"


def build_uid(about: Iterable[str]) -> str:
    """The same for the same thing, whenever it is asked and whatever the day."""
    return f"{hashlib.sha256('/'.join(about).encode()).hexdigest()[:32]}@{DOMAIN}"


def render_ical(name: str, entries: Iterable[CalendarEntry], stamp: datetime) -> bytes:
    """The calendar's text. ``stamp``: when what it tells last changed, the same for all of it."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in entries:
        event, values = Event(), {"uid": build_uid(one.about), "dtstamp": stamp, "dtstart": one.day}
        values |= {"dtend": one.day + timedelta(days=1), "summary": one.title}
        values |= {"description": one.text} if one.text else {}
        values |= {"transp": "TRANSPARENT", "status": "CONFIRMED", "categories": [one.category]}
        for key, value in values.items():
            event.add(key, value)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


MEDIA: Final = "text/calendar; charset=utf-8"
HANDED_IN: Final = frozenset({TrackState.FILED, TrackState.FILED_LATE})


def list_feeds(*, enterprise: str, actor: Actor) -> list[FeedTold]:
    """The actor's open feeds of an enterprise, newest first; their secrets are not kept."""
    require_permission(actor, enterprise, Permission.READ)
    return [FeedTold(one.id, one.made_at) for one in list_own_feeds(enterprise, actor.name)]


def render_calendar(secret: str, language: str) -> bytes | None:
    """The calendar that a secret opens; None where there is none, or its person may not read there any more."""
    row = find_feed_by_secret(secret)
    if row is None:
        return None
    reader = Actor(row.user, USER)
    if not has_permission(reader, row.enterprise_id, Permission.READ):
        return None
    today = clock.today()
    year = due_year(row.enterprise_id, today)
    summary = summarize_season(enterprise=row.enterprise_id, year=year, today=today, actor=reader, language=language)
    name = accounts.enterprise(row.enterprise_id).name
    # The day, not the moment: fetched twice a day the feed is the same to the byte.
    return render_ical(f"{name} {year}", list_entries(summary, language), datetime.combine(today, time(), UTC))


def list_entries(summary: SeasonTold, language: str) -> list[CalendarEntry]:
    """Every deadline and every task of a season as events, and the reports of earlier ones that are still missing."""
    _ = words(language)
    place = (summary.enterprise, str(summary.year))
    entries = []
    states = defaultdict[str, list[tuple[str, str]]](list)
    for track in summary.tracks:
        states[track.track].append((track.licence or "", track.state))
    for one, licences, mark in list_days(summary.tracks):
        name = one.name_en if language == ENGLISH else one.name
        title = f"{_(TRACKS[one.track])}: {name} ({_(TEMPLATES.get(one.template, one.template))})"
        about = (*place, "deadline", *build_day_key(one), *filter(None, (mark,)))
        text = " · ".join((_(DAY_KINDS[one.kind]), one.citation, *licences))
        stands = {state for number, state in states[one.track] if not licences or number in licences}
        done = one.passed if one.kind == Kind.OPENS.value else stands <= HANDED_IN
        late = one.kind == Kind.CLOSES.value and one.passed and TrackState.LATE in stands
        entries.append(CalendarEntry(about, one.date, title, text, done=done, overdue=late))
    for waits in summary.obstacles:
        if waits.code == REPORT_LATE:
            of = waits.values
            about = (summary.enterprise, str(of["year"]), "late", of["track"])
            entries.append(CalendarEntry(about, date.fromisoformat(of["due"]), waits.text, overdue=True))
    for task in summary.tasks:
        about, title = (*place, "task", task.task), _(TASKS.get(task.task, task.task))
        late = task.status == State.OVERDUE.value
        entries.append(CalendarEntry(about, task.due, title, done=task.finished, overdue=late))
    return entries

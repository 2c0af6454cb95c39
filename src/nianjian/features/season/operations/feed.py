"""Calendar feeds: a secret address of one person for one enterprise; what it opens is what that person may read now."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.season.days import build_day_key, each
from nianjian.engines.paper.texts.season.words import KINDS, TASKS, TEMPLATES, TRACKS
from nianjian.engines.paper.words import ENGLISH, words
from nianjian.engines.season import ical
from nianjian.engines.season.ical import Entry
from nianjian.features.season.feeds import query, service
from nianjian.features.season.operations.overview import summarize_season
from nianjian.features.season.operations.season_facts import due_year
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import may, require
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Act

MEDIA: Final = "text/calendar; charset=utf-8"
Json = dict[str, Any]


def add(*, enterprise: str, actor: Actor) -> Json:
    """Make a feed for the actor; its number and secret, told now only.

    ``role_missing``, ``season_feed_by_person``, ``season_feeds_too_many``.
    """
    require(actor, enterprise, Act.READ)
    if not actor.proved or actor.scopes is not None:
        raise NianjianError("season_feed_by_person")
    row, secret = service.add(enterprise=enterprise, actor=actor)
    return {"feed": row.id, "secret": secret, "path": f"/calendar/{secret}.ics"}


def list_feeds(*, enterprise: str, actor: Actor) -> list[Json]:
    """The actor's open feeds of an enterprise, newest first; their secrets are not kept."""
    require(actor, enterprise, Act.READ)
    return [{"feed": one.id, "made_at": one.made_at.isoformat()} for one in query.own(enterprise, actor.name)]


def revoke(*, enterprise: str, feed: str, actor: Actor) -> None:
    """End a feed; one's own, or anybody's for who administers. ``role_missing``, ``season_feed_unknown``."""
    require(actor, enterprise, Act.READ)
    service.revoke(enterprise=enterprise, feed=feed, actor=actor, anybodys=may(actor, enterprise, Act.ADMINISTER))


def calendar(secret: str, language: str) -> bytes | None:
    """The calendar that a secret opens; None where there is none, or its person may not read there any more."""
    row = query.by_secret(secret)
    if row is None:
        return None
    reader = Actor(row.user, USER)
    if not may(reader, row.enterprise_id, Act.READ):
        return None
    today = clock.today()
    year = due_year(row.enterprise_id, today)
    told = summarize_season(enterprise=row.enterprise_id, year=year, today=today, actor=reader, language=language)
    name = accounts.enterprise(row.enterprise_id).name
    # The day, not the moment: fetched twice a day the feed is the same to the byte.
    return ical.feed(f"{name} {year}", entries(told, language), datetime.combine(today, time(), UTC))


def entries(told: Json, language: str) -> list[Entry]:
    """Every deadline and every task of a season as events."""
    _ = words(language)
    place = (told["enterprise"], str(told["year"]))
    found = []
    for one, licences, mark in each(told["tracks"]):
        name = one["name_en"] if language == ENGLISH else one["name"]
        title = f"{_(TRACKS[one['track']])}: {name} ({_(TEMPLATES.get(one['template'], one['template']))})"
        about = (*place, "deadline", *build_day_key(one), *filter(None, (mark,)))
        day = datetime.fromisoformat(one["date"]).date()
        text = " · ".join((_(KINDS[one["kind"]]), one["citation"], *licences))
        found.append(Entry(about, day, title, text, done=one["passed"]))
    for one in told["tasks"]:
        day = datetime.fromisoformat(one["due"]).date()
        title = _(TASKS.get(one["task"], one["task"]))
        found.append(Entry((*place, "task", one["task"]), day, title, done=one["finished"]))
    return found

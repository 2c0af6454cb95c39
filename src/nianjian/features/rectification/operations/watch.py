"""The watch list and the routine as doors ask for them (R7-R9)."""

from __future__ import annotations

from datetime import date
from typing import Any

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.features.portrait.operations import portraits
from nianjian.features.portrait.watch import query, watchlist
from nianjian.features.rectification.cases import free_text
from nianjian.features.rectification.operations.cases import book, own
from nianjian.features.rectification.watch import service as watch_service
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import queries as rows

Json = dict[str, Any]


def act(
    *,
    enterprise: str,
    case: str | None,
    licence: str | None,
    source: str,
    since: date | None,
    until: date | None,
    year: int | None,
    actor: Actor,
) -> Json:
    """Put a licence on the list or take it off (``until``), then say how the list stands.

    ``role_missing``, ``rectify_unknown``, ``rectify_licence_unusual``, and those of the service and of `closer`.
    """
    if licence is not None and until is not None:
        require(actor, enterprise, Act.LOAD)
        watch_service.unflag(enterprise=enterprise, licence=licence, until=until, actor=actor)
    elif licence is not None:
        require(actor, enterprise, Act.LOAD)
        held = None if case is None else own(case, actor, Act.LOAD)
        _a_licence(enterprise, free_text.short("licence", licence, free_text.LICENCE))
        day = since or clock.today()
        watch_service.flag(enterprise=enterprise, licence=licence, since=day, source=source, case=held, actor=actor)
    told: Json = {"watched": list_watched_licences(enterprise=enterprise, year=year, actor=actor)}
    if year is not None:
        told |= {"year": year, "closer": closer(enterprise=enterprise, year=year, actor=actor)}
    return told


def _a_licence(enterprise: str, text: str) -> None:
    """Of the known shape, or one that the register has: it warns of an unusual number and takes it."""
    registered = rows.find_row("licences", rows.ReadScope(enterprise, clock.today()), text)
    if text and registered is None and not licence_number(text).usual:
        raise NianjianError("rectify_licence_unusual", licence=text)


def list_watched_licences(*, enterprise: str, year: int | None, actor: Actor) -> list[Json]:
    """The watched licences, of a data year if given; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    return [
        {
            "licence": one.licence,
            "since": one.since.isoformat(),
            "until": None if one.until is None else one.until.isoformat(),
            "source": one.source,
            "case": one.case,
        }
        for one in query.watched(enterprise, year)
    ]


def closer(*, enterprise: str, year: int, actor: Actor) -> list[Json]:
    """The year's portrait under the stricter internal limits beside the guide's; nothing where nobody is watched.

    ``role_missing``, ``rectify_portrait_missing``.
    """
    require(actor, enterprise, Act.READ)
    if not query.watched(enterprise, year):
        return []
    portrait = portraits.find_portrait(enterprise, year)
    if portrait is None:
        raise NianjianError("rectify_portrait_missing", year=year)
    rules = book(enterprise, date.fromisoformat(portrait["period"]["as_of"]))
    return [one.as_dict() for one in watchlist.closer_look(portrait, rules)]


def routine(*, enterprise: str, done: int | None, day: date | None, actor: Actor) -> list[Json]:
    """Note that a task was done, if one is named, and list the routine; ``role_missing``, ``rectify_task_unknown``."""
    if done is not None:
        require(actor, enterprise, Act.LOAD)
        when = day or clock.today()
        if when > clock.today():
            raise NianjianError("rectify_day_ahead", day=when.isoformat())
        watch_service.complete_task(enterprise=enterprise, task=done, day=when, actor=actor)
    require(actor, enterprise, Act.READ)
    today = clock.today()
    return [
        {
            "id": one.id,
            "text": one.text,
            "owner": one.owner,
            "every": one.every,
            "due": one.due.isoformat(),
            "late": one.due < today,
            "done_on": None if one.done_on is None else one.done_on.isoformat(),
            "case": one.case,
        }
        for one in query.routine(enterprise)
    ]

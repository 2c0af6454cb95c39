"""The days that are kept, the next one first: notice, agenda, who stands where; and an inspector who may read."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.operations.day import scans
from nianjian.features.inspection.visits import service
from nianjian.features.inspection.visits.lines import read
from nianjian.features.inspection.visits.model import Visit
from nianjian.features.inspection.visits.query import visits
from nianjian.features.inspection.visits.scans.query import scans as of_visit
from nianjian.features.inspection.visits.service import VisitInput
from nianjian.features.people import operations
from nianjian.platform.accounts import links
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.links import NewInspection
from nianjian.platform.accounts.models import Link
from nianjian.platform.accounts.people import Folk
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act, Role


def save(*, enterprise: str, given: VisitInput, actor: Actor) -> Json:
    """Keep a day as it is named, or change it; ``role_missing``, ``enterprise_unknown``, what `service.save` raises."""
    _may(enterprise, actor)
    return to_document(service.save(enterprise=enterprise, given=given, actor=actor))


def find_visit_input(*, enterprise: str, day: date, actor: Actor) -> VisitInput | None:
    """What was said of a day so far, to change some of it; None: nothing. ``role_missing``, ``enterprise_unknown``."""
    _may(enterprise, actor)
    row = next((one for one in visits(enterprise) if one.day == day), None)
    if row is None:
        return None
    return VisitInput(day, row.notice, row.authority, row.received_on, row.place, row.agenda or "", row.posts or "")


def remove(*, enterprise: str, day: date, actor: Actor) -> None:
    """Take a day back; ``role_missing``, ``enterprise_unknown``, ``visit_unknown``."""
    _may(enterprise, actor)
    service.remove(enterprise=enterprise, day=day, actor=actor)


def to_document(row: Visit) -> Json:
    """A day as JSON."""
    return {
        "day": row.day.isoformat(),
        "notice": row.notice,
        "authority": row.authority,
        "received_on": None if row.received_on is None else row.received_on.isoformat(),
        "place": row.place,
        "agenda": [
            {"at": one.head, "what": one.first, "who": one.second} for one in read(row.agenda or "", timed=True)
        ],
        "scans": [scans.to_document(one) for one in of_visit(row.pk)],
        "posts": [
            {"place": one.head, "who": one.first, "task": one.second} for one in read(row.posts or "", timed=False)
        ],
    }


def admit(*, enterprise: str, user: str, until: date, actor: Actor) -> NewInspection:
    """Let an inspector read until the end of a day: the account, its role here and the link, in one step.

    One who is an inspector here already gets a new link. ``role_missing``, and what `people.add` and `people.inspect`
    raise: the name of any other account is refused.
    """
    require(actor, enterprise, Act.PEOPLE)
    with transaction.atomic():
        here = any(held.role == Role.INSPECTOR and held.enterprise == enterprise for held in accounts.roles_of(user))
        if not here:
            operations.add(name=user, role=Role.INSPECTOR, enterprises=[enterprise], actor=actor)
        return operations.inspect(user=user, until=until, actor=actor)


def inspectors(*, enterprise: str, actor: Actor) -> list[Json]:
    """Who may read as an inspector here, and until when; ``role_missing``."""
    require(actor, enterprise, Act.PEOPLE)
    names = [
        one.name
        for one in Folk(enterprise, "")
        if any(held.role == Role.INSPECTOR and held.enterprise == enterprise for held in one.roles)
    ]
    open_links = links.list_links(names)
    return [
        {
            "user": name,
            "until": max(one.expires_at for one in held).astimezone(clock.ZONE).isoformat(timespec="minutes")
            if (held := [one for one in open_links.get(name, []) if one.purpose == Link.INSPECT])
            else None,
        }
        for name in names
    ]


def _may(enterprise: str, actor: Actor) -> None:
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)

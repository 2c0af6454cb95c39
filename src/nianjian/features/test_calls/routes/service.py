"""Write routes and gateways; one transaction and one audit entry an act. Passwords and hosts stay out of the chain."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls.routes.model import Gateway, Route
from nianjian.features.test_calls.verdict import WITNESSES
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record

MOST: Final = 50  # routes, and gateways, of an enterprise


@dataclass(frozen=True, slots=True)
class RouteInput:
    """What is said of a route. ``password`` None: the one that is kept stays, with its user.

    ``certificate`` (PEM, chain and key may lie with it) None: the one that is kept stays, "": there is none any more.
    """

    name: str
    via: str
    caller: str
    witness: str
    line: str = ""
    carrier: str = ""
    username: str = ""
    password: str | None = None
    daily_at: time | None = None
    ca: str = ""
    certificate: str | None = None
    key: str = ""


def save(*, enterprise: str, given: RouteInput, actor: Actor) -> Route:
    """Make a route, or change the one of this name.

    ``callback_witness_unknown``, ``callback_routes_too_many``, ``callback_name_missing``.
    """
    if given.witness not in WITNESSES:
        raise NianjianError("callback_witness_unknown", witness=given.witness, witnesses=", ".join(WITNESSES))
    if not given.name:
        raise NianjianError("callback_name_missing")
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = Route.objects.filter(enterprise_id=enterprise, name=given.name).first()
        if row is None:
            if Route.objects.filter(enterprise_id=enterprise).count() >= MOST:
                raise NianjianError("callback_routes_too_many", most=MOST)
            row = Route(id=f"R{secrets.token_hex(5)}", enterprise_id=enterprise, name=given.name)
        row.via, row.caller, row.witness = given.via, given.caller, given.witness
        row.line, row.carrier, row.daily_at, row.ca = given.line, given.carrier, given.daily_at, given.ca
        if given.password is not None:
            row.username, row.password = given.username or None, given.password or None
        if given.certificate is not None:
            row.identity = given.certificate or None
        row.next_at = following(given.daily_at, clock.now())
        row.set_by, row.set_at = str(actor), clock.now()
        row.save()
        data = {"route": row.name, "carrier": row.carrier, "witness": row.witness}
        data |= {"daily_at": f"{given.daily_at:%H:%M}"} if given.daily_at else {}
        data |= {} if given.certificate is None else {"certificate": "set" if given.certificate else "removed"}
        record(verb="callback.route", enterprise=enterprise, actor=actor, data=data)
    return row


def remove(*, route: Route, actor: Actor) -> None:
    """Delete a route; the tests that went over it stay."""
    with transaction.atomic():
        enterprise, name = route.enterprise_id, route.name
        route.delete()
        record(verb="callback.route_removed", enterprise=enterprise, actor=actor, data={"route": name})


def claim(*, route: Route) -> bool:
    """Take a daily test that is due: exactly one of several workers gets it, and the next day's is set."""
    following_at = following(route.daily_at, clock.now())
    taken = Route.objects.filter(pk=route.pk, next_at=route.next_at).update(next_at=following_at)
    return taken == 1


def following(at: time | None, moment: datetime) -> datetime | None:
    """The next moment after this one at which the clock in Shanghai shows the time."""
    if at is None:
        return None
    today = datetime.combine(moment.astimezone(clock.ZONE).date(), at, clock.ZONE)
    return today if today > moment else today + timedelta(days=1)


def name_gateway(*, enterprise: str, name: str, hosts: Sequence[str], actor: Actor) -> None:
    """Say which addresses a gateway of the ledger answers from; none: forget it.

    ``callback_name_missing``, ``callback_gateways_too_many``.
    """
    if not name.strip():
        raise NianjianError("callback_name_missing")
    with transaction.atomic():
        lock_enterprise(enterprise)
        here = Gateway.objects.filter(enterprise_id=enterprise)
        row = here.filter(name=name.strip()).first()
        if not hosts:
            if row is not None:
                row.delete()
        else:
            if row is None and here.count() >= MOST:
                raise NianjianError("callback_gateways_too_many", most=MOST)
            row = row or Gateway(enterprise_id=enterprise, name=name.strip())
            row.hosts, row.set_by, row.set_at = ",".join(hosts), str(actor), clock.now()
            row.save()
        data = {"gateway": name.strip(), "hosts": len(hosts)}
        record(verb="callback.gateway", enterprise=enterprise, actor=actor, data=data)

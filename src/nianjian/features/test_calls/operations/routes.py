"""The ways that test calls take, as doors ask for them; the gateways' addresses; the daily test."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from datetime import time

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.agent import is_this_machine
from nianjian.engines.sip.call_trace import Via
from nianjian.engines.sip.digest import Account
from nianjian.features.test_calls import queries, storage, validation
from nianjian.features.test_calls.models import Route
from nianjian.features.test_calls.queries import CallBasis, Json
from nianjian.features.test_calls.states import NONE
from nianjian.features.test_calls.storage import RouteInput
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import LOCAL, Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import versions_on

CALLER = "nianjian"
MOST_CALLS = 500  # calls of one asking


@dataclass(frozen=True, slots=True)
class CallWay:
    """Where calls go and who calls. ``name`` "": told for this test alone."""

    via: Via
    caller: str = CALLER
    account: Account | None = None
    witness: str = NONE
    name: str = ""
    carrier: str = ""

    @classmethod
    def over(cls, route: Route) -> CallWay:
        """The way of a kept route."""
        account = Account(route.username, route.password or "") if route.username else None
        via = validation.parse_via(route.via)
        via = replace(via, anywhere=_may_go_here(via.host, route.set_by), ca=route.ca, identity=route.identity or "")
        return cls(via, route.caller, account, route.witness, route.name, route.carrier)


def _may_go_here(host: str, set_by: str) -> bool:
    """Whether calls may also go to this machine: the operator has set the route at the shell, or allows the host."""
    return set_by.startswith(f"{LOCAL}:") or host in env.call_hosts()


def _require_elsewhere(via: Via, actor: Actor) -> None:
    """``callback_host_refused`` for this machine itself; a name that cannot be resolved is looked at with each call."""
    if _may_go_here(via.host, str(actor)):
        return
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(via.host, via.port, type=socket.SOCK_DGRAM)]
    except (OSError, ValueError):
        return
    if any(is_this_machine(one) for one in found):
        raise NianjianError("callback_host_refused", host=via.host)


def describe_routes(*, enterprise: str, actor: Actor) -> Json:
    """Routes and gateways, no password; ``role_missing``."""
    grounds = CallBasis.of(enterprise, actor, Permission.READ)
    return {
        "routes": [
            route_to_document(one) | {"daily_flaw": daily_flaw(one, grounds) or None}
            for one in queries.list_routes(enterprise)
        ],
        "numbers": len(grounds.ledger),
        "gateways": [{"name": one.name, "hosts": one.hosts.split(",")} for one in queries.list_gateways(enterprise)],
    }


def daily_flaw(route: Route, grounds: CallBasis) -> str:
    """Why the daily test of a route does not run, or counts nowhere; "" where nothing stands against it."""
    if route.daily_at is None:
        return ""
    if not grounds.ledger:
        return "callback_no_numbers"
    if len(grounds.ledger) > MOST_CALLS:
        return "callback_too_many"
    return "" if grounds.in_hours(route.daily_at) else "callback_outside"


def route_to_document(route: Route) -> Json:
    """A route as a door may show it."""
    return {
        "name": route.name,
        "via": route.via,
        "line": route.line or None,
        "carrier": route.carrier or None,
        "caller": numbers.mask(route.caller),
        "account": route.username is not None,
        "own_ca": bool(route.ca),
        "certificate_until": (last := validation.certificate_end(route.identity or "")) and last.isoformat(),
        "witness": route.witness,
        "daily_at": None if route.daily_at is None else f"{route.daily_at:%H:%M}",
        "next_at": route.next_at and route.next_at.astimezone(clock.ZONE).isoformat(timespec="minutes"),
    }


def save_route(*, enterprise: str, given: RouteInput, actor: Actor) -> Json:
    """Make or change a route: calls go out to where it leads, so an administrator says it.

    The carrier is the line's where none is said. ``role_missing``, ``callback_line_unknown``,
    ``callback_host_refused`` for this machine unless the operator sits at the shell or allows it, and what `parse_via`,
    `parse_ca`, `parse_identity`, `parse_caller` and `store_route` raise; ``callback_cert_plain`` without TLS.
    """
    require_permission(actor, enterprise, Permission.ADMINISTER)
    line, carrier = given.line.strip(), given.carrier.strip()
    if line:
        row = versions_on(Line, enterprise, clock.today()).filter(key=line).first()
        if row is None:
            raise NianjianError("callback_line_unknown", line=line)
        carrier = carrier or (row.carrier or "").strip()
    via = validation.parse_via(given.via)
    _require_elsewhere(via, actor)
    parsed = replace(
        given,
        name=given.name.strip()[:60],
        via=str(via),
        caller=validation.parse_caller(given.caller or CALLER),
        line=line,
        carrier=carrier[:60],
        username=given.username.strip(),
        ca=validation.parse_ca(given.ca),
        certificate=parse_client_identity(via, given.certificate, given.key),
        key="",
    )
    return route_to_document(storage.store_route(enterprise=enterprise, given=parsed, actor=actor))


def parse_client_identity(via: Via, certificate: str | None, key: str = "") -> str | None:
    """Our own certificate and key, as one; None: what is kept stays. ``callback_cert_plain``, `parse_identity`."""
    if certificate is None and not key.strip():
        return None
    found = validation.parse_identity(certificate or "", key, clock.now())
    if found and via.transport != "tls":
        raise NianjianError("callback_cert_plain", via=str(via))
    return found


def remove_route(*, enterprise: str, name: str, actor: Actor) -> None:
    """Delete a route; ``role_missing``, ``callback_route_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    storage.delete_route(route=queries.get_route(enterprise, name), actor=actor)


def save_gateway(*, enterprise: str, name: str, hosts: str, actor: Actor) -> Json:
    """Say from which addresses a gateway of the ledger answers; "": forget it. ``role_missing``, `parse_hosts`."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    name, found = name.strip()[:120], validation.parse_hosts(hosts)
    storage.store_gateway(enterprise=enterprise, name=name, hosts=found, actor=actor)
    return {"name": name, "hosts": list(found)}


def parse_daily(hour: str) -> time | None:
    """``HH:MM``, "" for never; ``callback_time_wrong``."""
    if not hour.strip():
        return None
    try:
        return time.fromisoformat(hour.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as fault:
        raise NianjianError("callback_time_wrong", time=hour[:40]) from fault

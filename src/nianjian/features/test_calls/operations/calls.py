"""Test calls: placed with pacing, timed by hand, put each day; each stored as soon as it is over."""

from __future__ import annotations

import logging
import secrets
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel import numbers as kernel_numbers
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State, overall_state
from nianjian.engines.paper.texts.season import CALLBACK
from nianjian.engines.season.plan import Scope
from nianjian.engines.sip import agent
from nianjian.engines.sip.agent import is_this_machine
from nianjian.engines.sip.message import Account, CallTrace, Plan, Via
from nianjian.features.test_calls import queries, storage, validation
from nianjian.features.test_calls.documents import (
    Callback,
    CallbackGateway,
    CallbackRoute,
    CallCounts,
    PlacedCalls,
    Routing,
)
from nianjian.features.test_calls.models import Route
from nianjian.features.test_calls.operations import landings
from nianjian.features.test_calls.queries import CallBasis, describe_clocks, require_trial, trial_to_document
from nianjian.features.test_calls.states import (
    NONE,
    TOKEN,
    VERDICTS,
    WITNESSES,
    Verdict,
    judge,
    without_ledger,
)
from nianjian.features.test_calls.storage import CallFrame, RouteInput
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import LOCAL, Actor, asked_by, list_readers
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.audit.record import record
from nianjian.platform.home import env
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.notifications import channels as choices
from nianjian.platform.notifications import outbox
from nianjian.platform.notifications.channels import earliest_moment
from nianjian.platform.notifications.outbox import Notification
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.vault import blobs

# The ways that test calls take, as doors ask for them; the gateways' addresses; the daily test.

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
        addresses = [str(one[4][0]) for one in socket.getaddrinfo(via.host, via.port, type=socket.SOCK_DGRAM)]
    except (OSError, ValueError):
        return
    if any(is_this_machine(one) for one in addresses):
        raise NianjianError("callback_host_refused", host=via.host)


def describe_routes(*, enterprise: str, actor: Actor) -> Routing:
    """Routes and gateways, no password; ``role_missing``."""
    grounds = CallBasis.of(enterprise, actor, Permission.READ)
    return Routing(
        routes=[_to_document(one, grounds) for one in queries.list_routes(enterprise)],
        numbers=len(grounds.ledger),
        gateways=[CallbackGateway(one.name, one.hosts.split(",")) for one in queries.list_gateways(enterprise)],
    )


def daily_flaw(route: Route, grounds: CallBasis) -> str:
    """Why the daily test of a route does not run, or counts nowhere; "" where nothing stands against it."""
    if route.daily_at is None:
        return ""
    if not grounds.ledger:
        return "callback_no_numbers"
    if len(grounds.ledger) > MOST_CALLS:
        return "callback_too_many"
    return "" if grounds.in_hours(route.daily_at) else "callback_outside"


def _to_document(route: Route, grounds: CallBasis) -> CallbackRoute:
    ends, due = validation.certificate_end(route.identity or ""), route.next_at
    return CallbackRoute(
        name=route.name,
        via=route.via,
        line=route.line or None,
        carrier=route.carrier or None,
        caller=numbers.mask(route.caller),
        account=route.username is not None,
        own_ca=bool(route.ca),
        certificate_until=ends.isoformat() if ends else None,
        witness=route.witness,
        daily_at=None if route.daily_at is None else f"{route.daily_at:%H:%M}",
        daily_flaw=daily_flaw(route, grounds) or None,
        next_at=due.astimezone(clock.ZONE).isoformat(timespec="minutes") if due else None,
    )


def save_route(*, enterprise: str, route: RouteInput, actor: Actor) -> CallbackRoute:
    """Make or change a route: calls go out to where it leads, so an administrator says it.

    The carrier is the line's where none is said. ``role_missing``, ``callback_line_unknown``,
    ``callback_host_refused`` for this machine unless the operator sits at the shell or allows it, and what `parse_via`,
    `parse_ca`, `parse_identity`, `parse_caller` and `store_route` raise; ``callback_cert_plain`` without TLS.
    """
    require_permission(actor, enterprise, Permission.ADMINISTER)
    line, carrier = route.line.strip(), route.carrier.strip()
    if line:
        row = versions_on(Line, enterprise, clock.today()).filter(key=line).first()
        if row is None:
            raise NianjianError("callback_line_unknown", line=line)
        carrier = carrier or (row.carrier or "").strip()
    via = validation.parse_via(route.via)
    _require_elsewhere(via, actor)
    parsed = replace(
        route,
        name=route.name.strip()[:60],
        via=str(via),
        caller=validation.parse_caller(route.caller or CALLER),
        line=line,
        carrier=carrier[:60],
        username=route.username.strip(),
        ca=validation.parse_ca(route.ca),
        certificate=parse_client_identity(via, route.certificate, route.key),
        key="",
    )
    stored = storage.store_route(enterprise=enterprise, route=parsed, actor=actor)
    return _to_document(stored, CallBasis.of(enterprise, actor, Permission.ADMINISTER))


def parse_client_identity(via: Via, certificate: str | None, key: str = "") -> str | None:
    """Our own certificate and key, as one; None: what is kept stays. ``callback_cert_plain``, `parse_identity`."""
    if certificate is None and not key.strip():
        return None
    identity = validation.parse_identity(certificate or "", key, clock.now())
    if identity and via.transport != "tls":
        raise NianjianError("callback_cert_plain", via=str(via))
    return identity


def remove_route(*, enterprise: str, name: str, actor: Actor) -> None:
    """Delete a route; ``role_missing``, ``callback_route_unknown``."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    storage.delete_route(route=queries.get_route(enterprise, name), actor=actor)


def save_gateway(*, enterprise: str, name: str, hosts: str, actor: Actor) -> CallbackGateway:
    """Say from which addresses a gateway of the ledger answers; "": forget it. ``role_missing``, `parse_hosts`."""
    require_permission(actor, enterprise, Permission.ADMINISTER)
    name, addresses = name.strip()[:120], validation.parse_hosts(hosts)
    storage.store_gateway(enterprise=enterprise, name=name, hosts=addresses, actor=actor)
    return CallbackGateway(name, list(addresses))


def parse_daily(hour: str) -> time | None:
    """``HH:MM``, "" for never; ``callback_time_wrong``."""
    if not hour.strip():
        return None
    try:
        return time.fromisoformat(hour.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError as fault:
        raise NianjianError("callback_time_wrong", time=hour[:40]) from fault


HOLD_MS: Final = 300  # milliseconds that an answered call is kept up
LISTEN_MS: Final = 8000  # at most, where a token is waited for
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class _PlannedCall:
    """A call with what it is judged by."""

    frame: CallFrame
    plan: Plan
    way: CallWay
    expected: tuple[str, ...]
    filed: bool  # whether the ledger's gateway answers from there


def enqueue_test_calls(*, enterprise: str, numbers: Sequence[str], names: Sequence[str], actor: Actor) -> str:
    """Put tests of some numbers (none: all filed ones) over kept routes (none: all); the job.

    ``role_missing``, ``callback_number_wrong``, ``callback_number_unfiled``, ``callback_route_unknown``, and what
    `_numbers_to_call` raises. Only who sits at the shell can have numbers called that are nobody's of the enterprise.
    """
    grounds = CallBasis.of(enterprise, actor, flow.NEEDS[flow.CALLBACK_TEST])
    ways = list_ways(enterprise, names)
    targets = _numbers_to_call(grounds, numbers)
    for one in targets:
        grounds.own(one)
    _check_count(len(targets) * len(ways))
    payload = {"numbers": targets if numbers else [], "routes": [one.name for one in ways]}
    return flow.enqueue_once(kind=flow.CALLBACK_TEST, enterprise=enterprise, payload=payload, actor=actor)


def run_test_calls(*, enterprise: str, payload: Mapping[str, Any], actor: Actor, progress: Progress) -> CallCounts:
    """Do what `enqueue_test_calls` has put; how many calls had which verdict."""
    summary = place_test_calls(
        enterprise=enterprise,
        numbers=[str(one) for one in payload["numbers"]],
        ways=list_ways(enterprise, [str(one) for one in payload["routes"]]),
        actor=actor,
        progress=progress,
    )
    return CallCounts(summary.counts, summary.verdict)


def place_test_calls(
    *,
    enterprise: str,
    numbers: Sequence[str],
    ways: Sequence[CallWay],
    actor: Actor,
    gateway: str = "",
    progress: Progress = silent,
) -> PlacedCalls:
    """Call each number over each way now, and keep what was seen; one that raises in ``progress`` ends what lasts.

    What has begun by then is kept, too: the number was called.

    ``gateway``: where they must land, instead of the ledger's; what passes there is proved only where the ledger's
    gateway answers from there, too. ``role_missing``, ``callback_no_numbers``,
    ``callback_no_way``, ``callback_too_many``, ``callback_number_wrong``, ``callback_gateway_wrong``.
    """
    grounds = CallBasis.of(enterprise, actor, Permission.REPORT)
    if not ways:
        raise NianjianError("callback_no_way")
    targets = _numbers_to_call(grounds, numbers)
    calls = len(targets) * len(ways)
    _check_count(calls)
    planned: list[_PlannedCall] = []
    rows: list[Callback] = []
    started = clock.now()
    at_work = "、".join(kernel_numbers.mask(one) for one in targets[:3])

    def keep(place: int, seen: CallTrace) -> None:
        rows.append(_store_call(grounds, planned[place], seen, actor))

    def took(place: int, seen: CallTrace) -> None:
        keep(place, seen)
        progress(rows[-1].number, len(rows), calls)

    def tick() -> None:
        progress(at_work, len(rows), calls)

    for number in targets:  # names are looked up, which may take long
        tick()
        planned += [_plan_call(grounds, number, way, gateway) for way in ways]
    tick()
    try:
        agent.place_calls(
            [(one.way.via, one.plan) for one in planned], pace=grounds.pace, took=took, tick=tick, rest=keep
        )
    finally:
        if rows:
            landings.after_tests(enterprise, started)
    counts = dict[str, int].fromkeys(VERDICTS, 0) | Counter(str(one.verdict) for one in rows)
    verdict = overall_state(state for state in VERDICTS if counts[state])
    return PlacedCalls(rows, counts, verdict, grounds.limit / 1000)


def _numbers_to_call(grounds: CallBasis, texts: Sequence[str]) -> list[str]:
    targets = list(dict.fromkeys(validation.parse_number(one) for one in texts)) if texts else list(grounds.ledger)
    if not targets:
        raise NianjianError("callback_no_numbers")
    return targets


def _check_count(count: int) -> None:
    if count > MOST_CALLS:
        raise NianjianError("callback_too_many", count=count, most=MOST_CALLS)


def list_ways(enterprise: str, names: Sequence[str]) -> list[CallWay]:
    """The kept ways of these names, none: all; ``callback_route_unknown``, ``callback_no_way``."""
    routes = [queries.get_route(enterprise, name) for name in names] if names else queries.list_routes(enterprise)
    if not routes:
        raise NianjianError("callback_no_way")
    return [CallWay.over(one) for one in routes]


def _plan_call(grounds: CallBasis, number: str, way: CallWay, gateway: str) -> _PlannedCall:
    if way.witness not in WITNESSES:
        raise NianjianError("callback_witness_unknown", witness=way.witness, witnesses=", ".join(WITNESSES))
    gateway_name = gateway.strip() or grounds.ledger.get(number, "")
    expected = grounds.addresses(gateway_name, override=bool(gateway.strip()))
    filed = set(expected) <= set(grounds.addresses(grounds.ledger.get(number, "")))
    token = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}" if way.witness == TOKEN else ""
    frame = CallFrame(
        number=number,
        limit_ms=grounds.limit,
        route=way.name,
        carrier=way.carrier.strip()[:60],
        via=str(way.via),
        gateway=gateway_name,
        rulebook=grounds.stamp,
        source=describe_clocks(),
    )
    hold = LISTEN_MS if token else HOLD_MS
    return _PlannedCall(frame, Plan(number, way.caller, grounds.wait, hold, way.account, token), way, expected, filed)


def _store_call(grounds: CallBasis, one: _PlannedCall, seen: CallTrace, actor: Actor) -> Callback:
    limit, token = grounds.limit, one.plan.token
    verdict = judge(seen, limit=limit, expected=one.expected, witness=one.way.witness, token=token)
    verdict = verdict if one.filed else without_ledger(verdict)
    begun = clock.now() if not seen.begun else datetime.fromtimestamp(seen.begun / 1000, clock.ZONE)
    trial = storage.store_trial(
        enterprise=grounds.enterprise, frame=one.frame, seen=seen, verdict=verdict, begun_at=begun, actor=actor
    )
    return trial_to_document(trial)


#: What a person may say of a call. ``answered``: landing heard (the firm's own greeting), ``answered_only``: not.
OUTCOMES: Final = (
    "answered", "answered_only", "other_answered", "voicemail", "busy", "refused", "number_unknown", "rang_unanswered",
    "not_dialled",
)  # fmt: skip
HEARD: Final = "person"


def begin_manual_call(*, enterprise: str, number: str, carrier: str, actor: Actor) -> Callback:
    """Start the timer of a call by hand. ``role_missing``, ``callback_number_wrong``, ``callback_number_unfiled``."""
    grounds = CallBasis.of(enterprise, actor, Permission.MANAGE_DATA)
    target = validation.parse_number(number)
    grounds.own(target)
    frame = CallFrame(
        number=target,
        limit_ms=grounds.limit,
        carrier=carrier.strip()[:60],
        gateway=grounds.ledger.get(target, ""),
        rulebook=grounds.stamp,
        source={"durations": "system clock of the server, pressed by a person", "begin": "system clock, UTC"},
    )
    return trial_to_document(storage.store_begin(enterprise=enterprise, frame=frame, actor=actor))


def end_manual_call(*, trial: str, outcome: str, note: str, actor: Actor) -> Callback:
    """Stop the timer and write what came of the call.

    A person who recognises the greeting is the witness. ``role_missing``, ``callback_trial_unknown``,
    ``callback_outcome_unknown``, ``callback_trial_over``, ``callback_note_missing`` where "answered" has no note.
    """
    at = clock.now()
    row = require_trial(trial, actor, Permission.MANAGE_DATA)
    if outcome not in OUTCOMES:
        raise NianjianError("callback_outcome_unknown", outcome=outcome, outcomes=", ".join(OUTCOMES))
    if outcome == "answered" and not note.strip():
        raise NianjianError("callback_note_missing")
    in_time = max(storage.milliseconds(row.begun_at, at), 0) <= row.limit_ms
    verdict = judge_manual_call(outcome, in_time=in_time)
    return trial_to_document(storage.store_end(trial=row, verdict=verdict, at=at, note=note, actor=actor))


def judge_manual_call(outcome: str, *, in_time: bool) -> Verdict:
    """What a person's word proves; the reaction of a finger only makes an answer later than it was."""
    if outcome == "not_dialled":
        return Verdict(State.NOT_PROVED, outcome, None)
    if outcome not in {"answered", "answered_only", "other_answered", "voicemail"}:
        return Verdict(State.FAILED, outcome, in_time=False)
    if not in_time:
        return Verdict(State.FAILED, "answered_late", in_time)
    if outcome == "answered":
        return Verdict(State.PASSED, outcome, in_time, witness=HEARD)
    if outcome == "answered_only":
        return Verdict(State.NOT_PROVED, "landing_unproved", in_time)
    return Verdict(State.FAILED, outcome, in_time)


LOG: Final = logging.getLogger(__name__)
STAGE: Final = 20  # characters, as a message keeps them
CLOCK: Final = Actor("clock", "system")


def call_daily() -> int:
    """Put the daily tests that are due now, each as who has set it; how many. Called again it puts none twice."""
    count = 0
    for route in queries.list_due_routes(clock.now()):
        if not storage.claim_route(route=route):
            continue  # another worker has it
        try:
            enqueue_test_calls(
                enterprise=route.enterprise_id, numbers=(), names=(route.name,), actor=asked_by(route.set_by)
            )
        except NianjianError as fault:  # of one enterprise: too many calls, no numbers yet, or the person has gone
            LOG.warning("the daily test calls of %s over %s: %s", route.enterprise_id, route.pk, fault.code)
            _note_missed(route, fault, clock.now())
            continue
        count += 1
    return count


def _note_missed(route: Route, fault: NianjianError, now: datetime) -> None:
    """Say it to those who may order test calls or set routes; nobody's inbox gets it twice a day."""
    values: dict[str, object] = {name: fault.values[name] for name in ("count", "most") if name in fault.values}
    with transaction.atomic():
        news = outbox.filter_new(route.enterprise_id, list(_notifications(route, fault.code, values, now)))
        outbox.add_notifications(enterprise=route.enterprise_id, news=news, now=now)
        data = {"route": route.name, "reason": fault.code, **values}
        record(verb="callback.daily_missed", enterprise=route.enterprise_id, actor=CLOCK, data=data)


def _notifications(route: Route, code: str, values: Mapping[str, object], now: datetime) -> Iterator[Notification]:
    able = [
        name
        for name, roles in list_readers(route.enterprise_id).items()
        if allows(roles, Permission.REPORT) or allows(roles, Permission.ADMINISTER)
    ]
    chosen, hours, channels = choices.list_scopes(able), choices.list_hours(able), choices.list_confirmed_channels(able)
    heard = [name for name in able if Scope(chosen.get(name, Scope.ROLE)) is not Scope.NONE]
    day = now.astimezone(clock.ZONE).date()
    details: dict[str, Any] = {"due": day.isoformat(), "left": 0, "route": route.name, "reason": code, **values}
    for name in heard or able:  # where nobody wants to hear it everybody does: nothing is lost
        at = earliest_moment(now, hours[name], urgent=False)
        by = dict.fromkeys(channels.get(name, ()), at)
        yield Notification(name, f"{CALLBACK}:{route.pk}", code[:STAGE], day, details, by)


def fetch_evidence(*, trial: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the sealed evidence in full (JSON); the audit chain tells who took it.

    Later looks into the call records follow what was sealed, under ``landings``: the first ``sealed_bytes`` bytes and
    a closing brace are the sealed content to the byte, whose sha256 is the kept one.

    ``role_missing``, ``callback_trial_unknown``, ``callback_no_evidence`` for one that was dialled by hand.
    """
    row = require_trial(trial, actor, Permission.VIEW_UNMASKED)
    if not row.blob:
        raise NianjianError("callback_no_evidence", trial=trial)
    content = blobs.get(row.blob)
    looks = [queries.landing_to_document(one) for one in queries.list_landings(row.pk)]
    if looks:
        later = {"sealed_bytes": len(content) - 1, "sealed_sha256": row.sha256, "looks": looks}
        content = content[:-1] + f', "landings": {to_json(later)}}}'.encode()
    with transaction.atomic():
        record(verb="callback.evidence", enterprise=row.enterprise_id, actor=actor, data={"trial": row.pk})
    return f"callback-{row.pk}.json", content

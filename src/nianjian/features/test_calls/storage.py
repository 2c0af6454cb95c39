"""Write routes, test calls and looks; one transaction and one audit entry an act."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.message import CallTrace
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.landings import LandingResult
from nianjian.features.test_calls.models import Gateway, Landing, Route, Trial
from nianjian.features.test_calls.states import WITNESSES, Verdict
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

MOST_ROUTES: Final = 50  # routes, and gateways, of an enterprise


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


def store_route(*, enterprise: str, route: RouteInput, actor: Actor) -> Route:
    """Make or change a route. ``callback_witness_unknown``, ``callback_routes_too_many``, ``callback_name_missing``."""
    if route.witness not in WITNESSES:
        raise NianjianError("callback_witness_unknown", witness=route.witness, witnesses=", ".join(WITNESSES))
    if not route.name:
        raise NianjianError("callback_name_missing")
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = Route.objects.filter(enterprise_id=enterprise, name=route.name).first()
        if row is None:
            if Route.objects.filter(enterprise_id=enterprise).count() >= MOST_ROUTES:
                raise NianjianError("callback_routes_too_many", most=MOST_ROUTES)
            row = Route(id=f"R{secrets.token_hex(5)}", enterprise_id=enterprise, name=route.name)
        row.via, row.caller, row.witness = route.via, route.caller, route.witness
        row.line, row.carrier, row.daily_at, row.ca = route.line, route.carrier, route.daily_at, route.ca
        if route.password is not None:
            row.username, row.password = route.username or None, route.password or None
        if route.certificate is not None:
            row.identity = route.certificate or None
        row.next_at = next_run(route.daily_at, clock.now())
        row.set_by, row.set_at = str(actor), clock.now()
        row.save()
        data = {"route": row.name, "carrier": row.carrier, "witness": row.witness}
        data |= {"daily_at": f"{route.daily_at:%H:%M}"} if route.daily_at else {}
        data |= {} if route.certificate is None else {"certificate": "set" if route.certificate else "removed"}
        record(verb="callback.route", enterprise=enterprise, actor=actor, data=data)
    return row


def delete_route(*, route: Route, actor: Actor) -> None:
    """Delete a route; the tests that went over it stay."""
    with transaction.atomic():
        enterprise, name = route.enterprise_id, route.name
        route.delete()
        record(verb="callback.route_removed", enterprise=enterprise, actor=actor, data={"route": name})


def claim_route(*, route: Route) -> bool:
    """Take a daily test that is due: exactly one of several workers gets it, and the next day's is set."""
    following_at = next_run(route.daily_at, clock.now())
    taken = Route.objects.filter(pk=route.pk, next_at=route.next_at).update(next_at=following_at)
    return taken == 1


def next_run(at: time | None, moment: datetime) -> datetime | None:
    """The next moment after this one at which the clock in Shanghai shows the time."""
    if at is None:
        return None
    today = datetime.combine(moment.astimezone(clock.ZONE).date(), at, clock.ZONE)
    return today if today > moment else today + timedelta(days=1)


def store_gateway(*, enterprise: str, name: str, hosts: Sequence[str], actor: Actor) -> None:
    """Where a gateway answers from; none: forget it. ``callback_name_missing``, ``callback_gateways_too_many``."""
    if not name.strip():
        raise NianjianError("callback_name_missing")
    with transaction.atomic():
        lock_enterprise(enterprise)
        gateways = Gateway.objects.filter(enterprise_id=enterprise)
        if not hosts:
            gateways.filter(name=name.strip()).delete()
        elif gateways.count() >= MOST_ROUTES and not gateways.filter(name=name.strip()).exists():
            raise NianjianError("callback_gateways_too_many", most=MOST_ROUTES)
        else:
            values = {"hosts": ",".join(hosts), "set_by": str(actor), "set_at": clock.now()}
            gateways.update_or_create(values, enterprise_id=enterprise, name=name.strip())
        data = {"gateway": name.strip(), "hosts": len(hosts)}
        record(verb="callback.gateway", enterprise=enterprise, actor=actor, data=data)


LONGEST_NOTE = 500  # characters of a note


@dataclass(frozen=True, slots=True)
class CallFrame:
    """What stands before a call: which number, over which way, by which rules."""

    number: str
    limit_ms: int
    route: str = ""
    carrier: str = ""
    via: str = ""
    gateway: str = ""  # as the ledger or the person names it
    rulebook: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)


def store_trial(
    *, enterprise: str, frame: CallFrame, seen: CallTrace, verdict: Verdict, begun_at: datetime, actor: Actor
) -> Trial:
    """Keep a call that is over, its messages sealed."""
    evidence = json.dumps({"frame": asdict(frame), "seen": asdict(seen)}, ensure_ascii=False).encode()
    row = _new_trial(enterprise, frame, Trial.SIP, begun_at, actor)
    row.verdict, row.reason, row.in_time = verdict.verdict, verdict.reason, verdict.in_time
    row.gateway_seen, row.witness = verdict.gateway[:255], verdict.witness
    row.status, row.phrase, row.cause = seen.status or None, seen.phrase[:120], seen.cause
    row.trying_ms, row.ringing_ms, row.early_ms = seen.trying, seen.ringing, seen.early
    row.answer_ms, row.over_ms = seen.answer, seen.over
    with blobs.put_undoable(evidence) as blob, transaction.atomic():
        row.blob, row.sha256 = blob.id, blob.sha256
        row.save(force_insert=True)
        record(verb="callback.test", enterprise=enterprise, actor=actor, data=_audit_data(row))
    return row


def store_begin(*, enterprise: str, frame: CallFrame, actor: Actor) -> Trial:
    """Write that a person dials now: the timer runs from here."""
    row = _new_trial(enterprise, frame, Trial.HAND, clock.now(), actor)
    with transaction.atomic():
        row.save(force_insert=True)
        record(verb="callback.hand", enterprise=enterprise, actor=actor, data=_audit_data(row))
    return row


def store_end(*, trial: Trial, verdict: Verdict, at: datetime, note: str, actor: Actor) -> Trial:
    """Write how it went: the timer ended ``at``. ``callback_trial_over``, ``callback_note_too_long``."""
    if len(note) > LONGEST_NOTE:
        raise NianjianError("callback_note_too_long", longest=LONGEST_NOTE)
    with transaction.atomic():
        row = Trial.objects.select_for_update().get(pk=trial.pk)
        if row.verdict:
            raise NianjianError("callback_trial_over", trial=row.pk)
        passed = max(milliseconds(row.begun_at, at), 0)
        row.verdict, row.reason, row.in_time = verdict.verdict, verdict.reason, verdict.in_time
        row.answer_ms = passed if verdict.in_time is not None and verdict.reason in ANSWERED else None
        row.over_ms, row.witness, row.gateway_seen = passed, verdict.witness, verdict.gateway[:255]
        row.note = note.strip() or None
        row.save()
        record(verb="callback.test", enterprise=row.enterprise_id, actor=actor, data=_audit_data(row))
    return row


#: Outcomes of a call by hand in which somebody or something answered.
ANSWERED = frozenset({"answered", "answered_late", "landing_unproved", "voicemail", "other_answered"})


def milliseconds(begin_at: datetime, at: datetime) -> int:
    """Whole milliseconds between two moments, exact."""
    gone = at - begin_at
    return (gone.days * 86_400 + gone.seconds) * 1000 + gone.microseconds // 1000


def _new_trial(enterprise: str, frame: CallFrame, how: str, begun_at: datetime, actor: Actor) -> Trial:
    values = asdict(frame)
    return Trial(
        id=f"B{secrets.token_hex(5)}",
        enterprise_id=enterprise,
        how=how,
        begun_at=begun_at,
        made_by=str(actor),
        gateway_expected=values.pop("gateway")[:400],
        **values,
    )


def _audit_data(row: Trial) -> dict[str, Any]:
    data: dict[str, Any] = {"trial": row.pk, "number": numbers.mask(row.number), "how": row.how}
    data |= {"verdict": row.verdict, "reason": row.reason} if row.verdict else {}
    return data | ({"answer_ms": row.answer_ms} if row.answer_ms is not None else {})


def store_landing(
    *, enterprise: str, trial: str, expected: str, result: LandingResult, actor: Actor, unasked: bool = False
) -> Landing:
    """Keep it; where the newest look says the same that one stands, and nothing is written.

    ``unasked``: that another source covers the moment now, with the same records, is nothing new.
    """
    with transaction.atomic():
        lock_enterprise(enterprise)
        newest = queries.newest_landings([trial]).get(trial)
        row = Landing(
            id=f"W{secrets.token_hex(5)}",
            enterprise_id=enterprise,
            trial_id=trial,
            at=clock.now(),
            verdict=result.verdict,
            expected=expected[:400],
            seen=list(result.seen),
            records=[one.to_document() for one in result.records],
            sources=dict(result.sources),
            made_by=str(actor),
        )
        fields = ("verdict", "expected", "seen", "records", *(() if unasked else ("sources",)))
        if newest is not None and all(getattr(newest, name) == getattr(row, name) for name in fields):
            return newest
        row.save(force_insert=True)
        data = {"trial": trial, "landing": row.verdict, "look": row.pk}
        record(verb="callback.witness", enterprise=enterprise, actor=actor, data=data)
    return row

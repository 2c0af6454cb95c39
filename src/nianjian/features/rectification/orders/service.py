"""Ask for an isolation or its lifting, and put it in force when a second person has said yes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification.cases import free_text
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.orders import query
from nianjian.features.rectification.orders.model import Order
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record

ISOLATE: Final = "isolation"
LIFT: Final = "isolation_lift"
KINDS: Final = {ISOLATE: Order.ISOLATE, LIFT: Order.LIFT}
KEYS: Final = ("line", "display", "team")


@dataclass(frozen=True, slots=True)
class IsolationTerms:
    """``cap`` attempts a natural day instead of ``cap_before``; ``end``: what must be true before it is lifted."""

    key: str
    channel: str
    cap: int
    cap_before: int
    white_list: bool
    reason: str
    end: str = ""


def isolate(*, enterprise: str, case: Case | None, wanted: IsolationTerms, actor: Actor) -> tuple[Order, Approval]:
    """Write the order and ask for a second person.

    ``rectify_reason_missing``, ``rectify_end_missing``, ``rectify_key_unknown``, ``rectify_channel_missing``,
    ``rectify_cap_not_lower``, ``rectify_isolated_already``, ``rectify_text_long``, ``approval_pending``.
    """
    channel = free_text.short("channel", wanted.channel, free_text.CHANNEL)
    if wanted.key not in KEYS:
        raise NianjianError("rectify_key_unknown", key=wanted.key, keys=", ".join(KEYS))
    if not channel:
        raise NianjianError("rectify_channel_missing")
    if not wanted.reason.strip():
        raise NianjianError("rectify_reason_missing", channel=channel)
    if not wanted.end.strip():
        raise NianjianError("rectify_end_missing", channel=channel)
    if wanted.cap > wanted.cap_before:
        raise NianjianError("rectify_cap_not_lower", cap=wanted.cap, before=wanted.cap_before)
    if query.in_force(enterprise, wanted.key, channel) is not None:
        raise NianjianError("rectify_isolated_already", channel=channel)
    order = Order(
        id=uuid.uuid4().hex,
        enterprise_id=enterprise,
        case=case,
        kind=Order.ISOLATE,
        key=wanted.key,
        channel=channel,
        cap=wanted.cap,
        cap_before=wanted.cap_before,
        white_list=wanted.white_list,
        reason=wanted.reason.strip(),
        end=wanted.end.strip(),
    )
    return order, _asked(order, ISOLATE, actor)


def lift(*, isolation: Order, reason: str, actor: Actor) -> tuple[Order, Approval]:
    """Ask to lift an isolation that is in force; ``rectify_reason_missing``, ``approval_pending``."""
    if not reason.strip():
        raise NianjianError("rectify_reason_missing", channel=isolation.channel)
    order = Order(
        id=uuid.uuid4().hex,
        enterprise_id=isolation.enterprise_id,
        case=isolation.case,
        kind=Order.LIFT,
        lifts=isolation,
        key=isolation.key,
        channel=isolation.channel,
        cap=isolation.cap_before,
        cap_before=isolation.cap,
        white_list=False,
        reason=reason.strip(),
        end="",
    )
    return order, _asked(order, LIFT, actor)


def _asked(order: Order, kind: str, actor: Actor) -> Approval:
    """One channel has one request of a kind at a time: ``approval_pending``."""
    with transaction.atomic():
        for other in query.proposed(order):
            if approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        order.proposed_by, order.proposed_at = str(actor), clock.now()
        asked = approvals.create_request(
            kind=kind, subject=order.pk, digest=digest(order), enterprise=order.enterprise_id, actor=actor
        )
        order.approval = asked.id
        order.save(force_insert=True)
    return asked


def approve(*, approval: str, actor: Actor, gate_before: Mapping[str, Any] | None = None) -> Order:
    """Say yes as the second person; the caller then tells the gate, in the same transaction.

    ``gate_before``: what the gate allows on the channel now, to be put back when the isolation is lifted.
    Errors as `approvals.storage.approve_request`, ``rectify_isolated_already``, ``rectify_not_isolated``.
    """
    with transaction.atomic():
        asked = approvals.get_approval(approval)
        if asked.kind not in KINDS:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        order = query.of_approval(approval)
        approvals.approve_request(approval=approval, digest=digest(order), actor=actor)
        standing = query.in_force(order.enterprise_id, order.key, order.channel)
        if order.kind == Order.ISOLATE and standing is not None:
            raise NianjianError("rectify_isolated_already", channel=order.channel)
        if order.kind == Order.LIFT and (standing is None or standing.pk != order.lifts_id):
            raise NianjianError("rectify_not_isolated", channel=order.channel)
        order.approved_by, order.approved_at = str(actor), clock.now()
        order.gate_before = None if gate_before is None else dict(gate_before)
        order.save(update_fields=["approved_by", "approved_at", "gate_before"])
        if order.kind == Order.LIFT and standing is not None:
            standing.lifted_at = order.approved_at
            standing.save(update_fields=["lifted_at"])
        data = {"order": order.pk, "case": order.case_id, "key": order.key, "channel": order.channel, "cap": order.cap}
        verb = "rectify.isolate" if order.kind == Order.ISOLATE else "rectify.lift"
        record(verb=verb, enterprise=order.enterprise_id, actor=actor, data=data | {"white_list": order.white_list})
    return order


def digest(order: Order) -> str:
    """sha256 over what the second person agrees to."""
    content = {
        "kind": order.kind,
        "case": order.case_id,
        "lifts": order.lifts_id,
        "key": order.key,
        "channel": order.channel,
        "cap": order.cap,
        "white_list": order.white_list,
        "reason": order.reason,
        "end": order.end,
        "proposed_by": order.proposed_by,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()

"""Propose an overlay, and put it in force when a second person has said yes."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import query as approvals
from nianjian.platform.approvals import service as approving
from nianjian.platform.approvals.query import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.registers.overlays.model import Overlay
from nianjian.platform.registers.overlays.query import proposal

KIND = "overlay"


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is to differ. ``value`` is JSON: decimals as strings. ``valid_to`` is the last day, None: open."""

    key: str
    value: object
    province: str
    enterprise: str
    valid_from: date
    valid_to: date | None
    reason: str


def propose(*, overlay: Proposed, actor: Actor) -> Approval:
    """Write the proposal and ask for a second person; the pending request. The caller has checked the rule's key.

    ``overlay_reason_missing``, ``overlay_everywhere`` (neither province nor enterprise), ``overlay_days_reversed``.
    """
    if not overlay.reason.strip():
        raise NianjianError("overlay_reason_missing", key=overlay.key)
    if not overlay.province and not overlay.enterprise:
        raise NianjianError("overlay_everywhere", key=overlay.key)
    if overlay.valid_to is not None and overlay.valid_to < overlay.valid_from:
        raise NianjianError("overlay_days_reversed", key=overlay.key)
    with transaction.atomic():
        row = Overlay(
            id=uuid.uuid4().hex,
            key=overlay.key,
            value=overlay.value,
            province=overlay.province,
            enterprise=overlay.enterprise,
            valid_from=overlay.valid_from,
            valid_to=overlay.valid_to,
            reason=overlay.reason.strip(),
            proposed_by=str(actor),
            proposed_at=clock.now(),
        )
        asked = approving.request(
            kind=KIND, subject=row.id, digest=digest(row), enterprise=overlay.enterprise, actor=actor
        )
        row.approval = asked.id
        row.save(force_insert=True)
    return asked


def approve(*, approval: str, actor: Actor) -> Overlay:
    """Say yes as the second person and put the overlay in force; errors as `approvals.service.approve`."""
    with transaction.atomic():
        asked = approvals.approval(approval)
        if asked.kind != KIND:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        row = proposal(asked.subject)
        approving.approve(approval=approval, digest=digest(row), actor=actor)
        row.approved_by, row.approved_at = str(actor), clock.now()
        row.save(update_fields=["approved_by", "approved_at"])
    return row


def digest(row: Overlay) -> str:
    """sha256 over what the second person agrees to."""
    content = {
        "key": row.key,
        "value": row.value,
        "province": row.province,
        "enterprise": row.enterprise,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "reason": row.reason,
        "proposed_by": row.proposed_by,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()

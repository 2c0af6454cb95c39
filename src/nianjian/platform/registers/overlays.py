"""Changes of rules for one province or enterprise, each approved by a second person."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.memo import per_request
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical


class Overlay(models.Model):
    """It counts once ``approved_at`` is set; until then it is a proposal. ``enterprise`` or ``province`` may be ""."""

    id = models.CharField(primary_key=True, max_length=32)
    key = models.CharField(max_length=120)  # as in the rulebook: portrait.seat_vacancy.limit
    value: models.JSONField[Any, Any] = models.JSONField()
    province = models.CharField(max_length=20, blank=True)
    enterprise = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # last day, included
    reason = models.TextField()
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()
    approval = models.CharField(max_length=20)
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


@per_request
def list_overlays(*, enterprise: str | None = None, province: str | None = None) -> list[dict[str, object]]:
    """Approved overlays that touch an enterprise and province (all if neither is given), in the order approved.

    Keys: key, value, province, enterprise (None: every one), valid_from, valid_to (ISO, included), reason, who, when.
    """
    overlays = Overlay.objects.exclude(approved_at=None).order_by("approved_at", "id")
    if enterprise is not None:
        overlays = overlays.filter(enterprise__in=["", enterprise])
    if province is not None:
        overlays = overlays.filter(province__in=["", province])
    return [to_rulebook_form(one) for one in overlays]


def get_proposal(id_: str) -> Overlay:
    """The row of a proposal; ``overlay_unknown``."""
    return get_or_raise(Overlay.objects.filter(pk=id_), "overlay_unknown", overlay=id_)


def proposals_by_id(ids: Collection[str]) -> dict[str, Overlay]:
    """The rows of these proposals by id, as far as there are any."""
    return {one.pk: one for one in Overlay.objects.filter(pk__in=ids)}


def to_rulebook_form(row: Overlay) -> dict[str, object]:
    """The row as the rulebook takes it."""
    return {
        "key": row.key,
        "value": row.value,
        "province": row.province or None,
        "enterprise": row.enterprise or None,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "reason": row.reason,
        "who": f"{row.proposed_by} + {row.approved_by}",
        "when": None if row.approved_at is None else row.approved_at.isoformat(),
    }


KIND = "overlay"


@dataclass(frozen=True, slots=True)
class OverlayProposal:
    """What is to differ. ``value`` is JSON: decimals as strings. ``valid_to`` is the last day, None: open."""

    key: str
    value: object
    province: str
    enterprise: str
    valid_from: date
    valid_to: date | None
    reason: str


def propose_overlay(*, overlay: OverlayProposal, actor: Actor, approver: str = "") -> Approval:
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
        values = asdict(overlay) | {"reason": overlay.reason.strip()}
        row = Overlay(id=uuid.uuid4().hex, proposed_by=str(actor), proposed_at=clock.now(), **values)
        request = approvals.create_request(
            kind=KIND,
            subject=row.id,
            digest=proposal_digest(row),
            enterprise=overlay.enterprise,
            actor=actor,
            approver=approver,
        )
        row.approval = request.id
        row.save(force_insert=True)
    return request


def approve_overlay(*, approval: str, actor: Actor) -> Overlay:
    """Say yes as the second person and put the overlay in force; errors as `approvals.storage.approve_request`."""
    with transaction.atomic():
        request = approvals.get_approval(approval, KIND)
        row = get_proposal(request.subject)
        approvals.approve_request(approval=approval, digest=proposal_digest(row), actor=actor)
        row.approved_by, row.approved_at = str(actor), clock.now()
        row.save(update_fields=["approved_by", "approved_at"])
    return row


def proposal_digest(row: Overlay) -> str:
    """sha256 over what the second person agrees to."""
    names = ("key", "value", "province", "enterprise", "reason", "proposed_by")
    content = {name: getattr(row, name) for name in names}
    content |= {"valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to and row.valid_to.isoformat()}
    return hashlib.sha256(canonical(content).encode()).hexdigest()

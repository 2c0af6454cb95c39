"""What the gate allows beyond the rulebook's defaults: caps, white lists and switches, with their history."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record


class GatePolicy(models.Model):
    """In force from ``in_force_at`` until ``superseded_at``; without the first a proposal that waits or was refused.

    ``key`` and ``name`` say what it is about, ``values`` what holds:

    - channel, display, team: {"cap": attempts a natural day or null for the default, "white_list": bool}, and where
      somebody has said so "enforce": bool (a new line observes without it) and "uncapped": true (no cap at all)
    - rule: {"on": bool}, name is a key of the rulebook (``frequency.…``) whose limits are taken over
    - purpose: {"fail_open": bool}
    - mode: {"enforce": bool}, name is empty
    """

    id = models.CharField(primary_key=True, max_length=32)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=16)
    name = models.CharField(max_length=120, blank=True)
    values: models.JSONField[Any, Any] = models.JSONField()
    reason = models.TextField(blank=True)
    before = models.CharField(max_length=32, blank=True)  # the row that it takes the place of
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()
    approval = models.CharField(max_length=20, blank=True)  # "": one person was enough
    approved_by = models.CharField(max_length=160, blank=True)
    in_force_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One row in force about one thing."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "key", "name"],
                condition=models.Q(in_force_at__isnull=False, superseded_at=None),
                name="registers_gatepolicy_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.name}: {self.values}"

    @property
    def by(self) -> str:
        """Who set it: one person, or two."""
        return f"{self.proposed_by} + {self.approved_by}" if self.approved_by else self.proposed_by


def list_policies_in_force(enterprise: str) -> list[GatePolicy]:
    """What holds now, by key and name."""
    return list(_in_force().filter(enterprise_id=enterprise).order_by("key", "name"))


def list_policy_history(enterprise: str, *, first: int = 0, most: int) -> list[GatePolicy]:
    """What ever was in force, newest first: ``most`` settings from the ``first`` on."""
    rows = GatePolicy.objects.filter(enterprise_id=enterprise).exclude(in_force_at=None)
    return list(rows.order_by("-in_force_at", "-id")[first : first + most])


def find_policy_in_force(enterprise: str, key: str, name: str) -> GatePolicy | None:
    """The row in force about one thing."""
    return _in_force().filter(enterprise_id=enterprise, key=key, name=name).first()


def _in_force() -> QuerySet[GatePolicy]:
    return GatePolicy.objects.filter(superseded_at=None).exclude(in_force_at=None)


def list_open_proposals(enterprise: str, key: str, name: str) -> list[GatePolicy]:
    """Rows about one thing that were asked for and are not in force."""
    rows = GatePolicy.objects.filter(enterprise_id=enterprise, key=key, name=name, in_force_at=None)
    return list(rows.order_by("proposed_at"))


def has_isolation(enterprise: str) -> bool:
    """Whether anything is isolated (white list only) now."""
    return any(one.values.get("white_list") for one in list_policies_in_force(enterprise))


def list_isolation_moments(standing: GatePolicy) -> list[datetime]:
    """When the settings of an isolation that holds now were put in force: the first, and each change of it since."""
    moments: list[datetime] = []
    row: GatePolicy | None = standing
    while row is not None and row.in_force_at is not None and row.values.get("white_list"):
        moments.append(row.in_force_at)
        row = GatePolicy.objects.filter(pk=row.before).first() if row.before else None
    return moments


def get_proposal(id_: str) -> GatePolicy:
    """The row of a proposal; ``gate_policy_unknown``."""
    return get_or_raise(GatePolicy.objects.filter(pk=id_), "gate_policy_unknown", policy=id_)


def proposals_by_id(ids: Collection[str]) -> dict[str, tuple[GatePolicy, GatePolicy | None]]:
    """These proposals by id, each with the row in force about the same thing, as far as there are any."""
    rows = list(GatePolicy.objects.filter(pk__in=ids))
    names = ("enterprise_id", "key", "name")
    matches = {f"{name}__in": {getattr(one, name) for one in rows} for name in names}
    standing = {tuple(getattr(one, name) for name in names): one for one in _in_force().filter(**matches)}
    return {one.pk: (one, standing.get((one.enterprise_id, one.key, one.name))) for one in rows}


KIND = "gate_policy"
#: Who wrote down that lines known before an upgrade go on refusing: nothing changed by it.
UPGRADE = "system:upgrade"


@dataclass(frozen=True, slots=True)
class PolicyValues:
    """What is to hold about ``key`` and ``name``, and why; `GatePolicy` says which values there are."""

    key: str
    name: str
    values: Mapping[str, Any]
    reason: str = ""


def apply_policy(
    *, enterprise: str, policy: PolicyValues, actor: Actor, approval: str = "", requester: str = ""
) -> GatePolicy:
    """Put values in force at once; the caller has seen that one person is enough, or brings the second one's approval.

    ``requester``: who asked for what the actor has approved. ``gate_policy_same`` where this holds already.
    """
    with transaction.atomic():
        row = _build_row(enterprise, policy, actor)
        if requester:
            row.approval, row.proposed_by, row.approved_by = approval, requester, str(actor)
        _enforce(row, actor)
    return row


def propose_policy(*, enterprise: str, policy: PolicyValues, actor: Actor) -> Approval:
    """Ask for a second person; ``gate_policy_same``, ``approval_pending`` where a request about it waits."""
    with transaction.atomic():
        for other in list_open_proposals(enterprise, policy.key, policy.name):
            if other.approval and approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        row = _build_row(enterprise, policy, actor)
        request = approvals.create_request(
            kind=KIND, subject=row.pk, digest=proposal_digest(row), enterprise=enterprise, actor=actor
        )
        row.approval = request.id
        row.save(force_insert=True)
    return request


def approve_policy(*, approval: str, actor: Actor) -> GatePolicy:
    """Say yes as the second person and put it in force; errors as `approvals.storage.approve_request`.

    ``approval_subject_changed`` also where something else was put in force meanwhile.
    """
    with transaction.atomic():
        request = approvals.get_approval(approval, KIND)
        row = get_proposal(request.subject)
        lock_enterprise(row.enterprise_id)
        standing = find_policy_in_force(row.enterprise_id, row.key, row.name)
        upgraded = standing is not None and standing.proposed_by == UPGRADE and not row.before
        if not upgraded and row.before != ("" if standing is None else standing.pk):
            raise NianjianError("approval_subject_changed", approval=approval)
        approvals.approve_request(approval=approval, digest=proposal_digest(row), actor=actor)
        row.approved_by = str(actor)
        _enforce(row, actor)
    return row


def _build_row(enterprise: str, policy: PolicyValues, actor: Actor) -> GatePolicy:
    standing = find_policy_in_force(enterprise, policy.key, policy.name)
    if standing is not None and standing.values == dict(policy.values):
        raise NianjianError("gate_policy_same", name=policy.name or policy.key)
    about: dict[str, Any] = {"enterprise_id": enterprise, "key": policy.key, "name": policy.name}
    why = {"reason": policy.reason.strip(), "before": "" if standing is None else standing.pk}
    stamps = {"proposed_by": str(actor), "proposed_at": clock.now()}
    return GatePolicy(id=uuid.uuid4().hex, values=dict(policy.values), **about, **why, **stamps)


def _enforce(row: GatePolicy, actor: Actor) -> None:
    now = clock.now()
    standing = find_policy_in_force(row.enterprise_id, row.key, row.name)
    if standing is not None:
        standing.superseded_at = now
        standing.save(update_fields=["superseded_at"])
    row.in_force_at = now
    row.save()
    data = {"key": row.key, "name": row.name, "values": row.values, "reason": row.reason, "approval": row.approval}
    data |= {"before": None if standing is None else standing.values}
    record(verb="gate.policy", enterprise=row.enterprise_id, actor=actor, data=data)


def proposal_digest(row: GatePolicy) -> str:
    """sha256 over what the second person agrees to."""
    names = ("enterprise_id", "key", "name", "values", "reason", "before", "proposed_by")
    content = {name: getattr(row, name) for name in names}
    return hashlib.sha256(canonical(content).encode()).hexdigest()

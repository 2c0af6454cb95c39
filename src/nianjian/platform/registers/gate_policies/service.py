"""Change what the gate allows: at once, or when a second person has said yes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.approvals import query as approvals
from nianjian.platform.approvals import service as approving
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.query import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.registers.gate_policies import query
from nianjian.platform.registers.gate_policies.model import GatePolicy

KIND = "gate_policy"


@dataclass(frozen=True, slots=True)
class PolicyValues:
    """What is to hold about ``key`` and ``name``, and why; `GatePolicy` says which values there are."""

    key: str
    name: str
    values: Mapping[str, Any]
    reason: str = ""


def apply_policy(
    *, enterprise: str, wanted: PolicyValues, actor: Actor, approval: str = "", second: str = ""
) -> GatePolicy:
    """Put values in force at once; the caller has seen that one person is enough, or brings the second one's approval.

    ``gate_policy_same`` where this holds already.
    """
    with transaction.atomic():
        row = _row(enterprise, wanted, actor)
        row.approval, row.approved_by = approval, second
        _enforce(row, actor)
    return row


def propose(*, enterprise: str, wanted: PolicyValues, actor: Actor) -> Approval:
    """Ask for a second person; ``gate_policy_same``, ``approval_pending`` where a request about it waits."""
    with transaction.atomic():
        for other in query.proposed(enterprise, wanted.key, wanted.name):
            if other.approval and approvals.approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        row = _row(enterprise, wanted, actor)
        asked = approving.request(kind=KIND, subject=row.pk, digest=digest(row), enterprise=enterprise, actor=actor)
        row.approval = asked.id
        row.save(force_insert=True)
    return asked


def approve(*, approval: str, actor: Actor) -> GatePolicy:
    """Say yes as the second person and put it in force; errors as `approvals.service.approve`.

    ``approval_subject_changed`` also where something else was put in force meanwhile.
    """
    with transaction.atomic():
        asked = approvals.approval(approval)
        if asked.kind != KIND:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        row = query.proposal(asked.subject)
        lock_enterprise(row.enterprise_id)
        standing = query.find_policy_in_force(row.enterprise_id, row.key, row.name)
        if row.before != ("" if standing is None else standing.pk):
            raise NianjianError("approval_subject_changed", approval=approval)
        approving.approve(approval=approval, digest=digest(row), actor=actor)
        row.approved_by = str(actor)
        _enforce(row, actor)
    return row


def _row(enterprise: str, wanted: PolicyValues, actor: Actor) -> GatePolicy:
    standing = query.find_policy_in_force(enterprise, wanted.key, wanted.name)
    if standing is not None and standing.values == dict(wanted.values):
        raise NianjianError("gate_policy_same", name=wanted.name or wanted.key)
    return GatePolicy(
        id=uuid.uuid4().hex,
        enterprise_id=enterprise,
        key=wanted.key,
        name=wanted.name,
        values=dict(wanted.values),
        reason=wanted.reason.strip(),
        before="" if standing is None else standing.pk,
        proposed_by=str(actor),
        proposed_at=clock.now(),
    )


def _enforce(row: GatePolicy, actor: Actor) -> None:
    now = clock.now()
    standing = query.find_policy_in_force(row.enterprise_id, row.key, row.name)
    if standing is not None:
        standing.superseded_at = now
        standing.save(update_fields=["superseded_at"])
    row.in_force_at = now
    row.save()
    data = {"key": row.key, "name": row.name, "values": row.values, "reason": row.reason, "approval": row.approval}
    data |= {"before": None if standing is None else standing.values}
    record(verb="gate.policy", enterprise=row.enterprise_id, actor=actor, data=data)


def digest(row: GatePolicy) -> str:
    """sha256 over what the second person agrees to."""
    names = ("enterprise_id", "key", "name", "values", "reason", "before", "proposed_by")
    content = {name: getattr(row, name) for name in names}
    return hashlib.sha256(canonical(content).encode()).hexdigest()

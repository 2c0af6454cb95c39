"""The second person reads what was asked for and says yes: it is carried out in the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy import operations as gate_policy
from nianjian.features.dossier import materials
from nianjian.features.dossier.operations import overrulings, sealed_book, seals
from nianjian.features.rectification import operations as rectification
from nianjian.features.rectification.storage import KINDS as ISOLATIONS
from nianjian.features.season import closing as season
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals import storage
from nianjian.platform.registers import overlays


@dataclass(frozen=True, slots=True)
class Approval:
    """A request; ``asked``: what it asks for; ``enterprise`` null: of the whole installation.

    ``approver``: who in particular was asked to decide.
    """

    approval: str
    kind: str
    state: str
    enterprise: str | None
    requested_by: str
    decided_by: str | None
    approver: str | None
    requested_at: str
    decided_at: str | None
    asked: dict[str, Any]  # by kind


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of it."""

    approval: str
    state: str
    kind: str


@dataclass(frozen=True, slots=True)
class CarriedOut(Decided):
    """It is done; ``result``: of the operation that carried it out, by kind."""

    result: Any


@dataclass(frozen=True, slots=True)
class OverlayInForce:
    """Another value of a rule, which holds from a day on; ``value`` is JSON."""

    key: str
    value: object
    valid_from: date


@transaction.atomic
def _overlay(approval: str, actor: Actor) -> OverlayInForce:
    """What the rulebook takes no more is not approved: it would stand there without effect."""
    row = overlays.approve_overlay(approval=approval, actor=actor)
    Rulebook.on(row.valid_from, row.province, row.enterprise or None, [overlays.to_rulebook_form(row)])
    return OverlayInForce(row.key, row.value, row.valid_from)


# Kind of request -> what carries it out.
ACTS: Final[Mapping[str, Callable[[str, Actor], object]]] = {
    overlays.KIND: _overlay,
    **dict.fromkeys(ISOLATIONS, rectification.approve_isolation),
    gate_policy.KIND: gate_policy.approve_change,
    seals.KIND: seals.run_approved,
    materials.OVERRULING: overrulings.approve_overruling,
    sealed_book.OVERRULING: overrulings.approve_scan_overruling,
    season.KIND: season.carry_out_reopening,
}


def _describe_overlays(subjects: Collection[str]) -> dict[str, dict[str, object]]:
    by_id = {}
    for id_, proposal in overlays.proposals_by_id(subjects).items():
        row = overlays.to_rulebook_form(proposal)
        days = {name: None if (day := row[name]) is None else str(day) for name in ("valid_from", "valid_to")}
        by_id[id_] = {name: row[name] for name in ("key", "value", "province", "enterprise", "reason")} | days
    return by_id


# Kind of request -> what these ask for, to be read before saying yes; one question a kind, however many there are.
SUBJECTS: Final[Mapping[str, Callable[[Collection[str]], Mapping[str, dict[str, object]]]]] = {
    overlays.KIND: _describe_overlays,
    **dict.fromkeys(ISOLATIONS, rectification.describe_requests),
    gate_policy.KIND: gate_policy.summarize_proposals,
    seals.KIND: seals.describe_requests,
    materials.OVERRULING: overrulings.describe_requests,
    sealed_book.OVERRULING: overrulings.describe_scan_requests,
    season.KIND: season.describe_requests,
}


def list_requests(*, actor: Actor) -> list[Approval]:
    """Every request that the actor may see, newest first; ``asked`` tells the second person what it asks for."""
    approvals = storage.list_approvals()
    seen = {place for place in {one.enterprise for one in approvals} if has_permission(actor, place, Permission.READ)}
    return _to_documents([one for one in approvals if one.enterprise in seen])


def list_requests_part(enterprise: str | None, first: int, count: int, *, state: str = "") -> list[Approval]:
    """Requests of an enterprise (None: all), newest first, of a ``state`` if named; the caller has asked who may."""
    return _to_documents(storage.list_approvals_part(enterprise, first=first, count=count, state=state))


def get_request(*, approval: str, actor: Actor) -> Approval:
    """One request; ``approval_unknown``, also for whom its enterprise does not concern."""
    return _to_documents([_get_visible(approval, actor)])[0]


def _get_visible(approval: str, actor: Actor) -> storage.Approval:
    row = storage.get_approval(approval)
    if not has_permission(actor, row.enterprise, Permission.READ):
        raise NianjianError("approval_unknown", approval=approval)
    return row


def _to_documents(approvals: Sequence[storage.Approval]) -> list[Approval]:
    subjects: defaultdict[str, list[str]] = defaultdict(list)
    for one in approvals:
        subjects[one.kind].append(one.subject)
    by_kind = {kind: SUBJECTS[kind](ids) for kind, ids in subjects.items() if kind in SUBJECTS}
    return [
        Approval(
            approval=one.id,
            kind=one.kind,
            state=one.state,
            enterprise=one.enterprise or None,
            requested_by=one.requested_by,
            decided_by=one.decided_by or None,
            approver=one.approver or None,
            requested_at=one.requested_at.isoformat(),
            decided_at=one.decided_at.isoformat() if one.decided_at else None,
            asked=by_kind.get(one.kind, {}).get(one.subject, {}),
        )
        for one in approvals
    ]


def approve(*, approval: str, actor: Actor) -> CarriedOut:
    """Approve and carry out; ``approval_unknown``, ``approval_kind_wrong``, and the errors of `approvals.storage`."""
    row = _get_visible(approval, actor)
    act = ACTS.get(row.kind)
    if act is None:
        raise NianjianError("approval_kind_wrong", approval=approval, kind=row.kind)
    return CarriedOut(approval, storage.Approval.APPROVED, row.kind, act(approval, actor))


def refuse(*, approval: str, actor: Actor) -> Decided:
    """Say no; whoever asked withdraws it so. ``approval_unknown``, and the errors of `approvals.storage`."""
    _get_visible(approval, actor)
    done = storage.refuse_request(approval=approval, actor=actor)
    return Decided(done.id, done.state, done.kind)

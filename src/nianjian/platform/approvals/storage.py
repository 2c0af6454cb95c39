"""Ask for a second person, and let that person decide. Who asked can never say yes.

Nor under another account: accounts behind which the same person might be (`accounts.holds`) are no two people.
"""

import secrets
from collections.abc import Collection

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.holds import list_apart, list_common_holders
from nianjian.platform.accounts.people import Candidate, list_candidates
from nianjian.platform.accounts.query import Actor, asked_by
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.approvals.models import Request
from nianjian.platform.audit.record import record

Approval = Request
"""A request as other rooms call it, where a request is one of a browser."""


def get_approval(id_: str, *kinds: str) -> Approval:
    """One request; ``approval_unknown``, ``approval_kind_wrong`` where it is of none of the ``kinds`` named."""
    approval = get_or_raise(Request.objects.filter(pk=id_), "approval_unknown", approval=id_)
    if kinds and approval.kind not in kinds:
        raise NianjianError("approval_kind_wrong", approval=id_, kind=approval.kind)
    return approval


def list_approvals() -> list[Approval]:
    """All requests, newest first."""
    return list(Request.objects.order_by("-requested_at", "-id"))


def find_pending(kind: str, subject: str) -> str | None:
    """The open request of a kind about a subject; None: there is none."""
    requests = Request.objects.filter(kind=kind, subject=subject, state=Request.PENDING)
    return requests.values_list("pk", flat=True).first()


def list_undecided(kind: str, enterprise: str) -> list[Approval]:
    """The open requests of a kind at an enterprise, oldest first."""
    requests = Request.objects.filter(kind=kind, enterprise=enterprise, state=Request.PENDING)
    return list(requests.order_by("requested_at", "id"))


def list_refused(ids: Collection[str]) -> set[str]:
    """Which of these requests were refused, or withdrawn by who made them."""
    return set(Request.objects.filter(pk__in=ids, state=Request.REFUSED).values_list("pk", flat=True))


def list_requesters(kind: str, subjects: Collection[str]) -> dict[str, str]:
    """Subject -> who asked for what was approved of it."""
    requests = Request.objects.filter(kind=kind, subject__in=subjects, state=Request.APPROVED).order_by("decided_at")
    return dict(requests.values_list("subject", "requested_by"))


def list_approvals_part(enterprise: str | None, *, first: int, count: int, state: str = "") -> list[Approval]:
    """Requests, newest first, ``count`` of them from the ``first`` on; of one enterprise, None: all; "": any state."""
    requests = Request.objects.filter(**({} if enterprise is None else {"enterprise": enterprise}))
    requests = requests.filter(state=state) if state else requests
    return list(requests.order_by("-requested_at", "-id")[first : first + count])


def list_pending(enterprise: str) -> list[Approval]:
    """Open requests of an enterprise, oldest first: as many as people have made and nobody has decided."""
    requests = Request.objects.filter(enterprise=enterprise, state=Request.PENDING)
    return list(requests.order_by("requested_at", "id"))


def list_pending_at(enterprises: Collection[str], *, besides: str, most: int) -> list[Approval]:
    """The first of the open requests of several enterprises that somebody else than ``besides`` made."""
    requests = Request.objects.filter(enterprise__in=enterprises, state=Request.PENDING).exclude(requested_by=besides)
    return list(requests.order_by("requested_at", "id")[:most])


def list_approvers(enterprise: str, asker: Actor) -> list[Candidate]:
    """Who can decide what the asker requests at an enterprise: never the asker, nor an account of the same person."""
    return split_approvers(enterprise, asker)[0]


def split_approvers(enterprise: str, asker: Actor) -> tuple[list[Candidate], list[Candidate]]:
    """Return who can decide what the asker requests, and who could but for an account that nobody has confirmed."""
    able = list_candidates(enterprise, Permission.APPROVE)
    others = [person for person in able if person.name.casefold() != asker.name.casefold()]
    names = {person.name for person in others}
    apart = set(list_apart(asker.name, names)) if asker.proved else names
    return [person for person in others if person.name in apart], [
        person for person in others if person.name not in apart
    ]


def create_request(
    *, kind: str, subject: str, digest: str, enterprise: str, actor: Actor, approver: str = ""
) -> Approval:
    """Ask, one ``approver`` in particular or whoever can decide; the pending request.

    ``approval_pending`` if the same subject already waits, ``approver_unfit`` for somebody who cannot decide it.
    """
    if approver and all(person.name != approver for person in list_approvers(enterprise, actor)):
        raise NianjianError("approver_unfit", enterprise=enterprise)
    with transaction.atomic():
        if waiting := find_pending(kind, subject):
            raise NianjianError("approval_pending", approval=waiting)
        approval = Request.objects.create(
            id=f"A{secrets.token_hex(4)}", kind=kind, subject=subject, digest=digest, enterprise=enterprise,
            requested_by=str(actor), requested_at=clock.now(), approver=approver,
        )  # fmt: skip
        record(verb="approval.request", enterprise=enterprise, actor=actor, data=_audit_data(approval))
    return approval


def approve_request(*, approval: str, digest: str, actor: Actor) -> Approval:
    """Say yes; the caller then carries out the act in the same transaction.

    ``digest`` is that of the subject as it stands now: ``approval_subject_changed`` if it is no longer what was
    asked for. ``approval_unknown``, ``approval_decided``, ``approval_needs_user`` (no token shown),
    ``approval_same_person`` (also where the operator and a user bear the same name), ``approval_not_apart`` (somebody
    might be behind both accounts), ``role_missing``; ``account_closed`` of whoever asked.
    """
    return _decide(approval, Request.APPROVED, digest, actor)


def refuse_request(*, approval: str, actor: Actor) -> Approval:
    """Say no; the requester's withdraws it. ``approval_unknown``, ``approval_decided``, ``role_missing``."""
    return _decide(approval, Request.REFUSED, None, actor)


def _decide(approval: str, state: str, digest: str | None, actor: Actor) -> Approval:
    with transaction.atomic():
        requests = Request.objects.select_for_update().filter(pk=approval)
        row = get_or_raise(requests, "approval_unknown", approval=approval)
        if row.state != Request.PENDING:
            raise NianjianError("approval_decided", approval=approval, state=row.state)
        if state == Request.APPROVED:
            _require_second_person(row, digest, actor)
        elif row.requested_by != str(actor):
            require_permission(actor, row.enterprise, Permission.APPROVE)
        _set_state(row, state, actor)
    return row


def withdraw_all(*, person: Actor, actor: Actor) -> None:
    """Refuse what waits and was asked for by a person who may not ask for it any more."""
    for row in Request.objects.select_for_update().filter(requested_by=str(person), state=Request.PENDING):
        if not has_permission(person, row.enterprise, Permission.REQUEST):
            _set_state(row, Request.REFUSED, actor)


def withdraw_about(*, kind: str, subject: str, actor: Actor) -> None:
    """Refuse what waits of ``kind`` about anything that begins with ``subject``, which is there no more."""
    waiting = Request.objects.select_for_update().filter(kind=kind, state=Request.PENDING)
    for row in waiting.filter(subject__startswith=subject):
        _set_state(row, Request.REFUSED, actor)


def _set_state(row: Request, state: str, actor: Actor) -> None:
    row.state, row.decided_by, row.decided_at = state, str(actor), clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    record(verb=f"approval.{state}", enterprise=row.enterprise, actor=actor, data=_audit_data(row))


def _require_second_person(row: Request, digest: str | None, actor: Actor) -> None:
    if not actor.proved:
        raise NianjianError("approval_needs_user", approval=row.id)
    if row.requested_by.partition(":")[2].casefold() == actor.name.casefold():
        raise NianjianError("approval_same_person", approval=row.id, user=actor.name)
    require_permission(actor, row.enterprise, Permission.APPROVE)
    requester = asked_by(row.requested_by)
    require_permission(requester, row.enterprise, Permission.REQUEST)
    if requester.proved and (both := list_common_holders(requester.name, actor.name)):
        raise NianjianError("approval_not_apart", approval=row.id, user=actor.name, behind=", ".join(both))
    if digest != row.digest:
        raise NianjianError("approval_subject_changed", approval=row.id)


def _audit_data(row: Request) -> dict[str, object]:
    data: dict[str, object] = {"approval": row.id, "kind": row.kind, "subject": row.subject, "digest": row.digest}
    return data | ({"approver": row.approver} if row.approver else {})

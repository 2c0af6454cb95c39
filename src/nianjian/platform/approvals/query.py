"""Read requests."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.approvals.models import Request


@dataclass(frozen=True, slots=True)
class Approval:
    """A request as a value; ``state`` is pending, approved or refused, ``decided_by`` empty while pending."""

    id: str
    kind: str
    subject: str
    digest: str
    enterprise: str
    state: str
    requested_by: str
    decided_by: str


def value(row: Request) -> Approval:
    """The row as a value."""
    return Approval(
        row.id, row.kind, row.subject, row.digest, row.enterprise, row.state, row.requested_by, row.decided_by
    )


def approval(id_: str) -> Approval:
    """One request; ``approval_unknown``."""
    found = Request.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("approval_unknown", approval=id_)
    return value(found)


def approvals(*, state: str | None = None) -> list[Approval]:
    """Requests, newest first, of one state if given."""
    found = Request.objects.order_by("-requested_at", "-id")
    return [value(one) for one in (found.filter(state=state) if state else found)]


def waiting(kind: str, subject: str) -> str | None:
    """The open request of a kind about a subject; None: there is none."""
    return (
        Request.objects.filter(kind=kind, subject=subject, state=Request.PENDING).values_list("pk", flat=True).first()
    )


def part(enterprise: str | None, *, first: int, count: int) -> list[Approval]:
    """Requests, newest first, ``count`` of them from the ``first`` on; of one enterprise, None: all."""
    found = Request.objects.order_by("-requested_at", "-id")
    return [
        value(one)
        for one in (found if enterprise is None else found.filter(enterprise=enterprise))[first : first + count]
    ]


def pending(enterprise: str, *, besides: str, most: int) -> list[Approval]:
    """Open requests of an enterprise that somebody else than ``besides`` made, oldest first."""
    found = Request.objects.filter(enterprise=enterprise, state=Request.PENDING).exclude(requested_by=besides)
    return [value(one) for one in found.order_by("requested_at", "id")[:most]]

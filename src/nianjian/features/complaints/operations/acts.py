"""Each act on tickets as a person does it: whether the role allows it, then the room's service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import query, service
from nianjian.features.complaints.matches import service as matches
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.attachments.service import attach_to_row


def add(*, enterprise: str, texts: Mapping[str, str], actor: Actor) -> str:
    """Open a ticket; ``role_missing``, ``enterprise_unknown``, and what `service.add` raises."""
    _may(actor, enterprise)
    return service.add(enterprise=enterprise, texts=texts, actor=actor)


def respond(
    *,
    enterprise: str,
    complaints: Sequence[str],
    actor: Actor,
    at: datetime | None = None,
    text: str = "",
    by: str = "",
    automatic: bool = False,
    versions: Sequence[int] | None = None,
) -> None:
    """Record first responses; ``role_missing``, and what `service.respond` raises."""
    _may(actor, enterprise)
    service.respond(
        enterprise=enterprise,
        complaints=complaints,
        actor=actor,
        at=at,
        text=text,
        by=by,
        automatic=automatic,
        versions=versions,
    )


def callback(
    *,
    enterprise: str,
    complaint: str,
    result: str,
    actor: Actor,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record a call-back; ``role_missing``, and what `service.callback` raises."""
    _may(actor, enterprise)
    service.callback(enterprise=enterprise, complaint=complaint, result=result, actor=actor, at=at, version=version)


def close(
    *,
    enterprise: str,
    complaints: Sequence[str],
    actor: Actor,
    result: str = "",
    at: datetime | None = None,
    upheld: bool | None = None,
    version: int | None = None,
) -> None:
    """Close one ticket.

    ``complaint_mass_close`` for more than one, ``role_missing``, and what `service.close` raises.
    """
    _may(actor, enterprise)
    if len(complaints) != 1:
        raise NianjianError("complaint_mass_close", count=len(complaints))
    service.close(
        enterprise=enterprise,
        complaint=complaints[0],
        actor=actor,
        result=result,
        at=at,
        upheld=upheld,
        version=version,
    )


def reopen(
    *,
    enterprise: str,
    complaint: str,
    actor: Actor,
    at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Take a closing back; ``role_missing``, and what `service.reopen` raises."""
    _may(actor, enterprise)
    service.reopen(enterprise=enterprise, complaint=complaint, actor=actor, at=at, reason=reason, version=version)


def exclude(
    *,
    enterprise: str,
    complaint: str,
    exclusion: str,
    actor: Actor,
    duplicate_of: str = "",
    reason: str = "",
    version: int | None = None,
) -> None:
    """Let a ticket count nowhere; ``role_missing``, and what `service.exclude` raises."""
    _may(actor, enterprise)
    service.exclude(
        enterprise=enterprise,
        complaint=complaint,
        exclusion=exclusion,
        actor=actor,
        duplicate_of=duplicate_of,
        reason=reason,
        version=version,
    )


def readmit(*, enterprise: str, complaint: str, actor: Actor, reason: str = "", version: int | None = None) -> None:
    """Take an exclusion back; ``role_missing``, and what `service.readmit` raises."""
    _may(actor, enterprise)
    service.readmit(enterprise=enterprise, complaint=complaint, actor=actor, reason=reason, version=version)


def assign(
    *,
    enterprise: str,
    complaints: Sequence[str],
    actor: Actor,
    assignee: str | None = None,
    team: str | None = None,
    versions: Sequence[int] | None = None,
) -> None:
    """Give tickets to a person or a team; ``role_missing``, and what `service.assign` raises."""
    _may(actor, enterprise)
    service.assign(
        enterprise=enterprise, complaints=complaints, actor=actor, assignee=assignee, team=team, versions=versions
    )


def attach(*, enterprise: str, complaint: str, name: str, content: bytes, actor: Actor) -> int:
    """Put a paper beside a ticket; its id. ``complaint_unknown``, and what `attach_to_row` raises."""
    _may(actor, enterprise)
    row = query.standing(enterprise, [complaint]).get(complaint)
    if row is None:
        raise NianjianError("complaint_unknown", complaint=complaint)
    return attach_to_row(register=query.KIND, row=row, name=name, content=content, actor=actor)


def decide(*, enterprise: str, complaint: str, actor: Actor, confirmed: bool, runner_up: bool = False) -> None:
    """Confirm the proposed call of a ticket (or the runner-up), or dismiss both; the ticket takes the confirmed one.

    ``role_missing``, and what `matches.service.decide` raises.
    """
    _may(actor, enterprise)
    matches.decide(enterprise=enterprise, complaint=complaint, actor=actor, confirmed=confirmed, runner_up=runner_up)


def _may(actor: Actor, enterprise: str) -> None:
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)

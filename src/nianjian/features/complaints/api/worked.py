"""What is done to tickets. Several may be responded to and assigned at once; closing takes one, by design."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Router, Schema

from nianjian.engines.kernel import clock
from nianjian.features.complaints.api.tickets import HERE, TICKET, Long, Ticketed, one, told
from nianjian.features.complaints.operations import acts, match
from nianjian.features.complaints.operations.listing import listed, ticket
from nianjian.features.complaints.service import MOST
from nianjian.features.registers.api.lists import row_key
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.given import Text
from nianjian.platform.api.jobs import Job, asked
from nianjian.platform.api.operations import write

router = Router(tags=["complaints"])
Id = Annotated[int, Field(ge=1, le=2**62)]
Keys = Annotated[list[Text], Field(min_length=1, max_length=MOST)]


class SeenTicket(Schema):
    """``version``: the one that was seen; ``at``: when it happened, now where it is absent."""

    version: Id | None = None
    at: datetime | None = None


class CalledBack(SeenTicket):
    """What the call gave."""

    result: Long


class Closed(SeenTicket):
    """``result``: what was done, where it is not recorded yet."""

    result: Long = ""
    upheld: bool | None = None


class Reopened(SeenTicket):
    """Why."""

    reason: Text = ""


class Excluded(Schema):
    """Why it counts nowhere; of a duplicate the ticket that stays."""

    version: Id | None = None
    exclusion: Literal["not_accepted", "not_own_number", "duplicate", "not_a_call"]
    duplicate_of: Text = ""
    reason: Text = ""


class Readmitted(Schema):
    """Why the exclusion was wrong."""

    version: Id | None = None
    reason: Text = ""


class Responded(Schema):
    """Tickets, all or none; several need a ``text``. ``automatic``: an answer of no person, which stops no clock."""

    tickets: Keys
    versions: list[Id] | None = Field(None, max_length=MOST)
    at: datetime | None = None
    text: Text = ""
    by: Text = ""
    automatic: bool = False


class Assigned(Schema):
    """Tickets, all or none, for a person or a team; "" takes it away, null leaves it."""

    tickets: Keys
    versions: list[Id] | None = Field(None, max_length=MOST)
    assignee: Text | None = None
    team: Text | None = None


class Tickets(Schema):
    """The tickets as they stand now."""

    items: list[Ticketed]


class MatchDecision(Schema):
    """Whether it is the proposed call, the runner-up, or neither."""

    decision: Literal["confirm", "runner_up", "dismiss"]


class MatchAsked(Schema):
    """Which tickets, all where none are named; ``again``: also those for which nothing new can be found."""

    tickets: list[Text] | None = Field(None, max_length=MOST)
    again: bool = False


@write(router, f"{HERE}/responses", act=Act.LOAD, answer=Tickets)
def complaints_respond(request: Request, code: str, given: Responded) -> dict[str, object]:
    """Record first responses."""
    acts.respond(
        enterprise=code,
        complaints=given.tickets,
        actor=request.actor,
        at=_at(given.at),
        text=given.text,
        by=given.by,
        automatic=given.automatic,
        versions=given.versions,
    )
    return _items(request, code, given.tickets)


@write(router, f"{HERE}/assignments", act=Act.LOAD, answer=Tickets)
def complaints_assign(request: Request, code: str, given: Assigned) -> dict[str, object]:
    """Give tickets to a person or a team."""
    acts.assign(
        enterprise=code,
        complaints=given.tickets,
        actor=request.actor,
        assignee=given.assignee,
        team=given.team,
        versions=given.versions,
    )
    return _items(request, code, given.tickets)


@write(router, f"{HERE}/matches", act=Act.LOAD, answer=Job, status=202)
def complaints_match(request: Request, code: str, given: MatchAsked) -> dict[str, object]:
    """Look for the calls of tickets: work for the worker, whose result counts what was found."""
    job = match.ask_match(enterprise=code, complaints=given.tickets, again=given.again, actor=request.actor)
    return asked(request, job)


@write(router, f"{TICKET}/callback", act=Act.LOAD, answer=Ticketed)
def complaints_callback(request: Request, code: str, ticket: str, given: CalledBack) -> dict[str, object]:
    """Record a call-back and what it gave."""
    key = _own(request, code, ticket)
    acts.callback(
        enterprise=code,
        complaint=key,
        result=given.result,
        actor=request.actor,
        at=_at(given.at),
        version=given.version,
    )
    return one(request, code, ticket)


@write(router, f"{TICKET}/close", act=Act.LOAD, answer=Ticketed)
def complaints_close(request: Request, code: str, ticket: str, given: Closed) -> dict[str, object]:
    """Close a ticket: it needs a result and a recorded call-back, a new one after each reopening."""
    key = _own(request, code, ticket)
    acts.close(
        enterprise=code,
        complaints=[key],
        actor=request.actor,
        result=given.result,
        at=_at(given.at),
        upheld=given.upheld,
        version=given.version,
    )
    return one(request, code, ticket)


@write(router, f"{TICKET}/reopen", act=Act.LOAD, answer=Ticketed)
def complaints_reopen(request: Request, code: str, ticket: str, given: Reopened) -> dict[str, object]:
    """Take a closing back; the clocks keep their start."""
    key = _own(request, code, ticket)
    acts.reopen(
        enterprise=code,
        complaint=key,
        actor=request.actor,
        at=_at(given.at),
        reason=given.reason,
        version=given.version,
    )
    return one(request, code, ticket)


@write(router, f"{TICKET}/exclude", act=Act.LOAD, answer=Ticketed)
def complaints_exclude(request: Request, code: str, ticket: str, given: Excluded) -> dict[str, object]:
    """Let a ticket count nowhere."""
    key = _own(request, code, ticket)
    acts.exclude(enterprise=code, complaint=key, actor=request.actor, **given.dict())
    return one(request, code, ticket)


@write(router, f"{TICKET}/readmit", act=Act.LOAD, answer=Ticketed)
def complaints_readmit(request: Request, code: str, ticket: str, given: Readmitted) -> dict[str, object]:
    """Take an exclusion back."""
    key = _own(request, code, ticket)
    acts.readmit(enterprise=code, complaint=key, actor=request.actor, **given.dict())
    return one(request, code, ticket)


@write(router, f"{TICKET}/match", act=Act.LOAD, answer=Ticketed)
def complaints_decide(request: Request, code: str, ticket: str, given: MatchDecision) -> dict[str, object]:
    """Confirm the call that was found, or its runner-up, or dismiss both."""
    acts.decide(
        enterprise=code,
        complaint=_own(request, code, ticket),
        actor=request.actor,
        confirmed=given.decision != "dismiss",
        runner_up=given.decision == "runner_up",
    )
    return one(request, code, ticket)


def _own(request: Request, code: str, named: str) -> str:
    """The number of a ticket that is there; ``complaint_unknown``."""
    key = row_key(named)
    ticket(enterprise=code, complaint=key, actor=request.actor)
    return key


def _items(request: Request, code: str, keys: list[str]) -> dict[str, object]:
    return {"items": [told(found) for found in listed(enterprise=code, actor=request.actor).of(keys)]}


def _at(moment: datetime | None) -> datetime | None:
    return None if moment is None else clock.aware(moment)

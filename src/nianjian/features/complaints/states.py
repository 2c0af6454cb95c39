"""The states of a complaint ticket, and which act is open in which; pure.

A state is not kept: what was recorded tells it. So a ticket that came by a sheet and one that was worked on here are
read alike, and no state can contradict its own moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a ticket stands."""

    NEW = "new"
    RESPONDED = "responded"  # a person has answered
    CALLED_BACK = "called_back"
    CLOSED = "closed"
    REOPENED = "reopened"
    EXCLUDED = "excluded"  # counts nowhere; its reason code says why


class TicketAction(StrEnum):
    """What may be done to a ticket."""

    ACKNOWLEDGE = "acknowledge"  # an automatic answer went out: no response
    RESPOND = "respond"
    CALL_BACK = "callback"
    CLOSE = "close"
    UNCLOSE = "unclose"  # one's own closing was a slip
    REOPEN = "reopen"
    EXCLUDE = "exclude"
    READMIT = "readmit"  # an exclusion was wrong
    ASSIGN = "assign"
    ATTACH = "attach"


DUPLICATE: Final = "duplicate"
EXCLUSIONS: Final = ("not_accepted", "not_own_number", DUPLICATE, "not_a_call")

_OPEN: Final = frozenset({TicketAction.CALL_BACK, TicketAction.EXCLUDE, TicketAction.ASSIGN, TicketAction.ATTACH})
# A call-back to a new ticket is its first human action, so it is its response too.
ALLOWED: Final[Mapping[State, frozenset[TicketAction]]] = {
    State.NEW: _OPEN | {TicketAction.ACKNOWLEDGE, TicketAction.RESPOND},
    State.RESPONDED: _OPEN,
    State.CALLED_BACK: _OPEN | {TicketAction.CLOSE},
    State.CLOSED: frozenset({TicketAction.UNCLOSE, TicketAction.REOPEN, TicketAction.EXCLUDE, TicketAction.ATTACH}),
    State.REOPENED: _OPEN,  # closing it again takes a call-back of its own
    State.EXCLUDED: frozenset({TicketAction.READMIT, TicketAction.ATTACH}),
}
# UNCLOSE and READMIT are not here: what was recorded before tells the state again.
AFTER: Final[Mapping[TicketAction, State]] = {
    TicketAction.RESPOND: State.RESPONDED,
    TicketAction.CALL_BACK: State.CALLED_BACK,
    TicketAction.CLOSE: State.CLOSED,
    TicketAction.REOPEN: State.REOPENED,
    TicketAction.EXCLUDE: State.EXCLUDED,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is recorded of a ticket, as far as its state and its clocks ask; moments are aware."""

    arrived: datetime | None = None
    responded: datetime | None = None  # by a person
    called_back: datetime | None = None
    closed: datetime | None = None
    reopened: datetime | None = None
    exclusion: str | None = None

    @property
    def finished(self) -> datetime | None:
        """When it was closed, unless it was reopened after that."""
        if self.closed is None or (self.reopened is not None and self.reopened > self.closed):
            return None
        return self.closed

    def at(self, moment: datetime) -> Facts:
        """The same as it stood at a moment: what came later is not recorded yet."""
        names = ("responded", "called_back", "closed", "reopened")
        later = {name for name in names if (stamp := getattr(self, name)) is not None and stamp > moment}
        return replace(self, **dict.fromkeys(later)) if later else self


def state_of(facts: Facts) -> State:
    """The state that the facts tell."""
    if facts.exclusion is not None:
        return State.EXCLUDED
    if facts.finished is not None:
        return State.CLOSED
    if facts.reopened is not None:
        again = facts.called_back is not None and facts.called_back >= facts.reopened
        return State.CALLED_BACK if again else State.REOPENED
    if facts.called_back is not None:
        return State.CALLED_BACK
    return State.NEW if facts.responded is None else State.RESPONDED


def find_refusal(facts: Facts, act: TicketAction, at: datetime) -> str | None:
    """Why an act cannot happen to such a ticket at a moment, as an error's code; None: it can."""
    now = state_of(facts)
    if act is TicketAction.CLOSE and now in {State.NEW, State.RESPONDED}:
        return "complaint_callback_missing"
    if act is TicketAction.CLOSE and now is State.REOPENED:
        return "complaint_callback_old"
    if act not in ALLOWED[now]:
        return "complaint_act_refused"
    before = _before(facts, act)
    if any(earlier is not None and at < earlier for earlier in before):
        return "complaint_moment_too_early"
    if act is TicketAction.REOPEN and facts.closed is not None and at <= facts.closed:
        return "complaint_moment_too_early"
    return None


def _before(facts: Facts, act: TicketAction) -> tuple[datetime | None, ...]:
    """What must have happened before the act, where it is known."""
    match act:
        case TicketAction.ACKNOWLEDGE | TicketAction.RESPOND:
            return (facts.arrived,)
        case TicketAction.CALL_BACK:
            return facts.arrived, facts.responded, facts.reopened
        case TicketAction.CLOSE:
            return facts.arrived, facts.called_back, facts.reopened
        case _:
            return ()

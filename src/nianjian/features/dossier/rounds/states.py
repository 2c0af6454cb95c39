"""How a package that was handed in stands, and each request about it; tables only. Pure.

A state is not kept: what was recorded tells it. An answer counts as given only once it went out with a later package.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Final


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    TO_CONFIRM = "to_confirm"  # its new file waits for a person, or was sent back by one
    ANSWERED = "answered"
    SENT = "sent"  # a later package holds the answer
    LEFT_OUT = "left_out"  # a later package went out without it


class Reply(StrEnum):
    """What the newest answer to a request is."""

    NONE = "none"
    NOTE = "note"  # words alone
    UNSURE = "unsure"  # a file that nobody stands for
    FILE = "file"  # a file that a person has confirmed


class State(StrEnum):
    """Where a package stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"  # something that was asked for is not answered yet
    ANSWERED = "answered"  # everything is; the next package must go out
    RESUBMITTED = "resubmitted"
    PASSED = "passed"


class Act(StrEnum):
    """What may be recorded of a package."""

    RETURN = "return"
    ANSWER = "answer"
    ACCEPT = "accept"
    PAPER = "paper"


#: (Newest answer, whether a later package holds its file; None: none went out yet) -> the request.
REQUESTS: Final[Mapping[tuple[Reply, bool | None], RequestState]] = {
    (Reply.NONE, None): RequestState.OPEN,
    (Reply.NONE, False): RequestState.LEFT_OUT,
    (Reply.NONE, True): RequestState.LEFT_OUT,
    (Reply.NOTE, None): RequestState.ANSWERED,
    (Reply.NOTE, False): RequestState.SENT,  # words go with whatever goes out
    (Reply.NOTE, True): RequestState.SENT,
    (Reply.UNSURE, None): RequestState.TO_CONFIRM,
    (Reply.UNSURE, False): RequestState.LEFT_OUT,
    (Reply.UNSURE, True): RequestState.SENT,
    (Reply.FILE, None): RequestState.ANSWERED,
    (Reply.FILE, False): RequestState.LEFT_OUT,
    (Reply.FILE, True): RequestState.SENT,
}

# A further notice may come while requests are open; whether a package passes is not for us to refuse.
ALLOWED: Final[Mapping[State, frozenset[Act]]] = {
    State.SUBMITTED: frozenset({Act.RETURN, Act.ACCEPT, Act.PAPER}),
    State.RETURNED: frozenset({Act.RETURN, Act.ANSWER, Act.ACCEPT, Act.PAPER}),
    State.ANSWERED: frozenset({Act.RETURN, Act.ANSWER, Act.ACCEPT, Act.PAPER}),
    State.RESUBMITTED: frozenset({Act.PAPER}),
    State.PASSED: frozenset({Act.PAPER}),
}


def evaluate_request(reply: Reply, *, held: bool | None) -> RequestState:
    """A request; ``held``: whether a later package holds the answer's file, None while there is no later package."""
    return REQUESTS[reply, held]


def state(requests: Collection[RequestState], *, later: bool, passed: bool) -> State:
    """A package by its requests, by whether a later one went out, and whether it passed."""
    if passed:
        return State.PASSED
    if later:
        return State.RESUBMITTED
    if not requests:
        return State.SUBMITTED
    return State.ANSWERED if set(requests) == {RequestState.ANSWERED} else State.RETURNED


def late(due: date, *, sent_on: date | None, today: date) -> bool:
    """Whether the last day went by: ``sent_on`` is when the next package was handed in; the last day is in time."""
    return (today if sent_on is None else sent_on) > due

"""How an item, a package that was handed in, and a request about it stand, from facts alone. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nianjian.features.dossier.finding import Verdict


class MaterialState(StrEnum):
    """In the order of how far an item is."""

    MISSING = "missing"
    RETURNED = "returned"  # sent back by a person; nothing newer has come
    NOT_READY = "not_ready"  # the check has found what must not stand
    TO_CONFIRM = "to_confirm"  # a person must look and say so
    EXPIRED = "expired"  # confirmed, but not valid on the day that counts
    READY = "ready"
    NOT_APPLICABLE = "not_applicable"


DONE = frozenset({MaterialState.READY, MaterialState.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Facts:
    """The newest version of an item: its verdict, what people said, and the paper's own days."""

    verdict: Verdict
    confirmed: bool = False
    returned: bool = False
    effective_on: date | None = None
    valid_until: date | None = None


def evaluate_material(newest: Facts | None, *, not_applicable: bool, on: date) -> MaterialState:
    """The state on the day on which the package is handed in; ``valid_until`` is a day on which it still holds."""
    if not_applicable:
        return MaterialState.NOT_APPLICABLE
    if newest is None:
        return MaterialState.MISSING
    if newest.returned:
        return MaterialState.RETURNED
    if newest.verdict is Verdict.NOT_READY:
        return MaterialState.NOT_READY
    if not newest.confirmed:
        return MaterialState.TO_CONFIRM
    late = newest.valid_until is not None and newest.valid_until < on
    early = newest.effective_on is not None and newest.effective_on > on
    return MaterialState.EXPIRED if late or early else MaterialState.READY


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


class RoundState(StrEnum):
    """Where a package stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"  # something that was asked for is not answered yet
    ANSWERED = "answered"  # everything is; the next package must go out
    RESUBMITTED = "resubmitted"
    PASSED = "passed"


class RoundAction(StrEnum):
    """What may be recorded of a package."""

    RETURN = "return"
    ANSWER = "answer"
    ACCEPT = "accept"
    PAPER = "paper"


HELD: Final = (None, False, True)  # whether a later package holds the answer's file; None: none went out yet
#: Newest answer -> the request, by `HELD`; words go with whatever goes out.
REQUESTS: Final[Mapping[Reply, tuple[RequestState, RequestState, RequestState]]] = {
    Reply.NONE: (RequestState.OPEN, RequestState.LEFT_OUT, RequestState.LEFT_OUT),
    Reply.NOTE: (RequestState.ANSWERED, RequestState.SENT, RequestState.SENT),
    Reply.UNSURE: (RequestState.TO_CONFIRM, RequestState.LEFT_OUT, RequestState.SENT),
    Reply.FILE: (RequestState.ANSWERED, RequestState.LEFT_OUT, RequestState.SENT),
}

# A further notice may come while requests are open; whether a package passes is not for us to refuse.
ALLOWED: Final[Mapping[RoundState, frozenset[RoundAction]]] = {
    RoundState.SUBMITTED: frozenset(RoundAction) - {RoundAction.ANSWER},
    RoundState.RETURNED: frozenset(RoundAction),
    RoundState.ANSWERED: frozenset(RoundAction),
    RoundState.RESUBMITTED: frozenset({RoundAction.PAPER}),
    RoundState.PASSED: frozenset({RoundAction.PAPER}),
}


def evaluate_request(reply: Reply, *, held: bool | None) -> RequestState:
    """A request; ``held``: as `HELD`."""
    return REQUESTS[reply][HELD.index(held)]


def evaluate_round(requests: Collection[RequestState], *, later: bool, passed: bool) -> RoundState:
    """A package by its requests, by whether a later one went out, and whether it passed."""
    if passed:
        return RoundState.PASSED
    if later:
        return RoundState.RESUBMITTED
    if not requests:
        return RoundState.SUBMITTED
    return RoundState.ANSWERED if set(requests) == {RequestState.ANSWERED} else RoundState.RETURNED


def is_late(due: date, *, sent_on: date | None, today: date) -> bool:
    """Whether the last day went by: ``sent_on`` is when the next package was handed in; the last day is in time."""
    return (today if sent_on is None else sent_on) > due

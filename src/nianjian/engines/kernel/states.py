"""How anything that is to be done or proved stands: one of six states, in every part of the product."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """`NOT_PROVED`: nothing is there that could prove it, such as an empty register; it is never taken for passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVED = "not_proved"
    NOT_APPLICABLE = "not_applicable"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"


#: The worst first: the state of a whole is the first of these that any of its parts has.
WORST_FIRST: Final = (State.FAILED, State.OVERDUE, State.NOT_PROVED, State.IN_PROGRESS, State.PASSED)
#: Codes in records that cannot be rewritten (the audit chain, results of finished jobs).
RECORDED: Final[Mapping[str, State]] = {
    "pass": State.PASSED, "fail": State.FAILED, "unproved": State.NOT_PROVED, "unknown": State.NOT_PROVED,
    "insufficient": State.NOT_PROVED,
}  # fmt: skip


def parse_state(code: str) -> State:
    """The state that a record names, in whatever code it was written; ValueError for what never was a state."""
    return RECORDED.get(code) or State(code)


def overall_state(states: Iterable[str]) -> State:
    """The worst of the parts that apply; a whole of no part at all is not proved."""
    parts = set(states)
    if parts == {State.NOT_APPLICABLE}:
        return State.NOT_APPLICABLE
    return next((state for state in WORST_FIRST if state in parts), State.NOT_PROVED)

"""How an item stands, from facts alone. Pure; unknown is never ready."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nianjian.features.dossier.finding import Verdict


class State(StrEnum):
    """In the order of how far an item is."""

    MISSING = "missing"
    RETURNED = "returned"  # sent back by a person; nothing newer has come
    NOT_READY = "not_ready"  # the check has found what must not stand
    TO_CONFIRM = "to_confirm"  # a person must look and say so
    EXPIRED = "expired"  # confirmed, but not valid on the day that counts
    READY = "ready"
    NOT_APPLICABLE = "not_applicable"


DONE = frozenset({State.READY, State.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Facts:
    """The newest version of an item: its verdict, what people said, and the paper's own days."""

    verdict: Verdict
    confirmed: bool = False
    returned: bool = False
    effective_on: date | None = None
    valid_until: date | None = None


def state(newest: Facts | None, *, not_applicable: bool, on: date) -> State:
    """The state on the day on which the package is handed in; ``valid_until`` is a day on which it still holds."""
    if not_applicable:
        return State.NOT_APPLICABLE
    if newest is None:
        return State.MISSING
    if newest.returned:
        return State.RETURNED
    if newest.verdict is Verdict.NOT_READY:
        return State.NOT_READY
    if not newest.confirmed:
        return State.TO_CONFIRM
    late = newest.valid_until is not None and newest.valid_until < on
    early = newest.effective_on is not None and newest.effective_on > on
    return State.EXPIRED if late or early else State.READY

"""How anything that is to be done or proved stands: one of six states, in every part of the product."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """`NOT_PROVED`: nothing is there that could prove it, such as an empty register; it is never taken for passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVED = "not_proved"
    NOT_APPLICABLE = "not_applicable"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"

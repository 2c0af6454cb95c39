"""The texts and badges of the six states, for every check, task, drill and test call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.words import mark

STATES: Final[Mapping[str, str]] = {
    State.PASSED: mark("passed"),
    State.FAILED: mark("not passed"),
    State.NOT_PROVED: mark("not proved"),
    State.NOT_APPLICABLE: mark("does not apply"),
    State.IN_PROGRESS: mark("in progress"),
    State.OVERDUE: mark("overdue"),
}
#: A report that was handed in has passed nothing yet: a task is done.
TASKS: Final[Mapping[str, str]] = {**STATES, State.PASSED: mark("done")}
BADGES: Final[Mapping[str, str]] = {
    State.PASSED: "good", State.FAILED: "bad", State.NOT_PROVED: "open", State.NOT_APPLICABLE: "na",
    State.IN_PROGRESS: "run", State.OVERDUE: "late",
}  # fmt: skip
STYLES: Final[Mapping[str, str]] = {
    State.PASSED: "green", State.FAILED: "bold red", State.NOT_PROVED: "yellow", State.NOT_APPLICABLE: "",
    State.IN_PROGRESS: "", State.OVERDUE: "bold red",
}  # fmt: skip

"""Where each task of the plan stands: what the product knows, what a person has said, and the day. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from nianjian.engines.kernel.workdays import Due
from nianjian.engines.season.plan import Planned

#: Tasks whose end the product cannot see: a person says so, with a note.
BY_HAND: Final = frozenset({"marketing_lines", "entry_test"})


class State(StrEnum):
    """Of one task."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    SNOOZED = "snoozed"
    LATE = "late"
    BLOCKED = "blocked"  # another task comes first
    OPEN = "open"
    AHEAD = "ahead"  # its first day is still to come


FINISHED: Final = frozenset({State.DONE, State.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Seen:
    """What the product knows of a task: ``done`` of ``total`` steps (total 0: nothing to do), figures for people.

    ``complete`` decides, not the count: a portrait that was never computed has no open step and is not done.
    """

    complete: bool
    done: int = 0
    total: int = 0
    figures: Mapping[str, Any] = field(default_factory=dict)
    due: Due | None = None  # a day of its own, where the product keeps one
    begins: date | None = None  # and since when it waits
    owner: str = ""
    applicable: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What a person has said of a task."""

    owner: str = ""
    done_on: date | None = None
    note: str = ""
    snoozed_until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands."""

    plan: Planned
    state: State
    begins: date
    due: Due
    seen: Seen
    said: Said

    @property
    def by_hand(self) -> bool:
        """Whether a person says that it is done."""
        return self.plan.task in BY_HAND


def evaluate_tasks(
    planned: Sequence[Planned], seen: Mapping[str, Seen], said: Mapping[str, Said], today: date
) -> list[Task]:
    """Every task with its state, in the plan's order. A task nobody can look into is open, never done."""
    finished = {one.task for one in planned if _finished(one, seen, said, today)}
    return [_task(one, seen.get(one.task, Seen(complete=False)), said.get(one.task, Said()), finished, today)
            for one in planned]  # fmt: skip


def _finished(one: Planned, seen: Mapping[str, Seen], said: Mapping[str, Said], today: date) -> bool:
    known = seen.get(one.task, Seen(complete=False))
    told = said.get(one.task, Said()).done_on
    by_hand = one.task in BY_HAND and told is not None and told <= today
    return not known.applicable or known.complete or by_hand


def _task(one: Planned, seen: Seen, said: Said, finished: set[str], today: date) -> Task:
    due = seen.due or one.due
    begins = min(seen.begins or one.begins, due.day)
    if not seen.applicable or one.task in finished:
        state = State.DONE if seen.applicable else State.NOT_APPLICABLE
    elif said.snoozed_until is not None and today < said.snoozed_until:
        state = State.SNOOZED
    elif today > due.day:
        state = State.LATE
    elif today < begins:
        state = State.AHEAD
    else:
        state = State.OPEN if finished.issuperset(one.after) else State.BLOCKED
    return Task(one, state, begins, due, seen, said)


@dataclass(frozen=True, slots=True)
class Progress:
    """Finished tasks of all, of a module or of the plan."""

    done: int
    total: int


def progress(tasks: Sequence[Task], module: str | None = None) -> Progress:
    """How far it is, computed from the states; what does not apply counts for nothing."""
    found = [one for one in tasks if module in {None, one.plan.module} and one.state is not State.NOT_APPLICABLE]
    return Progress(sum(one.state in FINISHED for one in found), len(found))

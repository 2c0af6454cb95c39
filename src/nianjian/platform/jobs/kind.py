"""What a kind of work is, how it tells how far it is, and how it is ended before its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs.query import JobValue

Report = Callable[[str, int, int], None]
"""(what is at work, done, total); raises `StopWantedError` or `LeavingError` when the work is to end here."""


class StopWantedError(Exception):
    """Somebody asked for the work to stop. ``left``: what stands all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, object] = {}


class LeavingError(Exception):
    """The worker ends; the work goes back into the queue, or is broken off (`Kind.back`)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``run`` gives the result as JSON. ``again``: doing it twice leaves the same as doing it once.

    ``back``: where the worker ends, what was done is taken back, so that the next one may begin anew; else it is
    broken off, as where the worker died: a telephone that has rung is not rung again.
    ``after`` tidies up once the result stands in the queue.
    """

    run: Callable[[JobValue, Actor, Report], Mapping[str, object]]
    again: bool
    back: bool = True
    after: Callable[[JobValue], None] | None = None


def text(given: Mapping[str, object], name: str) -> str | None:
    """A text of a payload; None where it is absent or empty."""
    found = given.get(name)
    return str(found) if found else None


def texts(given: Mapping[str, object], name: str) -> list[str]:
    """A list of texts of a payload."""
    found = given.get(name)
    return [str(one) for one in found] if isinstance(found, list) else []


def day(given: Mapping[str, object], name: str) -> date | None:
    """A day of a payload; None where it is absent."""
    found = text(given, name)
    return date.fromisoformat(found) if found else None

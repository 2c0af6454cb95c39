"""Where the overview and the portfolio stand in the menu, and how many items wait there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.core.cache import caches

from nianjian.engines.kernel import clock
from nianjian.features.overview import attention
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import has_entries_since
from nianjian.platform.web.menu import Below, Entry, Place, Reader, Scope

ENTRIES: Final = (
    Entry(Place.TODAY, "", "overview", Permission.READ_OWN),
    Entry(Place.TODAY, "", "portfolio", Permission.READ_OWN, scope=Scope.PERSON),
    Below("registers", ("overview-lines",)),
    Below("overview", ("search",)),
)
SECONDS: Final = 300  # a computed portrait is there a moment after its entry


@dataclass(frozen=True, slots=True)
class OpenItems:
    """How many items a person had, and what shows that they may be others by now.

    ``number``: the last audit entry before they were counted; ``failed``: the person's jobs that had failed; ``turn``:
    when time alone may change them.
    """

    count: int
    number: int
    failed: tuple[str, ...]
    day: date
    turn: datetime | None

    def holds(self, enterprise: str, actor: Actor) -> bool:
        """Whether nothing has happened since that could change the count."""
        return (
            self.day == clock.today()
            and (self.turn is None or clock.now() < self.turn)
            and not has_entries_since(self.number, enterprise)
            and self.failed == list_failed(enterprise, actor)
        )


def _key(enterprise: str, user: str) -> str:
    return f"open-items:{enterprise}:{user}"


def list_failed(enterprise: str, actor: Actor) -> tuple[str, ...]:
    """Ids of the person's jobs that have failed lately: no act is recorded of these."""
    return tuple(str(point.values["job"]) for point in attention.list_failed_jobs(enterprise, actor))


def store_open_items(enterprise: str, actor: Actor, found: OpenItems) -> None:
    """Note how many items the person has."""
    caches["memory"].set(_key(enterprise, actor.name), found, SECONDS)


def find_open_items(reader: Reader) -> int | None:
    """Return how many items wait for the reader; None: they must be counted, which no page does but that of the day."""
    found: OpenItems | None = caches["memory"].get(_key(reader.code, reader.actor.name))
    return found.count if found and found.holds(reader.code, reader.actor) else None

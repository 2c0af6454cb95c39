"""Where the overview and the portfolio stand in the menu, and how many items wait there."""

from __future__ import annotations

from typing import Final

from django.core.cache import caches

from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import Below, Entry, Place, Reader, Scope

ENTRIES: Final = (
    Entry(Place.TODAY, "", "overview", Permission.READ_OWN),
    Entry(Place.TODAY, "", "portfolio", Permission.READ_OWN, scope=Scope.PERSON),
    Below("registers", ("overview-lines",)),
    Below("overview", ("search",)),
)
SECONDS: Final = 60  # so long the count of the last look at the page is shown elsewhere


def _key(enterprise: str, user: str) -> str:
    return f"open-items:{enterprise}:{user}"


def store_open_items(enterprise: str, actor: Actor, count: int) -> None:
    """Note how many items the page of the day has just shown this person."""
    caches["memory"].set(_key(enterprise, actor.name), count, SECONDS)


def get_open_items(reader: Reader) -> int:
    """Return how many items wait, as the page of the day showed them last; 0 where it was not looked at lately."""
    return int(caches["memory"].get(_key(reader.code, reader.actor.name), 0))

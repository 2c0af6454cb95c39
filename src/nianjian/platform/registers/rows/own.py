"""Which rows of a register are a team's own: an outsourcer sees these and no others, in the query itself.

A kind without an entry here has no rows of a team; it does not exist for an outsourcer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from nianjian.platform.registers import models
from nianjian.platform.registers.versions.query import as_at, believed


@dataclass(frozen=True, slots=True)
class Own:
    """A team as at a day. ``names``: how other rows may name it, its id and its own name."""

    enterprise: str
    day: date
    team: str
    names: frozenset[str]

    def lines(self) -> QuerySet[models.Line]:
        """Lines of the team."""
        return as_at(models.Line, self.enterprise, self.day).filter(team__in=self.names).order_by()

    def seats(self) -> QuerySet[models.Seat]:
        """Seats of the team."""
        return as_at(models.Seat, self.enterprise, self.day).filter(team__in=self.names).order_by()


Scope = Callable[[Own], Q]
_SCOPES: Final[dict[str, Scope]] = {}


def add(kind: str, scope: Scope) -> None:
    """Say which rows of a kind are a team's own."""
    _SCOPES[kind] = scope


def has_team_scope(kind: str) -> bool:
    """Whether rows of the kind belong to teams."""
    return kind in _SCOPES


def scope(kind: str, enterprise: str, day: date, team: str) -> Q:
    """Return the filter of a team's own rows; KeyError for a kind whose rows belong to no team."""
    return _SCOPES[kind](Own(enterprise, day, team, names(enterprise, team)))


def names(enterprise: str, team: str) -> frozenset[str]:
    """How rows name a team: its id, and its name unless that is another team's id or name, too."""
    found = believed(models.Team, enterprise).order_by()
    own = found.filter(key=team).exclude(name=None).values_list("name", flat=True)
    called = {name for name in own if name}
    taken = found.exclude(key=team).filter(Q(name__in=called) | Q(key__in=called)).values_list("name", "key")
    return frozenset({team} | (called - {word for pair in taken for word in pair}))


def _of_numbers(own: Own) -> Q:
    gateways: Any = own.lines().exclude(gateway=None).values("gateway")
    return Q(gateway__in=gateways)


add("teams", lambda own: Q(key=own.team))
add("lines", lambda own: Q(team__in=own.names))
add("seats", lambda own: Q(team__in=own.names))
add("staff", lambda own: Q(team__in=own.names) | Q(team=None, seat_id__in=own.seats().values("seat_id")))
add("numbers", _of_numbers)

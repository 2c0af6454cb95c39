"""Tickets as a person may see them: a list, one ticket, its history; an outsourcer's own ones alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F, QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import query
from nianjian.features.complaints.clocks import Promise
from nianjian.features.complaints.model import Complaint
from nianjian.features.complaints.operations.promise import promise
from nianjian.features.complaints.query import Past, Ticket, TicketFilter
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require, team_of
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.filters import RowFilter as Words
from nianjian.platform.registers.filters import build_condition
from nianjian.platform.registers.queries import ReadScope


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows that are looked for, to be cut by the door; `tickets` reads a cut as at ``at``."""

    sight: ReadScope
    rows: QuerySet[Complaint]
    promise: Promise
    at: datetime

    def narrowed(self, text: str, by: Sequence[str]) -> Listing:
        """Those in whose plain columns a text stands ("": all), in the order of these fields; unknown values last."""
        rows = self.rows.filter(build_condition(COMPLAINTS, Words(text=text))) if text else self.rows
        order = [F(one[1:]).desc(nulls_last=True) if one[0] == "-" else F(one).asc(nulls_last=True) for one in by]
        return replace(self, rows=rows.order_by(*order))

    def tickets(self, first: int = 0, last: int | None = None) -> list[Ticket]:
        """The tickets from ``first`` to ``last`` (not included; None: to the end)."""
        return query.rows_to_tickets(self.sight.enterprise, self.rows[first:last], self.promise, self.at)

    def of(self, complaints: Sequence[str]) -> list[Ticket]:
        """Those of the tickets named that are in the list."""
        return query.rows_to_tickets(
            self.sight.enterprise, self.rows.filter(key__in=list(complaints)), self.promise, self.at
        )


def list_tickets(
    *,
    enterprise: str,
    actor: Actor,
    wanted: TicketFilter = TicketFilter(),  # noqa: B008 -- a frozen value
    at: datetime | None = None,
) -> Listing:
    """List tickets by state, clock and proposal, the earliest due first; ``role_missing``, ``enterprise_unknown``."""
    sight = sight_of(enterprise, actor)
    moment, holds = at or clock.now(), promise(enterprise)
    return Listing(sight, query.filter_tickets(sight, wanted, holds, moment), holds, moment)


def ticket(*, enterprise: str, complaint: str, actor: Actor, at: datetime | None = None) -> tuple[Ticket, list[Past]]:
    """One ticket and its history; ``complaint_unknown``, also for what the reader may not see."""
    every = list_tickets(enterprise=enterprise, actor=actor, at=at)
    found = every.of([complaint])
    if not found:
        raise NianjianError("complaint_unknown", complaint=complaint)
    return found[0], query.past(every.sight, complaint)


def sight_of(enterprise: str, actor: Actor) -> ReadScope:
    """What the actor sees today; ``role_missing``, ``enterprise_unknown``."""
    require(actor, enterprise, Act.READ_OWN)
    team = team_of(actor, enterprise)
    accounts.enterprise(enterprise)
    return ReadScope(enterprise, clock.today(), team)

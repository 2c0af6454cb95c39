"""A step tried on a kept portrait: counts and rules stand in it, so no call is read and nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.simulate import maxima, simulate
from nianjian.features.portrait.operations import portraits
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act


@dataclass(frozen=True, slots=True)
class Moves:
    """The steps, as `portrait.simulate` takes them."""

    open_seats: int = 0
    cut_seats: int = 0
    close_seats: int = 0
    close_tickets: int = 0
    close_unfiled: int = 0
    file_seats: int = 0
    move_line: str | None = None


def what_if(*, enterprise: str, year: int, run: str | None, moves: Moves, actor: Actor) -> dict[str, dict[str, Any]]:
    """Return ``before`` and ``after`` as portraits, not masked: the same as `flows.simulate` over the same data.

    ``role_missing``, ``portrait_missing``, ``portrait_run_unknown``, ``portrait_without_rules``, and what
    `portrait.simulate` raises.
    """
    require(actor, enterprise, Act.READ)
    before = _kept(enterprise, year, run)
    after = simulate(
        revive.result(before),
        open_seats=moves.open_seats,
        cut_seats=moves.cut_seats,
        close_seats=moves.close_seats,
        close_tickets=moves.close_tickets,
        close_unfiled=moves.close_unfiled,
        file_seats=moves.file_seats,
        move_line=moves.move_line,
    )
    return {"before": before, "after": after.as_dict()}


def room(*, enterprise: str, year: int, run: str | None, actor: Actor) -> dict[str, int]:
    """How much of each step there is; the errors of `what_if`."""
    require(actor, enterprise, Act.READ)
    return maxima(revive.result(_kept(enterprise, year, run)))


def _kept(enterprise: str, year: int, run: str | None) -> dict[str, Any]:
    found = portraits.kept(enterprise, year, run)
    if found is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    return found

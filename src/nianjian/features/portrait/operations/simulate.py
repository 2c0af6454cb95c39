"""What would the lights become: the portrait before and after a step that nobody has taken yet."""

from __future__ import annotations

from datetime import date

from nianjian.engines.metrics.simulate import simulate as step
from nianjian.features.portrait.operations.run_portrait import Waiting, compute
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act


def simulate(  # noqa: PLR0913 -- one argument a move
    *,
    actor: Actor,
    enterprise: str,
    year: int,
    as_of: date | None,
    province: str | None,
    open_seats: int,
    cut_seats: int,
    close_seats: int,
    close_tickets: int,
    move_line: str | None,
    waiting: Waiting,
    close_unfiled: int = 0,
    file_seats: int = 0,
) -> dict[str, dict[str, object]]:
    """Return ``before`` and ``after`` as portraits; nothing is kept. ``role_missing``, and what `compute` raises.

    Facts that registers wrote before are published on the way: the write of the register has its entry in the chain.
    """
    require(actor, enterprise, Act.READ)
    before = compute(enterprise=enterprise, year=year, as_of=as_of, province=province, waiting=waiting)
    after = step(
        before,
        open_seats=open_seats,
        cut_seats=cut_seats,
        close_seats=close_seats,
        close_tickets=close_tickets,
        close_unfiled=close_unfiled,
        file_seats=file_seats,
        move_line=move_line,
    )
    return {"before": before.as_dict(), "after": after.as_dict()}

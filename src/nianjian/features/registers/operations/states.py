"""How every register of an enterprise stands: rows, last change, gaps, and what runs out within the rules' notice."""

from __future__ import annotations

from nianjian.engines.rules.rulebook import FIRST_DAY
from nianjian.platform.accounts.query import Enterprise
from nianjian.platform.registers import kinds
from nianjian.platform.registers.rows.query import Sight
from nianjian.platform.registers.rows.state import AHEAD, State, state
from nianjian.platform.rulebook.deadlines import RENEWALS
from nianjian.platform.rulebook.rulebooks import rulebook


def states(enterprise: Enterprise, sight: Sight) -> list[State]:
    """Return a state a register that the reader may see, in the order of the contract."""
    seen = [kind for kind in kinds.kinds() if sight.sees(kind)]
    notice: dict[str, int] = {}
    if RENEWALS.keys() & seen:
        day = max(sight.day, FIRST_DAY)
        book = rulebook(day=day, province=enterprise.province or None, enterprise=enterprise.code)
        notice = {kind: book.integer(key) for kind, key in RENEWALS.items()}
    return [state(kind, sight, notice.get(kind, AHEAD)) for kind in seen]

"""How every register of an enterprise stands: rows, last change, gaps, and what runs out within the rules' notice."""

from __future__ import annotations

from typing import Final

from nianjian.accounts.query import Enterprise
from nianjian.flows.rulebooks import rulebook
from nianjian.registers import kinds
from nianjian.registers.rows.query import Sight
from nianjian.registers.rows.state import AHEAD, State, state
from nianjian.rules.rulebook import FIRST_DAY

RENEWAL: Final = "licence.renewal"  # days before expiry on which renewal must have been asked for


def states(enterprise: Enterprise, sight: Sight) -> list[State]:
    """Return a state a register that the reader may see, in the order of the contract."""
    seen = [kind for kind in kinds.kinds() if sight.sees(kind)]
    notice = AHEAD
    if "licences" in seen:
        day = max(sight.day, FIRST_DAY)
        notice = rulebook(day=day, province=enterprise.province or None, enterprise=enterprise.code).integer(RENEWAL)
    return [state(kind, sight, notice if kind == "licences" else AHEAD) for kind in seen]

"""Which cells name a row of another register, and whether that row is there.

A ticket may name a line or team that nobody knows: it came from outside and is kept as it came.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.platform.registers import models
from nianjian.platform.registers.tables.checking import Named
from nianjian.platform.registers.versions.query import believed

#: Register -> its field that names a team.
TEAM_FIELDS: Final[Mapping[str, str]] = {"lines": "team", "seats": "team", "staff": "team"}
#: In the contract's order lines are imported before the teams they name: a sheet of lines is warned, not refused.
BEFORE_TEAMS: Final = frozenset({"lines"})


def list_allowed_references(
    kind: str, enterprise: str, *, sheet: bool = False, stood: Mapping[str, str] | None = None
) -> tuple[Named, ...]:
    """What the references of a register may name: a team's id or name, whenever it held.

    ``sheet``: for an import; ``stood``: the texts of the row before, by field: what it names already may stay.
    """
    field = TEAM_FIELDS.get(kind)
    if field is None:
        return ()
    found = believed(models.Team, enterprise).order_by().values_list("key", "name")
    allowed = {text for pair in found for text in pair if text}
    if stood is not None:
        allowed.add(stood.get(field, ""))
    return (Named(field, frozenset(allowed), "team_unknown", refuses=not (sheet and kind in BEFORE_TEAMS)),)

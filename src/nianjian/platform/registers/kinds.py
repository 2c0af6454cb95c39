"""Which kinds of sheet there are, and the model of each. A room above adds its own kind when Django starts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import models
from nianjian.platform.registers.sheets import network, people
from nianjian.platform.registers.tables.column import Sheet
from nianjian.platform.registers.versions.row import Version


@dataclass(frozen=True, slots=True)
class Register:
    """A kind as the command line names it: its sheet and its rows."""

    sheet: Sheet
    model: type[Version]


_KINDS: Final[dict[str, Register]] = {}


def add(sheet: Sheet, model: type[Version]) -> None:
    """Make a kind known, once or again."""
    _KINDS[sheet.kind] = Register(sheet, model)


def register(kind: str) -> Register:
    """Find a kind; ``register_kind_unknown`` names those there are."""
    found = _KINDS.get(kind)
    if found is None:
        raise NianjianError("register_kind_unknown", kind=kind, kinds=", ".join(_KINDS))
    return found


def kinds() -> tuple[str, ...]:
    """All kinds, in the order of the contract."""
    return tuple(_KINDS)


add(network.NUMBERS, models.Number)
add(network.LINES, models.Line)
add(network.TEAMS, models.Team)
add(people.SEATS, models.Seat)
add(network.LICENCES, models.Licence)
add(people.STAFF, models.Person)
add(people.SOCIAL_INSURANCE, models.Contribution)
add(people.WAGES, models.Payment)
add(network.CONSENTS, models.Consent)
add(network.DO_NOT_CALL, models.DoNotCall)

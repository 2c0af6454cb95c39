"""Which kinds of sheet there are, and the model of each. A room above adds its own kind when Django starts it."""

from dataclasses import dataclass
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import models
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.consents import CONSENTS
from nianjian.platform.registers.do_not_call import DO_NOT_CALL
from nianjian.platform.registers.licences import LICENCES
from nianjian.platform.registers.lines import LINES
from nianjian.platform.registers.numbers import NUMBERS
from nianjian.platform.registers.seats import SEATS
from nianjian.platform.registers.social_insurance import SOCIAL_INSURANCE
from nianjian.platform.registers.staff import STAFF
from nianjian.platform.registers.teams import TEAMS
from nianjian.platform.registers.versions import Version
from nianjian.platform.registers.wages import WAGES


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
    entry = _KINDS.get(kind)
    if entry is None:
        raise NianjianError("register_kind_unknown", kind=kind, kinds=", ".join(_KINDS))
    return entry


def kinds() -> tuple[str, ...]:
    """All kinds, in the order of the contract."""
    return tuple(_KINDS)


add(NUMBERS, models.Number)
add(LINES, models.Line)
add(TEAMS, models.Team)
add(SEATS, models.Seat)
add(LICENCES, models.Licence)
add(STAFF, models.Person)
add(SOCIAL_INSURANCE, models.Contribution)
add(WAGES, models.Payment)
add(CONSENTS, models.Consent)
add(DO_NOT_CALL, models.DoNotCall)

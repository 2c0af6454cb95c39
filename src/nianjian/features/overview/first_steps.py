"""The first steps of an enterprise without data: what is done is read from what there is, nobody ticks anything off.

Who has a licence number and one file of call records comes to a first light by five steps.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel.identifiers import licence_number
from nianjian.features.complaints.models import Complaint
from nianjian.features.overview.facts import Overview
from nianjian.features.portrait.portraits import FEW
from nianjian.platform.accounts.query import list_readers
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.numbers import Number
from nianjian.platform.registers.seats import Seat
from nianjian.platform.registers.versions import Version, have_rows, versions_on

NEEDED: Final[Sequence[tuple[str, type[Version]]]] = (
    ("numbers", Number),
    ("seats", Seat),
    ("complaints", Complaint),
)
SHAPE: Final = "licence_shape"
PROVINCE: Final = "licence_province"


class Step(StrEnum):
    """In their order."""

    LICENCE = "licence"
    CALLS = "calls"
    REGISTERS = "registers"
    COLLEAGUE = "colleague"  # without whom nothing can be decided that needs two
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """``done``: steps that are; ``year``: data year of the newest call; the rest: which registers hold a row today.

    ``licences``: their numbers.
    """

    done: frozenset[Step]
    year: int | None
    licences: tuple[str, ...]
    numbers: bool
    seats: bool
    complaints: bool

    @property
    def here(self) -> Step | None:
        """The first step that is not done; None once all are."""
        return next((one for one in Step if one not in self.done), None)


def build_first_steps(enterprise: str, overview: Overview, today: date) -> FirstSteps:
    """Read how far the enterprise is."""
    written = {one.name for one in overview.registers if one.last is not None}
    numbers, seats, complaints = find_filled(enterprise, overview, today)
    keys = versions_on(Licence, enterprise, today).values_list("key", flat=True)
    licences = tuple(str(key) for key in keys) if "licences" in written else ()
    days = [one.last for one in overview.sources if one.last is not None]
    deciding = [name for name, roles in list_readers(enterprise).items() if allows(roles, Permission.APPROVE)]
    by_step = {
        Step.LICENCE: bool(licences),
        Step.CALLS: bool(overview.sources),
        Step.REGISTERS: numbers and seats,
        Step.COLLEAGUE: len(deciding) > 1,
        Step.PORTRAIT: overview.year is not None,
    }
    done = frozenset(step for step, holds in by_step.items() if holds)
    return FirstSteps(done, max(days).year if days else None, licences, numbers, seats, complaints)


def find_filled(enterprise: str, overview: Overview, today: date) -> tuple[bool, bool, bool]:
    """Whether the registers of numbers, seats and complaints hold a row today; none is asked where all are new."""
    written = {one.name for one in overview.registers if one.last is not None}
    if written.isdisjoint(kind for kind, _model in NEEDED):
        return False, False, False
    numbers, seats, complaints = have_rows([model for _kind, model in NEEDED], enterprise, today)
    return numbers, seats, complaints


def is_early(overview: Overview, acts: Collection[Permission], team: str | None) -> bool:
    """Whether the steps have something to say: to who can take them, until the second run of the portrait."""
    return len(overview.runs) <= FEW and team is None and Permission.MANAGE_DATA in acts


def check_licence(number: str, province: str) -> Sequence[str]:
    """What is unusual about a licence number at an enterprise of a province; a person may know better."""
    read = licence_number(number)
    doubts = [] if read.usual else [SHAPE]
    return [*doubts, PROVINCE] if read.province and province and read.province != province else doubts

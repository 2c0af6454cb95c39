"""The rulebook that holds for an enterprise on a day: the law's data with the approved overlays laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.platform.registers import overlays

RULE: Final = "materials.optional"


#: As the rulebook names them -> as commands and files do. No rule names a form: the original is asked for.
NAMES: Final[Mapping[str, str]] = {
    "年报承诺书": "report_pledge",
    "无违规承诺书": "conduct_pledge",
    "财务报表": "financial_statements",
    "系统截图/坐席照片": "system_pictures",
    "接入协议": "access_agreement",
    "码号证书": "number_certificate",
    "等保": "protection_grade",
    "外包协议": "outsourcing_agreement",
}


def list_requested_items(book: Rulebook) -> tuple[str, ...]:
    """Items that are asked for besides, in the rule's order."""
    return tuple(dict.fromkeys(NAMES[one] for one in _named(book) if one in NAMES)) if _particular(book) else ()


def hinted(book: Rulebook) -> list[str]:
    """What is only told, by its name: papers that no item stands for, or that other provinces ask for."""
    return [one for one in _named(book) if not _particular(book) or one not in NAMES]


def _particular(book: Rulebook) -> bool:
    rule = book.in_force.get(RULE)
    return rule is not None and (rule.province is not None or any(one["key"] == RULE for one in book.overlays))


def _named(book: Rulebook) -> list[str]:
    return [str(one) for one in book.items(RULE)] if RULE in book.in_force else []


def rulebook(
    *, day: date | None, province: str | None, enterprise: str | None, tried: Sequence[Overlay] = ()
) -> Rulebook:
    """Rules of ``day`` (None: today); approved overlays act where they concern province or enterprise.

    ``tried``: overlays that nobody has approved, laid over the others to see what they would do.

    An overlay that was approved on a rule which can no longer be overlaid does not act; it stands in ``ignored``.
    """
    return Rulebook.on(day or clock.today(), province, enterprise, [*overlays.list_overlays(), *tried], tolerant=True)


class Rulebooks:
    """The rulebooks of one enterprise on many days: overlays are read once, each day's book is made once."""

    def __init__(self, *, province: str | None, enterprise: str) -> None:
        self._province, self._enterprise = province, enterprise
        self.overlays = overlays.list_overlays()
        self._made: dict[date, Rulebook] = {}

    def on(self, day: date) -> Rulebook:
        """As `rulebook`."""
        if day not in self._made:
            self._made[day] = Rulebook.on(day, self._province, self._enterprise, self.overlays, tolerant=True)
        return self._made[day]

"""The rulebook that holds for an enterprise on a day: the law's data with the approved overlays laid over it."""

from collections.abc import Sequence
from datetime import date

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Overlay, Rulebook
from nianjian.platform.registers import overlays


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

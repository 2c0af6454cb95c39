"""The rulebook that holds for an enterprise on a day: the law's data with the approved overlays laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from nianjian.kernel import clock
from nianjian.registers.overlays import query
from nianjian.rules.rulebook import Overlay, Rulebook


def rulebook(
    *, day: date | None, province: str | None, enterprise: str | None, tried: Sequence[Overlay] = ()
) -> Rulebook:
    """Rules of ``day`` (None: today); approved overlays act where they concern province or enterprise.

    ``tried``: overlays that nobody has approved, laid over the others to see what they would do.

    An overlay that was approved on a rule which can no longer be overlaid does not act; it stands in ``ignored``.
    """
    return Rulebook.on(day or clock.today(), province, enterprise, [*query.overlays(), *tried], tolerant=True)

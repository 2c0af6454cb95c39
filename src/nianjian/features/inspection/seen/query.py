"""Read notes of the screens."""

from __future__ import annotations

from nianjian.features.inspection.seen.model import ScreensSeen


def last(enterprise: str) -> ScreensSeen | None:
    """The note of the newest day, of several of one day the one that was made last; None: there is none."""
    return ScreensSeen.objects.filter(enterprise_id=enterprise).order_by("-seen_on", "-pk").first()

"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.inspection.callback.landings.model import Landing
from nianjian.inspection.callback.routes.model import Gateway, Route
from nianjian.inspection.callback.trials.model import Trial
from nianjian.inspection.screens.links.model import ScreenLink
from nianjian.inspection.seen.model import ScreensSeen
from nianjian.inspection.visits.model import Visit
from nianjian.inspection.visits.scans.model import NoticeScan

__all__ = ["Gateway", "Landing", "NoticeScan", "Route", "ScreenLink", "ScreensSeen", "Trial", "Visit"]

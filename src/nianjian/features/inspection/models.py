"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.inspection.seen.model import ScreensSeen
from nianjian.features.inspection.visits.model import Visit
from nianjian.features.inspection.visits.scans.model import NoticeScan
from nianjian.features.screens.links.model import ScreenLink
from nianjian.features.test_calls.landings.model import Landing
from nianjian.features.test_calls.routes.model import Gateway, Route
from nianjian.features.test_calls.trials.model import Trial

__all__ = ["Gateway", "Landing", "NoticeScan", "Route", "ScreenLink", "ScreensSeen", "Trial", "Visit"]

"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.inspection.callback.routes.model import Gateway, Route
from nianjian.inspection.callback.trials.model import Trial
from nianjian.inspection.screens.links.model import ScreenLink
from nianjian.inspection.visits.model import Visit

__all__ = ["Gateway", "Route", "ScreenLink", "Trial", "Visit"]

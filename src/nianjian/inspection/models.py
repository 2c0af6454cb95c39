"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.inspection.callback.routes.model import Gateway, Route
from nianjian.inspection.callback.trials.model import Trial

__all__ = ["Gateway", "Route", "Trial"]

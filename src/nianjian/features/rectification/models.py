"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.portrait.models import Task, Watch
from nianjian.features.rectification.cases.model import Case, Event, Measure, Paper
from nianjian.features.rectification.orders.model import Order

__all__ = ["Case", "Event", "Measure", "Order", "Paper", "Task", "Watch"]

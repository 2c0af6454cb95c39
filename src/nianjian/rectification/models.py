"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.rectification.cases.model import Case, Event, Measure, Paper
from nianjian.rectification.orders.model import Order
from nianjian.rectification.watch.model import Task, Watch

__all__ = ["Case", "Event", "Measure", "Order", "Paper", "Task", "Watch"]

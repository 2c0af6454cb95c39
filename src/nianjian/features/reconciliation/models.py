"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.reconciliation.runs.model import Account, Difference, Proposal, Run

__all__ = ["Account", "Difference", "Proposal", "Run"]

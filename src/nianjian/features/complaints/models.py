"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.complaints.model import Complaint, Proposal
from nianjian.features.complaints.one_click.model import Door
from nianjian.features.complaints.warned.model import Warned

__all__ = ["Complaint", "Door", "Proposal", "Warned"]

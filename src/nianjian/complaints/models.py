"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.complaints.model import Complaint, Proposal
from nianjian.complaints.one_click.model import Door
from nianjian.complaints.warned.model import Warned

__all__ = ["Complaint", "Door", "Proposal", "Warned"]

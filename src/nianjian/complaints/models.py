"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.complaints.model import Complaint, Proposal
from nianjian.complaints.warned.model import Warned

__all__ = ["Complaint", "Proposal", "Warned"]

"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.complaints.model import Complaint

__all__ = ["Complaint"]

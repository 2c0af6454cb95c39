"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.dossier.arrivals.model import Arrival
from nianjian.dossier.materials.model import Comment, Material, Version
from nianjian.dossier.pictures.model import PagePicture
from nianjian.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission

__all__ = [
    "Answer", "Arrival", "Comment", "Evidence", "Material", "Notice", "PagePicture", "Request", "Submission", "Version",
]  # fmt: skip

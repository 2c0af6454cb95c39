"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.dossier.arrivals.model import Arrival
from nianjian.dossier.fill_in.model import FillIn
from nianjian.dossier.impressions.model import Impression, SealPicture
from nianjian.dossier.materials.model import Comment, Material, Version
from nianjian.dossier.pictures.model import PagePicture
from nianjian.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission
from nianjian.dossier.signatures.model import SignedPaper

__all__ = [
    "Answer", "Arrival", "Comment", "Evidence", "FillIn", "Impression", "Material", "Notice", "PagePicture", "Request",
    "SealPicture", "SignedPaper", "Submission", "Version",
]  # fmt: skip

"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.fill_in.model import FillIn
from nianjian.features.dossier.impressions.model import Impression, SealPicture
from nianjian.features.dossier.materials.model import Comment, Material, Version
from nianjian.features.dossier.pictures.model import PagePicture
from nianjian.features.dossier.rounds.model import Answer, Evidence, Notice, Request, Submission
from nianjian.features.dossier.signatures.model import SignedPaper

__all__ = [
    "Answer", "Arrival", "Comment", "Evidence", "FillIn", "Impression", "Material", "Notice", "PagePicture", "Request",
    "SealPicture", "SignedPaper", "Submission", "Version",
]  # fmt: skip

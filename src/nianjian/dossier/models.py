"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.dossier.arrivals.model import Arrival
from nianjian.dossier.materials.model import Comment, Material, Version
from nianjian.dossier.pictures.model import PagePicture

__all__ = ["Arrival", "Comment", "Material", "PagePicture", "Version"]

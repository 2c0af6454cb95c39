"""The models of this room, where Django looks for them."""

from __future__ import annotations

from nianjian.dossier.materials.model import Comment, Material, Version

__all__ = ["Comment", "Material", "Version"]

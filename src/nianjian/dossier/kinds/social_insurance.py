"""社保缴费清单: the social-insurance payment list."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("social_insurance", "materials.m7", ("months", "people"))

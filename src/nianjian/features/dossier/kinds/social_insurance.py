"""社保缴费清单: the social-insurance payment list."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "social_insurance",
    "materials.m7",
    ("months", "people"),
    titles=("社会保险", "社保缴费", "参保缴费"),
    words=("养老保险", "失业保险", "工伤保险", "缴费基数", "参保人"),
)

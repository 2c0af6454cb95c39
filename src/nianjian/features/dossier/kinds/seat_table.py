"""坐席明细表: the list of seats."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "seat_table",
    "materials.m9",
    ("filed", "opened"),
    titles=("坐席明细表", "坐席清单", "座席明细表"),
    words=("坐席", "人工", "工号", "备案", "开通"),
)

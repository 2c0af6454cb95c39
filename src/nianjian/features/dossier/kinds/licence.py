"""许可证正副本: the licence, original and duplicate."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "licence",
    "materials.m2",
    ("number", "expiry"),
    coloured=True,
    titles=("电信业务经营许可证", "电信业务许可证"),
    words=("许可证编号", "业务种类", "业务覆盖范围", "发证机关", "有效期"),
)

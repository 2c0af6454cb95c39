"""AI外呼算法备案表: the algorithm filing for AI outbound."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "algorithm_filing",
    "materials.m13",
    ("state",),
    titles=("算法备案",),
    words=("算法名称", "算法类型", "机器人", "备案编号", "外呼"),
)

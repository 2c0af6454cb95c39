"""用户投诉处理记录: the complaint handling records."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "complaint_records",
    "materials.m11",
    ("complaints",),
    titles=("投诉处理记录", "投诉处理台账", "用户投诉"),
    words=("投诉", "工单", "办结", "12321", "回访"),
)

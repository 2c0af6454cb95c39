"""信息安全责任制报告: the report on the information-security responsibility system."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "responsibility_report",
    "materials.m12",
    ("dated",),
    titles=("信息安全责任制报告", "信息安全责任制", "信息安全责任报告"),
    words=("第一责任人", "信息安全", "应急", "培训", "责任"),
)

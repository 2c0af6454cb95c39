"""呼叫流量月报: the monthly traffic report."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "monthly_traffic",
    "materials.m10",
    ("months",),
    titles=("呼叫流量月报", "流量月报", "话务月报"),
    words=("呼入", "呼出", "接通", "通话时长", "月份"),
)

"""股权结构表: the table of shareholders."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "shareholders",
    "materials.m4",
    ("total",),
    titles=("股权结构", "股东名册", "股东及出资", "股东信息"),
    words=("持股比例", "出资比例", "认缴", "股东名称", "股东姓名"),
)

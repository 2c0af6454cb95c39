"""公司章程: the articles of association."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "articles",
    "materials.m3",
    ("dated",),
    titles=("公司章程", "章程"),
    words=("总则", "股东会", "出资额", "执行董事", "第一条"),
)

"""公司章程: the articles of association."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("articles", "materials.m3", ("dated",))

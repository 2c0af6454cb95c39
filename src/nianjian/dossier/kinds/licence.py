"""许可证正副本: the licence, original and duplicate."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("licence", "materials.m2", ("number", "expiry"), coloured=True)

"""股权结构表: the table of shareholders."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("shareholders", "materials.m4", ("shares_total",))

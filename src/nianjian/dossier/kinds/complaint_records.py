"""用户投诉处理记录: the complaint handling records."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("complaint_records", "materials.m11", ("complaints",))

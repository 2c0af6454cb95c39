"""呼叫流量月报: the monthly traffic report."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("monthly_traffic", "materials.m10", ("months",))

"""码号资源使用台账: the ledger of code-number use."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("number_ledger", "materials.m8", ("as_at",))

"""法人身份证: the ID card of the legal representative."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("legal_person_id", "materials.m6", ("name", "expiry"), coloured=True)

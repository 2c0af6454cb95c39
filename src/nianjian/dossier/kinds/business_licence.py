"""营业执照: the business licence."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("business_licence", "materials.m1", ("name", "credit_code", "valid_until"), coloured=True)

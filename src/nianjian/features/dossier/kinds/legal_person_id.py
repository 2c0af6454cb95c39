"""法人身份证: the ID card of the legal representative."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "legal_person_id",
    "materials.m6",
    ("name", "expiry"),
    coloured=True,
    titles=("居民身份证",),
    words=("公民身份号码", "签发机关", "有效期限", "民族", "住址"),
)

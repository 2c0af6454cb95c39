"""营业执照: the business licence."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "business_licence",
    "materials.m1",
    ("name", "credit_code", "valid_until"),
    coloured=True,
    titles=("营业执照",),
    words=("统一社会信用代码", "法定代表人", "注册资本", "经营范围", "登记机关"),
)

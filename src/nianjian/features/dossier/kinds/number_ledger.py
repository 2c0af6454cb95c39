"""码号资源使用台账: the ledger of code-number use."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "number_ledger",
    "materials.m8",
    ("as_at",),
    titles=("码号资源使用台账", "码号使用台账", "码号台账"),
    words=("码号", "接入", "用途", "批准文号", "启用"),
)

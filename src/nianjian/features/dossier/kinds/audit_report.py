"""审计报告: the audit report."""

from __future__ import annotations

from typing import Final

from nianjian.features.dossier.kinds.item import Item

ITEM: Final = Item(
    "audit_report",
    "materials.m5",
    ("opinion", "firm", "year"),
    titles=("审计报告",),
    words=("审计意见", "会计师事务所", "注册会计师", "财务报表", "治理层"),
)

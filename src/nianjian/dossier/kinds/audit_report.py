"""审计报告: the audit report."""

from __future__ import annotations

from typing import Final

from nianjian.dossier.kinds.item import Item

ITEM: Final = Item("audit_report", "materials.m5", ("opinion", "firm", "year"))

"""Bring complaint tickets in."""

from __future__ import annotations

from pathlib import Path

from nianjian.accounts.query import Actor
from nianjian.complaints.sheet import COMPLAINTS
from nianjian.registers.importing import Receipt, import_sheet
from nianjian.registers.tables.marking import Words


def import_tickets(
    *, path: Path, enterprise: str, actor: Actor, error_workbook: Path | None = None, words: Words | None = None
) -> Receipt:
    """Import a sheet of tickets, all or nothing, by their 编号; see `registers.importing.import_sheet`."""
    return import_sheet(
        kind=COMPLAINTS.kind,
        path=path,
        enterprise=enterprise,
        actor=actor,
        error_workbook=error_workbook,
        words=words,
    )

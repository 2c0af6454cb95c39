"""Give a register's sheet back with every faulty cell marked; nothing of it is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.flows.wizard import check_register, uploads
from nianjian.registers.tables.marking import Words


def marked(*, kind: str, enterprise: str, incoming: uploads.Incoming, words: Words, actor: Actor) -> bytes:
    """Return the workbook; ``role_missing``, ``file_empty``, and what `check_register.error_workbook` raises.

    ``sheet_too_large``, ``sheet_faults_many``: an answer cannot wait for it; a page leaves such a one to the worker.
    """
    require(actor, enterprise, Act.LOAD)
    with uploads.placed(incoming) as (_place, sheet), tempfile.TemporaryDirectory(prefix="nianjian-marked-") as name:
        check_register.checked_size(sheet)
        target = Path(name) / "marked.xlsx"
        check_register.error_workbook(kind, sheet, target, words, enterprise=enterprise, most=check_register.MARKED)
        return target.read_bytes()

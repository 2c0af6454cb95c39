"""Give a batch's rejected rows back as a file to be corrected and imported again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit.record import record
from nianjian.config import wiring
from nianjian.flows.batches import batch_for
from nianjian.flows.receipts import summed
from nianjian.intake import rejects as quarantine
from nianjian.intake.preview import masked
from nianjian.intake.rejects import Rejected

__all__ = ["Rejected", "first", "rejects", "reveal"]
FIRST: Final = 50


def rejects(*, batch: str, output: Path, words: Callable[[str], str], actor: Actor) -> dict[Path, int]:
    """Write them; the rows of each file. ``words`` puts a reason code into a sentence.

    The file shows telephone numbers in full, so the entry stands in the chain before the first of them is written.
    """
    known = batch_for(batch, actor, Act.REVEAL)
    rows = summed([file.receipt for file in known.files])["rejected"]
    with transaction.atomic():
        record(verb="calls.rejects", enterprise=known.enterprise, actor=actor, data={"batch": batch, "rows": rows})
    return quarantine.write(wiring.lake(known.enterprise), batch, output, words)


def first(*, batch: str, actor: Actor) -> list[Rejected]:
    """The first `FIRST` rejected rows, their cells masked; ``batch_unknown``, ``role_missing``."""
    known = batch_for(batch, actor, Act.READ)
    rows = quarantine.first_rejects(wiring.lake(known.enterprise), batch, FIRST)
    return [Rejected(row.line, row.column, row.reason, row.header, _masked(row)) for row in rows]


def reveal(*, batch: str, actor: Actor) -> list[Rejected]:
    """The same rows as they stand in the file; the entry stands in the chain before they are shown."""
    known = batch_for(batch, actor, Act.REVEAL)
    rows = quarantine.first_rejects(wiring.lake(known.enterprise), batch, FIRST)
    with transaction.atomic():
        data = {"batch": batch, "rows": len(rows)}
        record(verb="calls.reveal", enterprise=known.enterprise, actor=actor, data=data)
    return rows


def _masked(row: Rejected) -> tuple[str, ...]:
    return tuple(masked.cells(row.header, row.cells))

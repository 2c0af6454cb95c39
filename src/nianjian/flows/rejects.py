"""Give a batch's rejected rows back as a file to be corrected and imported again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit.record import record
from nianjian.config import wiring
from nianjian.flows.batches import batch_for
from nianjian.flows.receipts import summed
from nianjian.intake import rejects as quarantine


def rejects(*, batch: str, output: Path, words: Callable[[str], str], actor: Actor) -> dict[Path, int]:
    """Write them; the rows of each file. ``words`` puts a reason code into a sentence.

    The file shows telephone numbers in full, so the entry stands in the chain before the first of them is written.
    """
    known = batch_for(batch, actor, Act.REVEAL)
    rows = summed([file.receipt for file in known.files])["rejected"]
    with transaction.atomic():
        record(verb="calls.rejects", enterprise=known.enterprise, actor=actor, data={"batch": batch, "rows": rows})
    return quarantine.write(wiring.lake(known.enterprise), batch, output, words)

"""Write that a built list is in use; the one before it no longer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.registers.gate_lists.model import GateList


@dataclass(frozen=True, slots=True)
class Built:
    """A list that stands in the snapshot's folder, and the file that it was made from."""

    kind: str
    sha256: str
    size: int
    entries: int
    purposes: Sequence[str]
    words: str
    file: str
    file_sha256: str
    rejected: int


def use(*, enterprise: str, built: Built, actor: Actor) -> GateList:
    """Take a list into use; one transaction, one audit entry with both hashes."""
    with transaction.atomic():
        now = clock.now()
        GateList.objects.filter(enterprise_id=enterprise, kind=built.kind, superseded_at=None).update(superseded_at=now)
        row = GateList(
            enterprise_id=enterprise,
            kind=built.kind,
            sha256=built.sha256,
            size=built.size,
            entries=built.entries,
            purposes=list(built.purposes),
            words=built.words,
            file=built.file,
            file_sha256=built.file_sha256,
            recorded_by=str(actor),
            recorded_at=now,
        )
        row.save(force_insert=True)
        names = ("kind", "file", "file_sha256", "sha256", "entries", "rejected", "words")
        data = {name: getattr(built, name) for name in names}
        record(verb="gate.list", enterprise=enterprise, actor=actor, data=data)
    return row

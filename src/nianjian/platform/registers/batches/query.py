"""Read batches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Count, OuterRef, QuerySet, Subquery

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.models import Enterprise
from nianjian.platform.registers.batches.model import Batch, BatchFile

FILES: Final = 200  # newest files that a page looks through


@dataclass(frozen=True, slots=True)
class File:
    """A file of a batch; ``receipt`` as the import gave it."""

    name: str
    sha256: str
    generation: int
    receipt: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BatchValue:
    """A batch with its files in the order read; ``state`` is active, undone or replaced, ``created`` is UTC."""

    id: str
    enterprise: str
    state: str
    created: datetime
    created_by: str
    replaces: str
    files: tuple[File, ...]


def _value(row: Batch) -> BatchValue:
    files = sorted(row.files.all(), key=lambda file: file.position)
    return BatchValue(
        row.id,
        row.enterprise_id,
        row.state,
        row.created_at,
        row.created_by,
        row.replaces,
        tuple(File(file.name, file.sha256, file.generation, file.receipt) for file in files),
    )


def batch(id_: str) -> BatchValue:
    """One batch; ``batch_unknown``."""
    found = Batch.objects.prefetch_related("files").filter(pk=id_).first()
    if found is None:
        raise NianjianError("batch_unknown", batch=id_)
    return _value(found)


def batches(enterprise: str) -> list[BatchValue]:
    """The batches of an enterprise, newest first."""
    found = Batch.objects.prefetch_related("files").filter(enterprise_id=enterprise).order_by("-created_at", "-id")
    return [_value(one) for one in found]


def replaced_by(id_: str) -> str:
    """Id of the batch that took the place of this one; "" if none did."""
    return Batch.objects.filter(replaces=id_).values_list("pk", flat=True).first() or ""


def newest(enterprise: str, *, first: int = 0, count: int = 50) -> list[BatchValue]:
    """As `batches`, ``count`` of them from the ``first`` on."""
    found = Batch.objects.prefetch_related("files").filter(enterprise_id=enterprise).order_by("-created_at", "-id")
    return [_value(one) for one in found[first : first + count]]


def by_state() -> dict[tuple[str, str], int]:
    """(enterprise, state) -> how many batches, of every enterprise."""
    rows = Batch.objects.order_by().values_list("enterprise_id", "state").annotate(Count("pk"))
    return {(enterprise, state): count for enterprise, state, count in rows}


def number(enterprise: str) -> int:
    """How many batches an enterprise has."""
    return Batch.objects.filter(enterprise_id=enterprise).count()


def list_batches_with_rejects(enterprise: str, *, most: int) -> list[tuple[str, int]]:
    """Id and rejected rows of the newest active batches that have any."""
    found = _active(enterprise).filter(receipt__rows__rejected__gt=0)
    rows: dict[str, int] = {}
    for batch, rejected in found.values_list("batch_id", "receipt__rows__rejected")[:FILES]:
        rows[batch] = rows.get(batch, 0) + int(rejected)
    return list(rows.items())[:most]


def last_days(enterprise: str) -> dict[str, date | None]:
    """Day of the last call of each source, by the newest `FILES` files of active batches; None: without a call."""
    found: dict[str, date | None] = {}
    for source, days in _active(enterprise).values_list("receipt__source", "receipt__days")[:FILES]:
        known = found.get(source)
        last = date.fromisoformat(max(days)) if days else None
        found[source] = max((day for day in (known, last) if day is not None), default=None)
    return found


def last_day_of_each(enterprises: Collection[str]) -> dict[str, date]:
    """Day of the last call in the newest file of each enterprise that has one; two queries for all."""
    newest_file = BatchFile.objects.filter(batch__enterprise=OuterRef("pk"), batch__state=Batch.ACTIVE)
    chosen = newest_file.order_by("-batch__created_at", "-batch_id", "-position").values("pk")[:1]
    files = Enterprise.objects.filter(pk__in=enterprises).annotate(file=Subquery(chosen)).values("file")
    rows = BatchFile.objects.filter(pk__in=[one["file"] for one in files if one["file"]])
    found = rows.values_list("batch__enterprise_id", "receipt__days")
    return {enterprise: date.fromisoformat(max(days)) for enterprise, days in found if days}


def _active(enterprise: str) -> QuerySet[BatchFile]:
    found = BatchFile.objects.filter(batch__enterprise_id=enterprise, batch__state=Batch.ACTIVE)
    return found.order_by("-batch__created_at", "-batch_id", "-position")

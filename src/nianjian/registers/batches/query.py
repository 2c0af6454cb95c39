"""Read batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nianjian.kernel.errors import NianjianError
from nianjian.registers.batches.model import Batch


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


def number(enterprise: str) -> int:
    """How many batches an enterprise has."""
    return Batch.objects.filter(enterprise_id=enterprise).count()

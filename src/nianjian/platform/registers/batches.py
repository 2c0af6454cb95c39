"""Batches of imported call records and their files."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Final

from django.db import models, transaction
from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts.models import Enterprise


class Batch(models.Model):
    """``id`` is ``B`` + UTC time + four hex digits: it stands in every row of the lake that the batch brought."""

    ACTIVE = "active"
    UNDONE = "undone"
    REPLACED = "replaced"

    id = models.CharField(primary_key=True, max_length=24)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default=ACTIVE, choices=[(s, s) for s in (ACTIVE, UNDONE, REPLACED)])
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField(null=True)
    replaces = models.CharField(max_length=24, blank=True)  # id of the batch whose rows this one took out

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class BatchFile(models.Model):
    """A file of a batch. ``receipt`` is the whole answer of the import, counts by reason and all."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveIntegerField()  # 0, 1, 2 … in the order read
    name = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64)
    generation = models.PositiveIntegerField()
    receipt: models.JSONField[Any, Any] = models.JSONField()

    class Meta:
        """A file is looked up by its hash."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "position"], name="registers_batchfile_position")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sha256"], name="registers_batchfile_sha")]

    def __str__(self) -> str:
        return f"{self.name} in {self.batch_id}"


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


def _to_value(row: Batch) -> BatchValue:
    return BatchValue(
        row.id,
        row.enterprise_id,
        row.state,
        row.created_at,
        row.created_by,
        row.replaces,
        tuple(File(file.name, file.sha256, file.generation, file.receipt) for file in row.files.all()),
    )


def _with_files() -> QuerySet[Batch]:
    return Batch.objects.prefetch_related(Prefetch("files", BatchFile.objects.order_by("position"))).order_by(
        "-created_at", "-id"
    )


def get_batch(id_: str) -> BatchValue:
    """One batch; ``batch_unknown``."""
    return _to_value(get_or_raise(_with_files().filter(pk=id_), "batch_unknown", batch=id_))


def list_batches(enterprise: str) -> list[BatchValue]:
    """The batches of an enterprise, newest first."""
    return [_to_value(one) for one in _with_files().filter(enterprise_id=enterprise)]


def list_ended(ids: Collection[str]) -> set[str]:
    """Those of the batches that were undone or replaced."""
    return set(Batch.objects.filter(pk__in=ids).exclude(state=Batch.ACTIVE).values_list("pk", flat=True))


def find_successor(id_: str) -> str:
    """Id of the batch that took the place of this one; "" if none did."""
    return Batch.objects.filter(replaces=id_).values_list("pk", flat=True).first() or ""


def list_newest_batches(enterprise: str, *, first: int = 0, count: int = 50) -> list[BatchValue]:
    """As `list_batches`, ``count`` of them from the ``first`` on."""
    return [_to_value(one) for one in _with_files().filter(enterprise_id=enterprise)[first : first + count]]


def count_by_state() -> dict[tuple[str, str], int]:
    """(enterprise, state) -> how many batches, of every enterprise."""
    rows = Batch.objects.order_by().values_list("enterprise_id", "state").annotate(Count("pk"))
    return {(enterprise, state): count for enterprise, state, count in rows}


def count_batches(enterprise: str) -> int:
    """How many batches an enterprise has."""
    return Batch.objects.filter(enterprise_id=enterprise).count()


def list_batches_with_rejects(enterprise: str, *, most: int) -> list[tuple[str, int]]:
    """Id and rejected rows of the newest active batches that have any."""
    files = _active_files(enterprise).filter(receipt__rows__rejected__gt=0)
    rows: dict[str, int] = {}
    for batch, rejected in files.values_list("batch_id", "receipt__rows__rejected")[:FILES]:
        rows[batch] = rows.get(batch, 0) + int(rejected)
    return list(rows.items())[:most]


def list_active_files(enterprise: str) -> list[tuple[str, File]]:
    """Batch and file of the newest `FILES` files of active batches."""
    rows = _active_files(enterprise)[:FILES]
    return [(row.batch_id, File(row.name, row.sha256, row.generation, row.receipt)) for row in rows]


def last_call_days(enterprise: str) -> dict[str, date | None]:
    """Day of the last call of each source, by the newest `FILES` files of active batches; None: without a call."""
    by_source: dict[str, date | None] = {}
    for source, days in _active_files(enterprise).values_list("receipt__source", "receipt__days")[:FILES]:
        read = [date.fromisoformat(max(days))] if days else []
        by_source[source] = max([*read, *filter(None, [by_source.get(source)])], default=None)
    return by_source


def last_call_day_by_enterprise(enterprises: Collection[str]) -> dict[str, date]:
    """Day of the last call in the newest file of each enterprise that has one; two queries for all."""
    newest_file = BatchFile.objects.filter(batch__enterprise=OuterRef("pk"), batch__state=Batch.ACTIVE)
    chosen = newest_file.order_by("-batch__created_at", "-batch_id", "-position").values("pk")[:1]
    files = Enterprise.objects.filter(pk__in=enterprises).annotate(file=Subquery(chosen)).values("file")
    rows = BatchFile.objects.filter(pk__in=[one["file"] for one in files if one["file"]])
    pairs = rows.values_list("batch__enterprise_id", "receipt__days")
    return {enterprise: date.fromisoformat(max(days)) for enterprise, days in pairs if days}


def _active_files(enterprise: str) -> QuerySet[BatchFile]:
    files = BatchFile.objects.filter(batch__enterprise_id=enterprise, batch__state=Batch.ACTIVE)
    return files.order_by("-batch__created_at", "-batch_id", "-position")


def new_batch_id() -> str:
    """``B`` + UTC yyyymmddHHMMSS + four hex digits: sorts by time, two imports of one second differ."""
    return f"B{clock.now().astimezone(UTC):%Y%m%d%H%M%S}{secrets.token_hex(2)}"


def add_batch_file(
    *,
    batch: str,
    enterprise: str,
    name: str,
    sha256: str,
    generation: int,
    receipt: Mapping[str, object],
    actor: object,
    replaces: str = "",
) -> None:
    """Write a loaded file, and its batch with the first one.

    Adding the same file and generation to a batch again changes nothing, so that recovery may repeat it.
    """
    with transaction.atomic():
        row, _made = Batch.objects.select_for_update().get_or_create(
            pk=batch,
            defaults={
                "enterprise_id": enterprise,
                "created_at": clock.now(),
                "created_by": str(actor),
                "replaces": replaces,
            },
        )
        if row.enterprise_id != enterprise:
            raise NianjianError("batch_unknown", batch=batch)
        if row.files.filter(sha256=sha256, generation=generation, name=name).exists():
            return
        values = {"name": name, "sha256": sha256, "generation": generation, "receipt": dict(receipt)}
        BatchFile(batch=row, position=row.files.count(), **values).save(force_insert=True)


def end_batch(*, batch: str, state: str) -> None:
    """Mark an active batch as ``undone`` or ``replaced``. ``batch_unknown``, ``batch_not_active``."""
    if state not in {Batch.UNDONE, Batch.REPLACED}:
        raise NianjianError("batch_state_unknown", state=state)
    changed = Batch.objects.filter(pk=batch, state=Batch.ACTIVE).update(state=state, ended_at=clock.now())
    if not changed:
        stored = get_or_raise(Batch.objects.filter(pk=batch), "batch_unknown", batch=batch)
        raise NianjianError("batch_not_active", batch=batch, state=stored.state)

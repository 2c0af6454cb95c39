"""A batch is one call of the import; each of its files keeps its own receipt."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


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
        """Id and state."""
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
        """Name and batch."""
        return f"{self.name} in {self.batch_id}"

"""An import under way, from the choice of its kind to the work that commits it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Draft(models.Model):
    """``kind``: ``calls`` or a register's kind. ``files``: {number, name, size, sha256} each.

    ``choices``: source, timezone, mapping (as a mapping file has it), replaces. The files lie beside the database.
    """

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    files: models.JSONField[Any, Any] = models.JSONField(default=list)
    choices: models.JSONField[Any, Any] = models.JSONField(default=dict)
    check_job = models.CharField(max_length=20, blank=True)  # the work that checks the files in whole
    job = models.CharField(max_length=20, blank=True)  # the work that commits it

    class Meta:
        """A person asks for its own, the worker for old ones."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "made_by"], name="registers_draft_own"),
            models.Index(fields=["changed_at"], name="registers_draft_age"),
        ]

    def __str__(self) -> str:
        """Kind and id."""
        return f"{self.kind} {self.id}"

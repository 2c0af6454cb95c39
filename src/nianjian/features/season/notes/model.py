"""What was said of one task of a season."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Note(models.Model):
    """``done_on`` and ``note``: only of tasks whose end the product cannot see itself."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # data year
    task = models.CharField(max_length=32)
    owner = SealedText(blank=True)
    done_on = models.DateField(null=True)
    note = SealedText(blank=True)
    snoozed_until = models.DateField(null=True)  # the first day on which it is there again
    reason = SealedText(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """One row a task."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "task"], name="season_note_once")
        ]

    def __str__(self) -> str:
        """Data year and task."""
        return f"{self.year} {self.task}"

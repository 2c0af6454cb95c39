"""A fill-in sheet as it was made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class FillIn(models.Model):
    """The fields of one report of a data year; the newest counts. ``lines``: JSON, it names people.

    ``run``: of the portrait that the figures come from, "" where there was none.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    report = models.CharField(max_length=12)
    as_of = models.DateField()
    run = models.CharField(max_length=64, blank=True)
    rulebook = models.CharField(max_length=32)
    lines = SealedText()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by report."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "year", "report"], name="dossier_fill_in_of")
        ]

    def __str__(self) -> str:
        """Report and year."""
        return f"{self.report} {self.year}"

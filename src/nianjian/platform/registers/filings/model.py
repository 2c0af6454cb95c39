"""A report of a season: handed in, or named by a notice."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Filing(models.Model):
    """One report of one licence ("" where the register names none) on one data year.

    ``printed_due``: the last day that a notice to the enterprise names; ``notice`` how the notice is called.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    licence = models.CharField(max_length=80, blank=True)
    year = models.PositiveSmallIntegerField()  # data year
    track = models.CharField(max_length=16)  # licence | code_number
    submitted_on = models.DateField(null=True)
    receipt = models.CharField(max_length=200, blank=True)  # the system's number of it
    printed_due = models.DateField(null=True)
    notice = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """One row a report."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "licence", "track"], name="registers_filing_once")
        ]

    def __str__(self) -> str:
        """Licence, data year and report."""
        return f"{self.licence} {self.year} {self.track}"

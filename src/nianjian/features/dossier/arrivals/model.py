"""A file that waits for its item."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Arrival(models.Model):
    """A file of a data year that belongs to no item yet; the row goes when a person has decided.

    ``proposal``: JSON, the items that its content speaks for with evidence, which may name people; None: not yet read.
    ``fault``: code and values as JSON, where it could not be read.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    name = SealedText()  # file name without folder: it may tell a person's
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    proposal = SealedText(null=True)
    fault = SealedText(null=True)
    arrived_at = models.DateTimeField()
    arrived_by = models.CharField(max_length=160)

    class Meta:
        """A content once a season; read by season, the oldest first."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "sha256"], name="dossier_arrival_once")
        ]

    def __str__(self) -> str:
        """Its hash."""
        return self.sha256[:12]

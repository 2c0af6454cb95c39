"""The picture of one page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class PagePicture(models.Model):
    """A page as people look at it: a JPEG in a sealed file; sides of the page in mm, as displayed.

    Of a version of an item, or of a file that waits for its item (`arrival`).
    """

    version = models.ForeignKey("dossier.Version", null=True, on_delete=models.PROTECT, related_name="pictures")
    arrival = models.ForeignKey("dossier.Arrival", null=True, on_delete=models.PROTECT, related_name="pictures")
    page = models.PositiveIntegerField()  # from 1
    wide_mm = models.FloatField()
    high_mm = models.FloatField()
    blob = models.CharField(max_length=32)

    class Meta:
        """One picture a page, of one file."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "page"], name="dossier_picture_once"),
            models.UniqueConstraint(fields=["arrival", "page"], name="dossier_picture_waits_once"),
            models.CheckConstraint(
                condition=Q(version__isnull=True, arrival__isnull=False)
                | Q(version__isnull=False, arrival__isnull=True),
                name="dossier_picture_of_one",
            ),
        ]

    def __str__(self) -> str:
        """Which page."""
        return f"page {self.page}"

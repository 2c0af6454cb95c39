"""The picture of one page."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PagePicture(models.Model):
    """A page as people look at it: a JPEG in a sealed file; sides of the page in mm, as displayed."""

    version = models.ForeignKey("dossier.Version", on_delete=models.PROTECT, related_name="pictures")
    page = models.PositiveIntegerField()  # from 1
    wide_mm = models.FloatField()
    high_mm = models.FloatField()
    blob = models.CharField(max_length=32)

    class Meta:
        """One picture a page."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "page"], name="dossier_picture_once")
        ]

    def __str__(self) -> str:
        """Which page."""
        return f"page {self.page}"

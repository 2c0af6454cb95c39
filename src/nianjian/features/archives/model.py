"""A closed season."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Archive(models.Model):
    """``told``: canonical JSON of all that the season was; ``sha256``: of it, also in the audit chain.

    ``opened_at``: since when it is open again; the row and its files stay. ``opening_reason``: what was asked last.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # data year
    told = SealedText()
    sha256 = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=160)
    opening_reason = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=160, blank=True, default="")  # the second person

    class Meta:
        """A season is closed once at a time."""

        app_label = "season"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "year"], condition=models.Q(opened_at=None), name="season_archive_once"
            )
        ]

    def __str__(self) -> str:
        """Data year and digest."""
        return f"{self.year} {self.sha256[:12]}"


class Kept(models.Model):
    """A file of a closed season, sealed: the package, the portrait, the log. No retention deletes it.

    ``sha256`` and ``size``: of the plain content; they stand in the archive's text, too, and so in its digest.
    """

    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="files")
    part = models.CharField(max_length=16)  # `service.PARTS`
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)

    class Meta:
        """One file a part."""

        app_label = "season"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["archive", "part"], name="season_archive_file_once")
        ]

    def __str__(self) -> str:
        """Part and digest."""
        return f"{self.part} {self.sha256[:12]}"

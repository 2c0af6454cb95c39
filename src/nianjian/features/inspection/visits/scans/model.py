"""A scan of the notice that names an inspection day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class NoticeScan(models.Model):
    """A file of the notice (现场检查通知书); it goes with its day. ``sha256`` and ``size`` are of the plain content."""

    visit = models.ForeignKey("inspection.Visit", on_delete=models.CASCADE, related_name="scans")
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes
    blob = models.CharField(max_length=32)
    pages = models.PositiveIntegerField()  # 0: a format that is kept and not read (OFD)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """A content once a day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["visit", "sha256"], name="inspection_notice_scan_once")
        ]

    def __str__(self) -> str:
        """Its digest; the name may be a person's."""
        return self.sha256

"""Attachments to a metric of a data year and to rows of registers; their content lies encrypted in the vault."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Attachment(models.Model):
    """``kind``: outsourcing_agreement (外包协议), expansion_plan (扩容计划), anti_harassment_plan (防骚扰技术方案)."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=40)
    year = models.PositiveIntegerField()  # data year
    kind = models.CharField(max_length=40)
    name = models.TextField()  # file name without folder
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """The same content once for one purpose."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "metric", "year", "kind", "sha256"], name="registers_attachment_once"
            )
        ]

    def __str__(self) -> str:
        """Kind, metric and year."""
        return f"{self.kind} {self.metric} {self.year}"


class RowAttachment(models.Model):
    """A paper that belongs to a row: a certificate, an agreement, a scan. Taken off it stays, but is not shown."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=40)  # kind
    key = models.CharField(max_length=200)  # the row's, as it stands in its table
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """The same content once a row."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "register", "key", "sha256"],
                condition=models.Q(removed_at=None),
                name="registers_rowattachment_once",
            )
        ]

    def __str__(self) -> str:
        """Kind and hash."""
        return f"{self.register} {self.sha256[:12]}"

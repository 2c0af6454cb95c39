"""An item of a season's package, its versions, and comments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Material(models.Model):
    """One item of one data year; its row is made when something is first done about it.

    ``not_applicable``: why the package need not have it (不适用), empty where it must.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    owner = models.CharField(max_length=160, blank=True)
    due = models.DateField(null=True)
    not_applicable = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=160)

    class Meta:
        """One row an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "item"], name="dossier_material_once")
        ]

    def __str__(self) -> str:
        """Item and year."""
        return f"{self.item} {self.year}"


class Version(models.Model):
    """A file for an item; the newest that was not sent back counts.

    ``verdict``: what the check said (`finding.Verdict`), ``report``: its JSON, which may name people.
    ``effective_on`` and ``valid_until`` are those of the paper, not of the upload; None: it has none.
    """

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, … within the item
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    pages = models.PositiveIntegerField()
    verdict = models.CharField(max_length=16)
    report = SealedText()
    effective_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    reused_from = models.PositiveIntegerField(null=True)  # data year
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=160, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.CharField(max_length=160, blank=True)
    returned_reason = models.TextField(blank=True)

    class Meta:
        """Numbers and contents once an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["material", "number"], name="dossier_version_number"),
            models.UniqueConstraint(fields=["material", "sha256"], name="dossier_version_once"),
        ]

    def __str__(self) -> str:
        """Number and hash."""
        return f"{self.number} {self.sha256[:12]}"


class Comment(models.Model):
    """What somebody said about an item."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="comments")
    text = SealedText()
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    def __str__(self) -> str:
        """Who said it."""
        return f"comment {self.actor}"

"""A seal's picture, and one impression of it on one document."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class SealPicture(models.Model):
    """The picture of a seal, sealed; no door gives it out. ``kind``: of `kinds.SealKind`.

    Withdrawn, its file is deleted and its ``blob`` empty; the impressions that name it place nothing any more.
    """

    id = models.CharField(max_length=32, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    width_mm = models.DecimalField(max_digits=5, decimal_places=2)  # on paper
    wide = models.PositiveIntegerField()  # pixels
    high = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of the plain picture
    blob = models.CharField(max_length=32, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """One picture of a kind at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=models.Q(withdrawn_at=None), name="dossier_seal_once"
            )
        ]

    def __str__(self) -> str:
        """Kind and hash."""
        return f"{self.kind} {self.sha256[:12]}"


class Impression(models.Model):
    """One print of a seal's picture on one page of one document, as asked for; placed only when approved.

    ``document_sha256``: of the untouched file; another version of the paper has another, and bears nothing.
    The centre lies ``x_mm`` and ``y_mm`` from the lower left of the upright page.
    """

    id = models.CharField(max_length=32, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    picture = models.ForeignKey(SealPicture, on_delete=models.PROTECT, related_name="impressions")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    version = models.PositiveIntegerField()  # of the item, for readers
    document_sha256 = models.CharField(max_length=64)
    mark = models.CharField(max_length=16)  # of the package, that the print stands on
    page = models.PositiveIntegerField()  # from 1
    x_mm = models.DecimalField(max_digits=6, decimal_places=2)
    y_mm = models.DecimalField(max_digits=6, decimal_places=2)
    reason = SealedText()
    approval = models.CharField(max_length=20)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True)
    placed = models.PositiveIntegerField(default=0)  # how many drafts bear it
    placed_at = models.DateTimeField(null=True)  # the newest of them, and the SHA-256 of its manifest
    placed_in = models.CharField(max_length=64, blank=True)

    class Meta:
        """A document bears a mark's print once a page."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "year"], name="dossier_impression_season")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["picture", "document_sha256", "item", "year", "mark", "page"],
                condition=models.Q(approved_at__isnull=False),
                name="dossier_impression_once",
            )
        ]

    def __str__(self) -> str:
        """Item, page and document."""
        return f"{self.item} {self.page} {self.document_sha256[:12]}"

"""A PDF that somebody signed electronically, kept as it came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class SignedPaper(models.Model):
    """The file is evidence: sealed, never changed, never bound into an edition, which would break the signature.

    ``report``: JSON of the signatures as they were when it came (`state.Signature`); it names people.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    name = SealedText()
    sha256 = models.CharField(max_length=64)  # of the plain file
    size = models.BigIntegerField()
    blob = models.CharField(max_length=32)
    standing = models.CharField(max_length=12)  # of `state.Standing`
    signatures = models.PositiveIntegerField()
    report = SealedText()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """A file once an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "item", "sha256"], name="dossier_signed_once")
        ]

    def __str__(self) -> str:
        """Item and hash."""
        return f"{self.item} {self.sha256[:12]}"

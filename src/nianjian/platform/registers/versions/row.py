"""The columns that every register's rows share.

Two times: ``valid_from`` … ``valid_to`` say when a version holds in the world, ``recorded_at`` … ``superseded_at``
when the register believed it. A correction supersedes, a change closes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Version(models.Model):
    """One version of one row. ``key`` is the row's key, or its blind index where the key is personal."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)  # NULL: since ever
    valid_to = models.DateField(null=True)  # last day, included; NULL: open
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160, default="")  # the actor; "": recorded before this was kept
    superseded_at = models.DateTimeField(null=True)  # NULL: still believed
    replaces = models.BigIntegerField(null=True)  # the version that it was made from; NULL: the row's first
    reason = SealedText(null=True)  # why it changed or ended, where that was said
    file = models.CharField(max_length=64)  # sha256 of the sheet that brought it; "": written by hand
    extra = SealedText(null=True)  # JSON object: unknown columns by header
    changed_on = models.DateField(null=True)  # 变更日期 as given

    class Meta:
        """At most one open version a key."""

        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "key"],
                condition=models.Q(valid_to=None, superseded_at=None),
                name="%(app_label)s_%(class)s_open",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "key"], name="%(class)s_key"),
            models.Index(
                fields=["enterprise", "superseded_at"],
                condition=models.Q(superseded_at__isnull=False),
                name="%(class)s_superseded",
            ),
        ]

    def __str__(self) -> str:
        """Key and span; a personal key is only its blind index."""
        return f"{self.key} {self.valid_from or ''}..{self.valid_to or ''}"

"""A note that somebody looked whether the screens stand in the room."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ScreensSeen(models.Model):
    """``stand``: both screens stood there and showed live data on ``seen_on``; ``noted_by`` signs by account.

    Notes are only added: of one day the last one counts.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    seen_on = models.DateField()
    stand = models.BooleanField()
    noted_by = models.CharField(max_length=160)
    noted_at = models.DateTimeField()

    class Meta:
        """Asked for by enterprise, newest first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "-seen_on"], name="inspection_screens_seen"),
        ]

    def __str__(self) -> str:
        """Its day."""
        return self.seen_on.isoformat()

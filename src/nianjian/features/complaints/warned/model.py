"""A clock of a ticket that was warned of: once, whatever is killed and started again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Warned(models.Model):
    """``key`` is the ticket's; ``clock``: response or close."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    clock = models.CharField(max_length=8)
    warned_at = models.DateTimeField()

    class Meta:
        """Once a ticket and clock."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "key", "clock"], name="complaints_warned_once")
        ]

    def __str__(self) -> str:
        """Ticket and clock."""
        return f"{self.key} {self.clock}"

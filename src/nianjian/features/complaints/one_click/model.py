"""The public address of a display number."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Door(models.Model):
    """``token``: the last part of the address. It is drawn by lot, not made of the number, and it is kept.

    So nobody comes from one number's address to another's, it can be taken back, and printed codes outlive a new key.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    token = models.CharField(max_length=32, unique=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One open address a number."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "number"], condition=models.Q(closed_at=None), name="complaints_door_once"
            )
        ]

    def __str__(self) -> str:
        """The number."""
        return self.number

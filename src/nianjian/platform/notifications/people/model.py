"""What a person has chosen, and each channel by which that person can be reached."""

from __future__ import annotations

from datetime import time

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Choice(models.Model):
    """One row a person, made when something is chosen. Times are of Asia/Shanghai.

    Equal ends mean no quiet hours; without a ``digest`` each message goes by itself.
    """

    user = models.CharField(primary_key=True, max_length=150)
    scope = models.CharField(max_length=8)  # `season.reminders.Scope`
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(8))
    digest = models.TimeField(null=True, default=time(8, 30))
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        """Whose it is."""
        return self.user


class Channel(models.Model):
    """An address of a person. Nothing is told there before the person has read the code that was sent to it."""

    id = models.CharField(primary_key=True, max_length=20)
    user = models.CharField(max_length=150, db_index=True)
    kind = models.CharField(max_length=12)  # `speaking.Kind`
    address = SealedText()
    mask = models.CharField(max_length=200)
    code = models.CharField(max_length=64)  # sha256 of channel and code
    guesses = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Its number and mask."""
        return f"{self.id} {self.mask}"

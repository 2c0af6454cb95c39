"""What people said of tasks, and the addresses of calendar feeds."""

from typing import ClassVar

from django.db import models

from nianjian.features.archives.closed_seasons import Archive, Kept
from nianjian.features.portrait.models import BasisChoice
from nianjian.platform.accounts.models import Bearer
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.vault.fields import SealedText


class Feed(Bearer):
    """It shows what ``user`` may see of the enterprise, as long as it may."""

    needs = Permission.READ

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    user = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.id


class Note(models.Model):
    """``done_on`` and ``note``: only of tasks whose end the product cannot see itself."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # data year
    task = models.CharField(max_length=32)
    owner = SealedText(blank=True)
    done_on = models.DateField(null=True)
    note = SealedText(blank=True)
    snoozed_until = models.DateField(null=True)  # the first day on which it is there again
    reason = SealedText(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """One row a task."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "task"], name="season_note_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.task}"


__all__ = ["Archive", "BasisChoice", "Feed", "Kept", "Note"]

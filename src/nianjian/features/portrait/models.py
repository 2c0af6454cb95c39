"""A watched licence, the routine that keeps a case from coming back, and the basis that a data year is filed on."""

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Watch(models.Model):
    """重点监测库: a licence stands in it from ``since`` on; ``until``: the first day it does no longer, None: open."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    licence = models.CharField(max_length=80)
    since = models.DateField()
    until = models.DateField(null=True)
    source = models.TextField()  # who said so: a letter, a call, the guide's claim
    case = models.ForeignKey("rectification.Case", on_delete=models.PROTECT, related_name="+", null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """A licence is watched once at a time."""

        app_label = "rectification"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "licence"], condition=models.Q(until=None), name="rectification_watched_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.licence} {self.since}"


class Task(models.Model):
    """A recurring task of the routine (SOP): due on ``due``, then every ``every`` days after it was done."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("rectification.Case", on_delete=models.PROTECT, related_name="+", null=True)
    text = SealedText()
    owner = SealedText()
    every = models.PositiveIntegerField()  # days
    due = models.DateField()
    done_on = models.DateField(null=True)  # last time
    stopped_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """Its tables stand with those of `rectification`."""

        app_label = "rectification"

    def __str__(self) -> str:
        return f"task {self.pk}"


class BasisChoice(models.Model):
    """On which basis (`engines.metrics.frame.Basis`) the portrait of a data year is filed, and why."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # data year
    basis = models.CharField(max_length=16)
    reason = SealedText()
    chosen_at = models.DateTimeField()
    chosen_by = models.CharField(max_length=160)

    class Meta:
        """One row a data year; the table stands with those of the season."""

        app_label = "season"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="season_basis_once")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.basis}"

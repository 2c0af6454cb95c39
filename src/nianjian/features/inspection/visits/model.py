"""A visit of the inspectors, as their notice names it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Visit(models.Model):
    """An inspection day of an enterprise. ``notice``: name or number of the notice (现场检查通知书), "": none came yet.

    ``agenda`` and ``posts``: lines as `lines.read` reads them; sealed, for they may name people.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    notice = models.CharField(max_length=200, blank=True)
    authority = models.CharField(max_length=120, blank=True)
    received_on = models.DateField(null=True)
    place = models.CharField(max_length=200, blank=True)
    agenda = SealedText()
    posts = SealedText()
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        """One a day."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "day"], name="inspection_visit_once")
        ]

    def __str__(self) -> str:
        """Its day."""
        return self.day.isoformat()

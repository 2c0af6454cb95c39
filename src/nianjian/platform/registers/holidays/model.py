"""One imported file of days off and working weekends."""

from __future__ import annotations

from typing import Any

from django.db import models


class HolidayFile(models.Model):
    """A file as it was imported; a later one replaces the years that it names."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    years: models.JSONField[Any, Any] = models.JSONField()  # the years that it counts as published
    papers: models.JSONField[Any, Any] = models.JSONField()  # what it names as its source
    days: models.JSONField[Any, Any] = models.JSONField()  # [[ISO date, off, name], …]
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        """The file's name and its years."""
        return f"{self.name} {self.years}"

"""The rows of the register of 线路."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version


class Line(Version):
    """A trunk (中继线) and the team that uses it.

    Key: the line's id.
    """

    line_id = models.TextField(null=True)
    name = models.TextField(null=True)
    carrier = models.TextField(null=True)
    gateway = models.TextField(null=True)
    team = models.TextField(null=True)
    state = models.CharField(max_length=16, null=True)  # active | stopped
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

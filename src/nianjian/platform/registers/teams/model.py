"""The rows of the register of 团队."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version


class Team(Version):
    """A team, own or outsourced.

    Key: the team's id.
    """

    team_id = models.TextField(null=True)
    name = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # own | outsourced
    agreement = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

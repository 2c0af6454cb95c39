"""The rows of the register of 坐席."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Seat(Version):
    """A seat (坐席), human or robot, filed and opened.

    Key: the seat's id.
    """

    seat_id = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # human | robot
    staff_id = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    desk = models.TextField(null=True)
    workplace = models.TextField(null=True)
    skill = models.TextField(null=True)
    team = models.TextField(null=True)
    employment = models.CharField(max_length=16, null=True)  # own | dispatched | outsourced
    insured_by = models.TextField(null=True)
    filing = models.CharField(max_length=16, null=True)  # filed | unfiled | cancelled
    filed_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    display = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

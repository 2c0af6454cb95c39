"""The rows of the register of 员工."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Person(Version):
    """A person of the staff.

    Key: staff id, else the identity paper, as a blind index.
    """

    staff_id = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    post = models.TextField(null=True)
    seat_id = models.TextField(null=True)
    workplace = models.TextField(null=True)
    skill = models.TextField(null=True)
    team = models.TextField(null=True)
    employment = models.CharField(max_length=16, null=True)  # own | dispatched | outsourced
    insured_by = models.TextField(null=True)
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

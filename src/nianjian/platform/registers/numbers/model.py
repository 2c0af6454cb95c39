"""The rows of the register of 码号."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Number(Version):
    """A code number (码号): the root with its approved length, filing, validity and permissions.

    Key: the root.
    """

    root = models.CharField(max_length=20, null=True)
    total_length = models.BigIntegerField(null=True)
    holder = models.TextField(null=True)
    purpose = models.TextField(null=True)
    scope = models.TextField(null=True)
    certificate = models.TextField(null=True)
    approval_paper = models.TextField(null=True)
    valid_since = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    filing = models.CharField(max_length=16, null=True)  # filed | unfiled | cancelled
    filed_on = models.DateField(null=True)
    carrier = models.TextField(null=True)
    opened_on = models.DateField(null=True)
    access_place = models.TextField(null=True)
    gateway = models.TextField(null=True)
    inbound = models.BooleanField(null=True)
    outbound = models.BooleanField(null=True)
    commitment = models.TextField(null=True)
    fee = models.TextField(null=True)
    contact = SealedText(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

"""The rows of the register of 社保缴费清单."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Contribution(Version):
    """One person, one month, one insurance.

    Key: the three as a blind index.
    """

    payer = models.TextField(null=True)
    payer_number = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    insurance = models.CharField(max_length=16, null=True)  # pension | medical | unemployment | injury | maternity
    month = models.CharField(max_length=7, null=True)  # YYYY-MM
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    employer_paid = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    person_paid = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    paid_on = models.DateField(null=True)
    state = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

"""The rows of the register of 工资流水."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Payment(Version):
    """A payment of wages.

    Key: its reference, else payee, account, day and amount, as a blind index.
    """

    reference = models.TextField(null=True)
    payer = models.TextField(null=True)
    payer_account = SealedText(null=True)
    payee = SealedText(null=True)
    account_tail = SealedText(null=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    paid_on = models.DateField(null=True)
    memo = models.TextField(null=True)
    month = models.CharField(max_length=7, null=True)  # YYYY-MM

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

"""The rows of the register of 许可证."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Licence(Version):
    """A licence (许可证).

    Key: its number.
    """

    number = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # national | local
    issuer = models.TextField(null=True)
    services = models.TextField(null=True)
    coverage = models.TextField(null=True)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    credit_code = models.CharField(max_length=18, null=True)
    holder = models.TextField(null=True)
    representative = SealedText(null=True)
    address = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

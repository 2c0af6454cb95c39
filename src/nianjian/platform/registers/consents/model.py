"""The rows of the register of 同意记录."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class Consent(Version):
    """A called person's consent.

    Key: the number as a blind index.
    """

    number = SealedText(null=True)
    purpose = models.TextField(null=True)
    obtained_by = models.TextField(null=True)
    obtained_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    proof = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

"""The rows of the register of 谢绝来电."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault.fields import SealedText


class DoNotCall(Version):
    """A number whose owner wants no calls. ``scope`` is a purpose; NULL, or what nobody described: of any purpose.

    Key: the number as a blind index.
    """

    number = SealedText(null=True)
    source = models.TextField(null=True)
    registered_at = models.DateTimeField(null=True)
    scope = models.TextField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

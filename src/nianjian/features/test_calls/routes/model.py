"""A way to the network, and a gateway by its name in the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from nianjian.features.test_calls.verdict import WITNESSES
from nianjian.platform.vault.fields import SealedText


class Route(models.Model):
    """Where test calls go and who calls. ``line``: the trunk line of the register whose way it is, "" for none.

    ``daily_at``: when all filed numbers are tested each day (Asia/Shanghai), as ``set_by`` asked; ``next_at``: when
    that is due. Both None: only on demand. ``ca``: certificates (PEM) that a
    TLS way trusts, "" for the system's. ``identity``: certificate and key (PEM) that it shows to a gateway that asks.
    """

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    line = models.CharField(max_length=120, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    via = models.CharField(max_length=320)
    caller = models.CharField(max_length=40)
    username = SealedText(null=True)
    password = SealedText(null=True)
    ca = models.TextField(blank=True)
    identity = SealedText(null=True)
    witness = models.CharField(max_length=8, choices=[(one, one) for one in WITNESSES])
    daily_at = models.TimeField(null=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        """A name once an enterprise."""

        app_label = "inspection"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="inspection_route_once")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name


class Gateway(models.Model):
    """Which addresses a gateway answers from; ``hosts`` with commas between."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    hosts = models.CharField(max_length=1000)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        """A name once an enterprise."""

        app_label = "inspection"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="inspection_gateway_once")
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

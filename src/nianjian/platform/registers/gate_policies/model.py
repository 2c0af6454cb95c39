"""One change of what the gate allows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class GatePolicy(models.Model):
    """In force from ``in_force_at`` until ``superseded_at``; without the first a proposal that waits or was refused.

    ``key`` and ``name`` say what it is about, ``values`` what holds:

    - channel, display, team: {"cap": attempts a natural day or null for the default, "white_list": bool}
    - rule: {"on": bool}, name is a key of the rulebook (``frequency.…``) whose limits are taken over
    - purpose: {"fail_open": bool}
    - mode: {"enforce": bool}, name is empty
    """

    id = models.CharField(primary_key=True, max_length=32)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=16)
    name = models.CharField(max_length=120, blank=True)
    values: models.JSONField[Any, Any] = models.JSONField()
    reason = models.TextField(blank=True)
    before = models.CharField(max_length=32, blank=True)  # the row that it takes the place of
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()
    approval = models.CharField(max_length=20, blank=True)  # "": one person was enough
    approved_by = models.CharField(max_length=160, blank=True)
    in_force_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """One row in force about one thing."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "key", "name"],
                condition=models.Q(in_force_at__isnull=False, superseded_at=None),
                name="registers_gatepolicy_in_force",
            )
        ]

    def __str__(self) -> str:
        """What it is about and what holds."""
        return f"{self.key} {self.name}: {self.values}"

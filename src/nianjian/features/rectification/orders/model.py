"""One request to isolate a channel, or to lift an isolation."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.features.rectification.cases.model import Case


class Order(models.Model):
    """In force from ``approved_at`` until ``lifted_at``. ``end``: what must be true before it is lifted, in words."""

    ISOLATE = "isolate"
    LIFT = "lift"

    id = models.CharField(max_length=32, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="orders", null=True)
    kind = models.CharField(max_length=8)
    lifts = models.ForeignKey("self", on_delete=models.PROTECT, related_name="+", null=True)
    key = models.CharField(max_length=12)  # what names the channel: line | display | team
    channel = models.CharField(max_length=120)
    cap = models.PositiveIntegerField()  # attempts a natural day while it is isolated
    cap_before = models.PositiveIntegerField()  # and before, again after it is lifted
    white_list = models.BooleanField()
    reason = models.TextField()
    end = models.TextField(blank=True)
    approval = models.CharField(max_length=16)
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    gate_before: models.JSONField[Any, Any] = models.JSONField(null=True)  # what the gate allowed then; NULL: defaults

    class Meta:
        """One isolation of a channel at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "key", "channel"],
                condition=models.Q(kind="isolate", approved_at__isnull=False, lifted_at=None),
                name="rectification_isolated_once",
            )
        ]

    def __str__(self) -> str:
        """Kind and channel."""
        return f"{self.kind} {self.key} {self.channel}"

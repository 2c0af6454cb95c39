"""A rule's value that differs for a province or an enterprise, between two days."""

from __future__ import annotations

from typing import Any

from django.db import models


class Overlay(models.Model):
    """It counts once ``approved_at`` is set; until then it is a proposal. ``enterprise`` or ``province`` may be ""."""

    id = models.CharField(primary_key=True, max_length=32)
    key = models.CharField(max_length=120)  # as in the rulebook: portrait.seat_vacancy.limit
    value: models.JSONField[Any, Any] = models.JSONField()
    province = models.CharField(max_length=20, blank=True)
    enterprise = models.CharField(max_length=40, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # last day, included
    reason = models.TextField()
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField()
    approval = models.CharField(max_length=20)
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Key and value."""
        return f"{self.key} = {self.value}"

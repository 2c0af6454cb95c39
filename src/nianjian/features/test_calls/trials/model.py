"""One test call of one number."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Trial(models.Model):
    """``how``: sip, or hand for one that a person dialled and timed. Times in milliseconds after ``begun_at``.

    ``verdict`` "": a test by hand that is under way. ``blob``: the sealed log of messages, "" where there is none.
    ``rulebook``: which rules it was judged by; ``source``: which clocks measured.
    """

    SIP = "sip"
    HAND = "hand"
    HOWS = (SIP, HAND)

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=30)
    how = models.CharField(max_length=4, choices=[(one, one) for one in HOWS])
    route = models.CharField(max_length=60, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    via = models.CharField(max_length=320, blank=True)
    begun_at = models.DateTimeField()
    limit_ms = models.PositiveIntegerField()
    verdict = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=24, blank=True)
    in_time = models.BooleanField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    phrase = models.CharField(max_length=120, blank=True)
    cause = models.PositiveSmallIntegerField(null=True)  # Q.850
    trying_ms = models.PositiveIntegerField(null=True)
    ringing_ms = models.PositiveIntegerField(null=True)
    early_ms = models.PositiveIntegerField(null=True)
    answer_ms = models.PositiveIntegerField(null=True)
    over_ms = models.PositiveIntegerField(null=True)
    gateway_expected = models.CharField(max_length=400, blank=True)
    gateway_seen = models.CharField(max_length=255, blank=True)
    witness = models.CharField(max_length=8, blank=True)
    rulebook: models.JSONField[Any, Any] = models.JSONField(default=dict)
    source: models.JSONField[Any, Any] = models.JSONField(default=dict)
    note = SealedText(null=True)
    blob = models.CharField(max_length=32, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by enterprise and number, newest first."""

        app_label = "inspection"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "-begun_at"], name="inspection_trial_of"),
            models.Index(fields=["enterprise", "number", "-begun_at"], name="inspection_trial_number"),
        ]

    def __str__(self) -> str:
        """Id and verdict."""
        return f"{self.id} {self.verdict}"

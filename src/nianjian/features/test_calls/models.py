"""The tables of test calls: routes, gateways, trials, and looks into the call records."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.features.test_calls.states import LANDINGS, WITNESSES
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
        return self.name


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
    verdict = models.CharField(max_length=12, blank=True)
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
        return f"{self.id} {self.verdict}"


class Landing(models.Model):
    """Never changed and never in place of what was sealed: records come after a call, so a look has its own date.

    ``expected``: the ledger's gateway when the call was made; ``seen``: gateways that the records name; ``records``:
    source, call, moment and names of each record of the call, no numbers, and what tells a voicemail in it;
    ``sources``: name -> whether it has records before and after the call.
    """

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    trial = models.ForeignKey("inspection.Trial", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=12, choices=[(one, one) for one in LANDINGS])
    expected = models.CharField(max_length=400, blank=True)
    seen: models.JSONField[Any, Any] = models.JSONField(default=list)
    records: models.JSONField[Any, Any] = models.JSONField(default=list)
    sources: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by the test, newest first."""

        app_label = "inspection"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["trial", "-at"], name="inspection_landing_of"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.verdict}"

"""A case with its events, measures and papers, and the orders that isolate a channel."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.features.portrait.models import Task, Watch
from nianjian.platform.vault.fields import SealedText


class Case(models.Model):
    """A notice (整改通知书) and how it stands. ``printed_due``: the last day that the notice names, which wins.

    ``located`` and ``measured``: what the last location and the last measurement found (figures, windows, snapshot);
    ``checked``: the effectiveness check with which it was closed.
    """

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(max_length=120, blank=True)  # the notice's own number (文号)
    received = models.DateField()
    printed_due = models.DateField(null=True)
    causes: models.JSONField[Any, Any] = models.JSONField()  # [text]
    state = models.CharField(max_length=12)
    located: models.JSONField[Any, Any] = models.JSONField(null=True)
    measured: models.JSONField[Any, Any] = models.JSONField(null=True)
    checked: models.JSONField[Any, Any] = models.JSONField(null=True)
    submitted_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by enterprise."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "opened_at"], name="rectification_case_of")
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Event(models.Model):
    """Something that was done in a case; ``step`` is one of `states.STEPS` or the name of another act."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(max_length=24)
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)
    data: models.JSONField[Any, Any] = models.JSONField()

    def __str__(self) -> str:
        return f"{self.step} {self.actor}"


class Measure(models.Model):
    """A corrective measure with its owner. ``every``: days after which it is done again (R9), None: once."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    text = SealedText()
    owner = SealedText()
    due = models.DateField()
    every = models.PositiveIntegerField(null=True)
    done_on = models.DateField(null=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"measure {self.pk}"


class Paper(models.Model):
    """A paper of a case, sealed in the vault. Issuer, number, date and scope stand at a 技术测评报告.

    ``titled``: its text names it a technical assessment; NULL: no text could be read, a person's word alone stands.
    """

    NOTICE = "notice"
    TEST_REPORT = "test_report"
    ANNEX = "annex"
    KINDS = (NOTICE, TEST_REPORT, ANNEX)

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=12, choices=[(one, one) for one in KINDS])
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    issuer = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=120, blank=True)
    dated = models.DateField(null=True)
    scope = models.CharField(max_length=500, blank=True)  # what was tested (测评范围)
    titled = models.BooleanField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """The same content once for one purpose."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "kind", "sha256"], name="rectification_paper_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


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
    gate_before: models.JSONField[Any, Any] = models.JSONField(
        null=True
    )  # what the gate allowed before; NULL: nothing set

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
        return f"{self.kind} {self.key} {self.channel}"


__all__ = ["Case", "Event", "Measure", "Order", "Paper", "Task", "Watch"]

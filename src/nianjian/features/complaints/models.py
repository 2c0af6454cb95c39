"""The tables of complaint tickets (投诉工单): tickets, proposed calls, one-click addresses, warnings sent."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from django.db import models

from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText, TailIndex

# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

REOPENED: Final = models.Q(reopened_at__isnull=False) & (
    models.Q(closed_at=None) | models.Q(reopened_at__gt=models.F("closed_at"))
)
UNFINISHED: Final = REOPENED | models.Q(closed_at=None, reopened_at=None)
#: Tickets that are still worked on: few of all that there ever were, so each read of them takes their own index.
OPEN: Final = models.Q(exclusion=None) & UNFINISHED


class Complaint(Version):
    """A complaint ticket (投诉工单). Key: its number (编号). (来源, 上级单号) is its reference."""

    ticket_id = models.TextField(null=True)
    source = models.CharField(max_length=16, null=True)  # 12321 | 12300 | enterprise | one_click | carrier
    reference = models.TextField(null=True)
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    complainant = SealedText(null=True)
    complainant_tail = TailIndex("complainant")
    complained = models.TextField(null=True)
    called_at = models.DateTimeField(null=True)
    duration = models.BigIntegerField(null=True)  # seconds
    category = models.TextField(null=True)
    content = SealedText(null=True)
    call_id = models.TextField(null=True)
    line_id = models.TextField(null=True)
    team_id = models.TextField(null=True)
    auto_replied_at = models.DateTimeField(null=True)  # an automatic answer: no response
    assignee = models.TextField(null=True)  # an account's name or a staff number
    responded_at = models.DateTimeField(null=True)
    responded_by = SealedText(null=True)
    measures = SealedText(null=True)
    called_back_at = models.DateTimeField(null=True)
    callback_result = SealedText(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    exclusion = models.CharField(max_length=16, null=True)  # not_accepted | not_own_number | duplicate | not_a_call
    attachment = models.TextField(null=True)
    duplicate_of = models.TextField(null=True)  # number of the ticket that stays
    drill = models.BooleanField(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of its number or of the one above, and by the complainant's last four digits."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("complaint_by_code", "key"),
            prefix_index("complaint_by_team", "key", "team_id"),
            prefix_index("complaint_by_reference", "reference"),
            prefix_index("complaint_by_team_reference", "reference", "team_id"),
            models.Index(
                fields=["enterprise", "complainant_tail"],
                condition=models.Q(superseded_at=None),
                name="complaint_by_tail",
            ),
            models.Index(
                fields=["enterprise", "arrived_at"],
                condition=models.Q(superseded_at=None) & OPEN,
                name="complaint_open",
            ),
            models.Index(
                fields=["enterprise", "closed_at"],
                condition=models.Q(superseded_at=None, closed_at__isnull=False),
                name="complaint_closed",
            ),
        ]


class Proposal(models.Model):
    """What the last run found for a ticket; ``key`` is the ticket's. A run replaces what nobody has decided on.

    ``call`` and ``runner_up`` hold call_id, source, started (wall time, ISO), line_id and team_id; NULL: there is none.
    """

    ASSERTED = "asserted"  # unambiguous: written to the ticket
    PROPOSED = "proposed"  # a person has to decide
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    NONE = "none"  # no call fits
    STATES = (ASSERTED, PROPOSED, CONFIRMED, DISMISSED, NONE)

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES])
    link = models.CharField(max_length=12)  # id | ten_minutes | day | before | ""
    confidence = models.CharField(max_length=6)  # high | medium | low | none
    candidates = models.PositiveIntegerField()
    call: models.JSONField[Any, Any] = models.JSONField(null=True)
    runner_up: models.JSONField[Any, Any] = models.JSONField(null=True)
    filled: models.JSONField[Any, Any] = models.JSONField(default=list)  # fields of the ticket that come from the call
    snapshot = models.BigIntegerField(null=True)  # version of the calls that were looked through
    made_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """One a ticket."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "key"], name="complaints_proposal_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class Door(models.Model):
    """``token``: the last part of the address. It is drawn by lot, not made of the number, and it is kept.

    So nobody comes from one number's address to another's, it can be taken back, and printed codes outlive a new key.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32)
    token = models.CharField(max_length=32, unique=True)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """One open address a number."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "number"], condition=models.Q(closed_at=None), name="complaints_door_once"
            )
        ]

    def __str__(self) -> str:
        return self.number


class Warned(models.Model):
    """``key`` is the ticket's; ``clock``: response or close, or arrival for the alert when it came."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    clock = models.CharField(max_length=8)
    warned_at = models.DateTimeField()

    class Meta:
        """Once a ticket and clock."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "key", "clock"], name="complaints_warned_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.clock}"

"""The rows of the register of 投诉工单."""
# ruff: noqa: DJ001 -- NULL is "not known"; an empty text would be a value

from __future__ import annotations

from django.db import models

from nianjian.registers.versions.row import Version
from nianjian.vault.fields import SealedText


class Complaint(Version):
    """A complaint ticket (投诉工单).

    Key: its number (编号). (来源, 上级单号) is its reference.
    """

    ticket_id = models.TextField(null=True)
    source = models.CharField(max_length=16, null=True)  # 12321 | 12300 | enterprise | one_click | carrier
    reference = models.TextField(null=True)
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    complainant = SealedText(null=True)
    complained = models.TextField(null=True)
    called_at = models.DateTimeField(null=True)
    duration = models.BigIntegerField(null=True)  # seconds
    category = models.TextField(null=True)
    content = SealedText(null=True)
    call_id = models.TextField(null=True)
    line_id = models.TextField(null=True)
    team_id = models.TextField(null=True)
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
    drill = models.BooleanField(null=True)

    class Meta(Version.Meta):
        """Not abstract."""

        abstract = False

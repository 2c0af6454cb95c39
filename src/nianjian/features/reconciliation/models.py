"""A run with its differences; proposals that wait for a person, and what persons have decided."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.features.reconciliation.states import STATES
from nianjian.platform.vault.fields import SealedText


class Run(models.Model):
    """One reconciliation. ``as_of``: the day of the comparison, or the last one of the period that begins at ``first``.

    ``counts``: rows by result, those that are equal included; ``told``: what else it found (figures, no persons).
    """

    PEOPLE = "people"  # kinds without a register of their own
    SOURCES = "sources"

    id = models.CharField(max_length=16, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)  # numbers | lines | seats | people | sources
    as_of = models.DateField()
    first = models.DateField(null=True)
    file = SealedText(null=True)  # name of the export: it may tell a person's
    sha256 = models.CharField(max_length=64, blank=True)
    counts: models.JSONField[Any, Any] = models.JSONField()
    told: models.JSONField[Any, Any] = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by enterprise, newest first."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "-made_at"], name="reconcile_run_of"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class Difference(models.Model):
    """A row on which the sides do not agree. ``key``: its key, or a blind index where that is personal.

    ``label`` and ``fields`` are JSON: whom or what it is about, field -> [ours, theirs]; ``digest`` tells whether the
    next run has found the same one. ``due``: until when it is filed; ``provisional``: holidays may move it.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="differences")
    key = models.CharField(max_length=200)
    result = models.CharField(max_length=16)
    month = models.CharField(max_length=7, blank=True)  # YYYY-MM, of a person
    likely = models.CharField(max_length=40, blank=True)  # code of the likely cause
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list)  # codes
    label = SealedText()
    fields = SealedText(null=True)
    digest = models.CharField(max_length=64)
    changed_on = models.DateField(null=True)
    due = models.DateField(null=True)
    provisional = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES])
    owner = SealedText(null=True)
    cause = SealedText(null=True)
    action = SealedText(null=True)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """A row once a run and month; filtered by state and result."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "key", "month"], name="reconcile_difference_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "state", "result"], name="reconcile_difference_by"),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.state}"


class Proposal(models.Model):
    """A pair that may be one person; nothing follows from it before somebody decides.

    ``kind``: homonym and name pair a payee with a person, identity two numbers of one name. ``told`` is JSON: what is
    paired; ``subject`` and ``person`` are blind indices of both sides.
    """

    HOMONYM = "homonym"
    NAME = "name"
    IDENTITY = "identity"
    KINDS = (HOMONYM, NAME, IDENTITY)
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    STATES = (PROPOSED, CONFIRMED, DISMISSED)

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=[(one, one) for one in KINDS])
    subject = models.CharField(max_length=64)
    person = models.CharField(max_length=64)
    told = SealedText()
    likeness = models.PositiveSmallIntegerField()  # percent
    state = models.CharField(max_length=9, choices=[(one, one) for one in STATES])
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        """A pair once a run."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "kind", "subject", "person"], name="reconcile_proposal_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Account(models.Model):
    """What a person has decided: payments to a name and account, or a miswritten number, are this person's.

    ``subject`` is the blind index of name and account, or of the written number; ``identity`` the person's own.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=64)
    identity = SealedText()
    decided_by = models.CharField(max_length=160)
    decided_at = models.DateTimeField()

    class Meta:
        """One decision a subject."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "kind", "subject"], name="reconcile_account_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.decided_by}"


__all__ = ["Account", "Difference", "Proposal", "Run"]

"""A package that was handed in, its evidence, the notices that came back, their requests and answers."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from nianjian.platform.vault.fields import SealedText


class Submission(models.Model):
    """A package that was handed in. ``items``: item -> SHA-256 of its source, as its manifest has it.

    ``built_here``: the audit chain holds the entry of its build; ``passed_on``: when the authority said so.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    number = models.PositiveIntegerField()  # 1, 2, … within the season
    handed_on = models.DateField()
    place = models.CharField(max_length=200)  # the window or the system
    reference = models.CharField(max_length=120, blank=True)  # the authority's own number of it (受理号)
    manifest_sha256 = models.CharField(max_length=64)
    items: models.JSONField[Any, Any] = models.JSONField()
    pages = models.PositiveIntegerField()  # of the paper edition
    built_here = models.BooleanField()
    passed_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """Numbers and packages once a season."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "number"], name="dossier_submission_number"),
            models.UniqueConstraint(fields=["enterprise", "year", "manifest_sha256"], name="dossier_submission_once"),
        ]

    def __str__(self) -> str:
        """Year and number."""
        return f"{self.year} {self.number}"


class Evidence(models.Model):
    """A file about a package that was handed in, sealed in the vault: its manifest, a receipt, a notice."""

    MANIFEST = "manifest"
    KINDS = ("receipt", "acceptance", "notice", "opinion", "annex")

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12, choices=[(one, one) for one in (MANIFEST, *KINDS)])
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """The same content once for one purpose."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["submission", "kind", "sha256"], name="dossier_evidence_once")
        ]

    def __str__(self) -> str:
        """Kind and hash."""
        return f"{self.kind} {self.sha256[:12]}"


class Notice(models.Model):
    """A package came back (退回/补正). ``printed_due``: the last day that the notice names, which wins."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="notices")
    received = models.DateField()
    printed_due = models.DateField(null=True)
    reference = models.CharField(max_length=120, blank=True)  # the notice's own number
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        """Its day."""
        return f"notice {self.received}"


class Request(models.Model):
    """What a notice asks for; ``item`` "": about the whole package."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="requests")
    item = models.CharField(max_length=40, blank=True)
    text = SealedText()

    def __str__(self) -> str:
        """Its item."""
        return f"request {self.item}"


class Answer(models.Model):
    """An answer to a request, the newest counts. ``version``: of the request's item; None: words alone."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers")
    version = models.PositiveIntegerField(null=True)
    note = SealedText()
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    def __str__(self) -> str:
        """Who gave it."""
        return f"answer {self.actor}"

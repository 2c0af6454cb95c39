"""Tables of the package: items with versions, files that wait, pictures, rounds, seal images, signed papers, sheets."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from nianjian.platform.vault.fields import SealedText


def row_values(row: models.Model, *columns: str) -> dict[str, Any]:
    """Some columns of a row."""
    return {name: getattr(row, name) for name in columns}


class Arrival(models.Model):
    """A file of a data year that belongs to no item yet; the row goes when a person has decided.

    ``proposal``: JSON, the items that its content speaks for with evidence, which may name people; None: not yet read.
    ``fault``: code and values as JSON, where it could not be read. ``overruled``: JSON, what two people answer to what
    was found on the scan of a sealed book, by its code.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    name = SealedText()  # file name without folder: it may tell a person's
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    proposal = SealedText(null=True)
    fault = SealedText(null=True)
    overruled = SealedText(null=True)
    arrived_at = models.DateTimeField()
    arrived_by = models.CharField(max_length=160)

    class Meta:
        """A content once a season; read by season, the oldest first."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "sha256"], name="dossier_arrival_once")
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class FillIn(models.Model):
    """The fields of one report of a data year; the newest counts. ``lines``: JSON, it names people.

    ``run``: of the portrait that the figures come from, "" where there was none.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    report = models.CharField(max_length=12)
    as_of = models.DateField()
    run = models.CharField(max_length=64, blank=True)
    rulebook = models.CharField(max_length=32)
    lines = SealedText()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=160)

    class Meta:
        """Asked for by report."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "year", "report"], name="dossier_fill_in_of")
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.year}"


class SealPicture(models.Model):
    """The picture of a seal, sealed; no door gives it out. ``kind``: of `SealKind`.

    Withdrawn, its file is deleted and its ``blob`` empty; the impressions that name it place nothing any more.
    """

    id = models.CharField(max_length=32, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    width_mm = models.DecimalField(max_digits=5, decimal_places=2)  # on paper
    wide = models.PositiveIntegerField()  # pixels
    high = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)  # of the plain picture
    blob = models.CharField(max_length=32, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """One picture of a kind at a time."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "kind"], condition=models.Q(withdrawn_at=None), name="dossier_seal_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class Impression(models.Model):
    """One print of a seal's picture on one page of one document, as asked for; placed only when approved.

    ``document_sha256``: of the untouched file; another version of the paper has another, and bears nothing.
    The centre lies ``x_mm`` and ``y_mm`` from the lower left of the upright page.
    """

    id = models.CharField(max_length=32, primary_key=True)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    picture = models.ForeignKey(SealPicture, on_delete=models.PROTECT, related_name="impressions")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    version = models.PositiveIntegerField()  # of the item, for readers
    document_sha256 = models.CharField(max_length=64)
    mark = models.CharField(max_length=16)  # of the package, that the print stands on
    page = models.PositiveIntegerField()  # from 1
    x_mm = models.DecimalField(max_digits=6, decimal_places=2)
    y_mm = models.DecimalField(max_digits=6, decimal_places=2)
    reason = SealedText()
    approval = models.CharField(max_length=20)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    approved_by = models.CharField(max_length=160, blank=True)
    approved_at = models.DateTimeField(null=True)
    placed = models.PositiveIntegerField(default=0)  # how many drafts bear it
    placed_at = models.DateTimeField(null=True)  # the newest of them, and the SHA-256 of its manifest
    placed_in = models.CharField(max_length=64, blank=True)

    class Meta:
        """A document bears a mark's print once a page."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "year"], name="dossier_impression_season")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["picture", "document_sha256", "item", "year", "mark", "page"],
                condition=models.Q(approved_at__isnull=False),
                name="dossier_impression_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.page} {self.document_sha256[:12]}"


class Material(models.Model):
    """One item of one data year; its row is made when something is first done about it.

    ``not_applicable``: why the package need not have it (不适用), empty where it must.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    owner = models.CharField(max_length=160, blank=True)
    due = models.DateField(null=True)
    not_applicable = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=160)

    class Meta:
        """One row an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "item"], name="dossier_material_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.year}"


class Version(models.Model):
    """A file for an item; the newest that was not sent back counts.

    ``verdict``: what the check said (`states.Verdict`), ``report``: its JSON, which may name people.
    ``effective_on`` and ``valid_until`` are those of the paper, not of the upload; None: it has none.
    """

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()  # 1, 2, … within the item
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    pages = models.PositiveIntegerField()
    verdict = models.CharField(max_length=16)
    report = SealedText()
    blanks = models.PositiveSmallIntegerField(default=0)  # of the report, that nobody has said anything about
    effective_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    reused_from = models.PositiveIntegerField(null=True)  # data year
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=160, blank=True)
    returned_at = models.DateTimeField(null=True)
    returned_by = models.CharField(max_length=160, blank=True)
    returned_reason = models.TextField(blank=True)

    class Meta:
        """Numbers and contents once an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["material", "number"], name="dossier_version_number"),
            models.UniqueConstraint(fields=["material", "sha256"], name="dossier_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.sha256[:12]}"


class SealedScan(models.Model):
    """The pages of a version as they were scanned out of the sealed book, sealed in the vault; the newest counts.

    ``book``: the name that the codes on its pages bear; ``riding``: what was seen of the riding seal in the whole book.
    ``overruled``: as of `Arrival`.
    """

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="sealed_scans")
    book = models.CharField(max_length=16)
    manifest_sha256 = models.CharField(max_length=64)  # of the package that was printed
    riding = models.CharField(max_length=16)
    overruled = SealedText(null=True)
    dpi = models.PositiveSmallIntegerField(null=True)  # of the coarsest page; null: no page is one picture
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """The same pages once a version."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "sha256"], name="dossier_sealed_scan_once")
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.sha256[:12]}"


class Comment(models.Model):
    """What somebody said about an item."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="comments")
    text = SealedText()
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"comment {self.actor}"


class PagePicture(models.Model):
    """A page as people look at it: a JPEG in a sealed file; sides of the page in mm, as displayed.

    Of a version of an item, or of a file that waits for its item (`arrival`).
    """

    version = models.ForeignKey("dossier.Version", null=True, on_delete=models.PROTECT, related_name="pictures")
    arrival = models.ForeignKey("dossier.Arrival", null=True, on_delete=models.PROTECT, related_name="pictures")
    page = models.PositiveIntegerField()  # from 1
    wide_mm = models.FloatField()
    high_mm = models.FloatField()
    blob = models.CharField(max_length=32)

    class Meta:
        """One picture a page, of one file."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "page"], name="dossier_picture_once"),
            models.UniqueConstraint(fields=["arrival", "page"], name="dossier_picture_waits_once"),
            models.CheckConstraint(
                condition=Q(version__isnull=True, arrival__isnull=False)
                | Q(version__isnull=False, arrival__isnull=True),
                name="dossier_picture_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.page}"


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
        return f"{self.year} {self.number}"


class Evidence(models.Model):
    """A file about a package that was handed in, sealed in the vault: its manifest, a receipt, a notice.

    ``package`` and ``signed``: the zip of the package itself, and of its signed edition.
    """

    MANIFEST = "manifest"
    PACKAGE = "package"
    SIGNED = "signed"
    KINDS = ("receipt", "acceptance", "notice", "opinion", "annex")

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in (MANIFEST, PACKAGE, SIGNED, *KINDS)])
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
        return f"notice {self.received}"


class Request(models.Model):
    """What a notice asks for; ``item`` "": about the whole package."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="requests")
    item = models.CharField(max_length=40, blank=True)
    text = SealedText()

    def __str__(self) -> str:
        return f"request {self.item}"


class Answer(models.Model):
    """An answer to a request, the newest counts. ``version``: of the request's item; None: words alone."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="answers")
    version = models.PositiveIntegerField(null=True)
    note = SealedText()
    at = models.DateTimeField()
    actor = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"answer {self.actor}"


class SignedPaper(models.Model):
    """The file is evidence: sealed, never changed, never bound into an edition, which would break the signature.

    ``report``: JSON of the signatures as they were when it came (`signatures.Signature`); it names people.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()  # data year
    item = models.CharField(max_length=40)
    name = SealedText()
    sha256 = models.CharField(max_length=64)  # of the plain file
    size = models.BigIntegerField()
    blob = models.CharField(max_length=32)
    standing = models.CharField(max_length=12)  # of `signatures.Standing`
    signatures = models.PositiveIntegerField()
    report = SealedText()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """A file once an item."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enterprise", "year", "item", "sha256"], name="dossier_signed_once")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.sha256[:12]}"

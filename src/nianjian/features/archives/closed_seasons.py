"""Closed seasons as they stood: the table, its reads and writes, and the refusal of writes to a closed season."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db import IntegrityError, models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.vault.fields import SealedText


class Archive(models.Model):
    """``told``: canonical JSON of all that the season was; ``sha256``: of it, also in the audit chain.

    ``opened_at``: since when it is open again; the row and its files stay. ``opening_reason``: what was asked last.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # data year
    told = SealedText()
    sha256 = models.CharField(max_length=64)
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=160)
    opening_reason = models.TextField(blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    opened_by = models.CharField(max_length=160, blank=True, default="")  # the second person

    class Meta:
        """A season is closed once at a time."""

        app_label = "season"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "year"], condition=models.Q(opened_at=None), name="season_archive_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.sha256[:12]}"


class Kept(models.Model):
    """A file of a closed season, sealed: manifest, package, portrait, log. No retention deletes it.

    ``sha256`` and ``size``: of the plain content; they stand in the archive's text, too, and so in its digest.
    """

    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="files")
    part = models.CharField(max_length=16)  # of `PARTS` in season.commands
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)

    class Meta:
        """One file a part."""

        app_label = "season"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["archive", "part"], name="season_archive_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.sha256[:12]}"


def list_closed_years(enterprise: str) -> list[int]:
    """Data years whose season is closed, newest first."""
    return list(
        Archive.objects.filter(enterprise_id=enterprise, opened_at=None)
        .order_by("-year")
        .values_list("year", flat=True)
    )


def is_closed(enterprise: str, year: int) -> bool:
    """Whether a season is closed, and not open again."""
    return Archive.objects.filter(enterprise_id=enterprise, year=year, opened_at=None).exists()


def refuse_closed(enterprise: str, year: int) -> None:
    """``season_archived`` for a season that is closed: its reports and tasks do not change any more."""
    if is_closed(enterprise, year):
        raise NianjianError("season_archived", year=year)


def get_closed_archive(enterprise: str, year: int) -> Archive:
    """The row of a season that is closed now; ``season_archive_unknown``."""
    return get_or_raise(
        Archive.objects.filter(enterprise_id=enterprise, year=year, opened_at=None), "season_archive_unknown", year=year
    )


def list_closings(enterprise: str, year: int) -> list[dict[str, Any]]:
    """Every closing of a season, the first is number 1; ``opened_at`` of those that two people opened again.

    ``opening_asked_by`` is the first of the two, ``opened_by`` the second.
    """
    rows = list(Archive.objects.filter(enterprise_id=enterprise, year=year).order_by("pk"))
    askers = approvals.list_requesters(KIND, [str(row.pk) for row in rows if row.opened_at])
    return [
        {
            "number": number,
            "sha256": row.sha256,
            "closed_at": row.closed_at.isoformat(),
            "closed_by": row.closed_by,
            "opened_at": row.opened_at and row.opened_at.isoformat(),
            "opening_asked_by": askers.get(str(row.pk), ""),
            "opened_by": row.opened_by,
        }
        for number, row in enumerate(rows, 1)
    ]


def list_reopened(enterprise: str) -> list[tuple[int, int]]:
    """Data year and number of the last closing of seasons that are open again, newest first."""
    rows = Archive.objects.filter(enterprise_id=enterprise).order_by("pk").values_list("year", "opened_at")
    count: dict[int, int] = {}
    for year, _opened_at in rows:
        count[year] = count.get(year, 0) + 1
    closed = {year for year, opened_at in rows if opened_at is None}
    return sorted(((year, number) for year, number in count.items() if year not in closed), reverse=True)


def get_closing(enterprise: str, year: int, closing: int | None) -> Archive:
    """A closing by its number; None: the one that holds now. ``season_archive_unknown``."""
    if closing is None:
        return get_closed_archive(enterprise, year)
    rows = list(Archive.objects.filter(enterprise_id=enterprise, year=year).order_by("pk"))
    if not 1 <= closing <= len(rows):
        raise NianjianError("season_archive_unknown", year=year)
    return rows[closing - 1]


def list_reopening_requests(subjects: Collection[str]) -> list[Archive]:
    """The rows that requests for reopening speak of, as far as there are any."""
    return list(Archive.objects.filter(pk__in=[one for one in subjects if one.isascii() and one.isdecimal()]))


def get_archived_file(enterprise: str, year: int, part: str, closing: int | None = None) -> Kept:
    """A file of a closing, as `get_closing`; ``season_archive_unknown``, ``season_file_unknown``."""
    row = get_closing(enterprise, year, closing)
    return get_or_raise(Kept.objects.filter(archive=row, part=part), "season_file_unknown", year=year)


def list_sealed_blobs() -> set[str]:
    """The sealed files that closed seasons keep: nothing else may delete them."""
    return set(Kept.objects.values_list("blob", flat=True))


def read_archive(enterprise: str, year: int, closing: int | None = None) -> dict[str, Any]:
    """A closing as the season stood, with its digest; ``season_archive_unknown``, ``season_archive_damaged``."""
    row = get_closing(enterprise, year, closing)
    text = row.told or ""
    if hashlib.sha256(text.encode()).hexdigest() != row.sha256:
        raise NianjianError("season_archive_damaged", year=year)
    document: dict[str, Any] = {"files": [], **json.loads(text)}  # an older program kept none
    return {**document, "sha256": row.sha256, "closed_at": row.closed_at.isoformat(), "closed_by": row.closed_by}


KIND: Final = "season_reopen"


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """A sealed file of the season; ``part``: "manifest", "package", "signed", "portrait" or "log"."""

    part: str
    name: str
    media_type: str
    sha256: str
    size: int
    blob: str

    def to_document(self) -> dict[str, Any]:
        """What the archive's text says of it."""
        return {"part": self.part, "name": self.name, "sha256": self.sha256, "size": self.size}


def store_archive(
    *, enterprise: str, year: int, document: Mapping[str, Any], files: Sequence[ArchiveFile], actor: Actor
) -> str:
    """Keep what the season was, with its files; its digest. ``season_archived`` for one that is closed."""
    tenant = accounts.enterprise(enterprise)
    document = {**document, "files": [one.to_document() for one in files]}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    row = Archive(
        enterprise_id=tenant.code, year=year, told=text, sha256=sha256, closed_at=clock.now(), closed_by=str(actor)
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise NianjianError("season_archived", year=year) from fault
        Kept.objects.bulk_create(
            Kept(archive=row, part=one.part, name=one.name, media_type=one.media_type, sha256=one.sha256,
                 size=one.size, blob=one.blob)
            for one in files
        )  # fmt: skip
        data = {"year": year, "sha256": sha256, "files": {one.part: one.sha256 for one in files}}
        data |= {"without_package": True} if document.get("without_package") else {}
        record(verb="season.archived", enterprise=tenant.code, actor=actor, data=data)
    return sha256


def record_download(*, enterprise: str, year: int, part: str, sha256: str, actor: Actor) -> None:
    """Note that a file of a closed season goes out."""
    data = {"year": year, "part": part, "sha256": sha256}
    with transaction.atomic():
        record(verb="season.archive_taken", enterprise=enterprise, actor=actor, data=data)


def request_reopening(*, enterprise: str, year: int, reason: str, actor: Actor) -> Approval:
    """Ask for a second person to open a closed season again; the pending request.

    ``season_archive_unknown``, ``season_reason_missing``, ``approval_pending``.
    """
    if not reason.strip():
        raise NianjianError("season_reason_missing", task=str(year))
    with transaction.atomic():
        row = get_closed_archive(enterprise, year)
        row.opening_reason = reason.strip()
        request = approvals.create_request(
            kind=KIND, subject=str(row.pk), digest=reopening_digest(row), enterprise=row.enterprise_id, actor=actor
        )
        row.save(update_fields=["opening_reason"])
    return request


def reopen_archive(*, approval: str, actor: Actor) -> Archive:
    """Say yes as the second person: the season is open again; errors as `approvals.storage.approve_request`.

    ``season_archive_unknown`` where it is open already.
    """
    with transaction.atomic():
        request = approvals.get_approval(approval, KIND)
        row = get_or_raise(
            Archive.objects.select_for_update(of=("self",)).filter(pk=request.subject, opened_at=None),
            "season_archive_unknown",
            year="–",
        )
        approvals.approve_request(approval=approval, digest=reopening_digest(row), actor=actor)
        row.opened_at, row.opened_by = clock.now(), str(actor)
        row.save(update_fields=["opened_at", "opened_by"])
        data = {"year": row.year, "sha256": row.sha256, "approval": approval}
        record(verb="season.reopened", enterprise=row.enterprise_id, actor=actor, data=data)
    return row


def reopening_digest(row: Archive) -> str:
    """sha256 over what the second person agrees to."""
    content = {"enterprise": row.enterprise_id, "year": row.year, "sha256": row.sha256, "reason": row.opening_reason}
    return hashlib.sha256(canonical(content).encode()).hexdigest()

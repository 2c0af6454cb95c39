"""Files beside the registers: attachments of metrics, and papers of rows."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final

from django.db import models, transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.files import require_size, wrap_read_errors
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault import blobs
from nianjian.platform.vault.fields import SealedText


class Attachment(models.Model):
    """``kind``: outsourcing_agreement (外包协议), expansion_plan (扩容计划), anti_harassment_plan (防骚扰技术方案)."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    metric = models.CharField(max_length=40)
    year = models.PositiveIntegerField()  # data year
    kind = models.CharField(max_length=40)
    name = models.TextField()  # file name without folder
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)

    class Meta:
        """The same content once for one purpose."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "metric", "year", "kind", "sha256"], name="registers_attachment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.metric} {self.year}"

    def content(self) -> bytes:
        """The plain file; ``blob_missing``, ``sealed_damaged``."""
        return blobs.get(self.blob)


class RowAttachment(models.Model):
    """A paper that belongs to a row: a certificate, an agreement, a scan. Taken off it stays, but is not shown."""

    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=40)  # kind
    key = models.CharField(max_length=200)  # the row's, as it stands in its table
    name = SealedText()  # file name without folder: it may tell a person's
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)  # of the plain content
    size = models.BigIntegerField()  # bytes, plain
    blob = models.CharField(max_length=32)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=160)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=160, blank=True)

    class Meta:
        """The same content once a row."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enterprise", "register", "key", "sha256"],
                condition=models.Q(removed_at=None),
                name="registers_rowattachment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.sha256[:12]}"


def list_attachments(enterprise: str, *, year: int | None = None) -> QuerySet[Attachment]:
    """Attachments of an enterprise, of one data year if given, by metric, year, kind and hash."""
    rows = Attachment.objects.filter(enterprise_id=enterprise).order_by("metric", "year", "kind", "sha256")
    return rows if year is None else rows.filter(year=year)


def list_row_papers(enterprise: str, register: str, key: str) -> list[RowAttachment]:
    """Attachments of a row, the newest 50 first."""
    papers = RowAttachment.objects.filter(enterprise_id=enterprise, register=register, key=key, removed_at=None)
    return list(papers.order_by("-pk")[:50])


def get_row_paper(enterprise: str, register: str, key: str, id_: int) -> RowAttachment:
    """One attachment of a row; ``attachment_unknown``."""
    papers = RowAttachment.objects.filter(enterprise_id=enterprise, register=register, key=key, removed_at=None)
    return get_or_raise(papers.filter(pk=id_), "attachment_unknown", attachment=id_)


# 中文 as on the command line and in the guide -> stored kind
KINDS: Final = {
    "外包协议": "outsourcing_agreement",
    "扩容计划": "expansion_plan",
    "防骚扰技术方案": "anti_harassment_plan",
}
METRICS: Final = {  # which metric a kind explains (D1, D2)
    "outsourcing_agreement": "seat_vacancy",
    "expansion_plan": "seat_vacancy",
    "anti_harassment_plan": "complaint_rate",
}
LIMIT: Final = 64 * 1024 * 1024  # bytes; a scan of an agreement stays far below
ROW_LIMIT: Final = 20 * 1024 * 1024  # bytes; it comes through a browser and is held in memory
NAME: Final = 120  # characters
_ZIP: Final = b"PK\x03\x04"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
TYPES: Final = {  # ending -> how its content begins, and its media type
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".ofd": (_ZIP, "application/ofd"),
    ".docx": (_ZIP, f"{_OFFICE}.wordprocessingml.document"),
    ".xlsx": (_ZIP, f"{_OFFICE}.spreadsheetml.sheet"),
}


def attach(*, enterprise: str, metric: str, year: int, kind: str, path: Path, actor: Actor) -> Attachment:
    """Store a file as `store_attachment` does; also ``file_missing``, ``file_unreadable``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    _check_kind(metric, kind)
    with wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=str(path), limit=LIMIT)
        content = path.read_bytes()
    return store_attachment(
        enterprise=enterprise, metric=metric, year=year, kind=kind, name=path.name, content=content, actor=actor
    )


def _check_kind(metric: str, kind: str) -> str:
    stored = KINDS.get(kind, kind)
    if stored not in METRICS:
        raise NianjianError("attachment_kind_unknown", kind=kind, kinds=", ".join(METRICS))
    if METRICS[stored] != metric:
        raise NianjianError("attachment_metric_wrong", kind=kind, metric=metric, expected=METRICS[stored])
    return stored


def store_attachment(
    *, enterprise: str, metric: str, year: int, kind: str, name: str, content: bytes, actor: Actor
) -> Attachment:
    """Store and record; the same content for the same purpose again changes nothing.

    ``attachment_kind_unknown``, ``attachment_metric_wrong``, ``file_empty``, ``file_too_large``, ``role_missing``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    stored = _check_kind(metric, kind)
    if not content:
        raise NianjianError("file_empty", file=name)
    tenant = accounts.enterprise(enterprise)
    digest = hashlib.sha256(content).hexdigest()
    values: dict[str, Any] = {"metric": metric, "year": year, "kind": stored, "sha256": digest}
    with transaction.atomic():
        existing = Attachment.objects.filter(enterprise_id=tenant.code, **values).first()
        if existing is not None:
            return existing
        with blobs.put_undoable(content) as blob, transaction.atomic():
            row = Attachment.objects.create(enterprise_id=tenant.code, name=name, **values, **_stamps(blob, actor))
            data = values | {"size": blob.size}
            record(verb="portrait.attach", enterprise=tenant.code, actor=actor, data=data)
    return row


def attach_to_row(*, register: str, row: Version, name: str, content: bytes, actor: Actor) -> int:
    """Store a file beside a row of ``register``; its id. The same content again gives the one that is there.

    ``attachment_type_refused`` unless name and content agree on a known type, ``file_empty``, ``file_too_large``,
    ``role_missing``.
    """
    place = {"enterprise": row.enterprise_id, "register": register, "key": row.key}
    return store_paper(**place, name=name, content=content, actor=actor)


def store_paper(*, enterprise: str, register: str, key: str, name: str, content: bytes, actor: Actor) -> int:
    """Store a file beside what ``register`` and ``key`` name, as `attach_to_row` does."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    called, media_type = clean_name_and_type(name, content)
    digest = hashlib.sha256(content).hexdigest()
    place = {"enterprise_id": enterprise, "register": register, "key": key}
    with transaction.atomic():
        existing = RowAttachment.objects.filter(**place, sha256=digest, removed_at=None).first()
        if existing is not None:
            return int(existing.pk)
        with blobs.put_undoable(content) as blob, transaction.atomic():
            paper = RowAttachment.objects.create(
                **place, name=called, media_type=media_type, sha256=digest, **_stamps(blob, actor)
            )
            data = {"kind": register, "key": key, "sha256": digest, "size": blob.size, "type": media_type}
            record(verb="registers.attach", enterprise=enterprise, actor=actor, data=data)
    return int(paper.pk)


def _stamps(blob: blobs.Blob, actor: Actor) -> dict[str, Any]:
    return {"size": blob.size, "blob": blob.id, "recorded_at": clock.now(), "recorded_by": str(actor)}


def detach_from_row(*, register: str, row: Version, attachment: int, actor: Actor) -> None:
    """Show a file no longer beside its row; its content stays for the retention. ``attachment_unknown``."""
    require_permission(actor, row.enterprise_id, Permission.MANAGE_DATA)
    with transaction.atomic():
        paper = get_row_paper(row.enterprise_id, register, row.key, attachment)
        papers = RowAttachment.objects.filter(pk=paper.pk, removed_at=None)
        if papers.update(removed_at=clock.now(), removed_by=str(actor)) != 1:
            raise NianjianError("attachment_unknown", attachment=attachment)
        data = {"kind": register, "key": row.key, "sha256": paper.sha256}
        record(verb="registers.detach", enterprise=row.enterprise_id, actor=actor, data=data)


def download_row_paper(*, register: str, row: Version, attachment: int, actor: Actor) -> tuple[RowAttachment, bytes]:
    """Give a file out in full and note it. ``attachment_unknown``, ``blob_missing``, ``role_missing``."""
    require_permission(actor, row.enterprise_id, Permission.VIEW_UNMASKED)
    return read_paper(get_row_paper(row.enterprise_id, register, row.key, attachment), actor)


def read_paper(paper: RowAttachment, actor: Actor) -> tuple[RowAttachment, bytes]:
    """Give a file out and note it; the caller has asked whether the actor may. ``blob_missing``."""
    content = blobs.get(paper.blob)
    with transaction.atomic():
        data = {"kind": paper.register, "key": paper.key, "sha256": paper.sha256}
        record(verb="registers.fetch", enterprise=paper.enterprise_id, actor=actor, data=data)
    return paper, content


def delete_orphans(*, register: str, model: type[Version], enterprise: str) -> int:
    """Delete the files of rows of which no version is left, inside the transaction that deleted these; how many.

    The sealed contents go when the transaction is committed. The flow that calls this writes the audit entry.
    """
    rows = model._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 -- the manager of any model
    papers = RowAttachment.objects.filter(enterprise_id=enterprise, register=register)
    left = list(papers.exclude(key__in=rows.values("key")).values_list("pk", "blob"))
    RowAttachment.objects.filter(pk__in=[pk for pk, _blob in left]).delete()
    for _pk, blob in left:
        transaction.on_commit(partial(blobs.remove, blob))
    return len(left)


def clean_name_and_type(name: str, content: bytes) -> tuple[str, str]:
    """Return the name without folder and control characters, and the media type.

    ``file_empty``, ``file_too_large``, ``attachment_type_refused`` unless name and content agree.
    """
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    stem, ending = Path(plain).stem[:NAME], Path(plain).suffix.lower()
    require_size(plain, len(content), ROW_LIMIT)
    begins, media_type = TYPES.get(ending, (b"", ""))
    if not media_type or not content.startswith(begins):
        raise NianjianError("attachment_type_refused", file=plain, types=", ".join(sorted(TYPES)))
    return f"{stem}{ending}", media_type

"""Record an attachment to a metric or to a row: the file goes encrypted into the vault."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.registers.attachments.model import Attachment, RowAttachment
from nianjian.platform.registers.attachments.query import Attached, Paper, paper
from nianjian.platform.registers.versions.row import Version
from nianjian.platform.vault import blobs

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


def attach(*, enterprise: str, metric: str, year: int, kind: str, path: Path, actor: Actor) -> Attached:
    """Store and record; the same content for the same purpose again changes nothing.

    ``attachment_kind_unknown``, ``attachment_metric_wrong``, ``file_missing``, ``file_unreadable``, ``file_empty``,
    ``file_too_large``, ``role_missing``.
    """
    require(actor, enterprise, Act.LOAD)
    stored = KINDS.get(kind, kind)
    if stored not in METRICS:
        raise NianjianError("attachment_kind_unknown", kind=kind, kinds=", ".join(METRICS))
    if METRICS[stored] != metric:
        raise NianjianError("attachment_metric_wrong", kind=kind, metric=metric, expected=METRICS[stored])
    tenant = accounts.enterprise(enterprise)
    content = _content(path)
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        known = Attachment.objects.filter(
            enterprise_id=tenant.code, metric=metric, year=year, kind=stored, sha256=digest
        ).first()
        if known is not None:
            return Attached(metric, year, stored, known.name, digest, known.blob)
        blob = blobs.put(content)
        try:
            with transaction.atomic():
                Attachment(
                    enterprise_id=tenant.code,
                    metric=metric,
                    year=year,
                    kind=stored,
                    name=path.name,
                    sha256=digest,
                    size=blob.size,
                    blob=blob.id,
                    recorded_at=clock.now(),
                    recorded_by=str(actor),
                ).save(force_insert=True)
                data = {"metric": metric, "year": year, "kind": stored, "sha256": digest, "size": blob.size}
                record(verb="portrait.attach", enterprise=tenant.code, actor=actor, data=data)
        except BaseException:
            blobs.remove(blob.id)
            raise
    return Attached(metric, year, stored, path.name, digest, blob.id)


def attach_to_row(*, register: str, row: Version, name: str, content: bytes, actor: Actor) -> int:
    """Store a file beside a row of ``register``; its id. The same content again gives the one that is there.

    ``attachment_type_refused`` unless name and content agree on a known type, ``file_empty``, ``file_too_large``,
    ``role_missing``.
    """
    require(actor, row.enterprise_id, Act.LOAD)
    called, media_type = _checked(name, content)
    digest = hashlib.sha256(content).hexdigest()
    place = {"enterprise_id": row.enterprise_id, "register": register, "key": row.key}
    with transaction.atomic():
        known = RowAttachment.objects.filter(**place, sha256=digest, removed_at=None).first()
        if known is not None:
            return int(known.pk)
        blob = blobs.put(content)
        try:
            with transaction.atomic():
                made = RowAttachment(
                    **place,
                    name=called,
                    media_type=media_type,
                    sha256=digest,
                    size=blob.size,
                    blob=blob.id,
                    recorded_at=clock.now(),
                    recorded_by=str(actor),
                )
                made.save(force_insert=True)
                data = {"kind": register, "key": row.key, "sha256": digest, "size": blob.size, "type": media_type}
                record(verb="registers.attach", enterprise=row.enterprise_id, actor=actor, data=data)
        except BaseException:
            blobs.remove(blob.id)
            raise
    return int(made.pk)


def take_off(*, register: str, row: Version, attachment: int, actor: Actor) -> None:
    """Show a file no longer beside its row; its content stays for the retention. ``attachment_unknown``."""
    require(actor, row.enterprise_id, Act.LOAD)
    with transaction.atomic():
        found = paper(row.enterprise_id, register, row.key, attachment)
        kept = RowAttachment.objects.filter(pk=found.id, removed_at=None)
        if kept.update(removed_at=clock.now(), removed_by=str(actor)) != 1:
            raise NianjianError("attachment_unknown", attachment=attachment)
        data = {"kind": register, "key": row.key, "sha256": found.sha256}
        record(verb="registers.detach", enterprise=row.enterprise_id, actor=actor, data=data)


def fetch(*, register: str, row: Version, attachment: int, actor: Actor) -> tuple[Paper, bytes]:
    """Give a file out in full and note it. ``attachment_unknown``, ``blob_missing``, ``role_missing``."""
    require(actor, row.enterprise_id, Act.REVEAL)
    found = paper(row.enterprise_id, register, row.key, attachment)
    content = blobs.get(found.blob)
    with transaction.atomic():
        data = {"kind": register, "key": row.key, "sha256": found.sha256}
        record(verb="registers.fetch", enterprise=row.enterprise_id, actor=actor, data=data)
    return found, content


def delete_left(*, register: str, model: type[Version], enterprise: str) -> int:
    """Delete the files of rows of which no version is left, inside the transaction that deleted these; how many.

    The sealed contents go when the transaction is committed. The flow that calls this writes the audit entry.
    """
    rows = model._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 -- the manager of any model
    found = RowAttachment.objects.filter(enterprise_id=enterprise, register=register)
    left = list(found.exclude(key__in=rows.values("key")).values_list("pk", "blob"))
    RowAttachment.objects.filter(pk__in=[pk for pk, _blob in left]).delete()
    for _pk, blob in left:
        transaction.on_commit(partial(blobs.remove, blob))
    return len(left)


def _checked(name: str, content: bytes) -> tuple[str, str]:
    """Return the name without folder and control characters, and the media type."""
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    stem, ending = Path(plain).stem[:NAME], Path(plain).suffix.lower()
    if not content:
        raise NianjianError("file_empty", file=plain)
    if len(content) > ROW_LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=ROW_LIMIT)
    begins, media_type = TYPES.get(ending, (b"", ""))
    if not media_type or not content.startswith(begins):
        raise NianjianError("attachment_type_refused", file=plain, types=", ".join(sorted(TYPES)))
    return f"{stem}{ending}", media_type


def _content(path: Path) -> bytes:
    with wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=str(path), limit=LIMIT)
        content = path.read_bytes()
    if not content:
        raise NianjianError("file_empty", file=path.name)
    return content

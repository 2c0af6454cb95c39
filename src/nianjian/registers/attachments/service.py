"""Record an attachment: the file goes encrypted into the vault."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.accounts import query as accounts
from nianjian.accounts.access import require
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.registers.attachments.model import Attachment
from nianjian.registers.attachments.query import Attached
from nianjian.vault import blobs

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


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=str(path), limit=LIMIT)
        content = path.read_bytes()
    except FileNotFoundError as fault:
        raise NianjianError("file_missing", file=str(path)) from fault
    except OSError as fault:
        raise NianjianError("file_unreadable", file=str(path), reason=fault.strerror or "") from fault
    if not content:
        raise NianjianError("file_empty", file=path.name)
    return content

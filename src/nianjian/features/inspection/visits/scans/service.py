"""Keep, give out and take back scans of notices: the file goes encrypted into the vault, the chain tells its digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.visits.model import Visit
from nianjian.features.inspection.visits.query import visit
from nianjian.features.inspection.visits.scans.model import NoticeScan
from nianjian.features.inspection.visits.scans.query import scan, scans
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

MOST: Final = 10  # files of a day


@dataclass(frozen=True, slots=True)
class Scan:
    """A file that was looked at and found harmless."""

    name: str
    media_type: str
    content: bytes
    pages: int


def attach(*, enterprise: str, day: date, file: Scan, actor: Actor) -> NoticeScan:
    """Keep a file beside a day; the same content again gives the one that is there.

    ``visit_unknown``, ``visit_scans_too_many``.
    """
    digest = hashlib.sha256(file.content).hexdigest()
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = visit(enterprise, day)
        here = scans(row.pk)
        known = next((one for one in here if one.sha256 == digest), None)
        if known is not None:
            return known
        if len(here) >= MOST:
            raise NianjianError("visit_scans_too_many", most=MOST)
        blob = blobs.put(file.content)
        try:
            with transaction.atomic():
                return _kept(row, file, blob, actor)
        except BaseException:
            blobs.remove(blob.id)
            raise


def _kept(row: Visit, file: Scan, blob: blobs.Blob, actor: Actor) -> NoticeScan:
    made = NoticeScan(
        visit=row,
        name=file.name,
        media_type=file.media_type,
        sha256=blob.sha256,
        size=blob.size,
        blob=blob.id,
        pages=file.pages,
        recorded_at=clock.now(),
        recorded_by=str(actor),
    )
    made.save(force_insert=True)
    data = {"day": row.day.isoformat(), "sha256": blob.sha256, "size": blob.size, "type": file.media_type}
    record(verb="inspection.notice_kept", enterprise=row.enterprise_id, actor=actor, data=data)
    return made


def fetch(*, enterprise: str, day: date, number: int, actor: Actor) -> tuple[NoticeScan, bytes]:
    """Give a file out as it came and note it; ``visit_scan_unknown``, ``blob_missing``."""
    found = scan(enterprise, day, number)
    content = blobs.get(found.blob)
    with transaction.atomic():
        data = {"day": day.isoformat(), "sha256": found.sha256}
        record(verb="inspection.notice_fetched", enterprise=enterprise, actor=actor, data=data)
    return found, content


def remove(*, enterprise: str, day: date, number: int, actor: Actor) -> None:
    """Take a file back; its content is deleted. ``visit_scan_unknown``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        found = scan(enterprise, day, number)
        found.delete()
        transaction.on_commit(partial(blobs.remove, found.blob))
        data = {"day": day.isoformat(), "sha256": found.sha256}
        record(verb="inspection.notice_removed", enterprise=enterprise, actor=actor, data=data)

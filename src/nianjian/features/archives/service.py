"""Close a season, and open it again when a second person has said yes. What was kept of it stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives import query
from nianjian.features.archives.model import Archive, Kept
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import query as approvals
from nianjian.platform.approvals import service as approving
from nianjian.platform.approvals.query import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record

KIND: Final = "season_reopen"


@dataclass(frozen=True, slots=True)
class File:
    """A sealed file of the season; ``part``: "package", "signed", "portrait" or "log"."""

    part: str
    name: str
    media_type: str
    sha256: str
    size: int
    blob: str

    def told(self) -> dict[str, Any]:
        """What the archive's text says of it."""
        return {"part": self.part, "name": self.name, "sha256": self.sha256, "size": self.size}


def close(*, enterprise: str, year: int, told: Mapping[str, Any], files: Sequence[File], actor: Actor) -> str:
    """Keep what the season was, with its files; its digest. ``season_archived`` for one that is closed."""
    tenant = accounts.enterprise(enterprise)
    told = {**told, "files": [one.told() for one in files]}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
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
        record(verb="season.archived", enterprise=tenant.code, actor=actor, data=data)
    return sha256


def record_download(*, enterprise: str, year: int, part: str, sha256: str, actor: Actor) -> None:
    """Note that a file of a closed season goes out."""
    data = {"year": year, "part": part, "sha256": sha256}
    with transaction.atomic():
        record(verb="season.archive_taken", enterprise=enterprise, actor=actor, data=data)


def ask_opening(*, enterprise: str, year: int, reason: str, actor: Actor) -> Approval:
    """Ask for a second person to open a closed season again; the pending request.

    ``season_archive_unknown``, ``season_reason_missing``, ``approval_pending``.
    """
    if not reason.strip():
        raise NianjianError("season_reason_missing", task=str(year))
    with transaction.atomic():
        row = query.get_closed_archive(enterprise, year)
        row.opening_reason = reason.strip()
        asked = approving.request(
            kind=KIND, subject=str(row.pk), digest=opening(row), enterprise=row.enterprise_id, actor=actor
        )
        row.save(update_fields=["opening_reason"])
    return asked


def open_again(*, approval: str, actor: Actor) -> Archive:
    """Say yes as the second person: the season is open again; errors as `approvals.service.approve`.

    ``season_archive_unknown`` where it is open already.
    """
    with transaction.atomic():
        asked = approvals.approval(approval)
        if asked.kind != KIND:
            raise NianjianError("approval_kind_wrong", approval=approval, kind=asked.kind)
        row = Archive.objects.select_for_update(of=("self",)).filter(pk=asked.subject, opened_at=None).first()
        if row is None:
            raise NianjianError("season_archive_unknown", year="–")
        approving.approve(approval=approval, digest=opening(row), actor=actor)
        row.opened_at, row.opened_by = clock.now(), str(actor)
        row.save(update_fields=["opened_at", "opened_by"])
        data = {"year": row.year, "sha256": row.sha256, "approval": approval}
        record(verb="season.reopened", enterprise=row.enterprise_id, actor=actor, data=data)
    return row


def opening(row: Archive) -> str:
    """sha256 over what the second person agrees to."""
    content = {"enterprise": row.enterprise_id, "year": row.year, "sha256": row.sha256, "reason": row.opening_reason}
    return hashlib.sha256(canonical(content).encode()).hexdigest()

"""Scans of the notice beside an inspection day: looked at as the package's files are, kept sealed, given out noted."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.call_masking import masked
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.operations.checklist import MEDIA
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.visits.query import visit
from nianjian.features.inspection.visits.scans import service
from nianjian.features.inspection.visits.scans.model import NoticeScan
from nianjian.features.inspection.visits.scans.service import Scan
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.registers.uploads import plain_name

LIMIT: Final = 20 << 20  # bytes of a file; it comes through a browser and is held in memory


def attach(*, enterprise: str, day: date, name: str, content: bytes, actor: Actor) -> Json:
    """Keep a file beside a day that is kept, after the limited child has read it.

    ``role_missing``, ``visit_unknown``, ``file_empty``, ``file_too_large``, ``visit_scan_active``: it holds programs
    or opens something; what `receive` and `service.attach` raise.
    """
    require(actor, enterprise, Act.LOAD)
    visit(enterprise, day)
    plain = plain_name(name)
    sized(plain, len(content))
    return to_document(service.attach(enterprise=enterprise, day=day, file=_looked(plain, content), actor=actor))


def sized(name: str, size: int) -> None:
    """``file_empty``, ``file_too_large``."""
    if not size:
        raise NianjianError("file_empty", file=name)
    if size > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)


def _looked(name: str, content: bytes) -> Scan:
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        path = Path(place) / "scan"
        path.write_bytes(content)
        got = receive(path, Path(place), name=name)
    if got.active:
        raise NianjianError("visit_scan_active", file=name)
    return Scan(name, MEDIA[got.type.value], content, got.pages)


def fetch(*, enterprise: str, day: date, number: int, actor: Actor) -> tuple[str, str, bytes]:
    """Name, media type and content, as it came; the chain has the entry. ``role_missing``, ``visit_scan_unknown``."""
    require(actor, enterprise, Act.REVEAL)
    row, content = service.fetch(enterprise=enterprise, day=day, number=number, actor=actor)
    return str(row.name), row.media_type, content


def remove(*, enterprise: str, day: date, number: int, actor: Actor) -> None:
    """Take a file back; ``role_missing``, ``visit_scan_unknown``."""
    require(actor, enterprise, Act.LOAD)
    service.remove(enterprise=enterprise, day=day, number=number, actor=actor)


def to_document(row: NoticeScan) -> Json:
    """A scan as JSON, numbers of people in its name masked; whoever fetches it gets the name as it came."""
    return {
        "scan": row.pk,
        "name": masked(str(row.name)),
        "media_type": row.media_type,
        "sha256": row.sha256,
        "size": row.size,
        "pages": row.pages,
        "recorded_by": row.recorded_by,
    }

"""Read attachments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.attachments.model import Attachment, RowAttachment
from nianjian.platform.vault import blobs


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment as a value; ``content`` reads it from the vault."""

    metric: str
    year: int
    kind: str
    name: str
    sha256: str
    blob: str

    def content(self) -> bytes:
        """The plain file; ``blob_missing``, ``sealed_damaged``."""
        return blobs.get(self.blob)


def attachments(enterprise: str, *, year: int | None = None) -> list[Attached]:
    """Attachments of an enterprise, of one data year if given, by metric, year, kind and hash."""
    found = Attachment.objects.filter(enterprise_id=enterprise).order_by("metric", "year", "kind", "sha256")
    rows = found if year is None else found.filter(year=year)
    return [Attached(row.metric, row.year, row.kind, row.name, row.sha256, row.blob) for row in rows]


@dataclass(frozen=True, slots=True)
class Paper:
    """An attachment of a row; ``recorded_at`` is UTC, ``size`` bytes."""

    id: int
    name: str
    media_type: str
    sha256: str
    size: int
    blob: str
    recorded_at: datetime
    recorded_by: str


def papers(enterprise: str, register: str, key: str, most: int = 50) -> list[Paper]:
    """Attachments of a row, newest first."""
    found = RowAttachment.objects.filter(enterprise_id=enterprise, register=register, key=key, removed_at=None)
    return [_paper(row) for row in found.order_by("-pk")[:most]]


def paper(enterprise: str, register: str, key: str, id_: int) -> Paper:
    """One attachment of a row; ``attachment_unknown``."""
    found = RowAttachment.objects.filter(
        enterprise_id=enterprise, register=register, key=key, removed_at=None, pk=id_
    ).first()
    if found is None:
        raise NianjianError("attachment_unknown", attachment=id_)
    return _paper(found)


def _paper(row: RowAttachment) -> Paper:
    name = row.name or ""
    return Paper(row.pk, name, row.media_type, row.sha256, row.size, row.blob, row.recorded_at, row.recorded_by)

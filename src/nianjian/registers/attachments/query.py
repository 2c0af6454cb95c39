"""Read attachments."""

from __future__ import annotations

from dataclasses import dataclass

from nianjian.registers.attachments.model import Attachment
from nianjian.vault import blobs


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

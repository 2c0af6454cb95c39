"""Small pictures of pages, sealed for people who may see the file, and the marks drawn on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.receive import SmallPicture
from nianjian.features.dossier.models import Arrival, PagePicture, Version
from nianjian.features.dossier.seals.mask import Kind
from nianjian.platform.vault import blobs

Json = Mapping[str, Any]
STRIP_MM: Final = 8.0  # of the right edge, where a slice of the riding seal should lie
INSET_MM: Final = 1.5
ROUND: Final = frozenset({Kind.ROUND.value, Kind.OVAL.value})
WHOLE: Final = frozenset(
    {"scan_blank", "scan_not_a4", "scan_turned", "scan_turn_unsure", "scan_blurred", "scan_dpi_low"}
)
EDGE: Final = frozenset({"seal_riding_missing", "seal_riding_broken"})
LARGE: Final = "seal_large"
SKEWED: Final = "scan_skewed"
SEEN: Final = "seen"  # a seal with nothing against it


@dataclass(frozen=True, slots=True)
class Mark:
    """``shape`` is ellipse, box or line; ``weight`` as of a finding, or `SEEN`; ``code`` of the finding or the seal.

    Millimetres from the page's upper left corner: of a line its two ends, else corner and opposite corner.
    """

    shape: str
    left: float
    top: float
    right: float
    bottom: float
    weight: str
    code: str

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return self.right - self.left, self.bottom - self.top


def list_marks(sheet: Json, findings: Iterable[Json], wide: float, high: float) -> list[Mark]:
    """Of one page: ``sheet`` as `finding.to_document`, ``findings`` of it as a report keeps them, its sides in mm."""
    found = list(findings)
    made = [_seal(one, found, wide) for one in sheet.get("seals", ())]
    for one in found:
        code, weight = str(one["code"]), str(one["weight"])
        if code in WHOLE:
            made.append(Mark("box", INSET_MM, INSET_MM, wide - INSET_MM, high - INSET_MM, weight, code))
        elif code in EDGE:
            made.append(Mark("box", wide - STRIP_MM, INSET_MM, wide - INSET_MM, high - INSET_MM, weight, code))
        elif code == SKEWED and sheet.get("skew_deg") is not None:
            made.append(_lean(float(sheet["skew_deg"]), wide, high, weight))
    return made


def _seal(seal: Json, findings: Sequence[Json], wide: float) -> Mark:
    """The rectangle of a seal: of a slice the part that lies on the page."""
    x, y, half = float(seal["x_mm"]), float(seal["y_mm"]), float(seal["diameter_mm"]) / 2
    kind = str(seal["kind"])
    across = min(x, wide - x) if kind == Kind.SLICE.value else half
    large = [one for one in findings if one["code"] == LARGE and one["values"].get("diameter") == seal["diameter_mm"]]
    shape = "ellipse" if kind in ROUND else "box"
    box = (x - across, y - half, x + across, y + half)
    return Mark(shape, *box, str(large[0]["weight"]) if large else SEEN, LARGE if large else kind)


def _lean(degrees: float, wide: float, high: float, weight: str) -> Mark:
    """A line through the page's middle as its rows lean, clockwise."""
    fall = math.tan(math.radians(degrees)) * wide / 2
    return Mark("line", 0.0, high / 2 - fall, wide, high / 2 + fall, weight, SKEWED)


Owner = Version | Arrival  # whose pages they are


def read_pictures(of: Owner, first: int, last: int) -> list[SmallPicture]:
    """The pictures of some pages of a file, those that are there; ``blob_missing``, ``sealed_damaged``."""
    rows = of.pictures.filter(page__range=(first, last)).order_by("page")
    return [SmallPicture(one.page, one.wide_mm, one.high_mm, blobs.get(one.blob)) for one in rows]


def read_picture(of: Owner, page: int) -> bytes:
    """The picture of a page, a JPEG; ``dossier_picture_unknown``, ``blob_missing``, ``sealed_damaged``."""
    row = of.pictures.filter(page=page).first()
    if row is None:
        raise NianjianError("dossier_picture_unknown", page=page)
    return blobs.get(row.blob)


def store_pictures(*, of: Owner, pictures: Sequence[SmallPicture]) -> None:
    """Keep the pictures of a file; the act that they are part of writes the entry."""
    owner: Json = {"version": of} if isinstance(of, Version) else {"arrival": of}
    stored: list[str] = []
    try:
        stored.extend(blobs.put(one.jpeg).id for one in pictures)
        rows = [
            PagePicture(**owner, page=one.page, wide_mm=one.wide_mm, high_mm=one.high_mm, blob=blob)
            for one, blob in zip(pictures, stored, strict=True)
        ]
        PagePicture.objects.bulk_create(rows, batch_size=500)
    except BaseException:
        _remove(stored)
        raise


def delete_pictures(*, of: Owner) -> None:
    """Delete the pictures of a file; the act that they are part of writes the entry."""
    blob_ids = list(of.pictures.values_list("blob", flat=True))
    of.pictures.all().delete()
    transaction.on_commit(lambda: _remove(blob_ids))


def _remove(blob_ids: Sequence[str]) -> None:
    for blob in blob_ids:
        blobs.remove(blob)


def require_waiting(row: Arrival) -> None:
    """Hold it: of two who decide at once the second finds it gone, and what he put goes back."""
    if Arrival.objects.select_for_update().filter(pk=row.pk).first() is None:
        raise NianjianError("dossier_arrival_unknown", arrival=row.pk)


def delete_file(row: Arrival) -> None:
    """Delete a file that waited, with its pictures; its content goes when the transaction is over."""
    blob = row.blob
    delete_pictures(of=row)
    row.delete()
    transaction.on_commit(lambda: blobs.remove(blob))

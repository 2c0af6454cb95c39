"""What a file is by its bytes, and whether it is only that."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits


class Type(StrEnum):
    """What is taken in."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    OFD = "ofd"


PICTURES: Final = frozenset({Type.JPEG, Type.PNG, Type.TIFF})
_HEADS: Final = (
    (b"%PDF-", Type.PDF),
    (b"\xff\xd8\xff", Type.JPEG),
    (b"\x89PNG\r\n\x1a\n", Type.PNG),
    (b"II*\x00", Type.TIFF),
    (b"MM\x00*", Type.TIFF),
    (b"PK\x03\x04", Type.OFD),
)
_ENDINGS: Final = {
    ".pdf": Type.PDF,
    ".jpg": Type.JPEG,
    ".jpeg": Type.JPEG,
    ".png": Type.PNG,
    ".tif": Type.TIFF,
    ".tiff": Type.TIFF,
    ".ofd": Type.OFD,
}
_NEAR: Final = 1024
_TAIL: Final = 4096
_SECOND: Final = (b"PK\x03\x04", b"PK\x05\x06", b"MZ", b"<html", b"<script")


def type_of(path: Path, name: str) -> Type:
    """The type of the file.

    NianjianError dossier_file_empty, dossier_file_large, dossier_bytes_before, dossier_bytes_behind,
    dossier_type_unknown, dossier_name_other.
    """
    size = path.stat().st_size
    if size == 0:
        raise NianjianError("dossier_file_empty", file=name)
    if size > limits.FILE_BYTES:
        most = limits.FILE_BYTES // limits.MEGABYTE
        raise NianjianError("dossier_file_large", file=name, megabytes=-(-size // limits.MEGABYTE), most=most)
    with path.open("rb") as file:
        head = file.read(_NEAR)
        file.seek(max(0, size - _TAIL))
        tail = file.read()
    found = next((kind for magic, kind in _HEADS if head.startswith(magic)), None)
    if found is None and b"%PDF-" in head:
        raise NianjianError("dossier_bytes_before", file=name)
    wanted = _ENDINGS.get(Path(name).suffix.lower())
    if found is None or (found is Type.OFD and wanted is not Type.OFD):
        raise NianjianError("dossier_type_unknown", file=name)
    if wanted is not None and wanted is not found:
        raise NianjianError("dossier_name_other", file=name, found=found.value, named=wanted.value)
    if found is Type.PDF:
        _nothing_behind(tail, name, whole=size <= _TAIL)
    return found


def _nothing_behind(tail: bytes, name: str, *, whole: bool) -> None:
    """A second file behind the PDF is refused; a PDF that was cut off has no end at all and is repaired later."""
    end = tail.rfind(b"%%EOF")
    if end < 0:
        if not whole and any(mark in tail for mark in _SECOND):
            raise NianjianError("dossier_bytes_behind", file=name)
        return
    behind = tail[end + 5 :]
    if len(behind) > limits.BEHIND_BYTES or any(mark in behind for mark in _SECOND):
        raise NianjianError("dossier_bytes_behind", file=name)

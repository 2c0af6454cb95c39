"""Pages as flat pictures of at least the resolution asked for: nothing in them can be taken out and used again.

A page that is one untouched picture already goes through as it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import ink

QUALITIES: Final = (82, 72, 62, 52, 42)
COLOUR: Final = 12  # a page whose channels differ less is grey
NEAR: Final = 1.0  # points by which a picture may miss the page's edge
REDUCED: Final = {
    8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4, 2: cv2.IMREAD_REDUCED_COLOR_2, 1: cv2.IMREAD_COLOR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flat:
    """One page: its JPEG, pixels, whether it is grey, its size in points, and its coarse look."""

    jpeg: bytes
    wide: int
    high: int
    grey: bool
    width: float
    height: float
    look: str


def pictures(pdf: bytes | str, *, dpi: int, most: int, named: str, stamped: frozenset[int]) -> Iterator[Flat]:
    """Every page; ``stamped``: pages (from 0) that bear a seal and are drawn anew. ``upload_page_large``."""
    with pypdfium2.PdfDocument(pdf) as document:
        for place in range(len(document)):
            page = document[place]
            width, height = page.get_size()
            found = None if place in stamped else _whole(page, dpi)
            if found is None or len(found) > most:
                found = _drawn(page, dpi, most, named, place)
            wide, high, channels = size(found)
            yield Flat(found, wide, high, channels == 1, width, height, ink.written(small(found)))
            page.close()


def small(jpeg: bytes) -> Any:  # noqa: ANN401 -- pixels
    """The picture in grey, read no larger than the fingerprint needs."""
    wide, high, _channels = size(jpeg)
    factor = next(one for one in REDUCED if min(wide / one, high / one) >= ink.WIDE * 0.95 or one == 1)
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION)
    return ink.lightness(pixels)


def whole(page: pypdfium2.PdfPage) -> tuple[bytes, float] | None:
    """The JPEG that is the whole page, and its pixels an inch; None where the page is anything else."""
    found = list(page.get_objects(max_depth=1))
    if len(found) != 1 or found[0].type != raw.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    image = found[0]
    if image.get_filters() != ["DCTDecode"] or raw.FPDFPage_HasTransparency(page) or raw.FPDFPage_GetAnnotCount(page):
        return None
    left, low, right, top = page.get_cropbox()
    a, b, c, d, e, f = image.get_matrix().get()
    off = (a - (right - left), b, c, d - (top - low), e - left, f - low)
    if max(map(abs, off)) > NEAR:
        return None
    space = image.get_metadata().colorspace
    data = bytes(image.get_data(decode_simple=False))
    wide, high, channels = size(data)
    right_space = {1: raw.FPDF_COLORSPACE_DEVICEGRAY, 3: raw.FPDF_COLORSPACE_DEVICERGB}.get(channels)
    if space != right_space:
        return None
    return data, min(wide / (right - left), high / (top - low)) * 72


def _whole(page: pypdfium2.PdfPage, dpi: int) -> bytes | None:
    found = whole(page)
    return found[0] if found and found[1] >= dpi - 0.5 else None


def _drawn(page: pypdfium2.PdfPage, dpi: int, most: int, named: str, place: int) -> bytes:
    pixels = page.render(scale=dpi / 72, rev_byteorder=False).to_numpy()
    blue, green, red = cv2.split(pixels[:, :, :3])
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    grey = int(cv2.blur(spread, (3, 3)).max()) < COLOUR
    shown = green if grey else np.ascontiguousarray(pixels[:, :, :3])
    sampling = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    for quality in QUALITIES:
        done, data = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, quality, *sampling])
        if done and len(data) <= most:
            return bytes(data)
    raise NianjianError("upload_page_large", item=named, page=place + 1, bytes=most, dpi=dpi)


def size(jpeg: bytes) -> tuple[int, int, int]:
    """Width, height and channels out of the JPEG's own frame; (0, 0, 0) where it has none."""
    stream = io.BytesIO(jpeg)
    stream.seek(2)
    while (head := stream.read(4)) and len(head) == 4 and head[0] == 0xFF:  # noqa: PLR2004 -- a marker and its length
        length = int.from_bytes(head[2:])
        if 0xC0 <= head[1] <= 0xCF and head[1] not in {0xC4, 0xC8, 0xCC}:  # noqa: PLR2004 -- starts of a frame
            frame = stream.read(6)
            return int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3]), frame[5]
        stream.seek(length - 2, 1)
    return 0, 0, 0

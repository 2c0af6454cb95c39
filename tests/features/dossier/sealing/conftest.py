"""A season with confirmed papers, and the print of a seal as a phone sees it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.features.dossier.conftest import keep_paper
from tests.support import packages
from tests.support.seats import enter_human_seat

from nianjian.features.dossier.editions.package import Limits
from nianjian.features.dossier.kinds import ITEMS
from nianjian.platform.accounts.query import Actor

YEAR = 2026
Keep = Callable[..., None]


@pytest.fixture(autouse=True)
def _home(own_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and files of the test's own."""
    whole = Limits.of
    monkeypatch.setattr(Limits, "of", lambda *args: replace(whole(*args), dpi=100))  # a ninth of the pixels


@pytest.fixture
def keep(demo: str, anna: Actor, tmp_path: Path) -> Keep:
    """Put a scan into the checklist, confirmed or not."""

    def keep(item: str, *, seed: int = 1, pages: int = 1, confirmed: bool = True) -> None:
        path = packages.scans(tmp_path / "scan.pdf", range(seed, seed + pages), dpi=60)
        keep_paper(item, path.read_bytes(), code=demo, year=YEAR, actor=anna, pages=pages, confirmed=confirmed)

    return keep


@pytest.fixture
def whole(keep: Keep, demo: str, tmp_path: Path) -> None:
    """Every item that must be there."""
    enter_human_seat(demo, tmp_path)
    for seed, item in enumerate(one for one in ITEMS if one != "algorithm_filing"):
        keep(item, seed=seed + 1)


def photo(seal: bytes | None = None) -> bytes:
    """A seal's print on toned paper under uneven light, as JPEG; empty paper without ``seal``."""
    page = np.full((700, 700, 3), (225, 235, 240), float) * np.linspace(1, 0.85, 700)[None, :, None]
    if seal is not None:
        image: Any = cv2.imdecode(np.frombuffer(seal, np.uint8), cv2.IMREAD_UNCHANGED)
        pixels = image.astype(float)
        high, wide = pixels.shape[:2]
        cover = pixels[:, :, 3:] / 255
        page[100 : 100 + high, 120 : 120 + wide] *= 1 - cover
        page[100 : 100 + high, 120 : 120 + wide] += pixels[:, :, :3] * cover
    page += np.random.default_rng(0).normal(0, 3, page.shape)
    return bytes(cv2.imencode(".jpg", np.clip(page, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])[1])

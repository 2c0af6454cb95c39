"""A seal's print as a picture: what was paper becomes clear, edges are cut, nothing but pixels stays."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.inside import print_json, run_named

FORMATS: Final = ["PNG", "JPEG"]
PIXELS: Final = 36_000_000  # of the picture as it comes: a photo of a phone
LARGEST: Final = 2000  # pixels a side of what is kept: 40 mm at more than 1200 dpi
SMALLEST: Final = 100  # pixels a side: less is 60 dpi on paper
FAINT: Final = 0.12  # of the way from paper to ink: what is fainter is grain of the paper
EDGE: Final = 4  # pixels around the ink
INK: Final = (0.01, 0.85)  # share of the cut picture that ink may cover: less is a smear, more no seal
SEEN: Final = 0.5  # cover from which a pixel counts as ink

Colours = NDArray[np.float32]


def seal_picture(name: str, source: str, target: str) -> None:
    """Write ``target`` (PNG with cover) and tell its sides; NianjianError names the file."""
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow raises at twice this
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > PIXELS:
                raise NianjianError("dossier_picture_pixels", file=name, most=PIXELS // 1_000_000)
            straight = ImageOps.exif_transpose(image).convert("RGBA")
    except Image.DecompressionBombError as error:
        raise NianjianError("dossier_picture_pixels", file=name, most=PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise NianjianError("dossier_picture_broken", file=name) from error
    if min(straight.size) < SMALLEST:
        raise NianjianError("seal_picture_small", file=name, least=SMALLEST)
    if max(straight.size) > LARGEST:
        straight.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    made = _cut(clear(np.asarray(straight, np.float32) / np.float32(255)), name)
    Path(target).write_bytes(bytes(cv2.imencode(".png", made)[1]))
    print_json({"wide": made.shape[1], "high": made.shape[0]})


def clear(pixels: Colours) -> Colours:
    """Red, green, blue and cover, from 0 to 1: cover is how far a pixel is from the paper it was printed on.

    Laid on white with the cover that is found, it looks as it did on its paper, without the paper's tone.
    """
    given = pixels[:, :, 3]
    if float((given < SEEN).mean()) > FAINT:  # somebody has cut it out already
        return pixels
    flat = pixels[:, :, :3] * given[:, :, None] + (1 - given[:, :, None])
    paper = np.maximum(_paper(flat), 0.2)
    share = np.clip(flat / paper, 0, 1)  # as on white paper
    cover = 1 - share.min(axis=2)
    full = np.percentile(cover[cover > FAINT], 90) if (cover > FAINT).any() else 1.0
    cover = np.clip((cover - FAINT) / max(float(full) - FAINT, FAINT), 0, 1)
    ink = np.where(cover[:, :, None] > 0, 1 - (1 - share) / np.maximum(cover[:, :, None], 1e-3), 0)
    return np.dstack([np.clip(ink, 0, 1), cover]).astype(np.float32)


def _paper(flat: Colours) -> Colours:
    """The paper's tone at each place, so that a shadow across a photo is no ink."""
    high, wide = flat.shape[:2]
    small = cv2.resize(flat, (max(8, wide // 16), max(8, high // 16)), interpolation=cv2.INTER_AREA)
    rim = np.concatenate([flat[:3].reshape(-1, 3), flat[-3:].reshape(-1, 3), flat[:, :3].reshape(-1, 3),
                          flat[:, -3:].reshape(-1, 3)])  # fmt: skip
    tone = np.median(rim, axis=0)
    side = max(3, min(small.shape[:2]) // 8 | 1)
    ground = cv2.GaussianBlur(cv2.dilate(small, np.ones((side, side), np.uint8)), (0, 0), side)
    near = np.abs(ground - tone).max(axis=2, keepdims=True) < FAINT * 2
    return cv2.resize(np.where(near, ground, tone).astype(np.float32), (wide, high)).astype(np.float32, copy=False)


def _cut(pixels: Colours, name: str) -> NDArray[np.uint8]:
    """Cut to the ink, as blue, green, red and cover; ``seal_picture_empty``."""
    seen = pixels[:, :, 3] >= SEEN
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    if not rows.size:
        raise NianjianError("seal_picture_empty", file=name)
    top, low = max(0, int(rows[0]) - EDGE), int(rows[-1]) + EDGE + 1
    left, right = max(0, int(columns[0]) - EDGE), int(columns[-1]) + EDGE + 1
    part, share = pixels[top:low, left:right], float(seen[top:low, left:right].mean())
    if not INK[0] <= share <= INK[1] or min(part.shape[:2]) < SMALLEST // 2:
        raise NianjianError("seal_picture_empty", file=name)
    whole = np.rint(part[:, :, [2, 1, 0, 3]] * 255).astype(np.uint8)
    whole[whole[:, :, 3] == 0] = 0  # what is clear tells nothing of what lay there
    return np.ascontiguousarray(whole)


if __name__ == "__main__":
    run_named(seal_picture)

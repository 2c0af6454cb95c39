"""What a scanner does to a page."""

import random
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Page = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Faults:
    """Degrees, pixels at 200 dpi, shares of 1; ``quality`` of the JPEG."""

    skew: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    shade: float = 0.0
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    saturation: float = 1.0
    quality: int = 90


def faults(rng: random.Random) -> Faults:
    """Faults as a careless office has them."""
    warm = rng.uniform(0, 0.07)
    return Faults(
        skew=rng.uniform(-1.8, 1.8),
        blur=rng.uniform(0, 1.1),
        noise=rng.uniform(0, 7),
        shade=rng.uniform(0, 0.14),
        tint=rng.choice(((1, 1, 1), (1 - warm, 1 - warm / 3, 1), (1, 1 - warm / 2, 1 - warm))),
        saturation=rng.uniform(0.55, 1.05),
        quality=rng.randint(30, 92),
    )


def grey(page: Page) -> Page:
    """A black-and-white copy."""
    return cv2.cvtColor(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR).astype(np.uint8)


def scanned(page: Page, defects: Faults, rng: random.Random, *, colour: bool = True) -> tuple[Page, bytes]:
    """The page as the scanner hands it on, and its JPEG."""
    high, wide = page.shape[:2]
    noise = np.random.default_rng(rng.randrange(1 << 30))
    if defects.skew:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), defects.skew, 1.0)
        page = cv2.warpAffine(page, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)).astype(
            np.uint8
        )
    image = cv2.GaussianBlur(page, (0, 0), defects.blur) if defects.blur > 0.15 else page
    work = image.astype(np.float32)
    if colour and defects.saturation != 1:
        plain = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)[..., None]
        work = plain + (work - plain) * defects.saturation
    if colour:
        work *= np.array(defects.tint, np.float32)
    if defects.shade:
        ramp = np.linspace(1 - defects.shade, 1, wide, dtype=np.float32)
        work *= (ramp if rng.random() < 0.5 else ramp[::-1])[None, :, None]
    if defects.noise:
        grain = noise.standard_normal((high, wide, 3 if colour else 1), np.float32)
        work += grain * defects.noise
    image = np.clip(work, 0, 255).astype(np.uint8)
    settings = [cv2.IMWRITE_JPEG_QUALITY, defects.quality]
    done, data = cv2.imencode(".jpg", image if colour else image[..., 0], settings)
    assert done
    back = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert back is not None
    return back.astype(np.uint8), data.tobytes()


def turned(point: tuple[float, float], page: tuple[int, int], skew: float) -> tuple[float, float]:
    """Where a point (x, y) of the page of (wide, high) lies after the skew."""
    turn = cv2.getRotationMatrix2D((page[0] / 2, page[1] / 2), skew, 1.0)
    x, y = turn @ np.array([point[0], point[1], 1.0])
    return float(x), float(y)

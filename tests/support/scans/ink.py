"""Seals drawn as coverage of ink, 0 to 1, and inks of five strengths."""

import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import manimgx_fonts_cjk
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Ink = NDArray[np.float32]

#: BGR of full ink, and how much of it there is.
INKS: Final = {
    "fresh": ((38, 28, 218), 0.95),
    "normal": ((52, 42, 206), 0.80),
    "dark": ((30, 18, 150), 0.95),
    "faded": ((60, 48, 205), 0.45),
    "pink": ((96, 62, 228), 0.36),
}


@dataclass(frozen=True, slots=True)
class Print:
    """A seal to be printed: outline, size in mm, ink."""

    kind: str
    wide_mm: float
    high_mm: float
    ink: str
    name: str


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    path = next(Path(manimgx_fonts_cjk.__file__).parent.glob("*.ttc"))
    font = ImageFont.truetype(str(path), size, index=2)
    font.set_variation_by_axes([600])
    return font


def _letter(letter: str, high: float, narrow: float) -> Image.Image:
    size = max(8, round(high))
    image = Image.new("L", (size * 2, size * 2))
    ImageDraw.Draw(image).text((size, size), letter, 255, _font(size), anchor="mm")
    return image.resize((max(1, round(size * 2 * narrow)), size * 2), Image.Resampling.LANCZOS)


def coverage(one: Print, dpi: int, rng: random.Random) -> Ink:
    """The seal as it would be with perfect ink, drawn at twice the size and brought down."""
    scale = dpi / 25.4 * 2
    wide, high = round((one.wide_mm + 4) * scale), round((one.high_mm + 4) * scale)
    image = Image.new("L", (wide, high))
    if one.kind == "square":
        _square(image, one, scale)
    else:
        _ring(image, one, scale, rng)
    small = cv2.resize(np.asarray(image, np.float32) / 255, (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def _square(image: Image.Image, one: Print, scale: float) -> None:
    draw, edge = ImageDraw.Draw(image), round(2 * scale)
    box = (edge, edge, image.width - edge, image.height - edge)
    draw.rectangle(box, outline=255, width=round(1.1 * scale))
    high = (one.high_mm - 5) / 2 * scale
    for number, letter in enumerate(one.name[:4]):
        x = image.width / 2 + (0.5 - number // 2) * high
        y = image.height / 2 + (number % 2 - 0.5) * high
        glyph = _letter(letter, high * 0.95, 0.95)
        image.paste(255, (round(x - glyph.width / 2), round(y - glyph.height / 2)), glyph)


def _ring(image: Image.Image, one: Print, scale: float, rng: random.Random) -> None:
    draw, edge = ImageDraw.Draw(image), round(2 * scale)
    box = (edge, edge, image.width - edge, image.height - edge)
    draw.ellipse(box, outline=255, width=round(rng.uniform(0.9, 1.3) * scale))
    if one.kind == "oval":
        inner = round(2.2 * scale)
        if rng.random() < 0.5:
            draw.ellipse([box[0] + inner, box[1] + inner, box[2] - inner, box[3] - inner], outline=255, width=4)
        glyphs = _letter(rng.choice("财税合发"), one.high_mm * 0.22 * scale, 1.0)
        for number in range(3):
            x = image.width / 2 + (number - 1) * glyphs.width * 0.6
            image.paste(255, (round(x - glyphs.width / 2), round(image.height / 2 - glyphs.height / 2)), glyphs)
    else:
        _star(draw, image.width / 2, image.height / 2, one.wide_mm * 0.145 * scale)
    _around(image, one, scale)


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    angles = [np.pi / 5 * k - np.pi / 2 for k in range(10)]
    sizes = [radius if k % 2 == 0 else radius * 0.382 for k in range(10)]
    draw.polygon([(x + s * np.cos(a), y + s * np.sin(a)) for a, s in zip(angles, sizes, strict=True)], fill=255)


def _around(image: Image.Image, one: Print, scale: float) -> None:
    """The name along the ring, open below; narrow letters."""
    high = (4.6 if one.kind == "round" else 3.4) * scale
    away = (4.4 if one.kind == "round" else 5.0) * scale
    half_x, half_y = one.wide_mm / 2 * scale - away, one.high_mm / 2 * scale - away
    spread = np.deg2rad(250 if one.kind == "round" else 200)
    for number, letter in enumerate(one.name):
        angle = -np.pi / 2 + spread * ((number + 0.5) / len(one.name) - 0.5)
        x, y = image.width / 2 + half_x * np.cos(angle), image.height / 2 + half_y * np.sin(angle)
        lean = np.arctan2(half_x * np.sin(angle), half_y * np.cos(angle))
        glyph = _letter(letter, high, 0.72).rotate(
            -np.rad2deg(lean) - 90, expand=True, resample=Image.Resampling.BICUBIC
        )
        image.paste(255, (round(x - glyph.width / 2), round(y - glyph.height / 2)), glyph)


def worn(ink: Ink, rng: random.Random) -> Ink:
    """Uneven pressure, specks without ink, a side that hardly touched the paper."""
    high, wide = ink.shape
    noise = np.random.default_rng(rng.randrange(1 << 30))
    cloud = cv2.resize(noise.random((5, 5), np.float32), (wide, high), interpolation=cv2.INTER_CUBIC)
    result = ink * np.clip(0.72 + 0.5 * (cloud - 0.35), 0.35, 1)
    grain = cv2.GaussianBlur(noise.random((high, wide), np.float32), (0, 0), 1.2)
    result = result * (grain > np.quantile(grain, rng.uniform(0.01, 0.10)))
    if rng.random() < 0.35:
        angle = rng.uniform(0, 2 * np.pi)
        ys, xs = np.mgrid[-1 : 1 : high * 1j, -1 : 1 : wide * 1j]
        away = xs * np.cos(angle) + ys * np.sin(angle)
        result = result * np.clip(1.25 - 0.75 * np.clip(away, 0, 1), 0.4, 1)
    output: Ink = result.astype(np.float32)
    return output


def stamp(page: NDArray[np.uint8], ink: Ink, colour: str, left: int, top: int) -> None:
    """Print `ink` on the page in place: ink filters the light that the paper throws back."""
    tone, strength = INKS[colour]
    high, wide = page.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(wide, left + ink.shape[1]), min(high, top + ink.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    part = ink[y0 - top : y1 - top, x0 - left : x1 - left, None] * strength
    filtered = page[y0:y1, x0:x1] * (1 - part * (1 - np.array(tone, np.float32) / 255))
    page[y0:y1, x0:x1] = np.clip(filtered, 0, 255).astype(np.uint8)

"""A simulated scanner: seals over the page, then lean, blur, tint, noise and JPEG; the page goes into a PDF."""

import io
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pikepdf

Picture = np.ndarray[Any, np.dtype[Any]]
MM: Final = 25.4


@dataclass(frozen=True)
class Wear:
    """How bad a scan is."""

    name: str
    skew: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    jpeg: int = 92
    tint: float = 0.0


CLEAN: Final = Wear("clean")
WORN: Final = Wear("worn", skew=1.2, blur=0.7, noise=9, jpeg=45, tint=14)
BAD: Final = Wear("bad", skew=2.2, blur=1.2, noise=16, jpeg=30, tint=22)


def stamped(page: Picture, dpi: int, name: str, at: tuple[float, float], font: Any) -> Picture:
    """A round red seal with its name in the ring, at millimetres from the upper left corner, over the text."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only here

    radius = 20.0
    size = int(2.4 * radius / MM * dpi)
    centre, reach = size / 2, radius / MM * dpi
    ink = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(ink)
    draw.ellipse(
        [centre - reach, centre - reach, centre + reach, centre + reach], outline=255, width=int(1.2 / MM * dpi)
    )
    star = [
        (centre + np.sin(a) * reach * r, centre - np.cos(a) * reach * r)
        for a, r in ((k * np.pi / 5, 0.30 if k % 2 == 0 else 0.12) for k in range(10))
    ]
    draw.polygon(star, fill=255)
    sized = font.font_variant(size=int(reach * 0.30))
    step = np.radians(min(260 / max(1, len(name) - 1), 24))
    for place, sign in enumerate(name):
        angle = (place - (len(name) - 1) / 2) * step
        tile = Image.new("L", (int(reach * 0.4),) * 2, 0)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), sign, font=sized, fill=255, anchor="mm")
        tile = tile.rotate(-np.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = centre + np.sin(angle) * reach * 0.76, centre - np.cos(angle) * reach * 0.76
        ink.paste(255, (int(x - tile.width / 2), int(y - tile.height / 2)), tile)
    weight = np.asarray(ink, np.float32)[..., None] / 255 * 0.82
    left, top = int(at[0] / MM * dpi - size / 2), int(at[1] / MM * dpi - size / 2)
    part = page[top : top + size, left : left + size].astype(np.float32)
    weight = weight[: part.shape[0], : part.shape[1]]
    red = np.array([45, 35, 215], np.float32)
    page[top : top + part.shape[0], left : left + part.shape[1]] = (
        part * (1 - weight) + np.minimum(part, red) * weight
    ).astype(np.uint8)
    return page


def scanned(page: Picture, wear: Wear, draw: random.Random) -> bytes:
    """The page as JPEG."""
    high, wide = page.shape[:2]
    scan: Picture = page.astype(np.float32)
    if wear.skew:
        matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), draw.uniform(-wear.skew, wear.skew), 1.0)
        scan = cv2.warpAffine(scan, matrix, (wide, high), borderValue=(255, 255, 255))
    if wear.blur:
        scan = cv2.GaussianBlur(scan, (0, 0), wear.blur)
    if wear.tint:
        shade = np.linspace(0, wear.tint, wide, dtype=np.float32)[None, :, None]
        scan = scan - shade * np.array([1.0, 0.6, 0.4], np.float32)
    if wear.noise:
        grain = np.random.default_rng(draw.randrange(1 << 30)).normal(0, wear.noise, scan.shape)
        scan = np.asarray(scan + np.asarray(grain, np.float32))
    done, coded = cv2.imencode(".jpg", np.clip(scan, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, wear.jpeg])
    if not done:
        raise ValueError(wear.name)
    return coded.tobytes()


def bound(path: Path, pages: list[bytes], dpi: int) -> None:
    """One PDF of one picture a page, at its resolution."""
    document = pikepdf.new()
    for content in pages:
        shape = np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)).shape
        wide, high = shape[1] * 72 / dpi, shape[0] * 72 / dpi
        picture = document.make_stream(content)
        picture.update(
            {
                "/Type": pikepdf.Name.XObject,
                "/Subtype": pikepdf.Name.Image,
                "/Width": shape[1],
                "/Height": shape[0],
                "/ColorSpace": pikepdf.Name.DeviceRGB,
                "/BitsPerComponent": 8,
                "/Filter": pikepdf.Name.DCTDecode,
            }
        )
        page = document.add_blank_page(page_size=(wide, high))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
        page.Contents = document.make_stream(f"q {wide:.3f} 0 0 {high:.3f} 0 0 cm /Im0 Do Q".encode())
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    path.write_bytes(out.getvalue())

"""A process of its own: photos and scans as a PDF of one picture a page, and the print of a seal on clear ground."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pikepdf
from numpy.typing import NDArray
from pikepdf import Dictionary, Name, Pdf, Stream
from PIL import Image, ImageOps, UnidentifiedImageError

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside import jpeg, print_json, run_named

_A4_MM: Final = (210.0, 297.0)
_NEAR_MM: Final = 3.0
_DPI: Final = (100.0, 1200.0)
"""Cameras write 72 or 96 without meaning it."""
_ORIENTATION: Final = 0x0112
_TURNED: Final = {1: 0, 3: 180, 6: 90, 8: 270}
_PLAIN: Final = {"1", "L", "RGB"}


def picture(name: str, kind: str, source: str, target: str) -> None:
    """Write ``target``; NianjianError names the file and, of a TIFF, the page."""
    pdf = Pdf.new()
    with _opened(name, source, [kind.upper()], limits.PIXELS) as image:
        count = int(getattr(image, "n_frames", 1)) if kind == "tiff" else 1
        if count > limits.PAGES:
            raise NianjianError("dossier_pages_many", file=name, pages=count, most=limits.PAGES)
        for number in range(count):
            image.seek(number)
            pixels = image.width * image.height // 1_000_000
            if image.width * image.height > limits.PIXELS:
                most = limits.PIXELS // 1_000_000
                raise NianjianError("dossier_pixels_many", file=name, page=number + 1, megapixels=pixels, most=most)
            image.load()
            _add(pdf, image, Path(source).read_bytes() if kind == "jpeg" else b"")
    pdf.save(target, deterministic_id=True)
    print_json({"pages": len(pdf.pages), "active": [], "locked": False, "signed": False, "repaired": False})


@contextmanager
def _opened(name: str, source: str, formats: list[str], most: int) -> Iterator[Image.Image]:
    """The picture; whatever is wrong with it is a refusal that names the file."""
    Image.MAX_IMAGE_PIXELS = most // 2  # Pillow raises at twice this
    try:
        with Image.open(source, formats=formats) as image:
            yield image
    except Image.DecompressionBombError as error:
        raise NianjianError("dossier_picture_pixels", file=name, most=most // 1_000_000) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise NianjianError("dossier_picture_broken", file=name) from error


def _add(pdf: Pdf, image: Image.Image, raw: bytes) -> None:
    """One page; a JPEG's own bytes where they can stay, so that nothing is lost."""
    dpi = image.info.get("dpi")
    turned = _TURNED.get(image.getexif().get(_ORIENTATION, 1))
    if raw and turned is not None and image.mode in {"L", "RGB"}:
        stream = _stream(pdf, jpeg.strip_metadata(raw), image, "/DCTDecode")
    else:
        straight = ImageOps.exif_transpose(image) if turned != 0 else image
        image = straight if straight.mode in _PLAIN else _flat(straight)
        turned = 0
        stream = _stream(pdf, zlib.compress(image.tobytes(), 4), image, "/FlateDecode")
    _page(pdf, stream, (image.width, image.height), dpi, turned)


def _flat(image: Image.Image) -> Image.Image:
    """Grey or RGB on white paper."""
    if image.mode == "I;16":
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode.startswith(("I", "F")):
        return image.convert("L")
    if image.mode in {"RGBA", "LA", "PA", "P"} and (image.mode != "P" or "transparency" in image.info):
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")


def _stream(pdf: Pdf, data: bytes, image: Image.Image, form: str) -> Stream:
    stream = Stream(pdf, data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = image.width, image.height
    stream.ColorSpace = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    stream.BitsPerComponent = 1 if image.mode == "1" else 8
    stream.Filter = Name(form)
    return stream


def _page(pdf: Pdf, stream: Stream, pixels: tuple[int, int], dpi: object, turned: int) -> None:
    wide, high, left, low, page = _place(pixels, dpi)
    stuff = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, *page],
        Resources=Dictionary(XObject=Dictionary(Scan=pdf.make_indirect(stream))),
        Contents=pdf.make_stream(f"q {wide:.4f} 0 0 {high:.4f} {left:.4f} {low:.4f} cm /Scan Do Q".encode()),
        Rotate=turned,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(stuff)))


def _place(pixels: tuple[int, int], dpi: object) -> tuple[float, float, float, float, tuple[float, float]]:
    """Width, height, left and lower edge of the picture and the page's size in points.

    A resolution that the file means is kept; a photo is fitted to A4, whose resolution then is what it is worth.
    """
    point = 72 / 25.4
    if _meant(dpi, pixels):
        wide, high = (count / float(one) * 72 for count, one in zip(pixels, dpi, strict=True))  # type: ignore[call-overload]
        return wide, high, 0, 0, (wide, high)
    page = tuple(side * point for side in (_A4_MM if pixels[0] <= pixels[1] else _A4_MM[::-1]))
    scale = min(page[0] / pixels[0], page[1] / pixels[1])
    wide, high = pixels[0] * scale, pixels[1] * scale
    return wide, high, (page[0] - wide) / 2, (page[1] - high) / 2, (page[0], page[1])


def _meant(dpi: object, pixels: tuple[int, int]) -> bool:
    if not isinstance(dpi, tuple) or len(dpi) != len(pixels):
        return False
    least, most = limits.SIDE_MM
    return all(
        _DPI[0] <= float(one) <= _DPI[1] and least <= count / float(one) * 25.4 <= most
        for count, one in zip(pixels, dpi, strict=True)
    )


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
    with _opened(name, source, FORMATS, PIXELS) as image:
        if image.width * image.height > PIXELS:
            raise NianjianError("dossier_picture_pixels", file=name, most=PIXELS // 1_000_000)
        straight = ImageOps.exif_transpose(image).convert("RGBA")
    if min(straight.size) < SMALLEST:
        raise NianjianError("seal_picture_small", file=name, least=SMALLEST)
    if max(straight.size) > LARGEST:
        straight.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    seal = _cut(clear(np.asarray(straight, np.float32) / np.float32(255)), name)
    Path(target).write_bytes(bytes(cv2.imencode(".png", seal)[1]))
    print_json({"wide": seal.shape[1], "high": seal.shape[0]})


def clear(pixels: Colours) -> Colours:
    """Red, green, blue and cover, from 0 to 1: cover is how far a pixel is from the paper it was printed on.

    Laid on white with the cover that is found, it looks as it did on its paper, without the paper's tone.
    """
    alpha = pixels[:, :, 3]
    if float((alpha < SEEN).mean()) > FAINT:  # somebody has cut it out already
        return pixels
    flat = pixels[:, :, :3] * alpha[:, :, None] + (1 - alpha[:, :, None])
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
    run_named(picture, seal_picture)

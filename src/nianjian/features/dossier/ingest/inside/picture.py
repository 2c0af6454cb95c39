"""Photos and scans as a PDF with one picture a page and nothing else."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Final

import pikepdf
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
    Image.MAX_IMAGE_PIXELS = limits.PIXELS // 2  # Pillow raises at twice this
    pdf = Pdf.new()
    try:
        with Image.open(source, formats=[kind.upper()]) as image:
            count = int(getattr(image, "n_frames", 1)) if kind == "tiff" else 1
            if count > limits.PAGES:
                raise NianjianError("dossier_pages_many", file=name, pages=count, most=limits.PAGES)
            for number in range(count):
                image.seek(number)
                _limit(image, name, number + 1)
                image.load()
                _add(pdf, image, Path(source).read_bytes() if kind == "jpeg" else b"")
    except Image.DecompressionBombError as error:
        most = limits.PIXELS // 1_000_000
        raise NianjianError("dossier_picture_pixels", file=name, most=most) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error) as error:
        raise NianjianError("dossier_picture_broken", file=name) from error
    pdf.save(target, deterministic_id=True)
    print_json({"pages": len(pdf.pages), "active": [], "locked": False, "signed": False, "repaired": False})


def _limit(image: Image.Image, name: str, page: int) -> None:
    pixels = image.width * image.height
    if pixels > limits.PIXELS:
        most, found = limits.PIXELS // 1_000_000, pixels // 1_000_000
        raise NianjianError("dossier_pixels_many", file=name, page=page, megapixels=found, most=most)


def _add(pdf: Pdf, image: Image.Image, raw: bytes) -> None:
    """One page; a JPEG's own bytes where they can stay, so that nothing is lost."""
    dpi = image.info.get("dpi")
    turned = _TURNED.get(image.getexif().get(_ORIENTATION, 1))
    if raw and turned is not None and image.mode in {"L", "RGB"}:
        stream = _stream(pdf, jpeg.bare(raw), image, "/DCTDecode")
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
    found = Stream(pdf, data)
    found.Type, found.Subtype = Name.XObject, Name.Image
    found.Width, found.Height = image.width, image.height
    found.ColorSpace = Name.DeviceRGB if image.mode == "RGB" else Name.DeviceGray
    found.BitsPerComponent = 1 if image.mode == "1" else 8
    found.Filter = Name(form)
    return found


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


if __name__ == "__main__":
    run_named(picture)

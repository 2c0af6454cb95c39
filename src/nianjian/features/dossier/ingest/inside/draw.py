"""A process of its own: draws pages of a clean copy, or makes a PDF of pictures alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from pypdfium2 import raw

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside import jpeg, print_json, run_named

TILE: Final = 512
_TILES: Final = 6


def tiles(grey: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The parts of a page (300 dpi) that have most ink in them; all of one size."""
    high, wide = grey.shape
    rows, columns = max(1, high // TILE), max(1, wide // TILE)
    small = cv2.resize(grey[: rows * TILE, : columns * TILE], (columns * 8, rows * 8), interpolation=cv2.INTER_AREA)
    spread = small.reshape(rows, 8, columns, 8).std(axis=(1, 3))
    order = np.argsort(-spread, axis=None)[:_TILES]
    places = [divmod(int(one), columns) for one in order]
    return [grey[y * TILE : (y + 1) * TILE, x * TILE : (x + 1) * TILE] for y, x in places]


_NEAR: Final = 0.5
"""Points by which the picture may miss the page's edge."""
_SAME: Final = 0.002
"""Share by which its resolution may miss the one that is asked for: beyond, drawing would scale it."""
_SPACES: Final = {Name.DeviceGray: 1, Name.DeviceRGB: 3}
_CHANGES: Final = ("/SMask", "/Mask", "/ImageMask", "/Decode", "/DecodeParms", "/OC", "/Alternates", "/SMaskInData")
"""What shows a picture otherwise than its bytes say."""
_CONTENT_BYTES: Final = 4096
_MATRIX: Final = 6
_LINEAR: Final = 3
"""Up to so many times smaller, half of it done by the JPEG, neighbours are enough; beyond, areas."""

Pixels = NDArray[np.uint8]
T = TypeVar("T")


class Scans:
    """The clean copy beside its drawing; pages count from 0."""

    def __init__(self, source: str) -> None:
        pikepdf.settings.set_qpdf_limits(
            flate_max_memory=limits.FLATE_MEMORY,
            max_stream_filters=limits.FILTERS,
            parser_max_container_size=limits.CONTAINER,
        )
        try:
            self._pdf = Pdf.open(source)
            self._pages = list(self._pdf.pages)
        except pikepdf.PdfError:  # what only one of two readers opens is drawn
            self._pages = []

    def pixels(self, place: int, dpi: float) -> Pixels | None:
        """BGR or grey, as displayed; None: the page is something else, or not at ``dpi``."""
        return self._read_jpeg(place, dpi, _whole)

    def planes(self, place: int, dpi: float, small: int) -> tuple[Pixels, Pixels] | None:
        """The page in grey, and in colour so many times smaller: both together cost less than all of it in colour.

        None as above, and for a page without colour.
        """
        return self._read_jpeg(place, dpi, lambda data, planes: _apart(data, planes, small))

    def _read_jpeg(self, place: int, dpi: float, read: Callable[[bytes, int], T | None]) -> T | None:
        """What is read of the page's JPEG, if it is one."""
        try:
            picture = _only(self._pages[place], dpi)
            data = None if picture is None else _jpeg(picture)
            return None if data is None else read(*data)
        except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, cv2.error):
            return None


def _only(page: pikepdf.Page, dpi: float) -> Stream | None:
    """The picture that fills an upright page on which nothing else is."""
    left, low, right, up = (float(one) for one in page.cropbox)
    if _inherited(page.obj, "/Rotate") or any(key in page.obj for key in ("/UserUnit", "/Annots", "/Group")):
        return None
    image_name, matrix = _find_single_image(page)
    resources = _inherited(page.obj, "/Resources")
    if not isinstance(resources, Dictionary) or "/ColorSpace" in resources or not image_name:
        return None
    picture = resources.XObject[image_name]
    wide, high = right - left, up - low
    off = np.subtract(matrix, (wide, 0, 0, high, left, low))
    if not isinstance(picture, Stream) or np.abs(off).max() > _NEAR:
        return None
    scales = (int(picture.Width) / wide * 72, int(picture.Height) / high * 72)
    return picture if all(abs(one / dpi - 1) < _SAME for one in scales) else None


def _inherited(node: object, key: str) -> object:
    """The value of a page, or of the tree that it hangs in."""
    for _ in range(limits.DEPTH * 4):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    raise ValueError(key)


def _find_single_image(page: pikepdf.Page) -> tuple[str, tuple[float, ...]]:
    """Name and matrix of what the page shows if it shows one thing and does nothing else; else no name."""
    contents = page.obj.get("/Contents")
    streams = list(contents) if isinstance(contents, Array) else [contents]
    if sum(len(one.read_bytes()) for one in streams if isinstance(one, Stream)) > _CONTENT_BYTES:
        return "", ()
    image_name, at, matrices = "", pikepdf.Matrix(), [pikepdf.Matrix()]
    for step in pikepdf.parse_content_stream(page):
        if not isinstance(step, pikepdf.ContentStreamInstruction):
            return "", ()
        words, act = step.operands, str(step.operator)
        if act == "q":
            matrices.append(matrices[-1])
        elif act == "Q":
            matrices.pop()
        elif act == "cm" and len(words) == _MATRIX:
            matrices[-1] = pikepdf.Matrix(*(float(str(one)) for one in words)) @ matrices[-1]
        elif act == "Do" and not image_name:
            image_name, at = str(words[0]), matrices[-1]
        else:
            return "", ()
    return image_name, tuple(at.shorthand)


def _jpeg(picture: Stream) -> tuple[bytes, int] | None:
    """Bytes and planes, where its JPEG is what its dictionary says."""
    filters = picture.get("/Filter")
    only = list(filters) if isinstance(filters, Array) else [filters]
    planes = next((count for space, count in _SPACES.items() if picture.get("/ColorSpace") == space), None)
    if picture.get("/Subtype") != Name.Image or only != [Name.DCTDecode] or planes is None:
        return None
    if any(key in picture for key in _CHANGES) or int(picture.get("/BitsPerComponent", 0)) != 8:  # noqa: PLR2004 - a byte a plane
        return None
    data = picture.read_raw_bytes()
    expected = (int(picture.Width), int(picture.Height), planes)
    return (data, planes) if jpeg.read_frame(data) == expected else None


def _decoded(data: bytes, way: int) -> Pixels | None:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), way | cv2.IMREAD_IGNORE_ORIENTATION)
    return None if pixels is None else pixels.astype(np.uint8, copy=False)


def _whole(data: bytes, planes: int) -> Pixels | None:
    pixels = _decoded(data, cv2.IMREAD_GRAYSCALE if planes == 1 else cv2.IMREAD_COLOR)
    return None if pixels is None or pixels.shape[:2] != jpeg.read_frame(data)[1::-1] else pixels


def _apart(data: bytes, planes: int, small: int) -> tuple[Pixels, Pixels] | None:
    """Half of the size comes out of the JPEG itself."""
    if planes == 1:
        return None
    grey, half = _decoded(data, cv2.IMREAD_GRAYSCALE), _decoded(data, cv2.IMREAD_REDUCED_COLOR_2)
    if grey is None or half is None or grey.shape != jpeg.read_frame(data)[1::-1]:
        return None
    high, wide = (max(1, side // small) for side in grey.shape)
    part = half[: round(high * small / 2), : round(wide * small / 2)]
    way = cv2.INTER_LINEAR if small <= _LINEAR else cv2.INTER_AREA
    return grey, cv2.resize(part, (wide, high), interpolation=way).astype(np.uint8, copy=False)


DPI: Final = 300
QUALITY: Final = 88
PIXELS: Final = 40_000_000  # of one drawing: an A3 page at 300 dpi has 17 million


def rebuild(name: str, source: str, target: str) -> None:
    """Draw every page of ``source`` into ``target``; refusals as of `pdf.clean`."""
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        raise NianjianError("dossier_pdf_broken", file=name) from error
    count = len(document)
    if not 0 < count <= limits.PAGES:
        code = "dossier_pages_many" if count else "dossier_pages_none"
        raise NianjianError(code, file=name, pages=count, most=limits.PAGES)
    with Pdf.new() as pdf:
        for place in range(count):
            _page(pdf, document[place])
        pdf.save(target, deterministic_id=True)
    print_json({"pages": count})


def _page(pdf: Pdf, page: pdfium.PdfPage) -> None:
    wide, high = page.get_size()
    scale = min(DPI / 72, (PIXELS / (wide * high)) ** 0.5)
    bitmap = page.render(scale=scale, may_draw_forms=False)
    pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    page.close()
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:  # the page has pixels, so there is a JPEG of it
        raise ValueError(wide, high)
    stream = Stream(pdf, np.asarray(data).tobytes())
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = pixels.shape[1], pixels.shape[0]
    stream.ColorSpace, stream.BitsPerComponent, stream.Filter = Name.DeviceRGB, 8, Name.DCTDecode
    stuff = Dictionary(
        Type=Name.Page,
        MediaBox=Array([0, 0, wide, high]),
        Resources=Dictionary(XObject=Dictionary(Scan=pdf.make_indirect(stream))),
        Contents=pdf.make_stream(f"q {wide:.4f} 0 0 {high:.4f} 0 0 cm /Scan Do Q".encode()),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(stuff)))


_MM: Final = 25.4 / 72


def draw(source: str, folder: str, params: str) -> None:
    """``params`` is JSON: `first` and `last` page (from 1), `dpi`, `small`, `strip`.

    A page becomes `<page>.npy` (BGR), so many times smaller, with `small` above 1 also `<page>-tiles.npy`, its inked
    parts in grey and in full; with `strip` (mm) `<page>-strip.npy`, its right edge (BGR, in full).
    """
    cv2.setNumThreads(1)  # a child is one of several workers; threads that wait burn time
    ask = json.loads(params)
    document, scans = pdfium.PdfDocument(source), Scans(source)
    for number in range(ask["first"], min(ask["last"], len(document)) + 1):
        print_json({"begun": number})
        page = document[number - 1]
        entry = facts(page, number)
        scale = min(ask["dpi"] / 72, (PIXELS / (page.get_width() * page.get_height())) ** 0.5)
        target, strip = Path(folder) / str(number), round(ask["strip"] / 25.4 * scale * 72)
        planes = scans.planes(number - 1, scale * 72, ask["small"]) if ask["small"] > 1 and not strip else None
        if planes is not None:
            _save(target, *planes)
        else:
            _write(target, _full(scans, page, number - 1, scale), ask["small"], strip)
        print_json(entry | {"dpi": scale * 72})
        page.close()


def _full(scans: Scans, page: pdfium.PdfPage, place: int, scale: float) -> Pixels:
    """The page's pixels, read where that is the same as drawing."""
    full = scans.pixels(place, scale * 72)
    if full is not None:
        return full
    bitmap = page.render(scale=scale, may_draw_forms=False)
    pixels = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    bitmap.close()
    return pixels


def _write(target: Path, full: Pixels, small: int, strip: int) -> None:
    if strip:
        np.save(f"{target}-strip.npy", _coloured(full[:, -strip:]))
    if small == 1:
        np.save(f"{target}.npy", _coloured(full))
        return
    grey = full if full.ndim == 2 else cv2.cvtColor(full, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004 - rows and columns
    high, wide = (max(1, side // small) for side in full.shape[:2])  # whole pixels: what is left over is no tenth
    less = cv2.resize(full[: high * small, : wide * small], (wide, high), interpolation=cv2.INTER_AREA)
    _save(target, grey.astype(np.uint8, copy=False), less.astype(np.uint8, copy=False))


def _save(target: Path, grey: Pixels, less: Pixels) -> None:
    np.save(f"{target}-tiles.npy", np.stack(tiles(grey)))
    np.save(f"{target}.npy", _coloured(less))


def _coloured(plane: Pixels) -> Pixels:
    pixels = plane if plane.ndim > 2 else cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004 - rows and columns
    return np.ascontiguousarray(pixels).astype(np.uint8, copy=False)


def facts(page: pdfium.PdfPage, number: int) -> dict[str, Any]:
    """Sides in mm as displayed, pictures with resolution and share of the page, and whether there is text."""
    wide, high = page.get_size()
    pictures = []
    for one in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=limits.DEPTH):
        about = one.get_metadata()
        left, low, right, up = one.get_bounds()
        share = max(0.0, (right - left) * (up - low)) / (wide * high)
        dpi = [about.horizontal_dpi, about.vertical_dpi]
        pictures.append({"pixels": [about.width, about.height], "dpi": dpi, "share": min(share, 1.0)})
    text = page.get_textpage()
    letters = text.count_chars()
    text.close()
    return {"page": number, "wide_mm": wide * _MM, "high_mm": high * _MM, "pictures": pictures, "letters": letters}


if __name__ == "__main__":
    run_named(rebuild, draw)

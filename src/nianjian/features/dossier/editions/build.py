"""Both editions and their manifest: the book, and flat files for the platform."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, OutlineItem
from pypdfium2 import raw

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.typeset import typeset
from nianjian.features.dossier.editions import manifest as manifests
from nianjian.features.dossier.editions import package
from nianjian.features.dossier.editions.book import (
    BLANK,
    FRONT,
    Book,
    Stamper,
    as_form,
    bind,
    document_title,
    image_head,
    make_shell,
    notice_layer,
    open_clean_copies,
    page_notice,
    write_metadata,
)
from nianjian.features.dossier.editions.manifest import PageOf
from nianjian.features.dossier.editions.package import (
    PLACES,
    Package,
    Seal,
    Slice,
    build_page_view,
    invert,
    to_operator,
)
from nianjian.features.dossier.ingest.inside.jpeg import read_frame

QUALITIES: Final = (82, 72, 62, 52, 42)
COLOUR: Final = 12  # a page whose channels differ less is grey
NEAR: Final = 1.0  # points by which a picture may miss the page's edge
REDUCED: Final = {
    8: cv2.IMREAD_REDUCED_COLOR_8, 4: cv2.IMREAD_REDUCED_COLOR_4, 2: cv2.IMREAD_REDUCED_COLOR_2, 1: cv2.IMREAD_COLOR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flat:
    """One page: its JPEG, pixels, whether it is grey, its size in points, and its coarse look."""

    jpeg: bytes
    wide: int
    high: int
    grey: bool
    width: float
    height: float
    look: str


def pictures(pdf: bytes | str, *, dpi: int, most: int, title: str, stamped: frozenset[int]) -> Iterator[Flat]:
    """Every page; ``stamped``: pages (from 0) that bear a seal and are drawn anew. ``upload_page_large``."""
    with pypdfium2.PdfDocument(pdf) as document:
        for place in range(len(document)):
            page = document[place]
            width, height = page.get_size()
            page_jpeg = None if place in stamped else find_page_jpeg(page)
            jpeg = page_jpeg[0] if page_jpeg and page_jpeg[1] >= dpi - 0.5 else None
            if jpeg is None or len(jpeg) > most:
                jpeg = _render_page(page, dpi, most, title, place)
            wide, high, channels = read_frame(jpeg)
            look = manifests.encode_fingerprint(shrink_picture(jpeg))
            yield Flat(jpeg, wide, high, channels == 1, width, height, look)
            page.close()


def shrink_picture(jpeg: bytes) -> Any:  # noqa: ANN401 -- pixels
    """The picture in grey, read no larger than the fingerprint needs."""
    wide, high, _channels = read_frame(jpeg)
    factor = next(one for one in REDUCED if min(wide / one, high / one) >= manifests.WIDE * 0.95 or one == 1)
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), REDUCED[factor] | cv2.IMREAD_IGNORE_ORIENTATION)
    return manifests.lightness(pixels)


def find_page_jpeg(page: pypdfium2.PdfPage) -> tuple[bytes, float] | None:
    """The JPEG that is the whole page, and its pixels an inch; None where the page is anything else."""
    objects = list(page.get_objects(max_depth=1))
    if len(objects) != 1 or objects[0].type != raw.FPDF_PAGEOBJ_IMAGE or page.get_rotation():
        return None
    image = objects[0]
    if image.get_filters() != ["DCTDecode"] or raw.FPDFPage_HasTransparency(page) or raw.FPDFPage_GetAnnotCount(page):
        return None
    left, low, right, top = page.get_cropbox()
    a, b, c, d, e, f = image.get_matrix().get()
    off = (a - (right - left), b, c, d - (top - low), e - left, f - low)
    if max(map(abs, off)) > NEAR:
        return None
    data = bytes(image.get_data(decode_simple=False))
    try:
        wide, high, channels = read_frame(data)
    except ValueError:
        return None
    spaces = {1: raw.FPDF_COLORSPACE_DEVICEGRAY, 3: raw.FPDF_COLORSPACE_DEVICERGB}
    if image.get_metadata().colorspace != spaces.get(channels):
        return None
    return data, min(wide / (right - left), high / (top - low)) * 72


def look_at_page(page: pypdfium2.PdfPage) -> Any:  # noqa: ANN401 -- pixels
    """The page in grey, out of its JPEG where it is one."""
    jpeg = find_page_jpeg(page)
    return shrink_picture(jpeg[0]) if jpeg else manifests.render_page(page)


def _render_page(page: pypdfium2.PdfPage, dpi: int, most: int, title: str, place: int) -> bytes:
    pixels = page.render(scale=dpi / 72, rev_byteorder=False).to_numpy()
    blue, green, red = cv2.split(pixels[:, :, :3])
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    grey = int(cv2.blur(spread, (3, 3)).max()) < COLOUR
    image = green if grey else np.ascontiguousarray(pixels[:, :, :3])
    sampling = [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    for quality in QUALITIES:
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, *sampling])
        if done and len(data) <= most:
            return bytes(data)
    raise NianjianError("upload_page_large", item=title, page=place + 1, bytes=most, dpi=dpi)


FLAVOUR: Final = "2b"
HEAD: Final = 24_000  # bytes of a file without its pages: profile, title, bookmarks
EACH: Final = 1_500  # bytes of a page without its picture
SIGNATURE: Final = 64_000  # bytes that a signature with its certificates and time stamp may take, appended last
DATED: Final = re.compile(rb"(<xmp:MetadataDate>)[^<]*(</xmp:MetadataDate>)|(xmp:MetadataDate=\")[^\"]*(\")")
FIXED: Final = b"2017-01-01T00:00:00+00:00"  # no time of making: the file tells of its content only
FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file: pages ``first`` … of item ``item`` (both from 0), their looks, and the verdict on its form."""

    path: Path
    item: int
    first: int
    looks: tuple[str, ...]
    pdfa: str


def flatten(package: Package, book: Book, folder: Path) -> Iterator[WrittenFile]:
    """Write every file; ``dossier_copy_unreadable``, ``upload_page_large``."""
    most = _room(package) - HEAD - EACH
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="nianjian-flat-") as place:
        sources = open_clean_copies(package, stack, sealed=True)
        for number, (item, source) in enumerate(zip(package.items, sources, strict=True)):
            stamped = _stamp(package, book, number, source)
            path = Path(place) / f"{number}.pdf"
            source.save(path, deterministic_id=True)
            pages = list(pictures(str(path), dpi=package.limits.dpi, most=most, title=item.title, stamped=stamped))
            path.unlink()
            yield from _item(package, number, pages, folder)


def _stamp(package: Package, book: Book, number: int, pdf: pikepdf.Pdf) -> frozenset[int]:
    """The same seals as in the book, on the item's own pages; which pages bear one. Sealed pages get none."""
    bare = package.items[number].sealed is None
    strips = list(_strips(package, book, number)) if bare else []
    seals = list(_seals(package, number, len(pdf.pages))) if bare else []
    prints = [one for one in package.items[number].prints if bare and one.page <= len(pdf.pages)]
    bearing = frozenset(
        {page for page, _piece in strips} | {page for page, _kind in seals} | {one.page - 1 for one in prints}
    )
    said = page_notice(package)
    if said:  # a draft or a preview says so on every page
        bearing = frozenset(range(len(pdf.pages)))
    stamper = Stamper(pdf)
    for page in sorted(bearing):
        make_shell(pdf, pdf.pages[page])
    for page, piece in strips:
        stamper.slice(pdf.pages[page], package.pictures[Seal.RIDING], piece)
    for page, kind in seals:
        where = PLACES[kind]
        stamper.whole(pdf.pages[page], package.pictures[kind], where.x_mm, where.y_mm)
    for one in prints:
        stamper.whole(pdf.pages[one.page - 1], one.picture, one.x_mm, one.y_mm)
    if said:
        _tell(pdf, package)
    return bearing


def _tell(pdf: pikepdf.Pdf, package: Package) -> None:
    """The notice at the foot of every page, as in the book."""
    with pikepdf.open(BytesIO(typeset("dossier_layer.typ", notice_layer(package), {}, "pdf"))) as notice_pdf:
        layer = pdf.copy_foreign(as_form(notice_pdf.pages[0]))
    for page in pdf.pages:
        back = invert(build_page_view(page).upright().matrix)
        page.obj["/Resources"]["/XObject"]["/NjLayer"] = layer
        page.contents_add(pdf.make_stream(f"q {to_operator(back)} /NjLayer Do Q\n".encode()))


def _strips(package: Package, book: Book, number: int) -> Iterator[tuple[int, Slice]]:
    if Seal.RIDING in package.pictures:
        for piece in book.plan.slices():
            leaf = book.layout.leaves[book.plan.pages(piece.sheet)[0] - 1]
            if leaf.item == number:
                yield leaf.page, piece


def _seals(package: Package, number: int, pages: int) -> Iterator[tuple[int, Seal]]:
    for kind, where in PLACES.items():
        if kind in package.items[number].seals and kind in package.pictures:
            yield from ((page, kind) for page in range(pages if where.every else 1))


def _room(package: Package) -> int:
    """Bytes of a file, so that it keeps the platform's limit when it is signed."""
    return package.limits.file_bytes - SIGNATURE


def _item(package: Package, number: int, pages: Sequence[Flat], folder: Path) -> Iterator[WrittenFile]:
    """Cut by what pages weigh; where a file comes out too large all the same, cut with more room."""
    room = _room(package)
    for _try in range(4):
        parts = _cut(pages, room)
        files = [
            _file(package, number, part, folder / name(package, number, place, len(parts)), place)
            for place, part in enumerate(parts)
        ]
        over = max(one.path.stat().st_size for one in files) - _room(package)
        if over <= 0:
            yield from files
            return
        for one in files:
            one.path.unlink()
        room -= over + EACH
    raise NianjianError(
        "upload_page_large", item=package.items[number].title, page=1, bytes=package.limits.file_bytes,
        dpi=package.limits.dpi,
    )  # fmt: skip


def _cut(pages: Sequence[Flat], room: int) -> list[tuple[int, Sequence[Flat]]]:
    parts: list[tuple[int, Sequence[Flat]]] = []
    start, size = 0, HEAD
    for place, page in enumerate(pages):
        weight = len(page.jpeg) + EACH
        if place > start and size + weight > room:
            parts.append((start, pages[start:place]))
            start, size = place, HEAD
        size += weight
    return [*parts, (start, pages[start:])]


def name(package: Package, number: int, part: int, parts: int) -> str:
    """As the platform's example has it: number, its bar, title; a part's number behind."""
    example = re.fullmatch(r"\d+(?P<bar>[\W_]*)[^.]+(?P<end>\.\w+)", package.limits.name)
    bar, end = (example["bar"], example["end"]) if example else ("_", ".pdf")
    title_ = FORBIDDEN.sub("", package.items[number].title).strip(". ") or package.items[number].name
    return f"{number + 1}{bar}{title_}{f'{bar}{part + 1}' if parts > 1 else ''}{end}"


def _file(package: Package, number: int, part: tuple[int, Sequence[Flat]], path: Path, place: int) -> WrittenFile:
    from pikepdf import pdfa  # noqa: PLC0415 - half of what this module costs to load, and only writers use it

    first, pages = part
    item = package.items[number]
    with pikepdf.new() as pdf:
        for page in pages:
            pdf.pages.append(_page(pdf, page))
        with pdf.open_outline() as outline:
            outline.root.append(OutlineItem(item.title, 0))
        suffix = f" {place + 1}" if first or place else ""
        write_metadata(pdf, f"{item.title}{suffix} · {document_title(package)} · {package.enterprise}")
        pdf.Root["/PageLabels"] = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=first + 1)]))
        pdfa.prepare(pdf, FLAVOUR)
        xmp: Any = pdf.Root["/Metadata"]
        xmp.write(DATED.sub(_undated, xmp.read_bytes()))
        pdf.save(path, **pdfa.resolve_save_kwargs(FLAVOUR, deterministic_id=True))
    verdict = pdfa.validate_written(path, FLAVOUR)
    return WrittenFile(path, number, first, tuple(one.look for one in pages), verdict.verdict)


def _undated(match: re.Match[bytes]) -> bytes:
    before, after = (match[1], match[2]) if match[1] else (match[3], match[4])
    return before + FIXED + after


def _page(pdf: pikepdf.Pdf, flat: Flat) -> pikepdf.Page:
    stream = pdf.make_stream(flat.jpeg)
    space = Name.DeviceGray if flat.grey else Name.DeviceRGB
    stream.update(image_head(flat.wide, flat.high, space) | {"/Filter": Name.DCTDecode})
    wide, high = round(flat.width, 3), round(flat.height, 3)
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, wide, high]), Resources=Dictionary(XObject=Dictionary(Page=stream)),
        Contents=pdf.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Page Do Q\n".encode()),
    )  # fmt: skip
    return pikepdf.Page(pdf.make_indirect(page))


PAPER: Final = "paper"
UPLOAD: Final = "upload"
PRINTER: Final = "printer"
NAMES: Final = {PAPER: "材料包.pdf", PRINTER: "印刷说明.pdf"}


@dataclass(frozen=True, slots=True)
class BuiltEditions:
    """What was written; ``digest``: of the manifest, to be kept where nobody can change it."""

    folder: Path
    book: Book = field(repr=False)
    manifest: dict[str, Any] = field(repr=False)

    @property
    def digest(self) -> str:
        """The manifest's SHA-256."""
        return str(self.manifest["sha256"])


def build(package: Package, folder: Path, *, uploads: bool = True) -> BuiltEditions:
    """Write all; ``dossier_folder_full``, ``dossier_copy_unreadable``, ``upload_page_large``, ``drawing_failed``.

    ``dossier_runs_differ``: its papers are not all of the portrait that its cover names.

    ``uploads``: the flat files, too; they take most of the time.
    """
    package.require_one_run()
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NianjianError("dossier_folder_full", folder=str(folder))
    (folder / PAPER).mkdir()
    path, sheet = folder / PAPER / NAMES[PAPER], folder / PAPER / NAMES[PRINTER]
    book = bind(package, path, sheet)
    files = [manifests.of_file(path, folder, PAPER, _paper(package, book, path))]
    files.append(manifests.of_file(sheet, folder, PRINTER, _all(sheet)))
    if uploads:
        (folder / UPLOAD).mkdir()
        for one in flatten(package, book, folder / UPLOAD):
            item_name = package.items[one.item].name
            pages = [PageOf(item_name, one.first + place + 1, look) for place, look in enumerate(one.looks)]
            files.append(manifests.of_file(one.path, folder, UPLOAD, pages, one.pdfa))
    counts = Counter(leaf.item for leaf in book.layout.leaves)
    items = manifests.sources(package, book.layout.starts, [counts[place] for place in range(len(package.items))])
    manifest = manifests.build_manifest(package, files, items, book.plan, book.name)
    manifests.write_manifest(manifest, folder)
    return BuiltEditions(folder, book, manifest)


def _all(path: Path) -> list[PageOf]:
    with pypdfium2.PdfDocument(path) as document:
        looks = [manifests.encode_fingerprint(manifests.render_page(page)) for page in document]
    return [PageOf("", place, look) for place, look in enumerate(looks, 1)]


def _paper(package: Package, book: Book, path: Path) -> list[PageOf]:
    """Looks of the book's pages, from their sources, laid as they lie on the sheet; seals do not count."""
    empty = manifests.encode_fingerprint(np.full((manifests.HIGH, manifests.WIDE), 255, np.uint8))
    by_place: dict[int, PageOf] = {}
    leaves = book.layout.leaves
    with pypdfium2.PdfDocument(path) as document:
        for place, leaf in enumerate(leaves):
            if leaf.item == BLANK:
                by_place[place] = PageOf("", 0, empty)
            elif leaf.item == FRONT:
                look = manifests.encode_fingerprint(manifests.render_page(document[place]))
                by_place[place] = PageOf("", leaf.page + 1, look)
    for number, item in enumerate(package.items):
        with pypdfium2.PdfDocument(item.file) as source:
            for place, leaf in enumerate(leaves):
                if leaf.item == number:
                    look = manifests.encode_fingerprint(_laid(source[leaf.page], back=book.layout.back(place)))
                    by_place[place] = PageOf(item.name, leaf.page + 1, look)
    return [by_place[place] for place in range(len(leaves))]


def _laid(page: pypdfium2.PdfPage, *, back: bool) -> Any:  # noqa: ANN401 -- pixels
    width, height = page.get_size()
    matrix = package.PageView(width, height, package.IDENTITY).on_a4(back=back)
    return manifests.lay_on_sheet(look_at_page(page), matrix, width, height)

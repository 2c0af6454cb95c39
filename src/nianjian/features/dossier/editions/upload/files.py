"""One file an item, cut where it grows too large, each written and judged as PDF/A-2b."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, pdfa

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.printing.typeset import typeset
from nianjian.features.dossier.editions.geometry import cm, inverse, seen
from nianjian.features.dossier.editions.package import Item, Package, Seal
from nianjian.features.dossier.editions.paper.book import Book, described, opened
from nianjian.features.dossier.editions.paper.words import alone, notice, title
from nianjian.features.dossier.editions.stamping import Stamper, as_form, shell
from nianjian.features.dossier.editions.upload.flat import Flat, pictures
from nianjian.features.dossier.riding import Slice

FLAVOUR: Final = "2b"
HEAD: Final = 24_000  # bytes of a file without its pages: profile, title, bookmarks
EACH: Final = 1_500  # bytes of a page without its picture
SIGNATURE: Final = 64_000  # bytes that a signature with its certificates and time stamp may take, appended last
DATED: Final = re.compile(rb"(<xmp:MetadataDate>)[^<]*(</xmp:MetadataDate>)|(xmp:MetadataDate=\")[^\"]*(\")")
FIXED: Final = b"2017-01-01T00:00:00+00:00"  # no time of making: the file tells of its content only
FORBIDDEN: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class Written:
    """One file: pages ``first`` … of item ``item`` (both from 0), their looks, and the verdict on its form."""

    path: Path
    item: int
    first: int
    looks: tuple[str, ...]
    pdfa: str


def upload(package: Package, book: Book, folder: Path) -> Iterator[Written]:
    """Write every file; ``dossier_copy_unreadable``, ``upload_page_large``."""
    most = _room(package) - HEAD - EACH
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="nianjian-flat-") as place:
        sources = opened(package, stack)
        for number, (item, source) in enumerate(zip(package.items, sources, strict=True)):
            stamped = _stamp(package, book, number, source)
            path = Path(place) / f"{number}.pdf"
            source.save(path, deterministic_id=True)
            pages = list(pictures(str(path), dpi=package.limits.dpi, most=most, named=item.title, stamped=stamped))
            path.unlink()
            yield from _item(package, number, pages, folder)


def _stamp(package: Package, book: Book, number: int, pdf: pikepdf.Pdf) -> frozenset[int]:
    """The same seals as in the book, on the item's own pages; which pages bear one."""
    strips = list(_strips(package, book, number))
    seals = list(_seals(package, number, len(pdf.pages)))
    prints = [one for one in package.items[number].prints if one.page <= len(pdf.pages)]
    bearing = frozenset(
        {page for page, _piece in strips} | {page for page, _kind in seals} | {one.page - 1 for one in prints}
    )
    said = notice(package)
    if said:  # a draft or a preview says so on every page
        bearing = frozenset(range(len(pdf.pages)))
    stamper = Stamper(pdf)
    for page in sorted(bearing):
        shell(pdf, pdf.pages[page])
    for page, piece in strips:
        stamper.slice(pdf.pages[page], package.pictures[Seal.RIDING], piece)
    for page, kind in seals:
        where = package.places[kind]
        stamper.whole(pdf.pages[page], package.pictures[kind], where.x_mm, where.y_mm)
    for one in prints:
        stamper.whole(pdf.pages[one.page - 1], one.picture, one.x_mm, one.y_mm)
    if said:
        _tell(pdf, package)
    return bearing


def _tell(pdf: pikepdf.Pdf, package: Package) -> None:
    """The notice at the foot of every page, as in the book."""
    with pikepdf.open(BytesIO(typeset("dossier_layer.typ", alone(package), {}, "pdf"))) as made:
        layer = pdf.copy_foreign(as_form(made.pages[0]))
    for page in pdf.pages:
        back = inverse(seen(page).upright().matrix)
        page.obj["/Resources"]["/XObject"]["/NjLayer"] = layer
        page.contents_add(pdf.make_stream(f"q {cm(back)} /NjLayer Do Q\n".encode()))


def _strips(package: Package, book: Book, number: int) -> Iterator[tuple[int, Slice]]:
    """Pages of the item that bear a strip of the riding seal in the book."""
    if Seal.RIDING in package.pictures:
        for piece in book.plan.slices():
            leaf = book.layout.leaves[book.plan.pages(piece.sheet)[0] - 1]
            if leaf.item == number:
                yield leaf.page, piece


def _seals(package: Package, number: int, pages: int) -> Iterator[tuple[int, Seal]]:
    """Pages of the item that bear a whole seal."""
    for kind, where in package.places.items():
        if kind in package.items[number].seals and kind in package.pictures:
            yield from ((page, kind) for page in range(pages if where.every else 1))


def _room(package: Package) -> int:
    """Bytes of a file, so that it keeps the platform's limit when it is signed."""
    return package.limits.file_bytes - SIGNATURE


def _item(package: Package, number: int, pages: Sequence[Flat], folder: Path) -> Iterator[Written]:
    """Cut by what pages weigh; where a file comes out too large all the same, cut with more room."""
    room = _room(package)
    for _try in range(4):
        parts = _cut(pages, room)
        made = [
            _file(package, number, part, folder / name(package, number, place, len(parts)), place)
            for place, part in enumerate(parts)
        ]
        over = max(one.path.stat().st_size for one in made) - _room(package)
        if over <= 0:
            yield from made
            return
        for one in made:
            one.path.unlink()
        room -= over + EACH
    raise NianjianError(
        "upload_page_large", item=package.items[number].title, page=1, bytes=package.limits.file_bytes,
        dpi=package.limits.dpi,
    )  # fmt: skip


def _cut(pages: Sequence[Flat], room: int) -> list[tuple[int, Sequence[Flat]]]:
    """First page and pages of each part."""
    parts: list[tuple[int, Sequence[Flat]]] = []
    start, held = 0, HEAD
    for place, page in enumerate(pages):
        weight = len(page.jpeg) + EACH
        if place > start and held + weight > room:
            parts.append((start, pages[start:place]))
            start, held = place, HEAD
        held += weight
    return [*parts, (start, pages[start:])]


def name(package: Package, number: int, part: int, parts: int) -> str:
    """As the platform's example has it: number, its bar, title; a part's number behind."""
    example = re.fullmatch(r"\d+(?P<bar>[\W_]*)[^.]+(?P<end>\.\w+)", package.limits.name)
    bar, end = (example["bar"], example["end"]) if example else ("_", ".pdf")
    title_ = FORBIDDEN.sub("", package.items[number].title).strip(". ") or package.items[number].name
    return f"{number + 1}{bar}{title_}{f'{bar}{part + 1}' if parts > 1 else ''}{end}"


def _file(package: Package, number: int, part: tuple[int, Sequence[Flat]], path: Path, place: int) -> Written:
    first, pages = part
    item: Item = package.items[number]
    with pikepdf.new() as pdf:
        for page in pages:
            pdf.pages.append(_page(pdf, page))
        with pdf.open_outline() as outline:
            outline.root.append(OutlineItem(item.title, 0))
        suffix = f" {place + 1}" if first or place else ""
        described(pdf, f"{item.title}{suffix} · {title(package)} · {package.enterprise}", package)
        pdf.Root["/PageLabels"] = Dictionary(Nums=Array([0, Dictionary(S=Name.D, St=first + 1)]))
        pdfa.prepare(pdf, FLAVOUR)
        xmp: Any = pdf.Root["/Metadata"]
        xmp.write(DATED.sub(_undated, xmp.read_bytes()))
        pdf.save(path, **pdfa.resolve_save_kwargs(FLAVOUR, deterministic_id=True))
    verdict = pdfa.validate_written(path, FLAVOUR)
    return Written(path, number, first, tuple(one.look for one in pages), verdict.verdict)


def _undated(found: re.Match[bytes]) -> bytes:
    before, after = (found[1], found[2]) if found[1] else (found[3], found[4])
    return before + FIXED + after


def _page(pdf: pikepdf.Pdf, flat: Flat) -> pikepdf.Page:
    image = pdf.make_stream(flat.jpeg)
    image.update(
        {
            "/Type": Name.XObject, "/Subtype": Name.Image, "/Width": flat.wide, "/Height": flat.high,
            "/ColorSpace": Name.DeviceGray if flat.grey else Name.DeviceRGB, "/BitsPerComponent": 8,
            "/Filter": Name.DCTDecode,
        }
    )  # fmt: skip
    wide, high = round(flat.width, 3), round(flat.height, 3)
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, wide, high]), Resources=Dictionary(XObject=Dictionary(Page=image)),
        Contents=pdf.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Page Do Q\n".encode()),
    )  # fmt: skip
    return pikepdf.Page(pdf.make_indirect(page))

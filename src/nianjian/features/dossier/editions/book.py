"""The book for the window: A4, glued, numbered, with its seals or the places for them, as one PDF."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.official import format_code
from nianjian.engines.paper.typeset import render_qr_code, typeset
from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.features.dossier.editions import package as geometry
from nianjian.features.dossier.editions.manifest import draw_code, name_book
from nianjian.features.dossier.editions.package import (
    A4,
    FOOT,
    GUTTER,
    OUTER,
    PLACES,
    POINT,
    Board,
    Matrix,
    Package,
    Picture,
    Plan,
    Seal,
    Slice,
    plan,
    to_operator,
)

LANGUAGE: Final = "zh"  # of the package's own words, as typst names it
FRONT = -1
BLANK = -2


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the book: page ``page`` (from 0) of item ``item``, of the front, or a blank back."""

    item: int
    page: int


@dataclass(frozen=True, slots=True)
class Layout:
    """``starts``: first page of each item, counted from 1."""

    leaves: tuple[Leaf, ...]
    starts: tuple[int, ...]

    @property
    def sheets(self) -> int:
        """Sheets of paper."""
        return math.ceil(len(self.leaves) / 2)

    def back(self, place: int) -> bool:
        """Whether the page at ``place`` (from 0) is printed on a sheet's back."""
        return place % 2 == 1


def lay_out(front: int, counts: Sequence[int]) -> Layout:
    """Each item begins on the front of a sheet, so that it can be stamped and taken out whole."""
    leaves: list[Leaf] = []
    starts: list[int] = []
    for item, count in ((FRONT, front), *enumerate(counts)):
        if item != FRONT:
            starts.append(len(leaves) + 1)
        leaves += [Leaf(item, page) for page in range(count)]
        if len(leaves) % 2:
            leaves.append(Leaf(BLANK, 0))
    return Layout(tuple(leaves), tuple(starts))


PAGE: Final = "/NjPage"
LARGEST: Final = 4000  # pixels a side of a seal's picture
NEAR: Final = 3  # pixels of the smallest picture worth printing, as a power: 8 x 8


def as_form(page: pikepdf.Page) -> pikepdf.Object:
    """What the page shows, as a form in its own coordinates, cut to what is visible."""
    form = page.as_form_xobject(handle_transformations=False)
    form["/BBox"] = Array([*geometry.visible_box(page)])
    form["/Matrix"] = Array([1, 0, 0, 1, 0, 0])
    return form


def make_shell(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Make the page a shell around what it showed, with dictionaries of its own."""
    form = as_form(page)
    form.write(form.read_bytes())  # it would read the page's content only later, when that is another
    page.obj["/Resources"] = Dictionary(XObject=Dictionary({PAGE: form}))
    page.obj["/Contents"] = pdf.make_stream(f"q {PAGE} Do Q\n".encode())


class Stamper:
    """Prints seals into one PDF, on pages that are shells."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        """Nothing is written before the first seal."""
        self._pdf = pdf
        self._images: dict[str, tuple[str, pikepdf.Object, float]] = {}
        self._multiply: pikepdf.Object | None = None

    def whole(self, page: pikepdf.Page, picture: Picture, x_mm: float, y_mm: float) -> None:
        """The whole seal with its centre at a place of the upright page."""
        name, ratio = self._ready(page, picture)
        wide = picture.width_mm * POINT
        high = wide * ratio
        self._draw(page, f"{_box(wide, high, x_mm * POINT - wide / 2, y_mm * POINT - high / 2)} {name} Do")

    def slice(self, page: pikepdf.Page, picture: Picture, piece: Slice) -> None:
        """One strip of the riding seal at the outer edge."""
        name, ratio = self._ready(page, picture)
        book = geometry.build_page_view(page).upright()
        side = picture.width_mm * POINT
        high, wide = side * ratio, side / piece.strips
        x = book.width - wide
        y = float(piece.height) * book.height - high / 2
        inside = _box(side, high, x - piece.strip * wide, y)
        self._draw(page, f"{x:.3f} {y:.3f} {wide:.3f} {high:.3f} re W n {inside} {name} Do")

    def _draw(self, page: pikepdf.Page, operators: str) -> None:
        back: Matrix = geometry.invert(geometry.build_page_view(page).upright().matrix)
        page.contents_add(self._pdf.make_stream(f"q {to_operator(back)} /NjMultiply gs {operators} Q\n".encode()))

    def _ready(self, page: pikepdf.Page, picture: Picture) -> tuple[str, float]:
        """The picture's name on the page, and its height by its width."""
        key = hashlib.sha256(picture.png).hexdigest()
        if key not in self._images:
            self._images[key] = (f"/NjSeal{key[:8]}", *_image(self._pdf, picture.png))
        name, image, ratio = self._images[key]
        resources: Any = page.obj["/Resources"]
        resources["/XObject"][name] = image
        if self._multiply is None:
            self._multiply = self._pdf.make_indirect(Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
        if "/ExtGState" not in resources:
            resources["/ExtGState"] = Dictionary()
        resources["/ExtGState"]["/NjMultiply"] = self._multiply
        return name, ratio


def _box(wide: float, high: float, x: float, y: float) -> str:
    return f"{wide:.3f} 0 0 {high:.3f} {x:.3f} {y:.3f} cm"


def _image(pdf: pikepdf.Pdf, png: bytes) -> tuple[pikepdf.Object, float]:
    """The image object, shared by every page, and its height by its width; ``seal_picture_unreadable``."""
    pixels = decode_image(png)
    high, wide = pixels.shape[:2]
    image = pdf.make_stream(np.ascontiguousarray(pixels[:, :, 2::-1]).tobytes())
    image.update(image_head(wide, high, Name.DeviceRGB))
    if pixels.shape[2] > 3:  # noqa: PLR2004 -- blue, green, red, and how much covers
        mask = pdf.make_stream(np.ascontiguousarray(pixels[:, :, 3]).tobytes())
        mask.update(image_head(wide, high, Name.DeviceGray))
        image["/SMask"] = mask
    return image, high / wide


def decode_image(png: bytes) -> Any:  # noqa: ANN401 -- pixels
    """Blue, green, red and, where there is one, cover; ``seal_picture_unreadable``."""
    if not png.startswith(b"\x89PNG"):
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    wide, high = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    if not all(1 << NEAR <= side <= LARGEST for side in (wide, high)):
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint8:
        raise NianjianError("seal_picture_unreadable", largest=LARGEST)
    return pixels if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)  # noqa: PLR2004 -- has colours


def image_head(wide: int, high: int, space: Name) -> dict[str, Any]:
    """The dictionary of a picture with eight bits a colour."""
    return {
        "/Type": Name.XObject, "/Subtype": Name.Image, "/Width": wide, "/Height": high, "/ColorSpace": space,
        "/BitsPerComponent": 8,
    }  # fmt: skip


SHEET_MM: Final = 0.1  # an 80 g sheet, as print shops reckon
SPINE_TEXT_MM: Final = 3.0  # a narrower spine carries no text
SPINE_POINTS: Final = (8.0, 14.0)
BLEED: Final = 10.0  # mm around the cover sheet, for the cutting marks
SMALL, TINY = 8.0, 4.5  # points of a label
MARK_MM: Final = 2.0  # a narrower slice carries no label


def seal_names(_: Words) -> dict[Seal, str]:
    """The kinds of seals."""
    return {
        Seal.COVER: _("first-page seal"),
        Seal.RIDING: _("riding seal"),
        Seal.COPY: _("seal on copies"),
        Seal.FURTHER: _("further seal"),
    }


def board_titles(_: Words) -> dict[Board, str]:
    """The two parts of the list."""
    return {Board.GENERAL: _("I. General items"), Board.SPECIAL: _("II. Special items")}


def document_title(package: Package) -> str:
    """Of the document."""
    _ = words(CHINESE)
    return _("Materials of the annual inspection {season}").format(season=package.season)


def spine(package: Package) -> str:
    """What stands on the book's back."""
    return f"{package.enterprise} {document_title(package)}"


def page_notice(package: Package) -> str:
    """What every page must say: a draft, or seals that nobody has approved; ""."""
    _ = words(CHINESE)
    said = []
    if package.draft:
        said.append(_("Draft: items are missing"))
    if package.printed:
        text = _("Draft with seal images, which are not legally valid electronic seals ({source})")
        said.append(text.format(source=package.source))
    if package.pictures and not package.approved:
        said.append(_("Preview: a seal image is not a legally valid electronic seal"))
    return " · ".join(said)


def front_data(package: Package, starts: Sequence[int]) -> dict[str, Any]:
    """Cover and contents."""
    _ = words(CHINESE)
    rows: dict[Board, list[dict[str, object]]] = {board: [] for board in Board}
    for place, (item, start) in enumerate(zip(package.items, starts, strict=True), start=1):
        rows[item.board].append({"number": f"{place}.", "title": item.title, "page": start})
    facts = [[_("Licence"), package.licence], [_("Data year"), str(package.season)]]
    if package.basis:
        facts.append([_("Basis"), package.basis])
    return {
        "lang": LANGUAGE,
        "title": f"{document_title(package)} · {package.enterprise}",
        "over": _("Call-centre licence B24"),
        "heading": document_title(package),
        "enterprise": package.enterprise,
        "spine": spine(package),
        "notice": page_notice(package),
        "facts": facts,
        "boards": [{"title": name, "rows": rows[board]} for board, name in board_titles(_).items() if rows[board]],
        "code": bool(package.snapshot),
        "words": {"contents": _("Contents")},
    }


def front_pictures(package: Package) -> dict[str, str]:
    """What the figures come from, as a code in the corner; nothing where no paper has figures."""
    if not package.snapshot:
        return {}
    code = format_code(item="book", year=package.season, run=package.snapshot)
    return {"code": render_qr_code(code, "svg").decode()}


def layer_data(package: Package, layout: Layout, plan: Plan) -> dict[str, Any]:
    """Numbers, notices and marks of every page."""
    _ = words(CHINESE)
    text, total, said = _("Page {page} of {pages}"), len(layout.leaves), page_notice(package)
    marks = _marks(package, layout, plan, _)
    pages = []
    for place, leaf in enumerate(layout.leaves):
        cover = leaf.item == FRONT and leaf.page == 0
        pages.append(
            {
                "number": "" if cover else text.format(page=place + 1, pages=total),
                "middle": _("This page is intentionally left blank") if leaf.item == BLANK else "",
                "notice": "" if cover else said,
                "left": OUTER if layout.back(place) else GUTTER,
                "marks": marks.get(place, []),
            }
        )
    return {"lang": LANGUAGE, "pages": pages}


def notice_layer(package: Package) -> dict[str, Any]:
    """A page's layer with the notice and nothing else."""
    page = {"number": "", "middle": "", "notice": page_notice(package), "left": GUTTER, "marks": []}
    return {"lang": LANGUAGE, "pages": [page]}


def _marks(package: Package, layout: Layout, plan: Plan, _: Words) -> Mapping[int, list[dict[str, object]]]:
    """Places for the hand, where no picture is printed; by page from 0."""
    called, marks = seal_names(_), dict[int, list[dict[str, object]]]()
    wide = float(plan.rules.diameter_mm)
    for place, leaf in enumerate(layout.leaves):
        if leaf.item < 0:
            continue
        for kind, where in PLACES.items():
            item = package.items[leaf.item]
            by_hand = kind in item.seals and kind not in package.pictures
            placed = any(one.seal is kind and one.page == leaf.page + 1 for one in item.prints)
            if by_hand and not placed and (where.every or leaf.page == 0):
                x, y = where.x_mm - wide / 2, A4[1] - where.y_mm - wide / 2
                marks.setdefault(place, []).append(
                    {"x": x, "y": y, "w": wide, "h": wide, "text": called[kind], "size": SMALL, "round": True}
                )
    if Seal.RIDING not in package.pictures:
        for piece in plan.slices():
            strip = wide / piece.strips
            y = A4[1] * (1 - float(piece.height)) - wide / 2
            label = f"{piece.stamp}-{piece.strip + 1}" if strip >= MARK_MM else ""
            front_page = plan.pages(piece.sheet)[0] - 1
            marks.setdefault(front_page, []).append(
                {"x": A4[0] - strip, "y": y, "w": strip, "h": wide, "text": label, "size": TINY, "round": False}
            )
    return marks


def _steps(package: Package, _: Words) -> list[str]:
    """What the print shop and the firm do, in this order."""
    return [
        _("Print the whole book, and check that the last page number matches the printed total."),
        _("Bind it first, then stamp: never bind or exchange pages after the riding seal."),
        _(
            "Fan out the sheets of each stamp at the outer edge until each shows its strip; make one imprint "
            "over all of them."
        ),
        _("Stamp the first page of each item inside its circle; write the date where the seal asks for it."),
        _(
            "Scan the stamped book completely at {dpi} dpi in colour and import the scan as it is: it is "
            "split automatically by the page codes."
        ).format(dpi=package.limits.dpi),
    ]


def printer_data(package: Package, layout: Layout, plan: Plan) -> dict[str, Any]:
    """The print shop's sheet, and the cover sheet around the book."""
    _ = words(CHINESE)
    thick = round(layout.sheets * SHEET_MM, 1)
    called = seal_names(_)
    points = min(SPINE_POINTS[1], thick / 25.4 * 72 * 0.6, 280 / 25.4 * 72 / (len(spine(package)) * 1.35))
    return {
        "lang": LANGUAGE,
        "title": _("For the print shop"),
        "enterprise": package.enterprise,
        "heading": document_title(package),
        "over": _("Call-centre licence B24"),
        "spine": spine(package),
        "foot": _("Not part of the package: do not bind this sheet in"),
        "pages": 2,
        "facts": [
            [_("Pages and sheets"), f"{len(layout.leaves)} / {layout.sheets}"],
            [_("Printing"), _("both sides, flipped on the long edge")],
            [_("Kind of paper"), _("A4, 80 g, white; in colour, at 100 %, without fitting to the page")],
            [_("Binding"), _("glued on the left; {gutter} mm are reserved for binding").format(gutter=f"{GUTTER:g}")],
            [_("Foot"), _("{foot} mm for the page number").format(foot=f"{FOOT:g}")],
            [_("Spine"), _("about {thick} mm; text on it from {least} mm on").format(
                thick=f"{thick:g}", least=f"{SPINE_TEXT_MM:g}")],
        ],
        "steps": _steps(package, _),
        "head": [_("Stamp"), _("Sheets"), _("Number of sheets"), _("Strip"), _("Centre from below"),
                 _("Fronts, pages")],
        "stamps": [
            [str(one.number), f"{one.first}–{one.last}", str(one.sheets), f"{one.sliver_mm:.2f} mm",
             f"{float(one.height) * A4[1]:.0f} mm", f"{plan.pages(one.first)[0]}–{plan.pages(one.last)[0]}"]
            for one in plan.stamps
        ],
        "seal_head": [_("Seal"), _("Item"), _("page")],
        "seals": [
            [called[kind], item.title, str(start)]
            for item, start in zip(package.items, layout.starts, strict=True)
            for kind in PLACES if kind in item.seals
        ],
        "wrap": {
            "width": 2 * A4[0] + thick + 2 * BLEED, "spine": thick,
            "ticks": [0, A4[0], A4[0] + thick, 2 * A4[0] + thick],
            "size": points if thick >= SPINE_TEXT_MM else 0,
        },
        "words": {
            "print": _("Printing and binding"), "steps": _("In this order"), "riding": _("Riding seal"),
            "places": _("Seals on first pages"), "none": _("One sheet: no riding seal."),
        },
    }  # fmt: skip


JUMP: Final = "nianjian:"
SHEET: Final = [0, 0, round(A4[0] * POINT, 3), round(A4[1] * POINT, 3)]


@dataclass(frozen=True, slots=True)
class Book:
    """What was bound; ``name``: the one that its pages' codes bear."""

    layout: Layout
    plan: Plan
    name: str = ""


def open_clean_copies(package: Package, stack: ExitStack, *, sealed: bool = False) -> tuple[pikepdf.Pdf, ...]:
    """The clean copies, with what lies on their pages as notes made part of the pages; ``dossier_copy_unreadable``.

    ``sealed``: the pages out of the sealed book, where there are any.
    """
    copies = []
    for item in package.items:
        fault = None
        path = item.sealed if sealed and item.sealed is not None else item.file
        try:
            pdf = stack.enter_context(pikepdf.open(path))
            if any("/Annots" in page.obj for page in pdf.pages):
                pdf.flatten_annotations("print")
            copies.append(pdf)
        except (pikepdf.PdfError, OSError) as error:
            fault = error
        if fault or not len(copies[-1].pages):
            raise NianjianError("dossier_copy_unreadable", item=item.title, file=path.name) from fault
    return tuple(copies)


def bind(package: Package, path: Path, printer: Path) -> Book:
    """Write the book and the print shop's sheet; ``dossier_copy_unreadable``, ``drawing_failed``."""
    with ExitStack() as stack:
        sources = open_clean_copies(package, stack)
        front, layout = _front(package, [len(one.pages) for one in sources])
        sealed = plan(layout.sheets, package.limits.riding, duplex=True)
        layer = typeset("dossier_layer.typ", layer_data(package, layout, sealed), {}, "pdf")
        fronted = stack.enter_context(pikepdf.open(BytesIO(front)))
        over = stack.enter_context(pikepdf.open(BytesIO(layer)))
        pdf = stack.enter_context(pikepdf.new())
        name = name_book(package)
        matrices = list(_pages(pdf, layout, fronted, over, sources))
        for place, page in enumerate(pdf.pages, 1):
            page.contents_add(pdf.make_stream(draw_code(name, place, back=layout.back(place - 1)).encode()))
        _stamp(pdf, package, layout, sealed)
        _print(pdf, package, layout, sources, matrices)
        _jumps(pdf, fronted)
        _outline(pdf, package, layout)
        write_metadata(pdf, f"{document_title(package)} · {package.enterprise}")
        pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    printer.write_bytes(typeset("dossier_printer.typ", printer_data(package, layout, sealed), {}, "pdf"))
    return Book(layout, sealed, name)


def _front(package: Package, counts: Sequence[int]) -> tuple[bytes, Layout]:
    """Cover and contents, set again until they know how many pages they take themselves."""
    pages = 2
    while True:
        layout = lay_out(pages, counts)
        front = typeset("dossier_front.typ", front_data(package, layout.starts), front_pictures(package), "pdf")
        with pikepdf.open(BytesIO(front)) as front_pdf:
            if len(front_pdf.pages) == pages:
                return front, layout
            pages = len(front_pdf.pages)


def _pages(
    pdf: pikepdf.Pdf, layout: Layout, front: pikepdf.Pdf, over: pikepdf.Pdf, sources: Sequence[pikepdf.Pdf]
) -> Iterator[Matrix | None]:
    """Lay each page; what its own coordinates are moved by (None: front or blank)."""
    for place, leaf in enumerate(layout.leaves):
        forms = Dictionary(NjLayer=pdf.copy_foreign(as_form(over.pages[place])))
        page = pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=Array(SHEET), Resources=Dictionary(XObject=forms)))
        matrix: Matrix | None = None
        operators = ""
        if leaf.item != BLANK:
            source = (front if leaf.item == FRONT else sources[leaf.item]).pages[leaf.page]
            forms["/NjPage"] = pdf.copy_foreign(as_form(source))
            where = geometry.IDENTITY
            if leaf.item != FRONT:
                where = matrix = geometry.build_page_view(source).on_a4(back=layout.back(place))
            operators = f"q {to_operator(where)} /NjPage Do Q\n"
        page["/Contents"] = pdf.make_stream(f"{operators}q /NjLayer Do Q\n".encode())
        pdf.pages.append(pikepdf.Page(page))
        yield matrix


def _stamp(pdf: pikepdf.Pdf, package: Package, layout: Layout, sealed: Plan) -> None:
    """The seals that are printed: riding seal on fronts, the others on first pages of items."""
    stamper = Stamper(pdf)
    if riding := package.pictures.get(Seal.RIDING):
        for piece in sealed.slices():
            stamper.slice(pdf.pages[sealed.pages(piece.sheet)[0] - 1], riding, piece)
    for place, leaf in enumerate(layout.leaves):
        if leaf.item >= 0:
            for kind, where in PLACES.items():
                applies = kind in package.items[leaf.item].seals and kind in package.pictures
                if applies and (where.every or leaf.page == 0):
                    stamper.whole(pdf.pages[place], package.pictures[kind], where.x_mm, where.y_mm)


def _print(
    pdf: pikepdf.Pdf, package: Package, layout: Layout, sources: Sequence[pikepdf.Pdf],
    matrices: Sequence[Matrix | None],
) -> None:  # fmt: skip
    """The approved pictures, where they lie on the document's own page."""
    stamper = Stamper(pdf)
    for place, leaf in enumerate(layout.leaves):
        where = matrices[place]
        if leaf.item < 0 or where is None:
            continue
        back = geometry.invert(geometry.build_page_view(sources[leaf.item].pages[leaf.page]).upright().matrix)
        for one in package.items[leaf.item].prints:
            if one.page == leaf.page + 1:
                x, y = geometry.transform_point(geometry.compose(back, where), one.x_mm * POINT, one.y_mm * POINT)
                stamper.whole(pdf.pages[place], one.picture, x / POINT, y / POINT)


def _jumps(pdf: pikepdf.Pdf, front: pikepdf.Pdf) -> None:
    """The contents' addresses become jumps to pages."""
    for place, page in enumerate(front.pages):
        links = []
        for note in page.obj.get("/Annots", []):
            address = str(note.get("/A", Dictionary()).get("/URI", ""))
            if address.startswith(JUMP):
                target = pdf.pages[int(address.removeprefix(JUMP)) - 1].obj
                box = Array([round(float(one), 3) for one in note["/Rect"]])
                link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, F=4, Border=Array([0, 0, 0]))
                link.Dest = Array([target, Name.Fit])
                links.append(pdf.make_indirect(link))
        if links:
            pdf.pages[place].obj["/Annots"] = Array(links)


def _outline(pdf: pikepdf.Pdf, package: Package, layout: Layout) -> None:
    _ = words(CHINESE)
    with pdf.open_outline() as outline:
        outline.root += [OutlineItem(_("Cover"), 0), OutlineItem(_("Contents"), 1)]
        tops: dict[Board, OutlineItem] = {}
        for item, start in zip(package.items, layout.starts, strict=True):
            if item.board not in tops:
                tops[item.board] = OutlineItem(board_titles(_)[item.board], start - 1)
                outline.root.append(tops[item.board])
            tops[item.board].children.append(OutlineItem(item.title, start - 1))


def write_metadata(pdf: pikepdf.Pdf, title: str) -> None:
    """Title, language, labels, and that readers show the bookmarks; no time of making."""
    root: Any = pdf.Root
    root["/PageMode"] = Name.UseOutlines
    root["/PageLabels"] = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    root["/Lang"] = pikepdf.String("zh-CN")
    root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as data:
        data["dc:title"] = title

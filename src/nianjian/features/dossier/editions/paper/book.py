"""The book as one PDF: the same package gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.printing.typeset import typeset
from nianjian.engines.paper.words import words
from nianjian.features.dossier.editions import geometry
from nianjian.features.dossier.editions.geometry import Matrix, cm
from nianjian.features.dossier.editions.package import A4, POINT, Board, Package, Seal
from nianjian.features.dossier.editions.paper import words as said
from nianjian.features.dossier.editions.paper.layout import BLANK, FRONT, Layout, lay_out
from nianjian.features.dossier.editions.stamping import Stamper, as_form
from nianjian.features.dossier.riding_seal import Plan, plan

JUMP: Final = "nianjian:"
SHEET: Final = [0, 0, round(A4[0] * POINT, 3), round(A4[1] * POINT, 3)]


@dataclass(frozen=True, slots=True)
class Book:
    """What was bound: ``matrices`` lay each page's own coordinates onto the sheet (None: front or blank)."""

    layout: Layout
    plan: Plan
    matrices: tuple[Matrix | None, ...]


def open_clean_copies(package: Package, stack: ExitStack) -> tuple[pikepdf.Pdf, ...]:
    """The clean copies, with what lies on their pages as notes made part of the pages; ``dossier_copy_unreadable``."""
    found = []
    for item in package.items:
        try:
            pdf = stack.enter_context(pikepdf.open(item.file))
            if any("/Annots" in page.obj for page in pdf.pages):
                pdf.flatten_annotations("print")
            empty = not len(pdf.pages)
        except (pikepdf.PdfError, OSError) as error:
            raise NianjianError("dossier_copy_unreadable", item=item.title, file=item.file.name) from error
        if empty:
            raise NianjianError("dossier_copy_unreadable", item=item.title, file=item.file.name)
        found.append(pdf)
    return tuple(found)


def bind(package: Package, path: Path, printer: Path) -> Book:
    """Write the book and the print shop's sheet; ``dossier_copy_unreadable``, ``drawing_failed``."""
    with ExitStack() as stack:
        sources = open_clean_copies(package, stack)
        front, layout = _front(package, [len(one.pages) for one in sources])
        sealed = plan(layout.sheets, package.limits.riding, duplex=layout.duplex)
        layer = typeset("dossier_layer.typ", said.layer(package, layout, sealed), {}, "pdf")
        fronted = stack.enter_context(pikepdf.open(BytesIO(front)))
        over = stack.enter_context(pikepdf.open(BytesIO(layer)))
        pdf = stack.enter_context(pikepdf.new())
        matrices = tuple(_pages(pdf, layout, fronted, over, sources))
        _stamp(pdf, package, layout, sealed)
        _print(pdf, package, layout, sources, matrices)
        _jumps(pdf, fronted)
        _outline(pdf, package, layout)
        described(pdf, f"{said.title(package)} · {package.enterprise}", package)
        pdf.save(path, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    printer.write_bytes(typeset("dossier_printer.typ", said.printer(package, layout, sealed), {}, "pdf"))
    return Book(layout, sealed, matrices)


def _front(package: Package, counts: Sequence[int]) -> tuple[bytes, Layout]:
    """Cover and contents, set again until they know how many pages they take themselves."""
    pages = 2
    while True:
        layout = lay_out(pages, counts, duplex=package.duplex)
        front = typeset("dossier_front.typ", said.front(package, layout.starts), {}, "pdf")
        with pikepdf.open(BytesIO(front)) as made:
            if len(made.pages) == pages:
                return front, layout
            pages = len(made.pages)


def _pages(
    pdf: pikepdf.Pdf, layout: Layout, front: pikepdf.Pdf, over: pikepdf.Pdf, sources: Sequence[pikepdf.Pdf]
) -> Iterator[Matrix | None]:
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
            operators = f"q {cm(where)} /NjPage Do Q\n"
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
            for kind, where in package.places.items():
                wanted = kind in package.items[leaf.item].seals and kind in package.pictures
                if wanted and (where.every or leaf.page == 0):
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
        back = geometry.inverse(geometry.build_page_view(sources[leaf.item].pages[leaf.page]).upright().matrix)
        for one in package.items[leaf.item].prints:
            if one.page == leaf.page + 1:
                x, y = geometry.moved(geometry.then(back, where), one.x_mm * POINT, one.y_mm * POINT)
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
                links.append(
                    pdf.make_indirect(
                        Dictionary(
                            Type=Name.Annot, Subtype=Name.Link, Rect=box, F=4, Border=Array([0, 0, 0]),
                            Dest=Array([target, Name.Fit]),
                        )
                    )
                )  # fmt: skip
        if links:
            pdf.pages[place].obj["/Annots"] = Array(links)


def _outline(pdf: pikepdf.Pdf, package: Package, layout: Layout) -> None:
    _ = words(package.language)
    with pdf.open_outline() as outline:
        outline.root += [OutlineItem(_("Cover"), 0), OutlineItem(_("Contents"), 1)]
        tops: Mapping[Board, OutlineItem] = {}
        for item, start in zip(package.items, layout.starts, strict=True):
            if item.board not in tops:
                top = OutlineItem(said.boards(_)[item.board], start - 1)
                tops = {**tops, item.board: top}
                outline.root.append(top)
            tops[item.board].children.append(OutlineItem(item.title, start - 1))


def described(pdf: pikepdf.Pdf, title: str, package: Package) -> None:
    """Title, language, labels, and that readers show the bookmarks; no time of making."""
    root: Any = pdf.Root
    root["/PageMode"] = Name.UseOutlines
    root["/PageLabels"] = Dictionary(Nums=Array([0, Dictionary(S=Name.D)]))
    root["/Lang"] = pikepdf.String("zh-CN" if said.language(package) == "zh" else "en")
    root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as data:
        data["dc:title"] = title

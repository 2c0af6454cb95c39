"""What the book says of itself, as data for the typesetter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.words import CHINESE, Words, words
from nianjian.features.dossier.editions.geometry import FOOT, GUTTER, OUTER
from nianjian.features.dossier.editions.package import A4, Board, Package, Seal
from nianjian.features.dossier.editions.paper.layout import BLANK, FRONT, Layout
from nianjian.features.dossier.riding_seal import Plan

SHEET_MM: Final = 0.1  # an 80 g sheet, as print shops reckon
SPINE_TEXT_MM: Final = 3.0  # a narrower spine carries no text
SPINE_POINTS: Final = (8.0, 14.0)
BLEED: Final = 10.0  # mm around the cover sheet, for the cutting marks
SMALL, TINY = 8.0, 4.5  # points of a label
MARK_MM: Final = 2.0  # a narrower slice carries no label


def names(_: Words) -> dict[Seal, str]:
    """The kinds of seals."""
    return {
        Seal.COVER: _("first-page seal"),
        Seal.RIDING: _("riding seal"),
        Seal.COPY: _("seal on copies"),
        Seal.FURTHER: _("further seal"),
    }


def boards(_: Words) -> dict[Board, str]:
    """The two parts of the list."""
    return {Board.GENERAL: _("I. General items"), Board.SPECIAL: _("II. Special items")}


def language(package: Package) -> str:
    """As typst names it."""
    return "zh" if package.language == CHINESE else "en"


def title(package: Package) -> str:
    """Of the document."""
    _ = words(package.language)
    return _("Materials of the annual inspection {season}").format(season=package.season)


def spine(package: Package) -> str:
    """What stands on the book's back."""
    return f"{package.enterprise} {title(package)}"


def notice(package: Package) -> str:
    """What every page must say: a draft, or seals that nobody has approved; ""."""
    _ = words(package.language)
    said = []
    if package.draft:
        said.append(_("Draft: items are missing"))
    if package.printed:
        text = _("Draft with printed pictures of seals, which are no electronic seals in law ({source})")
        said.append(text.format(source=package.source))
    if package.pictures and not package.approved:
        said.append(_("Preview: a printed picture of a seal is no electronic seal in law"))
    return " · ".join(said)


def front(package: Package, starts: Sequence[int]) -> dict[str, Any]:
    """Cover and contents."""
    _ = words(package.language)
    rows: dict[Board, list[dict[str, object]]] = {board: [] for board in Board}
    for place, (item, start) in enumerate(zip(package.items, starts, strict=True), start=1):
        rows[item.board].append({"number": f"{place}.", "title": item.title, "page": start})
    facts = [[_("Licence"), package.licence], [_("Data year"), str(package.season)]]
    if package.snapshot:
        facts.append([_("Figures from run"), package.snapshot])
    return {
        "lang": language(package),
        "title": f"{title(package)} · {package.enterprise}",
        "over": _("Call-centre licence B24"),
        "heading": title(package),
        "enterprise": package.enterprise,
        "spine": spine(package),
        "notice": notice(package),
        "facts": facts,
        "boards": [{"title": name, "rows": rows[board]} for board, name in boards(_).items() if rows[board]],
        "words": {"contents": _("Contents")},
    }


def layer(package: Package, layout: Layout, plan: Plan) -> dict[str, Any]:
    """Numbers, notices and marks of every page."""
    _ = words(package.language)
    text, total, said = _("Page {page} of {pages}"), len(layout.leaves), notice(package)
    marks = _marks(package, layout, plan, _)
    pages = []
    for place, leaf in enumerate(layout.leaves):
        cover = leaf.item == FRONT and leaf.page == 0
        pages.append(
            {
                "number": "" if cover else text.format(page=place + 1, pages=total),
                "middle": _("This page is empty on purpose") if leaf.item == BLANK else "",
                "notice": "" if cover else said,
                "left": OUTER if layout.back(place) else GUTTER,
                "marks": marks.get(place, []),
            }
        )
    return {"lang": language(package), "pages": pages}


def alone(package: Package) -> dict[str, Any]:
    """A page's layer with the notice and nothing else."""
    page = {"number": "", "middle": "", "notice": notice(package), "left": GUTTER, "marks": []}
    return {"lang": language(package), "pages": [page]}


def _marks(package: Package, layout: Layout, plan: Plan, _: Words) -> Mapping[int, list[dict[str, object]]]:
    """Places for the hand, where no picture is printed; by page from 0."""
    called, found = names(_), dict[int, list[dict[str, object]]]()
    wide = float(plan.rules.diameter_mm)
    for place, leaf in enumerate(layout.leaves):
        if leaf.item < 0:
            continue
        for kind, where in package.places.items():
            item = package.items[leaf.item]
            wanted = kind in item.seals and kind not in package.pictures
            placed = any(one.seal is kind and one.page == leaf.page + 1 for one in item.prints)
            if wanted and not placed and (where.every or leaf.page == 0):
                x, y = where.x_mm - wide / 2, A4[1] - where.y_mm - wide / 2
                found.setdefault(place, []).append(_mark(x, y, wide, wide, called[kind], SMALL, round_=True))
    if Seal.RIDING not in package.pictures:
        for piece in plan.slices():
            strip = wide / piece.strips
            y = A4[1] * (1 - float(piece.height)) - wide / 2
            label = f"{piece.stamp}-{piece.strip + 1}" if strip >= MARK_MM else ""
            front_page = plan.pages(piece.sheet)[0] - 1
            found.setdefault(front_page, []).append(_mark(A4[0] - strip, y, strip, wide, label, TINY, round_=False))
    return found


def _mark(  # noqa: PLR0917 -- a box with its label
    x: float, y: float, wide: float, high: float, text: str, size: float, *, round_: bool
) -> dict[str, object]:
    return {"x": x, "y": y, "w": wide, "h": high, "text": text, "size": size, "round": round_}


def _steps(package: Package, _: Words) -> list[str]:
    """What the print shop and the firm do, in this order."""
    return [
        _("Print the whole book, check that the last page bears the printed total."),
        _("Bind it. Then stamp: never bind or exchange pages after the riding seal."),
        _("Fan the sheets of one stamp at the outer edge until each shows its strip; one print over all of them."),
        _("Stamp the first page of each item in its circle; write the date where the seal asks for it."),
        _("Scan the stamped book at {dpi} dpi in colour.").format(dpi=package.limits.dpi),
    ]


def printer(package: Package, layout: Layout, plan: Plan) -> dict[str, Any]:
    """The print shop's sheet, and the cover sheet around the book."""
    _ = words(package.language)
    thick = round(layout.sheets * SHEET_MM, 1)
    called = names(_)
    points = min(SPINE_POINTS[1], thick / 25.4 * 72 * 0.6, 280 / 25.4 * 72 / (len(spine(package)) * 1.35))
    return {
        "lang": language(package),
        "title": _("For the print shop"),
        "enterprise": package.enterprise,
        "heading": title(package),
        "over": _("Call-centre licence B24"),
        "spine": spine(package),
        "foot": _("Not part of the package: do not bind this sheet in"),
        "pages": 2,
        "facts": [
            [_("Pages and sheets"), f"{len(layout.leaves)} / {layout.sheets}"],
            [_("Printing"), _("both sides, turned on the long edge") if layout.duplex else _("one side")],
            [_("Kind of paper"), _("A4, 80 g, white; in colour, at 100 %, without fitting to the page")],
            [_("Binding"), _("glued on the left; {gutter} mm are kept free for it").format(gutter=f"{GUTTER:g}")],
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
            for kind in package.places if kind in item.seals
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

"""The form of every paper for the authority, once: what stands where, for the Word file and the PDF beside it.

In the order of official correspondence (GB/T 9704): title, 主送, body with numbered headings, list of annexes, 落款
with enterprise, place for the seal and date, then the annexes on pages of their own. What the figures come from
stands in a QR code on the first page, not in the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from nianjian.engines.paper.charts import Picture, paper_svg
from nianjian.engines.paper.typeset import render_qr_code, typeset
from nianjian.engines.paper.words import CHINESE, Words, words

SOURCE: Final = "official.typ"
CHART: Final = 600  # px of 0.75 pt: the width of the text, so that 12 px text is 9 pt
NUMERALS: Final = "一二三四五六七八九十"
NUMBERED: Final = re.compile(rf"^([{NUMERALS}]+、|\d+[.、 ])")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``shares``: of the width, one a column, or () for as wide as they need. ``right``: columns of counts."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()
    right: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered part of the body, or an annex: its heading, paragraphs, tables, and charts by name."""

    title: str
    lines: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class OfficialPaper:
    """``addressee`` "": a working sheet, without 主送 and closing words. ``signs``: lines for the hand above the seal.

    ``draft``: why it must not go out yet. ``code``: what the QR code carries. ``wide``: annexes lie across.
    """

    title: str
    enterprise: str
    code: str
    addressee: str = ""
    draft: str = ""
    opening: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    closing: str = ""
    annexes: tuple[Part, ...] = ()
    signs: tuple[str, ...] = ()
    signed: bool = True
    wide: bool = False
    language: str = CHINESE


def format_code(**values: object) -> str:
    """What the QR code of a paper carries: names and values that tell where its figures come from."""
    return "nianjian " + " ".join(f"{name}={value}" for name, value in values.items() if value not in (None, ""))


def number_parts(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts with 一、二、 before their headings; one that brings a number keeps it."""
    return tuple(
        part
        if not part.title or NUMBERED.match(part.title)
        else replace(part, title=f"{_numeral(place)}、{part.title}")
        for place, part in enumerate(parts, start=1)
    )


def _numeral(number: int) -> str:
    tens, rest = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return head + (NUMERALS[rest - 1] if rest else "")


def form_words(_: Words) -> dict[str, str]:
    """The words of the frame."""
    return {
        "of": _("Page {page} of {pages}"),
        "none": _("none"),
        "annex": _("Annex"),
        "seal": _("(seal)"),
        "date": _("＿＿＿＿ year ＿＿ month ＿＿ day"),
        "empty": _("(No text on this page)"),
        "colon": _(":"),
    }


def paper_to_document(paper: OfficialPaper) -> dict[str, Any]:
    """As data that both forms set: headings numbered, annexes named."""
    _ = words(paper.language)
    parts = number_parts(paper.parts) if paper.language == CHINESE else paper.parts
    same = ("title", "enterprise", "addressee", "draft", "opening", "facts", "closing", "signs", "signed", "wide")
    return {
        **{name: getattr(paper, name) for name in same},
        "lang": "zh" if paper.language == CHINESE else "en",
        "parts": [_part(part) for part in parts],
        "annexes": [_part(part) for part in paper.annexes],
        "words": form_words(_),
    }


def _part(part: Part) -> dict[str, Any]:
    grids = [
        {
            "header": grid.header, "rows": grid.rows, "total": grid.total, "shares": grid.shares,
            "right": grid.right or (False,) * max(len(grid.header), len(grid.rows[0]) if grid.rows else 0),
        }
        for grid in part.grids
    ]  # fmt: skip
    charts = [{"file": f"{chart.name}.svg", "caption": chart.caption} for chart in part.charts]
    return {"title": part.title, "lines": part.lines, "grids": grids, "charts": charts}


def official_pdf(paper: OfficialPaper) -> bytes:
    """A4 with bookmarks and page x of y; the same paper gives the same bytes. ``drawing_failed``."""
    _ = words(paper.language)
    charts = [chart for part in (*paper.parts, *paper.annexes) for chart in part.charts]
    pictures = {"code": render_qr_code(paper.code, "svg").decode()}
    pictures |= {chart.name: paper_svg(chart, _, CHART) for chart in charts}
    return typeset(SOURCE, paper_to_document(paper), pictures, "pdf", tagged=False)

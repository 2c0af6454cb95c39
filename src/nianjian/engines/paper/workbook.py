"""The portrait as an Excel workbook with fixed stamps: the same portrait gives the same bytes."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.texts.portrait import SPLITS, code_name
from nianjian.engines.paper.words import Words, words

STAMP: Final = datetime(2017, 1, 1, tzinfo=UTC)  # no time of making: the file tells of its data only
FILLS: Final = {
    "green": "#d8f0e2",
    "yellow": "#fff0c2",
    "yellow_explained": "#fff8e0",
    "red": "#fbdcd8",
    "insufficient": "#eadff7",
    "na": "#eceff3",
}
WIDE: Final = 60
WIDE_FROM: Final = 0x2E7F  # from here on a character takes two columns
GROUP: Final = 3  # longer counts carry a comma; longer digits without one are a number's name

Json = Mapping[str, Any]


def portrait_workbook(portrait: Json, language: str) -> bytes:
    """Write the sheets: overview, counts, one a split, quality. Mobile numbers are masked."""
    _ = words(language)
    data = mask_portrait(portrait)
    stream = io.BytesIO()
    book = open_workbook(stream, f"{data['enterprise']} {_('Compliance portrait')}")
    _overview(book, data, _)
    cards = figures.metric_cards(data, _)
    body = [(card.title, line.label, line.text) for card in cards for line in card.parts]
    body += [(card.title, flag.title, flag.detail) for card in cards for flag in card.flags]
    _sheet(book, _("counts"), (_("metric"), _("figure"), _("value")), body)
    there = sections.list_splits(data)
    for split in SPLITS:
        if split in there:
            _sheet(book, code_name("split", split, _), *sections.split_grid(data, split, _))
    _sheet(book, _("Data quality"), (_("figure"), _("value")), sections.quality_lines(data, _))
    book.close()
    return stream.getvalue()


def open_workbook(stream: io.BytesIO, title: str, code: str = "") -> Any:  # noqa: ANN401 -- untyped library
    """A workbook in which text stays text, and that tells no time of making; ``code``: where its figures come from."""
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "comments": code, "created": STAMP.replace(tzinfo=None)})
    return book


def rows_workbook(title: str, header: Sequence[str], body: Sequence[Sequence[object]]) -> bytes:
    """One sheet of rows, every cell as text."""
    stream = io.BytesIO()
    book = open_workbook(stream, title)
    _sheet(book, title, header, body)
    book.close()
    return stream.getvalue()


def _sheet(book: Any, title: str, header: Sequence[str], body: Sequence[Sequence[object]]) -> Any:  # noqa: ANN401 -- untyped library
    sheet = book.add_worksheet(title.replace("/", "·")[:31])
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, header, bold)
    for place, row in enumerate(body, start=1):
        sheet.write_row(place, 0, [str(row[0]), *(_cell(cell) for cell in row[1:])])
    for column in range(len(header)):
        longest = max((text_width(str(row[column])) for row in body), default=0)
        sheet.set_column(column, column, min(max(longest, text_width(header[column]) / 2, 8) + 2, WIDE))
    return sheet


def _cell(cell: object) -> object:
    """Grouped counts go in as numbers, so that the reader can add them up; everything else as text."""
    if not isinstance(cell, str):
        return str(cell)
    digits = cell.replace(",", "")
    plain = digits == "0" or not digits.startswith("0")
    grouped = "," in cell or len(digits) <= GROUP
    return int(digits) if digits.isdecimal() and plain and grouped else cell


def text_width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return sum(2 if ord(character) > WIDE_FROM else 1 for character in text)


def _overview(book: Any, data: Json, _: Words) -> None:  # noqa: ANN401 -- untyped library
    header = (
        _("metric"), _("light"), _("value"), _("flagged when"), _("headroom"), _("bounds"), _("to attach"),
        _("rule"), _("citation"),
    )  # fmt: skip
    cards = figures.metric_cards(data, _)
    body: list[Sequence[object]] = [
        (
            card.title, card.light_word, card.value, card.limit, card.headroom, card.bounds or figures.DASH,
            "; ".join(card.attachments) or figures.DASH, card.source, card.citation,
        )
        for card in cards
    ]  # fmt: skip
    body.append((_("whole"), code_name("light", str(data["light"]), _), *[""] * (len(header) - 2)))
    rules = data["rulebook"]
    for label, text in (
        (_("enterprise"), data["enterprise"]),
        (_("period"), figures.period_text(data, _)),
        (_("Rulebook"), f"{rules['id']} {rules['version']} {rules['sha256']}"),
        *((_("note"), line) for line in (*sections.missing_lines(data, _), *sections.warning_lines(data, _))),
        *((_("advice"), line) for line in sections.advice_lines(data, _)),
    ):
        body.append((label, text, *[""] * (len(header) - 2)))
    sheet = _sheet(book, _("Compliance portrait"), header, body)
    sheet.set_column(1, 1, 16)
    for place, light in enumerate([*(card.light for card in cards), str(data["light"])], start=1):
        fill = book.add_format({"bg_color": FILLS.get(light, FILLS["na"]), "bold": True})
        sheet.write(place, 1, body[place - 1][1], fill)

"""Text as it was read: lines with boxes and confidence, and the values and page numbers that readers find in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from operator import ne
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import CreditCode, IdentityCard, credit_code, identity_card
from nianjian.features.dossier.states import Finding, Weight

_BLANK: Final = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_ONE_WIDTH: Final = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»「」『』〝〞", '"'),
        **dict.fromkeys("‘’‚‛`´", "'"),
        **dict.fromkeys("【〔〖［", "["),
        **dict.fromkeys("】〕〗］", "]"),
        **dict.fromkeys("《〈", "<"),
        **dict.fromkeys("》〉", ">"),
        **dict.fromkeys("—–―‐‑‒−－", "-"),
        **dict.fromkeys("、", ","),
        "∶": ":",
        "·": ".",
        "•": ".",
        "・": ".",
    }
)


def plain(text: str) -> str:
    """The text without blanks, every bracket, colon, comma and quote in one width: what readers compare."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)).translate(_ONE_WIDTH)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the upright page, in millimetres from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """The height at which the text stands."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """The middle of its width."""
        return (self.left + self.right) / 2

    @property
    def height(self) -> float:
        """How tall it is."""
        return self.bottom - self.top

    def joined(self, other: Box) -> Box:
        """The rectangle around both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Box(left, top, max(self.right, other.right), max(self.bottom, other.bottom))


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of text as the recogniser saw it; ``confidence`` from 0 to 1."""

    text: str
    confidence: float
    box: Box
    page: int = 1

    @property
    def plain(self) -> str:
        """Its text as readers compare it."""
        return plain(self.text)


class Layer(StrEnum):
    """What the PDF's own text is worth beside the pixels."""

    NONE = "none"  # there is none, or it lies invisibly over a scan
    AGREES = "agrees"
    DIFFERS = "differs"  # it says something that cannot be seen: only the pixels count


@dataclass(frozen=True, slots=True)
class PageText:
    """A page as it was read. ``unread``: places with ink like text in which nothing was read."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    unread: tuple[Box, ...] = ()
    layer: Layer = Layer.NONE
    rotation: int = 0
    skew: float = 0.0
    dpi: int = 0
    rows: tuple[Line, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Rows follow from the lines."""
        object.__setattr__(self, "rows", tuple(text_rows(self.lines)))

    @property
    def plain(self) -> str:
        """All rows, one behind the other."""
        return "".join(row.plain for row in self.rows)


def text_rows(lines: Iterable[Line]) -> list[Line]:
    """Pieces that stand at one height as one line, from top to bottom; the confidence is that of the worst piece."""
    return [_join(cells, " ".join(piece.text for piece in cells)) for cells in row_cells(lines)]


def row_cells(lines: Iterable[Line]) -> list[list[Line]]:
    """The pieces of each row, from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.middle):
        row = rows[-1] if rows else []
        middle = sum(piece.box.middle for piece in row) / max(1, len(row))
        height = min([line.box.height, *(piece.box.height for piece in row)])
        if row and abs(line.box.middle - middle) <= height / 2:
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda piece: piece.box.left) for row in rows]


def _join(parts: Sequence[Line], text: str) -> Line:
    box = reduce(Box.joined, [part.box for part in parts])
    return Line(text, min(part.confidence for part in parts), box, parts[0].page)


def page_from_json(data: Mapping[str, Any]) -> PageText:
    """A page from the recogniser's JSON."""
    number = int(data["page"])
    lines = tuple(
        Line(str(text), float(confidence), Box(*map(float, box)), number) for text, confidence, box in data["lines"]
    )
    unread = tuple(Box(*map(float, box)) for box in data["unread"])
    size, layer = (float(data["width"]), float(data["height"])), Layer(data["layer"])
    rotation, skew, dpi = int(data["rotation"]), float(data["skew"]), int(data["dpi"])
    return PageText(number, *size, lines, unread, layer, rotation, skew, dpi)


def page_to_json(page: PageText) -> dict[str, Any]:
    """The same JSON from a page, so that what was read can be kept."""
    same = {name: getattr(page, name) for name in ("width", "height", "layer", "rotation", "skew", "dpi")}
    return same | {
        "page": page.number,
        "lines": [[line.text, line.confidence, _edges(line.box)] for line in page.lines],
        "unread": [_edges(box) for box in page.unread],
    }


def _edges(box: Box) -> list[float]:
    return [round(edge, 2) for edge in (box.left, box.top, box.right, box.bottom)]


DIGITS: Final = dict(zip("〇零○OoΟ一二三四五六七八九", [0] * 6 + list(range(1, 10)), strict=True)) | {"Ｏ": 0}
NUMERIC: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|[.\-/])(\d{1,2})(?:月|[.\-/])(\d{1,2})(?!\d)日?")
WRITTEN: Final = re.compile(
    r"([二一][〇零○OoΟ一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
FOREVER: Final = re.compile(r"长期|永久|无固定期限|无期限")


@dataclass(frozen=True, slots=True)
class DateMatch:
    """A date and where it stands in the text."""

    day: date
    start: int
    end: int


def find_dates(text: str) -> list[DateMatch]:
    """All dates of a folded text, in order; what is no day of the calendar is left out."""
    hits = [(hit, tuple(map(int, hit.groups()))) for hit in NUMERIC.finditer(text)]
    for hit in WRITTEN.finditer(text):
        year = int("".join(str(DIGITS[sign]) for sign in hit[1]))
        hits.append((hit, (year, _number(hit[2]), _number(hit[3]))))
    dates = []
    for hit, parts in sorted(hits, key=lambda one: one[0].start()):
        with suppress(ValueError):
            dates.append(DateMatch(date(*parts), hit.start(), hit.end()))
    return dates


def _number(text: str) -> int:
    """二十三 is 23."""
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """From and to; ``to`` None: without an end."""

    begin: date | None
    to: date | None


def find_span(text: str) -> Span | None:
    """`2020年01月01日至2030年12月31日` or `…至长期`; None where no end can be read."""
    dates = find_dates(text)
    if len(dates) > 1 and dates[0].day < dates[1].day:
        return Span(dates[0].day, dates[1].day)
    if hit := FOREVER.search(text):
        begin = dates[0].day if dates and dates[0].start < hit.start() else None
        return Span(begin, None)
    if len(dates) == 1 and re.match(r".*(至|到)$", text[: dates[0].start]):
        return Span(None, dates[0].day)
    return None


LENGTH: Final = 18
RUN: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{18}(?![0-9A-Za-z])")
CREDIT_MENDS: Final = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}
"""Letters that no credit code has, and what they are misread from."""
IDENTITY_MENDS: Final = dict(zip("ODQILSZBGT", "0001152867", strict=True))


@dataclass(frozen=True, slots=True)
class Code:
    """A code whose check digit is right. ``repaired``: letters were changed to what they can only have been."""

    text: str
    line: Line
    repaired: bool = False


def credit_codes(lines: Iterable[Line]) -> tuple[list[Code], list[Line]]:
    """Credit codes, and lines that hold eighteen signs which are none."""
    return _codes(lines, credit_code, lambda text: "".join(CREDIT_MENDS.get(sign, sign) for sign in text))


def identities(lines: Iterable[Line]) -> tuple[list[Code], list[Line]]:
    """Numbers of identity cards, and lines that hold eighteen signs which are none."""
    return _codes(lines, identity_card, _mend_identity)


def _codes(
    lines: Iterable[Line], parse: Callable[[str], CreditCode | IdentityCard], mend: Callable[[str], str]
) -> tuple[list[Code], list[Line]]:
    """Codes as they stand, or with the letters that no code has put right."""
    codes: list[Code] = []
    bad: list[Line] = []
    for line in lines:
        for hit in RUN.finditer(line.plain):
            text = hit[0].upper()
            for candidate in (text, mend(text)):
                with suppress(NianjianError):
                    code = parse(candidate).text
                    codes.append(Code(code, line, code != text))
                    break
            else:
                if sum(sign.isdigit() for sign in text) >= LENGTH // 2:
                    bad.append(line)
    return codes, bad


def _mend_identity(text: str) -> str:
    last = "X" if text[-1] in "XK" else IDENTITY_MENDS.get(text[-1], text[-1])
    return "".join(IDENTITY_MENDS.get(sign, sign) for sign in text[:-1]) + last


NEAR: Final = 1.6  # heights of a line: how far below a value may go on
MISREAD: Final = 1  # signs of a long word
LONG: Final = 4


def nearly_same_word(text: str, word: str) -> bool:
    """Whether ``text`` is a long ``word`` with one sign misread at most."""
    return LONG <= len(word) == len(text) and sum(map(ne, text, word)) <= MISREAD


def text_after(
    pages: Iterable[PageText], labels: Sequence[str], *, others: Sequence[str] = (), below: int = 0
) -> list[Line]:
    """What stands behind one of the ``labels``, best label first. ``others`` end it.

    ``below``: rows that may go on beneath, where nothing stands at the label's own place.
    """
    tables = [row_cells(page.lines) for page in pages]
    return [
        value
        for label in labels
        for rows in tables
        for number in range(len(rows))
        for value in _values_in_row(rows[number : number + 1 + below], label, tuple(others))
    ]


def _values_in_row(rows: list[list[Line]], label: str, others: tuple[str, ...]) -> Iterator[Line]:
    """Values of the first row; the others are those in which they may go on."""
    row, *beneath = rows
    for place, piece in enumerate(row):
        if (end := _label_end(row, place, label)) is None:
            continue
        last, rest = end
        value = _until([*([replace(row[last], text=rest)] if rest else []), *row[last + 1 :]], others)
        if value is None:
            continue
        for lower in beneath:
            same = [one for one in lower if abs(one.box.left - value.box.left) < 4 * piece.box.height]
            gap = lower[0].box.top - value.box.bottom
            if not same or gap > NEAR * piece.box.height or _labelled(lower, others):
                break
            value = _together([value, *same])
        yield value


def _labelled(row: Sequence[Line], others: tuple[str, ...]) -> bool:
    """Whether another label begins in the row: in one of its pieces, or over several."""
    return any("".join(one.plain for one in row[at:]).startswith(others) for at in range(len(row)))


def _label_end(row: list[Line], place: int, label: str) -> tuple[int, str] | None:
    """Where a label ends that begins with this piece: 名 and 称 may be two pieces."""
    text = ""
    for at in range(place, min(place + len(label), len(row))):
        text += row[at].plain
        if text.startswith(label) or nearly_same_word(text[: len(label)], label):
            return at, text[len(label) :].lstrip(":.;")
        if not label.startswith(text):
            return None
    return None


def _until(parts: list[Line], others: tuple[str, ...]) -> Line | None:
    lines = []
    for part in parts:
        if others and part.plain.startswith(others):
            break
        cut = min((at for other in others if (at := part.plain.find(other)) > 0), default=None)
        lines.append(replace(part, text=part.plain[:cut]) if cut else part)
        if cut:
            break
    return _together(lines) if lines else None


def _together(parts: Sequence[Line]) -> Line:
    return _join(parts, "".join(part.plain for part in parts).lstrip(":.;"))


VARIANTS: Final = str.maketrans(
    "瑤峯羣喆昇堃淼煒瑋傑國華龍靜艷豔鉅麗陳張劉楊趙黃吳", "瑶峰群哲升坤森炜玮杰国华龙静艳艳巨丽陈张刘杨赵黄吴"
)
"""Signs that are written either way, or that are taken for each other at low resolution."""


def fold_name(name: str) -> str:
    """The name for comparing: plain, dots out, variants in one form."""
    return plain(name).replace(".", "").translate(VARIANTS)


def edit_distance(one: str, other: str) -> int:
    """Edits (sign added, left out, changed) between two short texts."""
    before = list(range(len(other) + 1))
    for row, sign in enumerate(one, 1):
        now = [row]
        for column, against in enumerate(other, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (sign != against)))
        before = now
    return before[-1]


def same_name(read: str, expected: str) -> bool:
    """Whether two names are one after folding."""
    return fold_name(read) == fold_name(expected)


def nearly_same_name(read: str, expected: str) -> bool:
    """Whether they differ in one sign at most; a name of two signs must have one of them and its length."""
    return edit_distance(fold_name(read), fold_name(expected)) <= 1


SURE: Final = 0.90
"""Least confidence of a line whose value goes on without a remark; docs/develop/reading.md has the evidence."""


def ask_finding(code: str, page: int | None = None, **values: object) -> Finding:
    """Return a finding that a person must look at."""
    return Finding(code, Weight.ASK, page, values)


@dataclass(slots=True)
class Facts:
    """What one paper says. ``fields`` are plain values for JSON; ``personal`` names those that are masked."""

    fields: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    personal: frozenset[str] = frozenset()

    def ask(self, code: str, page: int | None = None, **values: object) -> None:
        """Add a finding that a person must look at."""
        self.findings.append(ask_finding(code, page, **values))

    def stop(self, code: str, page: int | None = None, **values: object) -> None:
        """Add a finding that makes the paper not ready."""
        self.findings.append(Finding(code, Weight.STOP, page, values))

    def note(self, code: str, page: int | None = None, **values: object) -> None:
        """Add a finding that is only said."""
        self.findings.append(Finding(code, Weight.NOTE, page, values))

    def enter(self, name: str, value: object, line: Line) -> None:
        """Enter a value, with a finding where its line was read with less than full confidence."""
        self.fields[name] = value
        self.check_sure(name, line)

    def check_sure(self, name: str, line: Line) -> None:
        """A person looks at what was read with less than full confidence."""
        if line.confidence < SURE:
            self.ask("field_unsure", line.page, field=name, confidence=f"{line.confidence:.2f}")

    def enter_text(self, name: str, line: Line | None, expected: Mapping[str, str]) -> None:
        """Enter the line's text, held against what is known: a person sees every difference."""
        if line is None:
            self.ask("field_missing", field=name)
            return
        self.enter(name, line.plain, line)
        if (expected_text := expected.get(name)) and not same_name(line.plain, expected_text):
            self.ask("field_differs", line.page, field=name)

    def enter_code(
        self, name: str, candidates: tuple[list[Code], list[Line]], *, bad: str, several: str
    ) -> Code | None:
        """Enter the only code that was found; ``bad`` and ``several`` are the findings' codes."""
        codes, wrong = candidates
        if not codes:
            self.ask(bad, wrong[0].page) if wrong else self.ask("field_missing", field=name)
            return None
        if (count := len({code.text for code in codes})) > 1:
            self.ask(several, codes[0].line.page, count=count)
            return None
        code = min(codes, key=lambda code: code.repaired)
        self.enter(name, code.text, code.line)
        return code

    def enter_expiry(self, name: str, span: Span, line: Line, asked_on: date) -> None:
        """Enter the last day, or `forever`; a paper that ended before ``asked_on`` is not ready."""
        self.enter(name, span.to.isoformat() if span.to else "forever", line)
        if span.to and span.to < asked_on:
            self.stop("expired", line.page, expiry=span.to.isoformat(), asked_on=asked_on.isoformat())

    def check_dated(self, day: date, page: int, asked_on: date) -> None:
        """The day of a paper cannot lie behind ``asked_on``."""
        if day > asked_on:
            self.stop("dated_later", page, dated=day.isoformat(), asked_on=asked_on.isoformat())


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of one row by the name of their column; pieces of one cell are put together."""

    page: int
    cells: Mapping[str, Line]


def find_table(pages: Sequence[PageText], columns: Mapping[str, Sequence[str]], needed: str) -> list[TableRow]:
    """Rows below the header. ``columns``: name -> header words; a header has ``needed`` and one more.

    A page without a header of its own goes on with the columns of the page before.
    """
    rows: list[TableRow] = []
    heads: dict[str, Line] = {}
    for page in pages:
        for row in row_cells(page.lines):
            if (fresh := _header(row, columns)) and needed in fresh and len(fresh) > 1:
                heads = fresh
            elif heads and (cells := _placed(row, heads)):
                rows.append(TableRow(page.number, cells))
    return rows


def _header(row: Sequence[Line], columns: Mapping[str, Sequence[str]]) -> dict[str, Line]:
    heads: dict[str, Line] = {}
    for piece in row:
        for name, words in columns.items():
            if name not in heads and piece.plain.rstrip("(%):").startswith(tuple(words)):
                heads[name] = piece
                break
        else:
            heads[f"other {piece.box.left:.0f}"] = piece
    return heads if any(not name.startswith("other ") for name in heads) else {}


def _placed(row: Sequence[Line], heads: Mapping[str, Line]) -> dict[str, Line]:
    def distance(piece: Line, head: Line) -> float:
        """Between the boxes, then between the middles: wide cells overlap their own header."""
        gap = max(0.0, piece.box.left - head.box.right, head.box.left - piece.box.right)
        return gap + abs(piece.box.centre - head.box.centre) / 1000

    cells: dict[str, Line] = {}
    for piece in row:
        name = min(heads, key=lambda name: distance(piece, heads[name]))
        before = cells.get(name)
        cells[name] = _join([before, piece], before.plain + piece.plain) if before else piece
    return {name: line for name, line in cells.items() if not name.startswith("other ")}


NUMBER: Final = re.compile(r"第(\d{1,4})页[,/|-]?共(\d{1,4})页")
SHORT: Final = re.compile(r"(?:第(\d{1,4})页|-(\d{1,4})-|(\d{1,4})/(\d{1,4}))")
LOW: Final = 0.90  # share of the page's height below which a footer stands
TALL: Final = 0.08  # of the page: the place of a header


@dataclass(frozen=True, slots=True)
class PageNumber:
    """``page`` of the file says that it is ``number`` of ``total`` (None: not told)."""

    page: int
    number: int
    total: int | None


def parse_page_number(text: str) -> tuple[int, int | None] | None:
    """Number and total (None: not told) of a line that is a page number; None: it is none."""
    line = plain(text)
    if hit := NUMBER.search(line):
        return int(hit.group(1)), int(hit.group(2))
    if hit := SHORT.fullmatch(line):
        number = next(int(one) for one in hit.groups()[:3] if one)
        return number, int(hit.group(4)) if hit.group(4) else None
    return None


def page_number(page: PageText) -> PageNumber | None:
    """The number at the foot or head of a page; None where there is none or more than one."""
    edges = [line for line in page.rows if not TALL < line.box.middle / page.height < LOW]
    numbers = {number for line in edges if (number := parse_page_number(line.text))}
    return PageNumber(page.number, *numbers.pop()) if len(numbers) == 1 else None


def page_numbers(pages: Iterable[PageText]) -> list[PageNumber]:
    """The numbers of those pages that have one."""
    return [number for page in pages if (number := page_number(page))]


def find_gaps(numbers: Sequence[PageNumber]) -> Iterator[tuple[PageNumber, PageNumber]]:
    """Neighbours of the file whose numbers do not follow each other; a new count may begin once the old one is full."""
    for one, other in pairwise(numbers):
        between = other.page - one.page
        follows = other.number == one.number + between and (
            one.total == other.total or None in {one.total, other.total}
        )
        begins = other.number == 1 and (one.total is None or one.number <= one.total < one.number + between)
        if not follows and not begins:
            yield one, other


def check_page_order(pages: Sequence[PageText]) -> tuple[Finding, ...]:
    """Findings about pages that are missing, doubled or out of order by their own numbers."""
    return check_read_numbers(page_numbers(pages), pages[0].number, pages[-1].number) if pages else ()


def check_read_numbers(numbers: Sequence[PageNumber], first_page: int, last_page: int) -> tuple[Finding, ...]:
    """The same of numbers that were read elsewhere, of a file whose pages run from ``first_page`` to ``last_page``.

    Sheets at both ends whose own number was not read are counted on from the nearest that was.
    """
    findings = [
        ask_finding("pages_missing", other.page, before=one.number, after=other.number)
        for one, other in find_gaps(numbers)
    ]
    if numbers:
        first, last = numbers[0], numbers[-1]
        begin, end = first.number - (first.page - first_page), last.number + (last_page - last.page)
        if begin > 1:
            findings.append(ask_finding("pages_begin_late", first_page, number=begin))
        if last.total is not None and (end < last.total or last.number > last.total):
            findings.append(ask_finding("pages_end_early", last_page, number=end, total=last.total))
    return tuple(findings)

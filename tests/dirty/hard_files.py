"""Files that make readers lose rows in silence, each with the ids that must load and the lines that may not."""

import gzip
import io
from dataclasses import dataclass, field
from datetime import datetime

import openpyxl
from tests.dirty.generate import clean, row
from tests.dirty.kinds import HEADER, cells, join

ROWS = 1000
MIDDLE = 500  # number of the row that is touched; its line is one more
GB18030_BOM = b"\x84\x31\x95\x33"


@dataclass(frozen=True, slots=True)
class Hard:
    """``loads``: ids that must be in the lake; ``either``: ids that load or are rejected; ``rejects``: line → reasons.

    ``lines``: id → physical line where it is not the row number + 1.
    """

    name: str
    data: bytes
    loads: frozenset[str]
    either: frozenset[str] = frozenset()
    rejects: dict[int, frozenset[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def _ids(count: int = ROWS, *, without: int = 0) -> frozenset[str]:
    return frozenset(f"D{n:06d}" for n in range(1, count + 1) if n != without)


def _middle(column: str, wrong: bytes) -> bytes:
    lines = clean(ROWS)
    lines[MIDDLE] = join(cells({**row(MIDDLE), column: "@@"})).replace(b"@@", wrong)
    return b"\n".join(lines) + b"\n"


QUOTES = {
    "opens": ("外显号码", b'"95013'),
    "closes": ("外显号码", b'95013"'),
    "inside": ("备注", b'a"b'),
    "alone": ("备注", b'"'),
    "first_cell": ("话单ID", f'"D{MIDDLE:06d}'.encode()),
    "three": ("备注", b'"""'),
}


def stray_quotes() -> list[Hard]:
    """One row has one quote too many: it loads literally or is rejected, its neighbours load."""
    return [
        Hard(f"stray_quote_{name}", _middle(column, wrong), _ids(without=MIDDLE), _ids() - _ids(without=MIDDLE))
        for name, (column, wrong) in QUOTES.items()
    ]


def nul_byte() -> Hard:
    reasons = {MIDDLE + 1: frozenset({"nul_byte"})}
    return Hard("nul_byte", _middle("备注", b"a\x00b"), _ids(without=MIDDLE), rejects=reasons)


def invalid_utf8() -> Hard:
    reasons = {MIDDLE + 1: frozenset({"invalid_encoding"})}
    return Hard("invalid_utf8", _middle("备注", b"\xff\xfe"), _ids(without=MIDDLE), rejects=reasons)


def ten_megabytes() -> Hard:
    """The row with a cell of 10 MB loads or is rejected as too long."""
    only = _ids() - _ids(without=MIDDLE)
    return Hard("ten_megabytes", _middle("备注", b"x" * 10_000_000), _ids(without=MIDDLE), only)


def ten_megabytes_of_quote() -> Hard:
    """A quote opens and never closes in a 10 MB cell."""
    only = _ids() - _ids(without=MIDDLE)
    return Hard("ten_megabytes_of_quote", _middle("备注", b'"' + b"x" * 10_000_000), _ids(without=MIDDLE), only)


def mixed_line_ends() -> Hard:
    lines = clean(ROWS)
    ends = (b"\n", b"\r\n", b"\r")
    return Hard("mixed_line_ends", b"".join(text + ends[n % 3] for n, text in enumerate(lines)), _ids())


def old_line_ends() -> Hard:
    return Hard("old_line_ends", b"\r".join(clean(ROWS)) + b"\r", _ids())


def blank_lines() -> Hard:
    """Blank lines are no rows, but they are lines: those after them keep their physical number."""
    out, lines = [], {}
    for number, text in enumerate(clean(ROWS)):
        out.append(text)
        if number:
            lines[f"D{number:06d}"] = len(out)
        if number % 100 == 0:
            out += [b"", b""]
    return Hard("blank_lines", b"\n".join(out) + b"\n\n\n", _ids(), lines=lines)


def no_last_line_end() -> Hard:
    return Hard("no_last_line_end", b"\n".join(clean(ROWS)), _ids())


def gb18030_bom() -> Hard:
    text = b"\n".join(clean(ROWS)).decode()
    return Hard("gb18030_bom", GB18030_BOM + text.encode("gb18030") + b"\n", _ids())


def utf8_bom() -> Hard:
    return Hard("utf8_bom", b"\xef\xbb\xbf" + b"\r\n".join(clean(ROWS)) + b"\r\n", _ids())


def quoted() -> Hard:
    """Commas, doubled quotes and line ends inside quotes belong to the cell."""
    out, lines, at = [], {}, 1
    for number in range(ROWS + 1):
        text = join(HEADER)
        if number:
            remark = "第一行\n第二行" if number % 10 == 0 else '逗号,引号"在内'
            text = join(cells({**row(number), "备注": remark}))
            lines[f"D{number:06d}"] = at
        at += 1 + text.count(b"\n")
        out.append(text)
    return Hard("quoted", b"\n".join(out) + b"\n", _ids(), lines=lines)


def truncated_gz() -> tuple[bytes, bytes]:
    """(the first two thirds of a gz, the complete gz)."""
    whole = gzip.compress(b"\n".join(clean(5 * ROWS)) + b"\n", mtime=0)
    return whole[: len(whole) * 2 // 3], whole


def damaged_workbook() -> bytes:
    """Row 2 is whole; 3: text 1.38E+10; 4: a mobile as a number; 5: a landline whose 0 is gone; 6: real dates."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    when = datetime(2026, 3, 2, 9, 0, 5)  # noqa: DTZ001 - a cell has no zone
    changes: tuple[dict[str, object], ...] = (
        {},
        {"被叫号码": "1.38E+10"},
        {"被叫号码": 13800000003},
        {"被叫号码": 2161234567},
        {"开始时间": when, "振铃时间": None, "接通时间": None, "结束时间": when.replace(minute=2)},
    )
    for number, change in enumerate(changes, 1):
        sheet.append([({**row(number), **change})[name] or None for name in HEADER])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def plain() -> list[Hard]:
    """All hard files that are one CSV."""
    return [
        *stray_quotes(), nul_byte(), invalid_utf8(), ten_megabytes(), ten_megabytes_of_quote(), mixed_line_ends(),
        old_line_ends(), blank_lines(), no_last_line_end(), gb18030_bom(), utf8_bom(), quoted(),
    ]  # fmt: skip

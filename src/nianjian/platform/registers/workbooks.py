"""Workbooks for people: a sheet with its faulty cells marked, and the empty sheet of a register."""

import csv
import io
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.formulas import harmless
from nianjian.platform.registers import entries, kinds
from nianjian.platform.registers.cells import Cell
from nianjian.platform.registers.columns import MASKED, SPAN, Column, Kind, Sheet, is_masked
from nianjian.platform.registers.queries import display_value
from nianjian.platform.registers.sheet_reader import EXAMPLE, Finding, Table
from nianjian.platform.registers.versions import Version

LAST_ROW: Final = 1_048_575
WIDTH: Final = 16
OPTIONS: Final = {
    "strings_to_formulas": False,  # a cell that begins with = stays text
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd hh:mm:ss",
    "remove_timezone": True,
}
STAMP: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed stamp keeps the file's bytes the same
Words = Callable[[str, Mapping[str, object]], str]  # code and values -> a sentence; a door gives it


def mark_findings(table: Table, findings: list[Finding], path: Path, words: Words) -> None:
    """Write the sheet as it came, each faulty cell red with its reason as a comment, row by row at the same height.

    Corrected and imported again it loads: the last column, 原因, is read over.
    """
    by_line: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_line[finding.line].append(finding)
    with _open(path) as book:
        page = book.add_worksheet((table.sheet or "数据")[:31])
        bold, bad = book.add_format({"bold": True}), book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        top = table.header_line - 1
        for position, name in enumerate((*table.header, "原因")):
            page.write_string(top, position, name, bold)
        places = {table.header[position]: position for position in table.columns}
        page.set_column(0, len(table.header), WIDTH)
        page.freeze_panes(top + 1, 0)
        for line in table.lines:
            faults = by_line.get(line.number, [])
            marked = {places.get(fault.column, 0): fault for fault in faults}
            for position, cell in enumerate(line.cells):
                _write(page, line.number - 1, position, cell, bad if position in marked else None)
            for position, fault in marked.items():
                if position >= len(line.cells) or line.cells[position] in (None, ""):
                    page.write_blank(line.number - 1, position, None, bad)
                page.write_comment(line.number - 1, position, words(fault.code, fault.values()))
            if faults:
                reasons = "；".join(f"{fault.column}：{words(fault.code, fault.values())}" for fault in faults)
                page.write_string(line.number - 1, len(table.header), reasons, bad)
    path.chmod(0o600)  # it holds what the sheet held, personal data included


def write_empty_sheet(sheet: Sheet, path: Path) -> None:
    """Write a template: headers with notes, choice lists over whole columns, and an example on a second sheet."""
    with _open(path) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        must = book.add_format({"bold": True, "bg_color": "#F8CBAD", "border": 1})
        text = book.add_format({"num_format": "@"})
        keys = {name for key in sheet.keys for name in key}
        page, example = book.add_worksheet(sheet.title[:31]), book.add_worksheet(EXAMPLE)
        for position, column in enumerate(sheet.columns):
            form = must if column.field in keys or column.required else head
            page.write_string(0, position, column.header, form)
            page.write_comment(0, position, _note(column, key=column.field in keys))
            page.set_column(position, position, WIDTH, text)
            example.set_column(position, position, WIDTH, text)
            example.write_string(0, position, column.header, form)
            example.write_string(1, position, column.example)
            choices = column.offered()
            if choices:
                rule: dict[str, Any] = {"validate": "list", "source": choices}
                page.data_validation(1, position, LAST_ROW, position, rule)
        page.freeze_panes(1, 0)


def _open(path: Path) -> Any:  # noqa: ANN401 - xlsxwriter ships no types
    book = xlsxwriter.Workbook(str(path), OPTIONS)
    book.set_properties({"created": STAMP})
    return book


def _write(page: Any, row: int, position: int, cell: Cell, form: Any) -> None:  # noqa: ANN401 - the same
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(row, position, cell, form)
    elif isinstance(cell, int | float):
        page.write_number(row, position, cell, form)
    else:
        page.write_string(row, position, str(cell), form)


NOTES: Final = {
    Kind.TEXT: "文本", Kind.CODE: "编号，按文本填写", Kind.DATE: "日期：2026-03-01",
    Kind.MOMENT: "时间：2026-03-01 09:30:00", Kind.MONTH: "月份：202603", Kind.CHOICE: "从列表中选择",
    Kind.FLAG: "是 / 否", Kind.WHOLE: "整数", Kind.AMOUNT: "金额（元）", Kind.DURATION: "秒数或 时:分:秒",
    Kind.PHONE: "电话号码，按文本填写", Kind.ROOT: "根号码，只填数字", Kind.IDENTITY: "证件号码，按文本填写",
    Kind.CREDIT_CODE: "统一社会信用代码，18位", Kind.LICENCE: "许可证编号，如 浙B2-20080101",
}  # fmt: skip


def _note(column: Column, *, key: bool) -> str:
    lines = [NOTES[column.kind]]
    if key:
        lines.insert(0, "关键列：同一编号再次导入即更新")
    elif column.required:
        lines.insert(0, "必填")
    else:
        lines.append("空白 = 未知")
    if choices := column.offered():
        lines.append("可选：" + "、".join(choices))
    if column.aliases:
        lines.append("也可写作：" + "、".join(column.aliases))
    return "\n".join(lines)


def write_template(kind: str, path: Path) -> None:
    """Write an xlsx with headers, notes, choice lists and an example sheet; the same bytes each time.

    ``register_kind_unknown``, ``file_unwritable``.
    """
    sheet = kinds.register(kind).sheet
    try:
        write_empty_sheet(sheet, path)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(path), reason=fault.strerror or "") from fault


def template_content(kind: str) -> bytes:
    """The same as bytes; ``register_kind_unknown``."""
    with tempfile.TemporaryDirectory(prefix="nianjian-template-") as name:
        path = Path(name) / "sheet.xlsx"
        write_template(kind, path)
        return path.read_bytes()


# A list as a file: the sheet's own headers, so that a full one can be imported again; a masked one cannot.

MOST: Final = 50_000  # rows: more are for an import's own source, not for a spreadsheet
FIGURES: Final = frozenset({Kind.WHOLE, Kind.AMOUNT, Kind.DURATION})
EXPORT_WIDTH: Final = 16


def export_header(sheet: Sheet, *, full: bool) -> list[str]:
    """Headers of the columns and of the span."""
    names = [MASKED + one.header if is_masked(one) and not full else one.header for one in sheet.columns]
    return [*names, *SPAN]


def write_csv(sheet: Sheet, rows: Iterable[Version], *, full: bool) -> bytes:
    """UTF-8 with a byte-order mark, as Excel wants it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(export_header(sheet, full=full))
    for texts in _lines(sheet, rows, full=full):
        writer.writerow(map(harmless, texts))
    return stream.getvalue().encode("utf-8-sig")


def write_workbook(sheet: Sheet, rows: Iterable[Version], about: Sequence[tuple[str, str]], *, full: bool) -> bytes:
    """An xlsx: the list, and a sheet ``about`` that says whose it is."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {**OPTIONS, "in_memory": True})
    book.set_properties({"created": STAMP})
    bold = book.add_format({"bold": True})
    page, note = book.add_worksheet(sheet.title[:31]), book.add_worksheet("说明")
    names = export_header(sheet, full=full)
    page.write_row(0, 0, names, bold)
    page.set_column(0, len(names) - 1, EXPORT_WIDTH)
    page.freeze_panes(1, 1)
    for line, texts in enumerate(_lines(sheet, rows, full=full), start=1):
        for place, text in enumerate(texts):
            if not text:
                continue
            if place < len(sheet.columns) and sheet.columns[place].kind in FIGURES:
                page.write_number(line, place, float(text))
            else:
                page.write_string(line, place, text)
    for line, (label, text) in enumerate(about):
        note.write_string(line, 0, label, bold)
        note.write_string(line, 1, text)
    note.set_column(0, 1, 2 * EXPORT_WIDTH)
    book.close()
    return stream.getvalue()


def _lines(sheet: Sheet, rows: Iterable[Version], *, full: bool) -> Iterator[list[str]]:
    for version in rows:
        texts = []
        for one in sheet.columns:
            value = getattr(version, one.field)
            masked = value is not None and is_masked(one) and not full
            texts.append(str(display_value(value, one)) if masked else entries.format_value(value, one))
        yield [*texts, *(str(day or "") for day in (version.valid_from, version.valid_to))]

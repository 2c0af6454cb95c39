"""``nianjian registers``: templates out, sheets in, what stood in a register on a day."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.console import Console

from nianjian.engines.paper.words import ENGLISH, mark
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day
from nianjian.platform.terminal.language import _, language, sentence, translate_code
from nianjian.platform.terminal.session import begin, prepare

SHOWN: Final = 200  # faults of a sheet, and as many warnings
VALIDITY: Final = {"valid_from": mark("valid from"), "valid_to": mark("valid to")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Template, import, list."""
    actions = Actions(parser)
    template = actions.add("template", _template, _("write an empty sheet with the headers of a register"))
    template.add_argument("kind", metavar="KIND", help=_("register, for example numbers or seats"))
    template.add_argument("--output", "-o", type=Path, required=True, metavar="FILE", help=_("xlsx file to write"))
    load = actions.add("import", _import, _("import a sheet (xlsx or CSV), all rows or none"))
    load.add_argument("kind", metavar="KIND", help=_("register, for example numbers or seats"))
    load.add_argument("file", type=Path, metavar="FILE", help=_("sheet to read"))
    enterprise(load)
    load.add_argument(
        "--errors", type=Path, metavar="FILE", help=_("where to write the workbook that marks each bad cell")
    )
    listing = actions.add("list", _list, _("list a register as it was on a given day"))
    listing.add_argument("kind", metavar="KIND", help=_("register, for example numbers or seats"))
    enterprise(listing)
    on_day(listing, "--as-at", _("the day; default: today"), "--as-of")


def _template(args: argparse.Namespace) -> Answer:
    prepare()
    from nianjian.platform.registers import workbooks

    workbooks.write_template(args.kind, args.output)
    text = _("Template written to {file}.")
    data = {"kind": args.kind, "output": str(args.output)}
    return Answer(data, lambda console: console.print(text.format(file=args.output)))


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.registers.storage import import_sheet

    receipt = import_sheet(
        kind=args.kind,
        path=args.file,
        enterprise=args.enterprise,
        actor=actor,
        error_workbook=args.errors or _beside(args.file),
        words=sentence,
    )
    data = receipt.as_dict()
    for name, findings in (("errors", receipt.errors), ("warnings", receipt.warnings)):
        data[name] = [{**one.as_dict(), "message": sentence(one.code, one.values())} for one in findings]

    def show(console: Console) -> None:
        for style, findings in (("red", receipt.errors), ("yellow", receipt.warnings)):
            for one in findings[:SHOWN]:
                text = _("line {line}, {column}: {fault}")
                fault = sentence(one.code, one.values())
                console.print(text.format(line=one.line, column=one.column, fault=fault), style=style)
            if len(findings) > SHOWN:
                console.print(_("… and {count} more").format(count=len(findings) - SHOWN), style=style)
        if receipt.ok:
            text = _("{kind}: {read} rows read, {inserted} added, {updated} changed, {unchanged} unchanged.")
        else:
            text = _("{kind}: nothing imported, {rejected} of {read} rows have errors.")
        console.print(text.format(kind=translate_code("kind", receipt.kind), **receipt.rows))
        if receipt.error_workbook:
            console.print(_("Every bad cell is marked in {file}.").format(file=receipt.error_workbook))

    return Answer(data, show, DONE if receipt.ok else NO)


def _beside(file: Path) -> Path:
    """Where the error workbook goes unless told: beside the sheet, or here where that folder cannot be written."""
    folder = file.parent if os.access(file.parent, os.W_OK) else Path()
    return folder / f"{file.stem}.errors.xlsx"


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.registers.queries import list_register

    listing = list_register(kind=args.kind, enterprise=args.enterprise, as_at=args.as_at)

    def show(console: Console) -> None:
        names = listing.rows[0] if listing.rows else {}
        used = [name for name in names if any(row[name] is not None for row in listing.rows)]
        words = _words(listing.kind)
        body = ([_format_value(row[name], words.get(name, {})) for name in used] for row in listing.rows)
        table.rows(console, [_heading(listing.kind, name) for name in used], body)

    return Answer({"kind": listing.kind, "as_at": listing.as_at.isoformat(), "rows": listing.rows}, show)


def _heading(kind: str, field: str) -> str:
    """The sheet's own header in Chinese, the field's name in English."""
    from nianjian.platform.registers import kinds

    headers = {column.field: column.header for column in kinds.register(kind).sheet.columns}
    return field if language() == ENGLISH else headers.get(field) or _(VALIDITY[field])


def _words(kind: str) -> dict[str, dict[str, str]]:
    """Field -> stored value -> the word that the sheet offers for it; English shows what is stored."""
    from nianjian.platform.registers import kinds

    if language() == ENGLISH:
        return {}
    by_field: dict[str, dict[str, str]] = {}
    for column in kinds.register(kind).sheet.columns:
        for word, stored in column.choices.items():
            by_field.setdefault(column.field, {}).setdefault(stored, word)
    return by_field


def _format_value(value: object, words: Mapping[str, str]) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return words.get(value, value) if isinstance(value, str) else value

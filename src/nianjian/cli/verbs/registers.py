"""``nianjian registers``: templates out, sheets in, what stood in a register on a day."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import Actions, enterprise, on_day
from nianjian.cli.language import _
from nianjian.cli.masking import masked
from nianjian.cli.session import begin, prepare
from nianjian.cli.terminal import table


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
    shown = actions.add("list", _list, _("list a register as it stood on a day"))
    shown.add_argument("kind", metavar="KIND", help=_("register, for example numbers or seats"))
    enterprise(shown)
    on_day(shown, "--as-at", _("the day; without it today"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _template(args: argparse.Namespace) -> Answer:
    prepare()
    from nianjian.registers import template

    template.write(args.kind, args.output)
    text = _("Template written to {file}.")
    data = {"kind": args.kind, "output": str(args.output)}
    return Answer(data, lambda console: console.print(text.format(file=args.output)))


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.import_register import import_register

    receipt = import_register(
        kind=args.kind, path=args.file, enterprise=args.enterprise, errors=args.errors, actor=actor
    )

    def show(console: Console) -> None:
        text = _("{kind}: {read} rows read, {added} added, {changed} changed, {unchanged} unchanged.")
        console.print(text.format(**receipt))

    return Answer(receipt, show)


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.flows.show_register import show_register

    listing = show_register(kind=args.kind, enterprise=args.enterprise, as_at=args.as_at)
    rows = [masked(args.kind, row) for row in listing.rows]

    def show(console: Console) -> None:
        header = list(rows[0]) if rows else []
        table.rows(console, header, (row.values() for row in rows))

    return Answer({"kind": args.kind, "as_at": listing.as_at.isoformat(), "rows": rows}, show)

"""``nianjian calls``: call records in, their rejects out, a batch undone, the batches listed."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.features.calls import terminal
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, WRONG, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.console import bar
from nianjian.platform.terminal.language import _, sentence
from nianjian.platform.terminal.session import begin

EVIDENCE: Final = {
    "real records": mark("real records"),
    "documentation only": mark("documentation only, never seen real records"),
    "contract": mark("this project's own definition"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Import, rejects, undo, list."""
    actions = Actions(parser)
    load = actions.add("import", _import, _("import call records: files, folders, zip, gz, xlsx"))
    load.add_argument("files", nargs="+", metavar="FILE", help=_("file, folder or pattern such as 'logs/*.csv.gz'"))
    enterprise(load)
    load.add_argument("--source", default="auto", metavar="NAME", help=_("name of the format; auto recognises it"))
    load.add_argument("--mapping", type=Path, metavar="FILE", help=_("mapping file (YAML) for other headers"))
    load.add_argument("--timezone", metavar="TZ", help=_("time zone of stamps that carry none"))
    load.add_argument("--replace", metavar="BATCH", help=_("take this batch's rows out in the same commit"))
    load.epilog = _(
        "Each file is taken whole or not at all; one that cannot be imported does not hold up the others."
        " Exit code 0: every row is in; 1: rows were rejected or a gz broke off; 2: a file could not be imported."
    )
    rejects = actions.add("rejects", _rejects, _("write a batch's rejected rows to a file to be corrected"))
    rejects.add_argument("batch", metavar="BATCH", help=_("the batch's id"))
    rejects.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("CSV file to write; rows with other columns go to FILE-2 and so on"),
    )
    undo = actions.add("undo", _undo, _("take a batch out of the lake again"))
    undo.add_argument("batch", metavar="BATCH", help=_("the batch's id"))
    actions.add("sources", _sources, _("list the formats that can be imported"))
    enterprise(actions.add("list", _list, _("list the imported batches")))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.calls.operations import import_calls

    with bar(quiet=args.json) as report:
        receipt = import_calls(
            enterprise=args.enterprise,
            patterns=args.files,
            source=args.source,
            mapping_file=args.mapping,
            timezone=args.timezone,
            replace=args.replace,
            actor=actor,
            progress=report,
        )
    terminal.warn(receipt)
    code = WRONG if receipt.failed else DONE if receipt.clean else NO
    return Answer(receipt.as_dict(), lambda console: terminal.show(console, receipt), code)


def _rejects(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.calls.rejects import export_rejects

    written = export_rejects(batch=args.batch, output=args.output, words=_reason, actor=actor)
    text = _("{rows} rejected rows of {batch} written to {file}.")
    files = [{"output": str(path), "rows": rows} for path, rows in written.items()]
    data = {"batch": args.batch, "rows": sum(written.values()), "output": str(args.output), "files": files}
    told = "\n".join(text.format(rows=rows, batch=args.batch, file=path) for path, rows in written.items())
    return Answer(data, lambda console: console.print(told))


def _reason(code: str) -> str:
    return sentence(code, {})


def _undo(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.calls.operations import undo_calls

    undone = undo_calls(batch=args.batch, actor=actor)
    terminal.warn_affected(undone.affected)
    text = _("Batch {batch} undone, {rows} rows taken out.")
    affected = [asdict(one) for one in undone.affected]
    data = {"batch": args.batch, "state": "undone", "rows": undone.rows, "affected": affected}
    return Answer(data, lambda console: console.print(text.format(batch=args.batch, rows=undone.rows)))


def _sources(args: argparse.Namespace) -> Answer:
    del args
    from nianjian.engines.intake.formats import catalogue

    found = [{"name": one.name, "title": one.title, "evidence": one.evidence} for one in catalogue().values()]
    header = (_("source"), _("title"), _("tested with"))
    body = [(one["name"], one["title"], _(EVIDENCE.get(one["evidence"], one["evidence"]))) for one in found]
    return Answer({"sources": found}, lambda console: table.rows(console, header, body))


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.accounts.query import enterprise as known
    from nianjian.platform.registers import batches

    known(args.enterprise)
    found = [terminal.as_dict(one) for one in batches.list_batches(args.enterprise)]
    return Answer({"batches": found}, lambda console: terminal.listing(console, found))

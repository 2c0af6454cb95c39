"""``nianjian calls``: call records in, their rejects out, a batch undone, the batches listed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from nianjian.engines.paper.words import mark, plain_text
from nianjian.features.calls.documents import ImportReceipt, sum_row_counts
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, WRONG, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.console import bar, stderr
from nianjian.platform.terminal.language import _, sentence, translate_code
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.engines.intake.ledger import RepeatingBatch
    from nianjian.platform.registers.batches import BatchValue


NAMED: Final = 3  # files that a warning names


def warn(receipt: ImportReceipt) -> None:
    """Say on stderr what was assumed or broken off: a guessed time zone moves calls to other days.

    Each warning is said once, with the names of the files it concerns.
    """
    by_text: dict[str, list[str]] = {}
    for file in receipt.files:
        if file.timezone_assumed:
            text = _("{file}: the timestamps carry no time zone; {timezone} was assumed (--timezone sets another).")
            by_text.setdefault(text.replace("{timezone}", file.timezone), []).append(file.name)
        if file.truncated:
            text = _("{file}: truncated; the complete rows before the break are imported.")
            by_text.setdefault(text, []).append(file.name)
        if "display_from_caller" in file.warnings:
            text = _(
                "{file}: no column contains the displayed number; the caller was used instead, with low confidence."
            )
            by_text.setdefault(text, []).append(file.name)
        if file.unknown_results:
            text = _(
                "{file}: the results {words} are not known values; without an answer time such calls count "
                'as not answered. Say what they mean in a mapping file: values: {result: {"…": 接通}}'
            )
            by_text.setdefault(text.replace("{words}", ", ".join(file.unknown_results)), []).append(file.name)
        if file.unknown_answers:
            text = _(
                "{file}: for {count} calls it is unknown whether they were answered (no answer time, result "
                "or talk time); they are not counted as answered. Name the column in a mapping file."
            )
            by_text.setdefault(text.replace("{count}", f"{file.unknown_answers:,}"), []).append(file.name)
    for text, names in by_text.items():
        stderr().print(plain_text(text.replace("{file}", _join_names(names))), style="yellow")
    warn_affected(receipt.affected)
    for name, error in receipt.failed:
        stderr().print(f"{plain_text(name)}: {sentence(error.code, error.values)}", style="red")


def warn_affected(affected: Sequence[RepeatingBatch]) -> None:
    """Say on stderr which files to import again, since rows of theirs went out with another batch."""
    for one in affected:
        text = _(
            "{files} (batch {batch}): rows that were skipped as duplicates of the removed rows may be "
            "missing. Import these files again."
        )
        stderr().print(plain_text(text.format(files=_join_names(one.files), batch=one.batch)), style="yellow")


def _join_names(names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    return _("{names} and {more} more files").format(names=", ".join(names[:NAMED]), more=len(names) - NAMED)


def show(console: Console, receipt: ImportReceipt) -> None:
    """One line a file, the sums, and the reasons of rejected rows."""
    header = (_("file"), _("source"), _("encoding"), _("read"), _("loaded"), _("duplicate"), _("rejected"))
    body = [
        (file.name, file.source, file.encoding, *(f"{number:,}" for number in file.rows.as_dict().values()))
        for file in receipt.files
    ]
    body.append((_("sum"), "", "", *(f"{number:,}" for number in receipt.rows.as_dict().values())))
    table.rows(console, header, body)
    for code, number in receipt.reasons.items():
        console.print(Text(f"  {number:,} × {sentence(code, {})}", style="yellow"))
    console.print(_("Batch {batch}").format(batch=receipt.batch))


def as_dict(batch: BatchValue) -> dict[str, Any]:
    """A batch in the JSON answer."""
    receipts = [file.receipt for file in batch.files]
    return {
        "batch": batch.id,
        "state": batch.state,
        "created": batch.created.isoformat(timespec="seconds"),
        "by": batch.created_by,
        "replaces": batch.replaces or None,
        "files": receipts,
        "rows": sum_row_counts(receipts),
    }


def listing(console: Console, documents: Sequence[Mapping[str, Any]]) -> None:
    """One line a batch."""
    header = (_("batch"), _("state"), _("created"), _("files"), _("read"), _("loaded"), _("duplicate"), _("rejected"))
    body = [
        (
            one["batch"],
            translate_code("state", one["state"]),
            one["created"],
            len(one["files"]),
            *(f"{n:,}" for n in one["rows"].as_dict().values()),
        )
        for one in documents
    ]
    table.rows(console, header, body)


EVIDENCE: Final = {
    "real records": mark("real records"),
    "documentation only": mark("documentation only, never tested with real records"),
    "contract": mark("this project's own definition"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Import, rejects, undo, list."""
    actions = Actions(parser)
    load = actions.add("import", _import, _("import call records: files, folders, zip, gz, xlsx"))
    load.add_argument("files", nargs="+", metavar="FILE", help=_("file, folder or pattern such as 'logs/*.csv.gz'"))
    enterprise(load)
    load.add_argument("--source", default="auto", metavar="NAME", help=_("name of the format; auto detects it"))
    load.add_argument("--mapping", type=Path, metavar="FILE", help=_("mapping file (YAML) for other headers"))
    load.add_argument("--timezone", metavar="TZ", help=_("time zone of timestamps without one"))
    load.add_argument("--replace", metavar="BATCH", help=_("remove this batch's rows in the same commit"))
    load.epilog = _(
        "Each file is imported completely or not at all; one that cannot be imported does not hold up the "
        "others. Exit code 0: every row is imported; 1: rows were rejected or a gz was truncated; 2: a file "
        "could not be imported."
    )
    rejects = actions.add("rejects", _rejects, _("write a batch's rejected rows to a file for correction"))
    rejects.add_argument("batch", metavar="BATCH", help=_("the batch's id"))
    rejects.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="FILE",
        help=_("CSV file to write; rows with other columns go to FILE-2 and so on"),
    )
    undo = actions.add("undo", _undo, _("remove a batch from the lake"))
    undo.add_argument("batch", metavar="BATCH", help=_("the batch's id"))
    actions.add("sources", _sources, _("list the formats that can be imported"))
    enterprise(actions.add("list", _list, _("list the imported batches")))


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
    warn(receipt)
    code = WRONG if receipt.failed else DONE if receipt.clean else NO
    return Answer(receipt.as_dict(), lambda console: show(console, receipt), code)


def _rejects(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.calls.rejects import export_rejects

    written = export_rejects(batch=args.batch, output=args.output, words=lambda code: sentence(code, {}), actor=actor)
    text = _("{rows} rejected rows of {batch} written to {file}.")
    files = [{"output": str(path), "rows": rows} for path, rows in written.items()]
    data = {"batch": args.batch, "rows": sum(written.values()), "output": str(args.output), "files": files}
    message = "\n".join(text.format(rows=rows, batch=args.batch, file=path) for path, rows in written.items())
    return Answer(data, lambda console: console.print(message))


def _undo(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.calls.operations import undo_calls

    undone = undo_calls(batch=args.batch, actor=actor)
    warn_affected(undone.affected)
    text = _("Batch {batch} undone, {rows} rows removed.")
    data = {"batch": args.batch, "state": "undone", "rows": undone.rows, "affected": undone.affected}
    return Answer(data, lambda console: console.print(text.format(batch=args.batch, rows=undone.rows)))


def _sources(args: argparse.Namespace) -> Answer:
    del args
    from nianjian.engines.intake.formats import catalogue

    sources = [{"name": one.name, "title": one.title, "evidence": one.evidence} for one in catalogue().values()]
    header = (_("source"), _("title"), _("tested with"))
    body = [(one["name"], one["title"], _(EVIDENCE.get(one["evidence"], one["evidence"]))) for one in sources]
    return Answer({"sources": sources}, lambda console: table.rows(console, header, body))


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.accounts.query import enterprise as get_enterprise
    from nianjian.platform.registers import batches

    get_enterprise(args.enterprise)
    documents = [as_dict(one) for one in batches.list_batches(args.enterprise)]
    return Answer({"batches": documents}, lambda console: listing(console, documents))

"""Import receipts and batch lists for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from nianjian.engines.paper.words import plain_text
from nianjian.features.calls.documents import ImportReceipt, sum_row_counts
from nianjian.platform.terminal import table
from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _, sentence, translate_code

if TYPE_CHECKING:
    from nianjian.engines.intake.ledger import RepeatingBatch
    from nianjian.platform.registers.batches import BatchValue

NAMED: Final = 3  # files that a warning names


def warn(receipt: ImportReceipt) -> None:
    """Say on stderr what was assumed or broken off: a guessed time zone moves calls to other days.

    Each warning is said once, with the names of the files it concerns.
    """
    told: dict[str, list[str]] = {}
    for file in receipt.files:
        if file.timezone_assumed:
            text = _("{file}: the stamps carry no time zone; {timezone} was assumed (--timezone names another).")
            told.setdefault(text.replace("{timezone}", file.timezone), []).append(file.name)
        if file.truncated:
            text = _("{file}: broken off; the whole rows before the break are in.")
            told.setdefault(text, []).append(file.name)
        if "display_from_caller" in file.warnings:
            text = _("{file}: no column tells the displayed number; the caller was taken, with low confidence.")
            told.setdefault(text, []).append(file.name)
        if file.unknown_results:
            text = _(
                "{file}: the results {words} are none of the known words; without an answer time such calls count as"
                ' not answered. Say what they mean in a mapping file: values: {result: {"…": 接通}}'
            )
            told.setdefault(text.replace("{words}", ", ".join(file.unknown_results)), []).append(file.name)
        if file.unknown_answers:
            text = _(
                "{file}: nothing tells of {count} calls whether they were answered (no answer time, result or talk"
                " time); they are not counted as answered. Name the column in a mapping file."
            )
            told.setdefault(text.replace("{count}", f"{file.unknown_answers:,}"), []).append(file.name)
    for text, names in told.items():
        stderr().print(plain_text(text.replace("{file}", _named(names))), style="yellow")
    warn_affected(receipt.affected)
    for name, error in receipt.failed:
        stderr().print(f"{plain_text(name)}: {sentence(error.code, error.values)}", style="red")


def warn_affected(affected: Sequence[RepeatingBatch]) -> None:
    """Say on stderr which files to import again, since rows of theirs went out with another batch."""
    for one in affected:
        text = _(
            "{files} (batch {batch}): rows that had been left out as duplicates of what is now taken out may be"
            " missing. Import these files again."
        )
        stderr().print(plain_text(text.format(files=_named(one.files), batch=one.batch)), style="yellow")


def _named(names: Sequence[str]) -> str:
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


def listing(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """One line a batch."""
    header = (_("batch"), _("state"), _("created"), _("files"), _("read"), _("loaded"), _("duplicate"), _("rejected"))
    body = [
        (
            one["batch"],
            translate_code("state", one["state"]),
            one["created"],
            len(one["files"]),
            *(f"{n:,}" for n in one["rows"].values()),
        )
        for one in found
    ]
    table.rows(console, header, body)

"""How complaint tickets and what is done to them look in the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from nianjian.engines.paper.texts.complaints import ACTS, CONFIDENCE, HANDS, PROPOSALS, STATES
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _, sentence

if TYPE_CHECKING:
    from nianjian.features.complaints.forwards import ForwardReceipt

Row = Mapping[str, Any]


def print_tickets(console: Console, rows: Sequence[Row]) -> None:
    """One line a ticket."""
    header = (
        _("ticket"),
        _("source"),
        _("number complained of"),
        _("state"),
        _("response due"),
        _("response"),
        _("close due"),
        _("close"),
        _("match"),
    )
    table.rows(console, header, [_line(row) for row in rows])


def _line(row: Row) -> tuple[object, ...]:
    name = f"{row['id']} ({_('drill')})" if row["drill"] else row["id"]
    match = row["match"]
    return (
        name,
        row["source"],
        row["complained"],
        _(STATES[row["state"]]),
        row["response_due"],
        _(HANDS[row["response_clock"]]),
        row["close_due"],
        _(HANDS[row["close_clock"]]),
        None if match is None else _(CONFIDENCE[match["confidence"]]),
    )


def print_action_result(console: Console, rows: Sequence[Row]) -> None:
    """Tickets after an act."""
    text = _("Ticket {id} is {state}; response due {response_due}, close due {close_due}.")
    for row in rows:
        console.print(text.format(**{**row, "state": _(STATES[row["state"]])}))


def print_ticket(console: Console, row: Row) -> None:
    """One ticket and what happened to it."""
    print_tickets(console, [row])
    header = (_("when"), _("act"), _("who"), _("with a note"))
    body = [(one["at"], _(ACTS[one["act"]]), one["by"], "✓" if one["noted"] else None) for one in row["history"]]
    table.rows(console, header, body)


def print_match_counts(console: Console, told: Mapping[str, int]) -> None:
    """What a run found."""
    console.print(_("{count} tickets were looked at.").format(count=told["looked_at"]))
    for state, name in PROPOSALS.items():
        if told.get(state):
            console.print(f"  {_(name)}: {told[state]}")


def receipt_as_json(told: ForwardReceipt) -> dict[str, object]:
    """The JSON answer of an import: findings with their sentences."""
    errors = [{**one.as_dict(), "message": sentence(one.code, one.values())} for one in told.errors]
    return {**told.as_dict(), "errors": errors}


def print_import(console: Console, data: Row) -> None:
    """What became of a forward list."""
    for one in data["errors"]:
        text = _("line {line}, {column}: {fault}")
        console.print(text.format(line=one["line"], column=one["column"], fault=one["message"]), style="red")
    if data["errors"]:
        console.print(_("Nothing imported."))
        return
    rows = data["rows"]
    text = _("{file}: {added} tickets opened, {updated} updated, {unchanged} unchanged.")
    console.print(text.format(file=data["file"], **rows))
    if data["extra_columns"]:
        console.print(_("Kept as further columns: {columns}").format(columns=", ".join(data["extra_columns"])))

"""Reconciliation on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from rich.console import Console

from nianjian.engines.paper.texts.reconciliation import (
    KINDS,
    LIKELY,
    PAIRS,
    PROPOSALS,
    REASONS,
    RESULTS,
    STATES,
    VERDICTS,
)
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]
ROWS: Final = 50
BILL: Final = "carrier-bill"
STYLES: Final = {"passed": "green", "failed": "bold red", "insufficient": "yellow"}


def _head(console: Console, told: Json) -> None:
    kind, verdict = _(KINDS[told["kind"]]), _(VERDICTS[told["verdict"]])
    text = _("Reconciliation {run} ({kind}) as at {as_of}: {verdict}, {open} open.")
    line = text.format(run=told["run"], kind=kind, as_of=told["as_of"], verdict=verdict, open=told["open"])
    console.print(line, style=STYLES[told["verdict"]])
    table.rows(console, (_("result"), _("rows")), [(_(RESULTS[one]), n) for one, n in told["counts"].items()])


def render_filing(told: Json, console: Console) -> None:
    """A comparison with an export: the rows that are not the same."""
    _head(console, told)
    if told["unclear"]:
        console.print(
            _("{count} rows lack a day or a state, so the base cannot be proved.").format(count=told["unclear"])
        )
    differing = [one for one in told["rows"] if one["result"] != "same"]
    body = [(one["key"], _(RESULTS[one["result"]]), _why(one), _fields(one)) for one in differing[:ROWS]]
    table.rows(console, (_("number or ID"), _("result"), _("likely cause"), _("fields")), body)
    if "sheet" in told:
        console.print(told["sheet"])


def _why(one: Json) -> str | None:
    words = [_(LIKELY[one["likely"]])] if one["likely"] else []
    words += [_({**REASONS, **RESULTS}[code]) for code in one.get("unclear", one.get("reasons", ()))]
    return "; ".join(words) or None


@cache
def _headings() -> Mapping[str, str]:
    """Field -> its heading in the registers, as the page and the correction sheet name it."""
    from nianjian.features.reconciliation.comparisons import get_sheet
    from nianjian.features.reconciliation.filings import KINDS as FILED

    return {column.field: column.header for kind in FILED for column in get_sheet(kind).columns}


def _fields(one: Json) -> str | None:
    told = []
    for name, pair in one["fields"].items():
        if "ours" in pair:
            told.append(f"{_headings().get(name, name)}: {pair['ours'] or '–'} | {pair['theirs'] or '–'}")
        else:
            minutes = f" ({pair['minutes']} {_('min')})" if pair.get("minutes") else ""
            told.append(f"{name}: {pair['calls']}{minutes}")
    return "\n".join(told) or None


def render_people(told: Json, console: Console) -> None:
    """The matrix, a line a month."""
    _head(console, told)
    results = list(told["counts"])
    header = (_("month"), *(_(RESULTS[one]) for one in results))
    body = [
        (month, *(f"{row[one]['count']} ({row[one]['explained']})" for one in results))
        for month, row in told["matrix"].items()
    ]
    table.rows(console, header, body)
    console.print(_("In brackets: explained. Pairs for a person to decide: {count}.").format(count=told["proposals"]))


def render_sources(told: Json, console: Console) -> None:
    """Where sources part."""
    _head(console, told)
    names = told["sources"]
    if len(names) == 1:
        console.print(_("Nothing to compare: all calls stand on one side."))
    body = [
        (one["day"], one["line"], *(_calls_text(one, name) for name in names), _(LIKELY[one["likely"]]))
        for one in told["rows"][:ROWS]
    ]
    table.rows(console, (_("day"), _("line"), *names, _("likely cause")), body)
    if told.get("bill_outside"):
        console.print(_("{count} calls of the bill lie on other days.").format(count=told["bill_outside"]))


def _calls_text(one: Json, name: str) -> str:
    """Calls, and the minutes where a bill tells them."""
    calls, minutes = one["calls"].get(name), one["minutes"].get(name)
    return f"{calls} / {minutes} {_('min')}" if minutes and BILL in one["calls"] else f"{calls}"


def render_runs(found: Sequence[Json], console: Console) -> None:
    """The runs."""
    header = (_("reconciliation"), _("what it is"), _("as at"), _("outcome"), _("not dealt with yet"), _("made at"))
    body = [
        (one["run"], _(KINDS[one["kind"]]), one["as_of"], _(VERDICTS[one["verdict"]]), one["open"], one["made_at"])
        for one in found
    ]
    table.rows(console, header, body)


def render_run(told: Json, rows: Sequence[Json], console: Console) -> None:
    """A run and some of its differences."""
    _head(console, told)
    render_differences(rows, console)


def render_differences(rows: Sequence[Json], console: Console) -> None:
    """Differences with what was said about them."""
    header = (
        _("no."), _("about"), _("month"), _("result"), _("likely cause"), _("fields"), _("to be filed by"),
        _("state"), _("owner"), _("cause"), _("action"),
    )  # fmt: skip
    body = [
        (
            one["id"], " ".join(str(text) for text in one["about"].values() if text), one["month"],
            _(RESULTS[one["result"]]), _why(one), _fields(one), one["due"], _(STATES[one["state"]]), one["owner"],
            one["cause"], one["action"],
        )
        for one in rows
    ]  # fmt: skip
    table.rows(console, header, body)


def render_pairs(found: Sequence[Json], console: Console) -> None:
    """Pairs that may be one person."""
    header = (_("no."), _("pair"), _("payee or number"), _("person"), _("likeness"), _("state"))
    body = [
        (
            one["id"],
            _(PAIRS[one["kind"]]),
            " ".join(text for text in (one["name"], one["account"], one["written"]) if text),
            f"{one['person']} {one['identity']}",
            f"{one['likeness']} %",
            _(PROPOSALS[one["state"]]),
        )
        for one in found
    ]
    table.rows(console, header, body)

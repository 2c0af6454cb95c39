"""``nianjian reconcile``: registers against the number-resource system, people three ways, call sources."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import write_private_file
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.platform import STYLES
from nianjian.engines.paper.texts.reconciliation import (
    KINDS,
    LIKELY,
    PAIRS,
    PROPOSALS,
    REASONS,
    RESULTS,
    STATES,
    VERDICTS,
    own_allowance_text,
)
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, on_day
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.reconciliation.documents import (
        CallComparison,
        Comparison,
        FilingComparison,
        PartingRow,
        ReconcileDifference,
        ReconcilePair,
        Reconciliation,
        Sides,
    )

ROWS: Final = 50
BILL: Final = "carrier-bill"


def _head(console: Console, run: Reconciliation) -> None:
    kind, verdict = _(KINDS[run.kind]), _(VERDICTS[run.verdict])
    text = _("Reconciliation {run} ({kind}) as at {as_of}: {verdict}, {open} open.")
    line = text.format(run=run.run, kind=kind, as_of=run.as_of, verdict=verdict, open=run.open)
    console.print(line, style=STYLES[run.verdict])
    if own := own_allowance_text(run.allowed, run.own_allowed, run.own_verdict, _):
        console.print(f"{_('Open differences allowed')}: {own}")
    table.rows(console, (_("result"), _("rows")), [(_(RESULTS[one]), n) for one, n in run.counts.items()])


def render_filing(run: FilingComparison, sheet: str | None, console: Console) -> None:
    """A comparison with an export: the rows that are not the same, and where the correction sheet lies."""
    _head(console, run)
    if run.unclear:
        text = _("{count} rows cannot be proved: a day or a state is not known, or the export leaves a field blank.")
        console.print(text.format(count=run.unclear))
    if run.figures["blank"]:
        blank = "、".join(f"{_headings().get(one, one)} ({n})" for one, n in run.figures["blank"].items())
        console.print(_("Left blank by the export, unknown: {fields}").format(fields=blank))
    differing = [one for one in run.rows if one.result != "same"]
    body = [
        (one.key, _(RESULTS[one.result]), _why(one.likely, one.unclear), _fields(one.fields))
        for one in differing[:ROWS]
    ]
    table.rows(console, (_("number or ID"), _("result"), _("likely cause"), _("fields")), body)
    if sheet is not None:
        console.print(sheet)


def _why(likely: str | None, reasons: Sequence[str]) -> str | None:
    words = [_(LIKELY[likely])] if likely else []
    words += [_({**REASONS, **RESULTS}[code]) for code in reasons]
    return "; ".join(words) or None


@cache
def _headings() -> Mapping[str, str]:
    """Field -> its heading in the registers, as the page and the correction sheet name it."""
    from nianjian.features.reconciliation.comparisons import get_sheet
    from nianjian.features.reconciliation.filings import KINDS as FILED

    return {column.field: column.header for kind in FILED for column in get_sheet(kind).columns}


def _fields(fields: Sides) -> str | None:
    lines = []
    for name, pair in fields.items():
        if "ours" in pair:
            lines.append(f"{_headings().get(name, name)}: {pair['ours'] or '–'} | {pair['theirs'] or '–'}")
        else:
            minutes = f" ({pair['minutes']} {_('min')})" if pair.get("minutes") else ""
            lines.append(f"{name}: {pair['calls']}{minutes}")
    return "\n".join(lines) or None


def render_people(run: Comparison, console: Console) -> None:
    """The matrix, a line a month."""
    _head(console, run)
    results = list(run.counts)
    header = (_("month"), *(_(RESULTS[one]) for one in results))
    body = [
        (month, *(f"{row[one]['count']} ({row[one]['explained']})" for one in results))
        for month, row in run.figures["matrix"].items()
    ]
    table.rows(console, header, body)
    console.print(
        _("In brackets: explained. Pairs for a person to decide: {count}.").format(count=run.figures["proposals"])
    )


def render_sources(run: CallComparison, console: Console) -> None:
    """Where sources part."""
    _head(console, run)
    names = run.figures["sources"]
    if len(names) == 1:
        console.print(_("Nothing to compare: all calls are on one side."))
    body = [
        (one.day, one.line, *(_calls_text(one, name) for name in names), _(LIKELY[one.likely]))
        for one in run.rows[:ROWS]
    ]
    table.rows(console, (_("day"), _("line"), *names, _("likely cause")), body)
    if run.figures.get("bill_outside"):
        console.print(_("{count} calls of the bill are on other days.").format(count=run.figures["bill_outside"]))


def _calls_text(one: PartingRow, name: str) -> str:
    """Calls, and the minutes where a bill tells them."""
    calls, minutes = one.calls.get(name), one.minutes.get(name)
    return f"{calls} / {minutes} {_('min')}" if minutes and BILL in one.calls else f"{calls}"


def render_runs(runs: Sequence[Reconciliation], console: Console) -> None:
    """The runs."""
    header = (_("reconciliation"), _("what it is"), _("as at"), _("outcome"), _("not handled yet"), _("created at"))
    body = [(one.run, _(KINDS[one.kind]), one.as_of, _(VERDICTS[one.verdict]), one.open, one.made_at) for one in runs]
    table.rows(console, header, body)


def render_run(run: Reconciliation, rows: Sequence[ReconcileDifference], console: Console) -> None:
    """A run and some of its differences."""
    _head(console, run)
    render_differences(rows, console)


def render_differences(rows: Sequence[ReconcileDifference], console: Console) -> None:
    """Differences with what was said about them."""
    header = (
        _("no."), _("about"), _("month"), _("result"), _("likely cause"), _("fields"), _("to be filed by"),
        _("state"), _("owner"), _("cause"), _("action"),
    )  # fmt: skip
    body = [
        (
            one.id, " ".join(str(text) for text in one.about.values() if text), one.month,
            _(RESULTS[one.result]), _why(one.likely, one.reasons), _fields(one.fields), one.due, _(STATES[one.state]),
            actor_text(one.owner, _) or None, one.cause, one.action,
        )
        for one in rows
    ]  # fmt: skip
    table.rows(console, header, body)


def render_pairs(pairs: Sequence[ReconcilePair], console: Console) -> None:
    """Pairs that may be one person."""
    header = (_("no."), _("pair"), _("payee or number"), _("person"), _("likeness"), _("state"))
    body = [
        (
            one.id,
            _(PAIRS[one.kind]),
            " ".join(text for text in (one.name, one.account, one.written) if text),
            f"{one.person} {one.identity}",
            f"{one.likeness} %",
            _(PROPOSALS[one.state]),
        )
        for one in pairs
    ]
    table.rows(console, header, body)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    _configure_new(actions)
    _configure_results(actions)


def _configure_new(actions: Actions) -> None:
    """``numbers``, ``lines``, ``seats``, ``people`` and ``sources``."""
    for kind, about in (
        ("numbers", _("compare the register of numbers with an export of the number-resource system")),
        ("lines", _("compare the register of lines with such an export")),
        ("seats", _("compare the register of seats with such an export")),
    ):
        one = actions.add(kind, partial(_filing, kind=kind), about)
        one.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("the export: CSV or xlsx"))
        one.add_argument("--export", type=Path, metavar="FILE", help=_("the same"))
        enterprise(one)
        on_day(one, "--as-of", _("the day that is compared; default: 31 December of the data year"))
        one.add_argument("--mapping", type=Path, metavar="FILE", help=_("YAML that maps headings to fields"))
        one.add_argument("--out", type=Path, metavar="FILE", help=_("write the correction sheet (xlsx) there"))
    people = actions.add("people", _people, _("compare seats, social insurance and wages of each person and month"))
    enterprise(people)
    about = _("first month; default: January of the last month's year")
    people.add_argument("--from", type=_month, metavar="YYYY-MM", help=about)
    about = _("last month; default: the month before this one")
    people.add_argument("--to", type=_month, metavar="YYYY-MM", help=about)
    sources = actions.add("sources", _sources, _("compare the calls reported by each source, by day and line"))
    enterprise(sources)
    on_day(sources, "--from", _("first day; default: 30 days up to the last one"))
    on_day(sources, "--to", _("last day; default: yesterday"))
    repeated: dict[str, Any] = {"action": "append", "default": []}
    sources.add_argument("--source", metavar="S", help=_("this source; can be repeated; default: all"), **repeated)
    about = _("a carrier's bill: CSV or xlsx; can be repeated")
    sources.add_argument("--bill", type=Path, metavar="FILE", help=about, **repeated)
    sources.add_argument("--mapping", type=Path, metavar="FILE", help=_("YAML that maps headings to fields"))
    sources.add_argument(
        "--carrier", default="", metavar="NAME", help=_("the bill is from this carrier: only its lines in the register")
    )
    sources.add_argument(
        "--together", action="store_true", help=_("the sources are parallel switches: add up their calls")
    )
    about = _(
        "this switch shares the calls with the others given this way: together they are one side; can be repeated"
    )
    sources.add_argument("--beside", metavar="S", help=about, **repeated)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-01") else text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a month; write it like 2026-12").format(value=text)
        ) from error


def _filing(args: argparse.Namespace, kind: str) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import comparisons, operations
    from nianjian.features.reconciliation.documents import run_to_row

    path = args.export or args.file
    if path is None:
        raise NianjianError("usage", program=f"nianjian reconcile {kind}", message=_("name the export"))
    run = comparisons.compare_filing(
        enterprise=args.enterprise, kind=kind, path=path, actor=actor, mapping=args.mapping, as_of=args.as_of
    )
    sheet, row = None, run_to_row(run)
    if args.out is not None:
        _name, content = operations.build_correction_sheet(run=run.run, language=language(), actor=actor)
        sheet = row["sheet"] = write_private_file(args.out, content)
    return Answer(row, partial(render_filing, run, sheet), DONE if run.verdict == "passed" else NO)


def _people(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import comparisons
    from nianjian.features.reconciliation.documents import run_to_row

    run = comparisons.match_people(enterprise=args.enterprise, first=getattr(args, "from"), last=args.to, actor=actor)
    return Answer(run_to_row(run), partial(render_people, run), DONE if run.verdict == "passed" else NO)


def _sources(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import comparisons
    from nianjian.features.reconciliation.comparisons import BillInput
    from nianjian.features.reconciliation.documents import run_to_row

    if not args.bill and (args.mapping or args.carrier):
        raise NianjianError("usage", program="nianjian reconcile sources", message=_("name the bill: --bill FILE"))
    run = comparisons.compare_call_sources(
        enterprise=args.enterprise,
        first=getattr(args, "from"),
        last=args.to,
        only=tuple(args.source),
        beside=tuple(args.beside),
        against=BillInput(tuple(args.bill), args.mapping, args.carrier, args.together),
        actor=actor,
    )
    return Answer(run_to_row(run), partial(render_sources, run), DONE if run.verdict == "passed" else NO)


PAGE = 50


def _configure_results(actions: Actions) -> None:
    """``list``, ``show``, ``settle``, ``pairs``, ``decide`` and ``sheet``."""

    def of_run(name: str, act: Callable[[argparse.Namespace], Answer], about: str) -> argparse.ArgumentParser:
        parser = actions.add(name, act, about)
        parser.add_argument("run", metavar="RUN", help=_("the reconciliation"))
        return parser

    listed = actions.add("list", _list, _("list the reconciliations, newest first"))
    enterprise(listed)
    listed.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    show = of_run("show", _show, _("show a reconciliation and its differences"))
    show.add_argument("--state", default="", metavar="X", help=_("only these: open, explained, settled"))
    about = _("only this result, such as only_ours or lacks_insurance")
    show.add_argument("--result", default="", metavar="X", help=about)
    show.add_argument("--month", default="", metavar="X", help=_("only this month, YYYY-MM"))
    show.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    settled = of_run("settle", _settle, _("record the owner, cause and action of a difference"))
    settled.add_argument("difference", type=number, metavar="N", help=_("the difference's number"))
    settled.add_argument("--state", default="open", metavar="S", help=_("open, explained or settled"))
    settled.add_argument("--owner", metavar="TEXT", help=_("who is responsible"))
    settled.add_argument("--cause", metavar="TEXT", help=_("the cause"))
    settled.add_argument("--action", metavar="TEXT", help=_("the action taken"))
    pairs = of_run("pairs", _pairs, _("list pairs that may be the same person"))
    pairs.add_argument("--state", default="", metavar="S", help=_("only these: proposed, confirmed, dismissed"))
    pairs.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    decided = of_run("decide", _decide, _("confirm or dismiss a pair"))
    decided.add_argument("pair", type=number, metavar="N", help=_("the pair's number"))
    decided.add_argument("--dismiss", action="store_true", help=_("they are not the same person"))
    sheet = of_run("sheet", _sheet, _("write the correction sheet for the number-resource system"))
    sheet.add_argument("--out", type=Path, metavar="FILE", help=_("file to write (xlsx)"))


def _offset(args: argparse.Namespace) -> int:
    page: int = args.page
    return (max(page, 1) - 1) * PAGE


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations
    from nianjian.features.reconciliation.documents import run_to_row

    runs = operations.list_runs(enterprise=args.enterprise, actor=actor, first=_offset(args), count=PAGE)
    return Answer({"runs": [run_to_row(run) for run in runs]}, partial(render_runs, runs))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations
    from nianjian.features.reconciliation.documents import run_to_row
    from nianjian.features.reconciliation.queries import DifferenceFilter

    run = operations.get_run(run=args.run, actor=actor)
    filters = DifferenceFilter(args.state, args.result, args.month)
    rows = operations.list_differences(run=args.run, filters=filters, actor=actor, first=_offset(args), count=PAGE)
    return Answer({**run_to_row(run), "differences": rows}, partial(render_run, run, rows))


def _settle(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations

    values = {"owner": args.owner, "cause": args.cause, "action": args.action}
    said = {name: text for name, text in values.items() if text is not None}
    difference = operations.settle_difference(
        run=args.run, difference=args.difference, state=args.state, said=said, actor=actor
    )
    return Answer(difference, partial(render_differences, [difference]))


def _pairs(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations

    pairs = operations.list_pairs(run=args.run, actor=actor, state=args.state, first=_offset(args), count=PAGE)
    return Answer({"pairs": pairs}, partial(render_pairs, pairs))


def _decide(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations

    pair = operations.decide_pair(run=args.run, proposal=args.pair, confirmed=not args.dismiss, actor=actor)
    return Answer(pair, partial(render_pairs, [pair]))


def _sheet(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation import operations

    name, content = operations.build_correction_sheet(run=args.run, language=language(), actor=actor)
    place = write_private_file(args.out or Path(name), content)
    return Answer({"run": args.run, "file": place}, lambda console: console.print(place))

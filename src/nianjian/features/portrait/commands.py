"""``nianjian portrait``: the lights of a data year, what would change them, and what explains a yellow one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.paper.explanations import comparison_view
from nianjian.engines.paper.figures import DASH, Card, amount_text, metric_cards, proven
from nianjian.engines.paper.people import actor_text, mask_portrait
from nianjian.engines.paper.sections import advice_lines, lead_text, missing_lines, simulated_warnings, warning_lines
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, on_day, year
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.portrait.documents import Bases, RunComparison, Simulated
    from nianjian.features.portrait.portraits import Run

STYLES: Final = {
    "green": "bold green",
    "yellow": "bold yellow",
    "yellow_explained": "yellow",
    "red": "bold red",
    "insufficient": "bold magenta",
    "na": "dim",
}

INDENT: Final = (0, 0, 0, 2)
# A count of nothing is left out of the terminal, where room is short, unless nothing is the good news itself.
NOTHING: Final = frozenset({"0", DASH})
ALWAYS: Final = frozenset(
    {"complaints", "answered", "delivered", "filed", "opened", "own_short", "tickets", "closed", "on_time"}
)

Json = Mapping[str, Any]


def light(code: str) -> Text:
    """A dot and the light's name, in its colour; the name alone carries the meaning without colour."""
    return Text(f"● {code_name('light', code, _)}", style=STYLES.get(code, ""))


def _print_below(console: Console, text: str, style: str = "") -> None:
    console.print(Padding(Text(text, style=style), INDENT, expand=False))


def _print_details(console: Console, card: Card) -> None:
    """What stands beside the rate: flags, papers to attach, bounds, counts."""
    console.print(Text(card.title, style="bold"))
    for flag in card.flags:
        _print_below(console, f"● {flag.title}: {flag.detail}", STYLES.get(flag.light, ""))
    for line in card.attachments:
        _print_below(console, line, style="yellow")
    if card.bounds:
        _print_below(console, _("between {bounds}").format(bounds=card.bounds))
    lines = [line for line in card.parts if line.text not in NOTHING or line.code in ALWAYS]
    counts = " · ".join(f"{line.label} {line.text}" for line in lines)
    _print_below(console, counts, style="dim")


def print_portrait(console: Console, portrait: Json) -> None:
    """Draw the whole portrait."""
    period = portrait["period"]
    title = _("Compliance portrait of {enterprise}, {start} to {end}, as of {as_of}")
    console.print(
        title.format(enterprise=portrait["enterprise"], start=period["from"], end=period["to"], as_of=period["as_of"]),
        style="bold",
    )
    console.print(Text.assemble(_("overall:") + " ", light(str(portrait["light"]))))
    lines = missing_lines(portrait, _)
    if lines:
        console.print(Text(lead_text(portrait, _), style="bold"))
    for line in (*lines, *warning_lines(portrait, _)):
        _print_below(console, line, style="yellow")
    table = Table(_("metric"), _("light"), box=ROUNDED)
    table.add_column(_("value"), justify="right", no_wrap=True)
    table.add_column(_("flagged when"))
    table.add_column(_("headroom"))
    cards = metric_cards(portrait, _)
    for card in cards:
        table.add_row(card.title, light(card.light), card.value, card.limit, card.headroom)
    console.print(table)
    for card in cards:
        _print_details(console, card)
    advice = advice_lines(portrait, _)
    if advice:
        console.print(_("What would change it"), style="bold")
        for line in advice:
            _print_below(console, f"→ {line}")
    book = portrait["rulebook"]
    console.print(
        _("rulebook {version} ({sha256})").format(version=book["version"], sha256=str(book["sha256"])[:12]), style="dim"
    )


def print_simulation(console: Console, simulated: Simulated) -> None:
    """Draw lights and values before and after a simulation, side by side."""
    table = Table(box=SIMPLE_HEAD)
    for heading in (_("metric"), _("before"), "", _("after"), ""):
        table.add_column(heading)
    after = {metric["slug"]: metric for metric in simulated.after["metrics"]}
    for metric in simulated.before["metrics"]:
        slug = metric["slug"]
        then = after[slug]
        table.add_row(
            code_name("metric", slug, _),
            amount_text(proven(metric), metric["unit"], metric.get("limit")),
            light(str(metric["light"])),
            amount_text(proven(then), then["unit"], then.get("limit")),
            light(str(then["light"])),
        )
    table.add_section()
    before, then = (light(str(portrait["light"])) for portrait in (simulated.before, simulated.after))
    table.add_row(_("overall"), "", before, "", then)
    console.print(table)
    for line in simulated_warnings(simulated.after, _):
        console.print(line, style="yellow")


BLANK: Final[Json] = {"value": None, "unit": "", "light": "na"}


def print_bases(console: Console, document: Bases) -> None:
    """Both bases side by side, the one that is filed, and what can still change each."""
    table = Table(_("metric"), box=ROUNDED)
    for one in document.bases:
        day = f" {one.as_of}" if one.as_of else ""
        table.add_column(f"{code_name('basis', one.basis, _)}{day}")
    first: Sequence[Json] = next((one.metrics for one in document.bases if one.run), [])
    for place, metric in enumerate(first):
        cells = [
            Text.assemble(amount_text(proven(row), row["unit"], row.get("limit")), " ", light(str(row["light"])))
            for row in (one.metrics[place] if one.run else BLANK for one in document.bases)
        ]
        table.add_row(code_name("metric", metric["slug"], _), *cells)
    lights = [light(str(one.light)) if one.run else Text(_("not computed yet")) for one in document.bases]
    table.add_row(_("overall"), *lights)
    console.print(table)
    console.print(_("filed: {basis}").format(basis=code_name("basis", document.basis, _)))
    if document.chosen:
        _print_below(console, document.chosen.reason)


ID: Final = 22  # characters: an id must stand whole, it is typed again


def print_runs(console: Console, runs: Sequence[Run]) -> None:
    """One line a run; its id tells when it was."""
    if not runs:
        console.print(_("No run is saved yet: create one with `nianjian portrait run`."))
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column(_("run"), no_wrap=True, min_width=ID)
    for heading in (_("computed by"), _("as of"), _("light")):
        table.add_column(heading, no_wrap=True)
    for metric in runs[0].metrics:
        table.add_column(code_name("metric", metric["slug"], _), justify="right")
    for run in runs:
        values = [amount_text(proven(metric), metric["unit"], metric.get("limit")) for metric in run.metrics]
        table.add_row(run.id, actor_text(run.actor, _), run.as_of, light(run.light), *values)
    console.print(table)


def print_comparison(console: Console, comparison: RunComparison) -> None:
    """Lights and values, then the causes, then what differs in each metric."""
    said = comparison_view(to_builtins(comparison), language(), _)
    console.print(Text.assemble(light(said["light"][0]["code"]), " → ", light(said["light"][1]["code"])))
    for cause in said["causes"]:
        _print_below(console, f"• {cause}")
    for label, before, after in (*said["settings"], *said["tables"]):
        _print_below(console, f"{label}: {before} → {after}", style="dim")
    for rule in said["rules"]:
        before, after = rule["values"]
        text = f"{rule['title']} ({rule['id']}): {before} → {after}"
        _print_below(console, f"{text}  {rule['changed']}".rstrip(), style="yellow")
    for act in said["acts"]:
        line = f"{act['at']}  {act['actor']}  {act['what']}  {act['detail']}"
        _print_below(console, line, style="dim")
    for metric in said["metrics"]:
        _print_metric(console, metric)


def _print_metric(console: Console, metric: Json) -> None:
    before, after = metric["light"]
    head = Text(f"{metric['title']}: ", style="bold")
    console.print(
        Text.assemble(
            head, metric["value"][0], " ", light(before["code"]), " → ", metric["value"][1], " ", light(after["code"])
        )
    )
    for label, was, now, delta in metric["lines"]:
        _print_below(console, f"{label}: {was} → {now}  {delta}".rstrip())
    for line in (*metric["flags"], *metric["papers"]):
        _print_below(console, line, style="yellow")


def configure(parser: argparse.ArgumentParser) -> None:
    """Run, runs, compare, bases, basis, simulate, attach."""
    actions = Actions(parser)
    run = actions.add("run", _run, _("compute the portrait of a data year"))
    _which(run)
    about = _("second as-of day for seats and tickets; default: today in the terminal, none in JSON, page and workbook")
    on_day(run, "--today", about)
    run.add_argument("--raw", action="store_true", help=_("compute from raw rows instead of the daily rollup"))
    run.add_argument("--html", type=Path, metavar="FILE", help=_("also write a self-contained page"))
    run.add_argument("--xlsx", type=Path, metavar="FILE", help=_("also write a workbook"))
    run.add_argument("--pdf", type=Path, metavar="FILE", help=_("also write a PDF"))
    run.add_argument("--png", type=Path, metavar="FILE", help=_("also write the PDF's first page as an image"))
    listed = actions.add("runs", _runs, _("the saved runs of a data year, newest first"))
    enterprise(listed)
    year(listed)
    two = actions.add("compare", _compare, _("what changed between two saved runs, and why"))
    two.add_argument("before", metavar="A", help=_("id of the earlier run, see `portrait runs`"))
    two.add_argument("after", metavar="B", help=_("id of the later run"))
    enterprise(two)
    year(two)
    both = actions.add("bases", _bases, _("the portrait as at 31 December and as at the filing date"))
    choice = actions.add("basis", _choose_basis, _("choose the basis on which a data year is filed, with the reason"))
    choice.add_argument(
        "basis", choices=("year_end", "filing"), help=_("year_end: 31 December; filing: the filing date")
    )
    choice.add_argument("--reason", required=True, metavar="TEXT", help=_("why this one"))
    for parser_of in (both, choice):
        enterprise(parser_of)
        year(parser_of)
    what_if = actions.add("simulate", _simulate, _("what would the lights become?"))
    _which(what_if)
    for option, about in (
        ("--open-seats", _("open this many filed seats")),
        ("--cut-seats", _("cut the filing by this many seats")),
        ("--close-seats", _("close this many opened seats")),
        ("--close-tickets", _("close this many tickets")),
        ("--close-unfiled", _("close this many seats that are not filed")),
        ("--file-seats", _("file this many open seats that are not filed")),
        ("--exclude-complaints", _("exclude this many complaints that prove not to count")),
    ):
        what_if.add_argument(option, type=number, default=0, metavar="N", help=about)
    what_if.add_argument("--move-line", metavar="LINE", help=_("display an own filed number on this line's calls"))
    what_if.add_argument("--without-line", metavar="LINE", help=_("leave this line's calls and complaints out"))
    attach = actions.add("attach", _attach, _("record the document that explains a yellow light"))
    attach.add_argument("metric", metavar="METRIC", help=_("the metric, for example seat_vacancy"))
    attach.add_argument("file", type=Path, metavar="FILE", help=_("the document; it is stored encrypted"))
    attach.add_argument("--kind", required=True, metavar="K", help=_("kind, for example outsourcing_agreement"))
    enterprise(attach)
    year(attach)
    for verb, act, about in (
        ("declare", _declare, _("declare that a metric does not apply in a data year")),
        ("withdraw", _withdraw, _("withdraw such a declaration")),
    ):
        parser = actions.add(verb, act, about)
        parser.add_argument("metric", metavar="METRIC", help=_("the metric, for example seat_vacancy"))
        if verb == "declare":
            parser.add_argument("--reason", required=True, metavar="TEXT", help=_("why it does not apply"))
        enterprise(parser)
        year(parser)
    _configure_marketing(actions)


def _configure_marketing(actions: Actions) -> None:
    parser = actions.add("decide-marketing", _decide_marketing, _("decide about marketing calls of a data year"))
    parser.add_argument("--kind", required=True, metavar="K", help=_("stopped or service"))
    on_day(parser, "--on", _("last day of such calls, or day of the decision; default: today"))
    parser.add_argument("--text", required=True, metavar="TEXT", help=_("the reason"))
    enterprise(parser)
    year(parser)


def _which(parser: argparse.ArgumentParser) -> None:
    enterprise(parser)
    year(parser)
    on_day(parser, "--as-of", _("as-of day; default: today, or the end of the data year once that is over"))
    parser.add_argument("--province", metavar="P", help=_("province; default: the enterprise's"))


def _run(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.operations import render_export, run_portrait

    result = run_portrait(
        enterprise=args.enterprise,
        year=args.year,
        as_of=args.as_of,
        province=args.province,
        today=_second_day(args),
        raw=args.raw,
        actor=actor,
        waiting=_waiting,
    )
    data = mask_portrait(result.as_dict())
    for form in ("html", "xlsx", "pdf", "png"):
        if path := getattr(args, form):
            export = render_export(
                data, enterprise=args.enterprise, year=args.year, form=form, language=language(), actor=actor
            )
            path.write_bytes(export.content)
    return Answer(data, lambda console: print_portrait(console, data))


def _runs(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait import portraits
    from nianjian.features.portrait.operations import list_run_ids

    ids = list_run_ids(enterprise=args.enterprise, year=args.year, actor=actor)
    runs = [portraits.get_run(args.enterprise, args.year, one) for one in ids]
    data = {"enterprise": args.enterprise, "year": args.year, "runs": runs}
    return Answer(data, lambda console: print_runs(console, runs))


def _compare(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.operations import compare_runs

    result = compare_runs(enterprise=args.enterprise, year=args.year, before=args.before, after=args.after, actor=actor)
    return Answer(result, lambda console: print_comparison(console, result))


def _bases(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.bases import bases_to_document

    data = bases_to_document(args.enterprise, args.year, actor)
    return Answer(data, lambda console: print_bases(console, data))


def _choose_basis(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.operations import choose_basis

    chosen = choose_basis(enterprise=args.enterprise, year=args.year, basis=args.basis, reason=args.reason, actor=actor)
    data = {"enterprise": args.enterprise, **asdict(chosen)}
    text = _("data year {year} is filed on this basis: {name}")
    name = code_name("basis", chosen.basis, _)
    return Answer(data, lambda console: console.print(text.format(year=chosen.year, name=name)))


def _second_day(args: argparse.Namespace) -> date | None:
    """The day named; else today in the terminal, unless that is the as-of day. What is written names no day unasked."""
    day: date | None = args.today
    written = args.json or args.html or args.xlsx or args.pdf or args.png
    today = clock.today()
    return day if day or written or (args.as_of is None and args.year >= today.year) else today


def _waiting(file: str) -> None:
    """Say on stderr what the command waits for; stdout stays the answer's."""
    from nianjian.engines.paper.words import plain_text
    from nianjian.platform.terminal.console import stderr

    what = _("the import of {file}").format(file=plain_text(file)) if file else _("another command")
    text = _("{what} is writing this enterprise's data; waiting until it is done.")
    stderr().print(text.format(what=what), markup=False, highlight=False)


def _simulate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.metrics.simulate import Moves
    from nianjian.features.portrait.documents import Simulated
    from nianjian.features.portrait.operations import compute_and_simulate

    result = compute_and_simulate(
        enterprise=args.enterprise,
        year=args.year,
        as_of=args.as_of,
        province=args.province,
        moves=Moves(**{move.name: getattr(args, move.name) for move in fields(Moves)}),
        actor=actor,
        waiting=_waiting,
    )
    masked = Simulated(mask_portrait(result.before), mask_portrait(result.after))
    return Answer(masked, lambda console: print_simulation(console, masked))


def _attach(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.registers.attachments import attach

    attachment = attach(
        enterprise=args.enterprise, metric=args.metric, year=args.year, kind=args.kind, path=args.file, actor=actor
    )
    names = ("metric", "year", "kind", "name", "sha256")
    data = {"enterprise": args.enterprise, **{name: getattr(attachment, name) for name in names}}
    text = _("{name} recorded for {metric}, data year {year}.")
    return Answer(data, lambda console: console.print(text.format(**data)))


def _declare(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.declarations import declare_not_applicable

    declared = declare_not_applicable(
        enterprise=args.enterprise, actor=actor, metric=args.metric, year=args.year, reason=args.reason
    )
    text = _("{metric} is declared not applicable for {year}; compute the portrait again.")
    return Answer(declared, lambda console: console.print(text.format(metric=declared.metric, year=declared.year)))


def _withdraw(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.declarations import withdraw_declaration

    withdrawn = withdraw_declaration(enterprise=args.enterprise, actor=actor, metric=args.metric, year=args.year)
    text = _("The declaration of {metric} for {year} is withdrawn; compute the portrait again.")
    return Answer(withdrawn, lambda console: console.print(text.format(metric=withdrawn.metric, year=withdrawn.year)))


def _decide_marketing(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.portrait.marketing import decide_marketing

    decided = decide_marketing(
        enterprise=args.enterprise, actor=actor, year=args.year, kind=args.kind, decided_on=args.on or clock.today(),
        text=args.text,
    )  # fmt: skip
    text = _("The decision about marketing calls of {year} is recorded; compute the portrait again.")
    return Answer(decided, lambda console: console.print(text.format(year=decided.year)))

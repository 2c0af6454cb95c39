"""Portraits on a terminal: lights, figures and advice, the list of runs, and two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nianjian.engines.paper.explanations import comparison_view
from nianjian.engines.paper.figures import DASH, Card, amount_text, metric_cards, proven
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.sections import advice_lines, lead_text, missing_lines, simulated_warnings, warning_lines
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.platform.terminal.language import _, language

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
    """One line, indented."""
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
    shown = [line for line in card.parts if line.text not in NOTHING or line.code in ALWAYS]
    counts = " · ".join(f"{line.label} {line.text}" for line in shown)
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
    drawn = metric_cards(portrait, _)
    for card in drawn:
        table.add_row(card.title, light(card.light), card.value, card.limit, card.headroom)
    console.print(table)
    for card in drawn:
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


def print_simulation(console: Console, answer: Json) -> None:
    """Draw lights and values before and after a simulation, side by side."""
    table = Table(box=SIMPLE_HEAD)
    for heading in (_("metric"), _("before"), "", _("after"), ""):
        table.add_column(heading)
    after = {metric["slug"]: metric for metric in answer["after"]["metrics"]}
    for metric in answer["before"]["metrics"]:
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
    before, then = (light(str(answer[side]["light"])) for side in ("before", "after"))
    table.add_row(_("overall"), "", before, "", then)
    console.print(table)
    for line in simulated_warnings(answer["after"], _):
        console.print(line, style="yellow")


BLANK: Final[Json] = {"value": None, "unit": "", "light": "na"}


def print_bases(console: Console, told: Json) -> None:
    """Both bases side by side, the one that is filed, and what can still change each."""
    table = Table(_("metric"), box=ROUNDED)
    for one in told["bases"]:
        day = f" {one['as_of']}" if one["as_of"] else ""
        table.add_column(f"{code_name('basis', one['basis'], _)}{day}")
    first: Sequence[Json] = next((one["metrics"] for one in told["bases"] if one["run"]), [])
    for place, metric in enumerate(first):
        cells = [
            Text.assemble(amount_text(proven(row), row["unit"], row.get("limit")), " ", light(str(row["light"])))
            for row in (one["metrics"][place] if one["run"] else BLANK for one in told["bases"])
        ]
        table.add_row(code_name("metric", metric["slug"], _), *cells)
    lights = [light(str(one["light"])) if one["run"] else Text(_("not computed yet")) for one in told["bases"]]
    table.add_row(_("overall"), *lights)
    console.print(table)
    console.print(_("filed: {basis}").format(basis=code_name("basis", told["basis"], _)))
    if told["chosen"]:
        _print_below(console, told["chosen"]["reason"])


ID: Final = 22  # characters: an id must stand whole, it is typed again


def print_runs(console: Console, runs: Sequence[Json]) -> None:
    """One line a run; its id tells when it was."""
    if not runs:
        console.print(_("No run is saved yet: create one with `nianjian portrait run`."))
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column(_("run"), no_wrap=True, min_width=ID)
    for heading in (_("computed by"), _("as of"), _("light")):
        table.add_column(heading, no_wrap=True)
    for metric in runs[0]["metrics"]:
        table.add_column(code_name("metric", metric["slug"], _), justify="right")
    for run in runs:
        values = [amount_text(proven(metric), metric["unit"], metric.get("limit")) for metric in run["metrics"]]
        table.add_row(run["id"], actor_text(run["actor"], _), run["as_of"], light(run["light"]), *values)
    console.print(table)


def print_comparison(console: Console, told: Json) -> None:
    """Lights and values, then the causes, then what differs in each metric."""
    said = comparison_view(told, language(), _)
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

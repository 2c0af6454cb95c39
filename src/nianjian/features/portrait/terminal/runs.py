"""Kept runs in a terminal: the list, and two of them side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from nianjian.engines.paper.figures import amount
from nianjian.engines.paper.results.comparison import view
from nianjian.engines.paper.texts.portrait import name
from nianjian.features.portrait.terminal.portrait import INDENT, light
from nianjian.platform.terminal.language import _, language

Json = Mapping[str, Any]
ID: Final = 22  # characters: an id must stand whole, it is typed again


def print_runs(console: Console, runs: Sequence[Json]) -> None:
    """One line a run; its id tells when it was."""
    if not runs:
        console.print(_("No run is kept yet: `nianjian portrait run` makes one."))
        return
    table = Table(box=SIMPLE_HEAD)
    table.add_column(_("run"), no_wrap=True, min_width=ID)
    for heading in (_("computed by"), _("as of"), _("light")):
        table.add_column(heading, no_wrap=True)
    for metric in runs[0]["metrics"]:
        table.add_column(name("metric", metric["slug"], _), justify="right")
    for run in runs:
        values = [amount(metric["value"], metric["unit"]) for metric in run["metrics"]]
        table.add_row(run["id"], run["actor"], run["as_of"], light(run["light"]), *values)
    console.print(table)


def compared(console: Console, told: Json) -> None:
    """Lights and values, then the causes, then what differs in each metric."""
    said = view(told, language(), _)
    console.print(Text.assemble(light(said["light"][0]["code"]), " → ", light(said["light"][1]["code"])))
    for cause in said["causes"]:
        console.print(Padding(Text(f"• {cause}"), INDENT, expand=False))
    for label, before, after in (*said["settings"], *said["tables"]):
        console.print(Padding(Text(f"{label}: {before} → {after}", style="dim"), INDENT, expand=False))
    for rule in said["rules"]:
        before, after = rule["values"]
        text = f"{rule['title']} ({rule['id']}): {before} → {after}"
        console.print(Padding(Text(f"{text}  {rule['changed']}".rstrip(), style="yellow"), INDENT, expand=False))
    for act in said["acts"]:
        line = f"{act['at']}  {act['actor']}  {act['what']}  {act['detail']}"
        console.print(Padding(Text(line, style="dim"), INDENT, expand=False))
    for metric in said["metrics"]:
        _metric(console, metric)


def _metric(console: Console, metric: Json) -> None:
    before, after = metric["light"]
    head = Text(f"{metric['title']}: ", style="bold")
    console.print(
        Text.assemble(
            head, metric["value"][0], " ", light(before["code"]), " → ", metric["value"][1], " ", light(after["code"])
        )
    )
    for label, was, now, delta in metric["lines"]:
        console.print(Padding(Text(f"{label}: {was} → {now}  {delta}".rstrip()), INDENT, expand=False))
    for line in (*metric["flags"], *metric["papers"]):
        console.print(Padding(Text(line, style="yellow"), INDENT, expand=False))

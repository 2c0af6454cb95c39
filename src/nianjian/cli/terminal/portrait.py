"""The portrait in a terminal: coloured lights, the four figures, head-room, parts, flags and advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nianjian.cli.language import _
from nianjian.paper.advice import advice_lines
from nianjian.paper.figures import Card, amount, cards
from nianjian.paper.texts.portrait import name

STYLES: Final = {
    "green": "bold green",
    "yellow": "bold yellow",
    "yellow_explained": "yellow",
    "red": "bold red",
    "insufficient": "bold magenta",
    "na": "dim",
}

Json = Mapping[str, Any]


def light(code: str) -> Text:
    """A dot and the light's name, in its colour; the name alone carries the meaning without colour."""
    return Text(f"● {name('light', code, _)}", style=STYLES.get(code, ""))


def _beside(card: Card) -> Text:
    text = Text()
    for flag in card.flags:
        text.append(f"● {flag.title}: {flag.detail}\n", style=STYLES.get(flag.light, ""))
    for kind in card.attachments:
        text.append(_("to attach: {paper}").format(paper=kind) + "\n", style="yellow")
    if card.bounds:
        text.append(_("between {bounds}").format(bounds=card.bounds) + "\n")
    text.append("  ".join(f"{line.label} {line.text}" for line in card.parts))
    return text


def show(console: Console, portrait: Json) -> None:
    """Draw the whole portrait."""
    period = portrait["period"]
    title = _("Compliance portrait of {enterprise}, {start} to {end}, as of {as_of}")
    console.print(
        title.format(
            enterprise=portrait["enterprise"], start=period["from"], end=period["to"], as_of=period["as_of"]
        ),
        style="bold",
    )
    console.print(Text.assemble(_("whole:") + " ", light(str(portrait["light"]))))
    table = Table(box=ROUNDED, show_lines=True, expand=True)
    for heading in (_("metric"), _("light"), _("value"), _("flagged when"), _("head-room")):
        table.add_column(heading, no_wrap=heading == _("value"))
    table.add_column(_("found, and counts"), ratio=1)
    for card in cards(portrait, _):
        table.add_row(card.title, light(card.light), card.value, card.limit, card.headroom, _beside(card))
    console.print(table)
    advice = advice_lines(portrait, _)
    if advice:
        console.print(_("What would change it"), style="bold")
        for line in advice:
            console.print(f"  → {line}")
    book = portrait["rulebook"]
    console.print(
        _("rulebook {version} ({sha256})").format(version=book["version"], sha256=str(book["sha256"])[:12]), style="dim"
    )


def compare(console: Console, answer: Json) -> None:
    """Draw lights and values before and after a simulation, side by side."""
    table = Table(box=SIMPLE_HEAD)
    for heading in (_("metric"), _("before"), "", _("after"), ""):
        table.add_column(heading)
    after = {metric["slug"]: metric for metric in answer["after"]["metrics"]}
    for metric in answer["before"]["metrics"]:
        slug = metric["slug"]
        then = after[slug]
        table.add_row(
            name("metric", slug, _),
            amount(metric["value"], metric["unit"]),
            light(str(metric["light"])),
            amount(then["value"], then["unit"]),
            light(str(then["light"])),
        )
    console.print(table)

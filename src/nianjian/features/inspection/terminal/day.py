"""The inspection day on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from nianjian.engines.paper.inspection.day import evidence
from nianjian.engines.paper.texts.inspection import checks as words
from nianjian.engines.paper.texts.inspection import day as texts
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]
Show = Callable[[Console], None]


def sheet(told: Json) -> Show:
    """The notice, the agenda, who stands where, the evidence."""

    def show(console: Console) -> None:
        for name, value in texts.notice(told, _):
            console.print(f"{name}: {value}", markup=False)
        console.print(f"{texts.why(told['notice']['state'], _)} · {_(words.STATES[told['state']])}", markup=False)
        held = told["visit"] or {"agenda": [], "posts": []}
        for one in held["agenda"]:
            console.print(f"  {one['at']}  {one['what']}  {one['who']}", markup=False)
        for one in held["posts"]:
            console.print(f"  {one['place']}: {one['who']}  {one['task']}", markup=False)
        table.rows(console, (_("rule"), _("evidence"), _("state"), _("why"), _("as at")), evidence(told, _))

    return show


def visit(told: Json) -> Show:
    """A day that is kept."""

    def show(console: Console) -> None:
        line = _("The inspection day {day} is kept: {agenda} lines of agenda, {posts} posts.")
        text = line.format(day=told["day"], agenda=len(told["agenda"]), posts=len(told["posts"]))
        console.print(text, markup=False)

    return show


def present_text(text: str) -> Show:
    """A sentence."""

    def show(console: Console) -> None:
        console.print(text, markup=False)

    return show

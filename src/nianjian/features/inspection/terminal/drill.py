"""A drill on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console

from nianjian.engines.paper.texts.inspection import checks as words
from nianjian.engines.paper.texts.inspection import drill as drill_texts
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Json = Mapping[str, Any]
Show = Callable[[Console], None]


def begun(told: Json) -> Show:
    """The ticket that is now to be worked on."""

    def show(console: Console) -> None:
        line = _("Drill {drill} has begun: respond, call back and close this ticket in time.")
        console.print(line.format(drill=told["drill"]), markup=False)

    return show


def report(told: Json) -> Show:
    """Steps with times, then what to mend."""

    def show(console: Console) -> None:
        console.print(
            f"{told['drill']} · {drill_texts.wall(told['begun_at'])} · {_(drill_texts.STATES[told['state']])}",
            markup=False,
        )
        rows = [
            (
                _(drill_texts.STEPS[one["step"]]),
                _(words.STATES[one["state"]]),
                drill_texts.wall(one["at"]),
                drill_texts.span(one["taken_s"]),
                drill_texts.span(one["limit_s"]),
                one["by"],
                drill_texts.why(one["why"], _),
            )
            for one in told["steps"]
        ]
        table.rows(console, (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"), _("why")), rows)
        table.rows(console, (_("to be mended"), _("why"), _("the shortest way")), drill_texts.mends(told, _))

    return show


def timeline(told: Json) -> Show:
    """What is due, what was done, what was thrown in."""

    def show(console: Console) -> None:
        console.print(f"{told['drill']} · {drill_texts.span(told['running_s'])}", markup=False)
        rows = [
            (
                drill_texts.span(one["due_s"]),
                drill_texts.line(one["what"], _),
                _(drill_texts.ROLES[one["role"]]),
                one["player"],
                _(drill_texts.LINES[one["state"]]),
                drill_texts.span(one["taken_s"]),
                one["by"],
                one["ended_at"],
            )
            for one in told["timeline"]
        ]
        heads = (_("planned"), _("step or inject"), _("role"), _("player"), _("state"), _("taken"), _("who"))
        table.rows(console, (*heads, _("handled at")), rows)

    return show


def history(told: Json) -> Show:
    """All drills, the newest first."""

    def show(console: Console) -> None:
        names = ("responded_s", "called_back_s", "closed_s")
        rows = [
            (
                one["drill"],
                drill_texts.wall(one["begun_at"]),
                one["begun_by"],
                *(drill_texts.span(one[name]) for name in names),
            )
            for one in told["drills"]
        ]
        heads = (_("ticket"), _("begun"), _("who"))
        table.rows(console, (*heads, _("responded after"), _("called back after"), _("closed after")), rows)

    return show

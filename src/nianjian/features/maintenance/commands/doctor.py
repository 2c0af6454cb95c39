"""``nianjian doctor``: every part of the installation examined, with a remedy for each fault."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.paper.texts.operation.doctor import REMEDIES
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.language import _, sentence

if TYPE_CHECKING:
    from nianjian.features.maintenance.operations.watch import Diagnosis

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "bold red")}


def configure(parser: argparse.ArgumentParser) -> None:
    """No further options; it answers even where nobody can sign in, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    parser.set_defaults(act=run)


def lines(found: Sequence[Diagnosis]) -> list[dict[str, str]]:
    """Findings in words; ``remedy`` is empty for what is well."""
    return [
        {
            "check": one.check,
            "state": one.state.value,
            "code": one.code,
            "message": sentence(one.code, one.values),
            "remedy": "" if one.state.value == "ok" or one.code not in REMEDIES else _(REMEDIES[one.code]),
        }
        for one in found
    ]


def show(console: Console, told: Sequence[dict[str, str]]) -> None:
    """One line a check, the remedy below it."""
    for line in told:
        mark, style = MARKS[line["state"]]
        console.print(f"{mark} {line['check']}: {line['message']}", style=style, highlight=False, markup=False)
        if line["remedy"]:
            console.print(f"    → {line['remedy']}", highlight=False, markup=False)


def run(args: argparse.Namespace) -> Answer:
    """Examine; exit code 1 when a check fails."""
    del args
    from nianjian.platform.home import wiring

    wiring.start()
    from nianjian.features.maintenance.operations import watch

    found = watch.examine()
    told, well = lines(found), watch.healthy(found)
    return Answer({"ok": well, "checks": told}, lambda console: show(console, told), DONE if well else NO)

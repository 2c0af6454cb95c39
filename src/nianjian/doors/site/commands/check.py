"""``nianjian check``: whether this installation has what it needs and keeps its folders closed to others."""

from __future__ import annotations

import argparse

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.language import sentence
from nianjian.platform.terminal.session import prepare


def configure(parser: argparse.ArgumentParser) -> None:
    """No further options."""
    common(parser, run)


def run(args: argparse.Namespace) -> Answer:
    """Run every check; exit code 1 when one fails."""
    del args
    prepare()
    from nianjian.doors.site import checks

    findings = checks.run()
    lines = [
        {"check": one.check, "ok": one.ok, "message": sentence(one.code, one.values), "code": one.code}
        for one in findings
    ]

    def show(console: Console) -> None:
        for line in lines:
            mark, style = ("✓", "green") if line["ok"] else ("✗", "bold red")
            console.print(f"{mark} {line['check']}: {line['message']}", style=style)

    held = all(one.ok for one in findings)
    return Answer({"ok": held, "checks": lines}, show, DONE if held else NO)

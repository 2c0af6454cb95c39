"""``nianjian audit``: the record of who did what, checked link by link."""

from __future__ import annotations

import argparse

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """Verify."""
    Actions(parser).add("verify", _verify, _("check every link of the audit chain"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _verify(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.access import EVERYWHERE, require
    from nianjian.platform.accounts.roles import Act
    from nianjian.platform.audit.chain import verify_chain

    require(actor, EVERYWHERE, Act.AUDIT)
    report = verify_chain()

    def show(console: Console) -> None:
        if report.ok:
            console.print(_("The chain holds: {entries} entries.").format(entries=report.entries), style="green")
            console.print(report.last, style="dim")
        else:
            text = _("The chain is broken at entry {entry} ({reason}).")
            console.print(text.format(entry=report.broken_at, reason=report.reason), style="bold red")

    return Answer(report.as_dict(), show, DONE if report.ok else NO)

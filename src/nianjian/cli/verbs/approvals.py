"""``nianjian approvals``: requests that wait for a second person, and those decided."""

from __future__ import annotations

import argparse

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import Actions
from nianjian.cli.language import _
from nianjian.cli.session import begin
from nianjian.cli.terminal import table


def configure(parser: argparse.ArgumentParser) -> None:
    """List."""
    Actions(parser).add("list", _list, _("list requests, newest first"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.approvals import query

    found = [
        {
            "approval": one.id,
            "kind": one.kind,
            "state": one.state,
            "enterprise": one.enterprise,
            "requested_by": one.requested_by,
            "decided_by": one.decided_by,
        }
        for one in query.approvals()
    ]
    header = (_("request"), _("kind"), _("state"), _("enterprise"), _("requested by"), _("decided by"))
    return Answer({"approvals": found}, lambda console: table.rows(console, header, (one.values() for one in found)))

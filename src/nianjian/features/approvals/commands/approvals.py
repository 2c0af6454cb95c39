"""``nianjian approvals``: requests that wait for a second person, and those decided."""

from __future__ import annotations

import argparse

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """List."""
    Actions(parser).add("list", _list, _("list requests, newest first"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.approvals.operations import requests

    found = requests(actor=actor)
    header = (
        _("request"), _("kind"), _("state"), _("enterprise"), _("requested by"), _("decided by"), _("asked for"),
    )  # fmt: skip
    body = [
        [*(translate_code(name, one[name]) for name in one if name != "asked"), _spoken(one["asked"])] for one in found
    ]
    return Answer({"approvals": found}, lambda console: table.rows(console, header, body))


def _spoken(asked: object) -> str:
    """What is asked for, name by name; what says nothing is left out."""
    pairs = asked.items() if isinstance(asked, dict) else ()
    return ", ".join(f"{name}={value}" for name, value in pairs if value is not None)

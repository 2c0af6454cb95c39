"""``nianjian worker``: does the long work that pages and programs ask for; ``serve`` starts one by itself."""

from __future__ import annotations

import argparse

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import prepare


def configure(parser: argparse.ArgumentParser) -> None:
    """``--parent`` is for ``serve`` alone."""
    common(parser, run)
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> Answer:
    """Work until interrupted."""
    prepare()
    from nianjian.doors.site.jobs import process

    process.run(args.parent)
    if args.parent is not None:  # `serve` speaks for both
        return Answer({"worker": "ended"})
    return Answer({"worker": "ended"}, lambda console: console.print(_("The worker has ended.")))

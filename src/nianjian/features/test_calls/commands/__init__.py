"""``nianjian callback``: test calls (回拨): placed now, timed by hand, shown; the ways they take."""

from __future__ import annotations

import argparse
from typing import Final

from nianjian.features.test_calls.commands import call_placement as placed
from nianjian.features.test_calls.commands import call_results as kept
from nianjian.features.test_calls.commands import routes as ways
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions

#: Each offers `configure(actions)` and names its own functions.
PARTS: Final = (placed, kept, ways)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    for part in PARTS:
        part.configure(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

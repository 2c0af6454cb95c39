"""``nianjian reconcile``: registers against the number-resource system, people three ways, call sources."""

from __future__ import annotations

import argparse
from typing import Final

from nianjian.features.reconciliation.commands import new_runs as run_now
from nianjian.features.reconciliation.commands import run_results as kept
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions

#: Each offers `configure(actions)` and names its own functions.
PARTS: Final = (run_now, kept)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    for part in PARTS:
        part.configure(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

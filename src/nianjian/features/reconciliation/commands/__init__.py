"""``nianjian reconcile``: registers against the number-resource system, people three ways, call sources."""

from __future__ import annotations

import argparse
from nianjian.features.reconciliation.commands import new_runs, run_results
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions

def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    new_runs.configure(actions)
    run_results.configure(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

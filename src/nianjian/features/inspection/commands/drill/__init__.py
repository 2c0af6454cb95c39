"""``nianjian drill``: the drill of the on-site check, and its report."""

from __future__ import annotations

import argparse

from nianjian.features.inspection.commands.drill import drill_actions
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    drill_actions.configure(Actions(parser))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

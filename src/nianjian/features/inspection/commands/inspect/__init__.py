"""``nianjian inspect``: what stands for the on-site check."""

from __future__ import annotations

import argparse

from nianjian.features.inspection.commands.inspect import day, look, notice
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    look.configure(actions)
    day.configure(actions)
    notice.configure(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

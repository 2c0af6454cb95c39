"""``nianjian inspect``: what stands for the on-site check."""

from __future__ import annotations

import argparse

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import Actions
from nianjian.cli.verbs.inspect import look


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    look.configure(Actions(parser))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

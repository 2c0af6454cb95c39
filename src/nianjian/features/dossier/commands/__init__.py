"""``nianjian dossier``: the package of the annual inspection, one file an action."""

from __future__ import annotations

import argparse
from typing import Final

from nianjian.features.dossier.commands import (
    build,
    check,
    fill_in,
    generate,
    materials,
    rounds,
    seal_picture,
    seal_plan,
    signature,
    sort,
    verify,
)
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions

#: Each offers `configure(actions)` and names its own function.
PARTS: Final = (materials, check, sort, generate, build, verify, seal_plan, rounds, fill_in, seal_picture, signature)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    for part in PARTS:
        part.configure(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

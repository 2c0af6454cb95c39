"""``nianjian dossier``: the package of the annual inspection."""

from __future__ import annotations

import argparse
from typing import Final

from nianjian.features.dossier.commands import materials, package, rounds, seals
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions

#: In the order of the help.
CONFIGURE: Final = (
    materials.configure,
    materials.configure_check,
    materials.configure_sort,
    package.configure_generate,
    package.configure_build,
    package.configure_verify,
    package.configure_seal_plan,
    rounds.configure,
    package.configure_fill_in,
    seals.configure_seal_images,
    seals.configure_signatures,
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    for configure_actions in CONFIGURE:
        configure_actions(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer

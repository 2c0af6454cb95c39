"""``nianjian dossier``: the package of the annual inspection, one file an action."""

from __future__ import annotations

import argparse
from typing import Final

from nianjian.features.dossier.commands import materials, rounds
from nianjian.features.dossier.commands import materials as check
from nianjian.features.dossier.commands import materials as sort
from nianjian.features.dossier.commands import package as build
from nianjian.features.dossier.commands import package as fill_in
from nianjian.features.dossier.commands import package as generate
from nianjian.features.dossier.commands import package as seal_plan
from nianjian.features.dossier.commands import package as verify
from nianjian.features.dossier.commands import seals as seal_picture
from nianjian.features.dossier.commands import seals as signature
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

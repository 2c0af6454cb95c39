"""``nianjian screens``: the sources of the live screens."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.paper.texts.screens import KINDS, STATES, describe_reading
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin, load


def configure(parser: argparse.ArgumentParser) -> None:
    """The list, and what is declared: add, change, remove, test."""
    actions = Actions(parser)
    parser_of_list = actions.add("list", _list, _("list the sources of the live screens, with their state"))
    enterprise(parser_of_list)
    load()
    from nianjian.features.screens.operations import SOURCES
    from nianjian.platform.operations.operation import REGISTRY
    from nianjian.platform.terminal.commands import configure as add_operations

    add_operations(actions, REGISTRY.of(SOURCES), print_sources)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.screens.documents import ScreenSources
    from nianjian.features.screens.queries import list_sources

    sources = list_sources(enterprise=args.enterprise, actor=actor)
    return Answer(ScreenSources(sources), lambda console: print_sources(console, to_builtins(sources)))


def print_sources(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Sources with their state; of a test what it has shown, of a removal that it is done."""
    for row in rows:
        if "calls" in row:
            console.print(describe_reading(row, _), markup=False)
        elif "kind" not in row:
            console.print(_("Removed."))
        else:
            words = (row["source"], row["name"], _(KINDS[row["kind"]]), row["place"] or row["posts_to"] or "")
            console.print("  ".join((*words, _(STATES[row["state"]]))), markup=False)

"""``nianjian init``: the first administrator, who chooses a password through a one-time link."""

from __future__ import annotations

import argparse

from rich.console import Console

from nianjian.features.people.terminal import link_data, tell_link
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """``--name``, ``--enterprise``, ``--again``."""
    common(parser, run)
    parser.add_argument("--name", metavar="NAME", required=True, help=_("the administrator's name"))
    parser.add_argument(
        "--enterprise", metavar="CODE", help=_("administrator of this enterprise; without it of the whole installation")
    )
    parser.add_argument("--again", action="store_true", help=_("make one although there is an administrator"))


def run(args: argparse.Namespace) -> Answer:
    """Make the administrator and tell the link."""
    actor = begin(args)
    from nianjian.features.people.operations import first_administrator

    made = first_administrator(name=args.name, enterprise=args.enterprise or "", again=args.again, actor=actor)

    def show(console: Console) -> None:
        console.print(_("{name} is administrator.").format(name=made.user))
        console.print(_("Next: `nianjian serve`, then open the link; the overview leads to the first light."))
        tell_link(console, made)  # the link stands last, where scripts take it

    return Answer({"name": made.user, "enterprise": args.enterprise, **link_data(made)}, show)

"""``nianjian user``: the people who may act from the shell."""

from __future__ import annotations

import argparse

from rich.console import Console

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import Actions
from nianjian.cli.language import _
from nianjian.cli.session import begin
from nianjian.cli.terminal import table


def configure(parser: argparse.ArgumentParser) -> None:
    """Add and list."""
    actions = Actions(parser)
    add = actions.add("add", _add, _("add a user; the token is shown once"))
    add.add_argument("name", metavar="NAME", help=_("the user's name"))
    add.add_argument(
        "--enterprise",
        metavar="CODE",
        action="append",
        default=[],
        help=_("enterprise the user belongs to (may be repeated)"),
    )
    actions.add("list", _list, _("list the users"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import service

    token = service.add_user(name=args.name, actor=actor)
    for code in args.enterprise:
        service.join(user=args.name, enterprise=code, actor=actor)

    def show(console: Console) -> None:
        console.print(_("User {name} added. Token, shown only now: {token}").format(name=args.name, token=token))

    return Answer({"name": args.name, "token": token, "enterprises": args.enterprise}, show)


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.accounts import query

    found = [{"name": name} for name in query.users()]
    return Answer({"users": found}, lambda console: table.rows(console, (_("name"),), (one.values() for one in found)))

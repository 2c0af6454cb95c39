"""``nianjian enterprise``: the tenants."""

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
    add = actions.add("add", _add, _("add an enterprise"))
    add.add_argument("code", metavar="CODE", help=_("short code that commands use"))
    add.add_argument("--name", required=True, help=_("full name"))
    add.add_argument("--province", required=True, help=_("province, for its rules and calendar"))
    actions.add("list", _list, _("list the enterprises that concern you"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import service

    made = service.add_enterprise(code=args.code, name=args.name, province=args.province, actor=actor)

    def show(console: Console) -> None:
        console.print(_("Enterprise {code} added.").format(code=made.code))

    return Answer({"code": made.code, "name": made.name, "province": made.province}, show)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import query
    from nianjian.accounts.access import may
    from nianjian.accounts.roles import Act

    known = [one for one in query.enterprises() if may(actor, one.code, Act.READ_OWN)]
    found = [{"code": one.code, "name": one.name, "province": one.province} for one in known]

    def show(console: Console) -> None:
        table.rows(console, (_("code"), _("name"), _("province")), (one.values() for one in found))

    return Answer({"enterprises": found}, show)

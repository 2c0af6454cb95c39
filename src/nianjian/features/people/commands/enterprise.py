"""``nianjian enterprise``: the tenants."""

from __future__ import annotations

import argparse

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


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
    from nianjian.platform.accounts import service

    made = service.add_enterprise(code=args.code, name=args.name, province=args.province, actor=actor)

    def show(console: Console) -> None:
        console.print(_("Enterprise {code} added.").format(code=made.code))

    return Answer({"code": made.code, "name": made.name, "province": made.province}, show)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import query
    from nianjian.platform.accounts.access import may
    from nianjian.platform.accounts.roles import Act

    known = [one for one in query.enterprises() if may(actor, one.code, Act.READ_OWN)]
    found = [{"code": one.code, "name": one.name, "province": one.province} for one in known]

    def show(console: Console) -> None:
        table.rows(console, (_("code"), _("name"), _("province")), (one.values() for one in found))

    return Answer({"enterprises": found}, show)

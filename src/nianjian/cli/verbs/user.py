"""``nianjian user``: the people who may act from the shell, and their roles."""

from __future__ import annotations

import argparse
from typing import Final

from rich.console import Console

from nianjian.cli.answer import Answer
from nianjian.cli.arguments import Actions
from nianjian.cli.language import _
from nianjian.cli.session import begin
from nianjian.cli.terminal import table
from nianjian.cli.texts.errors import named

ROLE: Final = "compliance_lead"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add, grant, revoke and list."""
    actions = Actions(parser)
    add = actions.add("add", _add, _("add a user; the token is shown once"))
    add.add_argument("name", metavar="NAME", help=_("the user's name"))
    add.add_argument(
        "--enterprise",
        metavar="CODE",
        dest="enterprises",
        action="append",
        default=[],
        help=_("enterprise at which the role holds (may be repeated); without it the whole installation"),
    )
    add.add_argument("--role", metavar="ROLE", default=ROLE, help=_role_help())
    for name, act, about in (
        ("grant", _grant, _("give a user a role")),
        ("revoke", _revoke, _("take a role from a user")),
    ):
        given = actions.add(name, act, about)
        given.add_argument("name", metavar="NAME", help=_("the user's name"))
        given.add_argument("--role", metavar="ROLE", required=True, help=_role_help())
        given.add_argument(
            "--enterprise", metavar="CODE", help=_("enterprise of the role; without it the whole installation")
        )
    actions.add("list", _list, _("list the users and their roles"))


def _role_help() -> str:
    from nianjian.paper.texts.rooms import ROLES

    return _("role: {roles}").format(roles=", ".join(ROLES))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import service

    token = service.add_user(name=args.name, role=args.role, enterprises=args.enterprises, actor=actor)

    def show(console: Console) -> None:
        where = ", ".join(args.enterprises) or _("the whole installation")
        told = _("{name} is {role} in {where}.")
        console.print(_("User {name} added. Token, shown only now: {token}").format(name=args.name, token=token))
        console.print(told.format(name=args.name, role=named("role", args.role), where=where))

    return Answer({"name": args.name, "token": token, "role": args.role, "enterprises": args.enterprises}, show)


def _grant(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import service

    new = service.grant(user=args.name, role=args.role, enterprise=args.enterprise or "", actor=actor)
    return Answer({**_given(args), "granted": new}, lambda console: console.print(_told(args, "granted")))


def _revoke(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts import service

    service.revoke(user=args.name, role=args.role, enterprise=args.enterprise or "", actor=actor)
    return Answer({**_given(args), "revoked": True}, lambda console: console.print(_told(args, "revoked")))


def _given(args: argparse.Namespace) -> dict[str, object]:
    return {"name": args.name, "role": args.role, "enterprise": args.enterprise}


def _told(args: argparse.Namespace, done: str) -> str:
    text = {"granted": _("{name} is {role} in {where}."), "revoked": _("{name} is no longer {role} in {where}.")}
    where = args.enterprise or _("the whole installation")
    return text[done].format(name=args.name, role=named("role", args.role), where=where)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.accounts.access import people

    found = people(actor)

    def show(console: Console) -> None:
        everywhere = _("the whole installation")
        body = [
            (person, named("role", one["role"]), one["enterprise"] or everywhere)
            for person, roles in found.items()
            for one in roles or [{"role": "", "enterprise": ""}]
        ]
        table.rows(console, (_("name"), _("role"), _("enterprise")), body)

    return Answer({"users": [{"name": name, "roles": roles} for name, roles in found.items()]}, show)

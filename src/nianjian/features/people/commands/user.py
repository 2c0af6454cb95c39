"""``nianjian user``: people, their roles, links and tokens."""

from __future__ import annotations

import argparse
from typing import Final

from rich.console import Console

from nianjian.features.people.terminal import configure_tokens, link_data, tell_link
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin

ROLE: Final = "compliance_lead"


def configure(parser: argparse.ArgumentParser) -> None:
    """Name every action."""
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
    add.add_argument("--link", action="store_true", help=_("a one-time link for the pages instead of a token"))
    add.add_argument("--email", metavar="ADDRESS", default="", help=_("address by which single sign-on knows the user"))
    _team(add)
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
        if act is _grant:
            _team(given)
    invite = actions.add("invite", _invite, _("make a link by which whoever has an account takes a role"))
    invite.add_argument("--enterprise", metavar="CODE", required=True, help=_("enterprise of the role"))
    invite.add_argument("--role", metavar="ROLE", required=True, help=_role_help())
    _team(invite)
    uninvite = actions.add("uninvite", _uninvite, _("take an invitation back"))
    uninvite.add_argument("invitation", metavar="ID", help=_("the invitation's number"))
    uninvite.add_argument("--enterprise", metavar="CODE", required=True, help=_("enterprise of the role"))
    for name, act, about in (
        ("link", _link, _("make a one-time link by which the user chooses a new password")),
        ("close", _close, _("close an account: nothing lets it in any more")),
        ("reopen", _reopen, _("open a closed account again")),
        ("confirm", _confirm, _("vouch that an account is its person's alone, whoever let it in")),
    ):
        actions.add(name, act, about).add_argument("name", metavar="NAME", help=_("the user's name"))
    configure_tokens(actions.group("token", _("tokens of a user: add, list, revoke")))
    actions.add("list", _list, _("list the users and their roles"))


def _team(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--team", metavar="KEY", default="", help=_("team whose rows an outsourcer sees"))


def _role_help() -> str:
    from nianjian.engines.paper.texts.rooms import ROLES

    return _("role: {roles}").format(roles=", ".join(ROLES))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    who = {"name": args.name, "role": args.role, "enterprises": args.enterprises}
    where = ", ".join(args.enterprises) or _("the whole installation")
    told = _("{name} is {role} in {where}.").format(name=args.name, role=translate_code("role", args.role), where=where)
    if args.link:
        made = operations.add(**who, team=args.team, email=args.email, actor=actor)

        def show_link(console: Console) -> None:
            console.print(told)
            if made:
                tell_link(console, made)

        return Answer({**who, **(link_data(made) if made else {})}, show_link)
    token = operations.add_with_token(**who, team=args.team, email=args.email, actor=actor)

    def show(console: Console) -> None:
        console.print(_("User {name} added. Token, shown only now: {token}").format(name=args.name, token=token))
        console.print(told)

    return Answer({"name": args.name, "token": token, "role": args.role, "enterprises": args.enterprises}, show)


def _grant(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    new = operations.grant(
        user=args.name, role=args.role, enterprise=args.enterprise or "", team=args.team, actor=actor
    )
    return Answer({**_given(args), "granted": new}, lambda console: console.print(_told(args, "granted")))


def _revoke(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations as people

    people.revoke(user=args.name, role=args.role, enterprise=args.enterprise or "", actor=actor)
    return Answer({**_given(args), "revoked": True}, lambda console: console.print(_told(args, "revoked")))


def _invite(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations as people

    made = people.invite(role=args.role, enterprise=args.enterprise, team=args.team, actor=actor)
    told = {"invitation": made.id, "role": args.role, "enterprise": args.enterprise}
    return Answer({**told, **link_data(made)}, lambda console: tell_link(console, made))


def _uninvite(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import invitations

    invitations.withdraw_invitation(invitation=args.invitation, enterprise=args.enterprise, actor=actor)
    told = _("The invitation no longer holds.")
    return Answer({"invitation": args.invitation, "revoked": True}, lambda console: console.print(told))


def _given(args: argparse.Namespace) -> dict[str, object]:
    return {"name": args.name, "role": args.role, "enterprise": args.enterprise}


def _told(args: argparse.Namespace, done: str) -> str:
    text = {"granted": _("{name} is {role} in {where}."), "revoked": _("{name} is no longer {role} in {where}.")}
    where = args.enterprise or _("the whole installation")
    return text[done].format(name=args.name, role=translate_code("role", args.role), where=where)


def _link(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.links import create_first_link

    made = create_first_link(user=args.name, actor=actor)
    return Answer({"name": args.name, **link_data(made)}, lambda console: tell_link(console, made))


def _close(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations as people

    people.close(user=args.name, actor=actor)
    told = _("The account of {name} is closed.").format(name=args.name)
    return Answer({"name": args.name, "open": False}, lambda console: console.print(told))


def _reopen(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import service

    service.reopen(user=args.name, actor=actor)
    told = _("The account of {name} is open again.").format(name=args.name)
    return Answer({"name": args.name, "open": True}, lambda console: console.print(told))


def _confirm(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.paper.texts.people import ADDRESS, CHANGE, ENDED, ways_in
    from nianjian.platform.accounts import holds

    done = holds.confirm_account(user=args.name, actor=actor)
    told = [_("The account of {name} counts as its person's own.").format(name=args.name)]
    if done.behind:
        told += [_(ENDED).format(ways=ways_in(done.ended.as_dict(), _)), _(CHANGE)]
    if done.behind and done.email:
        told.append(_(ADDRESS).format(email=done.email))
    return Answer({"name": args.name, **done.as_dict()}, lambda console: console.print("\n".join(told)))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.access import people

    found = people(actor)

    def show(console: Console) -> None:
        everywhere = _("the whole installation")
        body = [
            (person, translate_code("role", one["role"]), one["enterprise"] or everywhere)
            for person, roles in found.items()
            for one in roles or [{"role": "", "enterprise": ""}]
        ]
        table.rows(console, (_("name"), _("role"), _("enterprise")), body)

    return Answer({"users": [{"name": name, "roles": roles} for name, roles in found.items()]}, show)

"""The verbs ``enterprise``, ``init`` and ``user``: tenants, people, their roles, links and tokens."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Act, Actions, common, number
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from datetime import datetime

    from nianjian.platform.accounts.links import NewLink
    from nianjian.platform.accounts.models import Token


def link_address(link: NewLink) -> str:
    """The whole address, under the name that NIANJIAN_URL gives."""
    from nianjian.platform.home import env

    return env.read().url + link.path


def link_data(link: NewLink) -> dict[str, object]:
    """For ``--json``."""
    return {"link": link_address(link), "expires_at": link.expires_at.isoformat(timespec="seconds")}


def print_link(console: Console, link: NewLink) -> None:
    """Print the link, whole on a line of its own so that it can be copied."""
    from nianjian.engines.kernel.clock import ZONE

    until = link.expires_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    console.print(_("One-time link, shown only now, valid until {until}:").format(until=until))
    console.print(link_address(link), soft_wrap=True, highlight=False, markup=False)


def configure_tokens(actions: Actions) -> None:
    """Add, list, revoke."""
    add = _add_user_action(actions, "add", _add_token, _("create a token; it is shown once"))
    add.add_argument("label", metavar="LABEL", help=_("what the token is for"))
    add.add_argument(
        "--act",
        metavar="ACT",
        dest="scopes",
        action="append",
        help=_("operation that the token allows (can be repeated); default: all that the roles allow"),
    )
    add.add_argument("--days", metavar="N", type=number, help=_("how long it is valid; default: until it is revoked"))
    _add_user_action(actions, "list", _list_tokens, _("list a user's tokens"))
    revoke = actions.add("revoke", _revoke_token, _("revoke a token"))
    revoke.add_argument("token", metavar="ID", help=_("id of the token"))


def _add_token(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens

    new_token = tokens.create_token(user=args.name, name=args.label, scopes=args.scopes, days=args.days, actor=actor)
    message = _("Token {id}, shown only now: {token}").format(id=new_token.token.id, token=new_token.secret)
    return Answer(
        {**_token_data(new_token.token), "token": new_token.secret},
        lambda console: console.print(message, soft_wrap=True),
    )


def _list_tokens(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens

    rows = tokens.list_tokens(user=args.name, actor=actor)

    def show(console: Console) -> None:
        heads = (_("id"), _("purpose"), _("acts"), _("until"), _("last used"))
        body = []
        for one in rows:
            acts = None if one.scopes is None else ", ".join(str(translate_code("act", act)) for act in one.scopes)
            acts_text = _("all of the roles") if acts is None else acts
            body.append((one.id, one.name, acts_text, _minute(one.expires_at), _minute(one.used_at)))
        table.rows(console, heads, body)

    return Answer({"tokens": [_token_data(one) for one in rows]}, show)


def _revoke_token(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens

    gone = tokens.revoke_token(token=args.token, actor=actor)
    message = _("The token {id} of {name} is revoked.").format(id=gone.id, name=gone.user_id)
    return Answer({"id": gone.id, "revoked": True}, lambda console: console.print(message))


def _token_data(one: Token) -> dict[str, object]:
    days = {"created_at": one.created_at, "expires_at": one.expires_at, "used_at": one.used_at}
    stamps = {name: None if day is None else day.isoformat(timespec="seconds") for name, day in days.items()}
    return {"id": one.id, "user": one.user_id, "name": one.name, "acts": one.scopes, **stamps}


def _minute(moment: datetime | None) -> str:
    from nianjian.engines.kernel.clock import ZONE

    return "" if moment is None else moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def configure_enterprise(parser: argparse.ArgumentParser) -> None:
    """Add and list."""
    actions = Actions(parser)
    add = actions.add("add", _add_enterprise, _("add an enterprise"))
    add.add_argument("code", metavar="CODE", help=_("short code that commands use"))
    add.add_argument("--name", required=True, help=_("full name"))
    add.add_argument("--province", required=True, help=_("province, for its rules and calendar"))
    actions.add("list", _list_enterprises, _("list the enterprises that concern you"))


def _add_enterprise(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import service

    tenant = service.add_enterprise(code=args.code, name=args.name, province=args.province, actor=actor)
    data = {"code": tenant.code, "name": tenant.name, "province": tenant.province}
    return Answer(data, lambda console: console.print(_("Enterprise {code} added.").format(code=tenant.code)))


def _list_enterprises(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import query
    from nianjian.platform.accounts.access import has_permission
    from nianjian.platform.accounts.roles import Permission

    tenants = [one for one in query.enterprises() if has_permission(actor, one.code, Permission.READ_OWN)]
    rows = [{"code": one.code, "name": one.name, "province": one.province} for one in tenants]

    def show(console: Console) -> None:
        table.rows(console, (_("code"), _("name"), _("province")), (one.values() for one in rows))

    return Answer({"enterprises": rows}, show)


def configure_init(parser: argparse.ArgumentParser) -> None:
    """``--name``, ``--enterprise``, ``--again``."""
    common(parser, run_init)
    parser.add_argument("--name", metavar="NAME", required=True, help=_("the administrator's name"))
    parser.add_argument(
        "--enterprise", metavar="CODE", help=_("administrator of this enterprise; default: the whole installation")
    )
    parser.add_argument("--again", action="store_true", help=_("create one even if there is an administrator"))


def run_init(args: argparse.Namespace) -> Answer:
    """Make the administrator and tell the link."""
    actor = begin(args)
    from nianjian.features.people.operations import first_administrator

    link = first_administrator(name=args.name, enterprise=args.enterprise or "", again=args.again, actor=actor)

    def show(console: Console) -> None:
        console.print(_("{name} is administrator.").format(name=link.user))
        console.print(
            _("Next: run `nianjian serve`, then open the link below; the overview guides you to the first light.")
        )
        print_link(console, link)  # the link stands last, where scripts take it

    return Answer({"name": link.user, "enterprise": args.enterprise, **link_data(link)}, show)


DEFAULT_ROLE: Final = "compliance_lead"


def configure_user(parser: argparse.ArgumentParser) -> None:
    """Name every action."""
    actions = Actions(parser)
    add = _add_user_action(actions, "add", _add_user, _("add a user; the token is shown once"))
    add.add_argument(
        "--enterprise",
        metavar="CODE",
        dest="enterprises",
        action="append",
        default=[],
        help=_("enterprise of the role (can be repeated); default: the whole installation"),
    )
    add.add_argument("--role", metavar="ROLE", default=DEFAULT_ROLE, help=_role_help())
    add.add_argument("--link", action="store_true", help=_("a one-time link for the pages instead of a token"))
    add.add_argument(
        "--email", metavar="ADDRESS", default="", help=_("address by which single sign-on identifies the user")
    )
    add.add_argument(
        "--display-name", metavar="NAME", default="", help=_("name by which pages and papers call the user")
    )
    _team(add)
    grant = _add_user_action(actions, "grant", _grant_role, _("give a user a role"))
    revoke = _add_user_action(actions, "revoke", _revoke_role, _("remove a role from a user"))
    for one in (grant, revoke):
        one.add_argument("--role", metavar="ROLE", required=True, help=_role_help())
        about = _("enterprise of the role; default: the whole installation")
        one.add_argument("--enterprise", metavar="CODE", help=about)
    _team(grant)
    invite = actions.add(
        "invite", _invite, _("create an invitation link by which somebody with an account accepts a role")
    )
    invite.add_argument("--enterprise", metavar="CODE", required=True, help=_("enterprise of the role"))
    invite.add_argument("--role", metavar="ROLE", required=True, help=_role_help())
    _team(invite)
    uninvite = actions.add("uninvite", _uninvite, _("withdraw an invitation"))
    uninvite.add_argument("invitation", metavar="ID", help=_("the invitation's number"))
    uninvite.add_argument("--enterprise", metavar="CODE", required=True, help=_("enterprise of the role"))
    display = _add_user_action(
        actions, "display-name", _set_display_name, _("set the name by which pages and papers call a user")
    )
    display.add_argument("display_name", metavar="DISPLAY_NAME", help=_("the name; empty: the login is shown"))
    _add_user_action(actions, "link", _make_link, _("create a one-time link by which the user chooses a new password"))
    _add_user_action(actions, "close", _close_account, _("close an account: it can no longer be used to sign in"))
    _add_user_action(actions, "reopen", _reopen_account, _("reopen a closed account"))
    _add_user_action(
        actions,
        "confirm",
        _confirm_account,
        _("confirm that an account is used by its person alone, whoever let it in"),
    )
    configure_tokens(actions.group("token", _("tokens of a user: add, list, revoke")))
    actions.add("list", _list_users, _("list the users and their roles"))


def _add_user_action(actions: Actions, name: str, act: Act, about: str) -> argparse.ArgumentParser:
    """An action on the user whose name is given."""
    parser = actions.add(name, act, about)
    parser.add_argument("name", metavar="NAME", help=_("the user's name"))
    return parser


def _team(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--team", metavar="KEY", default="", help=_("team whose rows an outsourcer sees"))


def _role_help() -> str:
    from nianjian.engines.paper.texts.platform import ROLES

    return _("role: {roles}").format(roles=", ".join(ROLES))


def _add_user(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    who = {"name": args.name, "role": args.role, "enterprises": args.enterprises}
    more = {"team": args.team, "email": args.email, "display_name": args.display_name}
    where = ", ".join(args.enterprises) or _("the whole installation")
    message = _("{name} is {role} in {where}.").format(
        name=args.name, role=translate_code("role", args.role), where=where
    )
    if args.link:
        link = operations.add(**who, **more, actor=actor)

        def show_link(console: Console) -> None:
            console.print(message)
            if link:
                print_link(console, link)
            else:
                console.print(_("An inspector's link is made on the page of the inspection day."))

        return Answer({**who, **(link_data(link) if link else {})}, show_link)
    token = operations.add_with_token(**who, **more, actor=actor)
    added = _("User {name} added. Token, shown only now: {token}").format(name=args.name, token=token)
    data = {"name": args.name, "token": token, "role": args.role, "enterprises": args.enterprises}
    return Answer(data, lambda console: console.print(f"{added}\n{message}"))


def _grant_role(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    new = operations.grant(
        user=args.name, role=args.role, enterprise=args.enterprise or "", team=args.team, actor=actor
    )
    return Answer({**_role_data(args), "granted": new}, lambda console: console.print(_role_sentence(args, "granted")))


def _revoke_role(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    operations.revoke(user=args.name, role=args.role, enterprise=args.enterprise or "", actor=actor)
    return Answer({**_role_data(args), "revoked": True}, lambda console: console.print(_role_sentence(args, "revoked")))


def _invite(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    invitation = operations.invite(role=args.role, enterprise=args.enterprise, team=args.team, actor=actor)
    data = {"invitation": invitation.id, "role": args.role, "enterprise": args.enterprise}
    return Answer({**data, **link_data(invitation)}, lambda console: print_link(console, invitation))


def _uninvite(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import links

    links.withdraw_invitation(invitation=args.invitation, enterprise=args.enterprise, actor=actor)
    message = _("The invitation is no longer valid.")
    return Answer({"invitation": args.invitation, "revoked": True}, lambda console: console.print(message))


def _role_data(args: argparse.Namespace) -> dict[str, object]:
    return {"name": args.name, "role": args.role, "enterprise": args.enterprise}


def _role_sentence(args: argparse.Namespace, done: str) -> str:
    text = {"granted": _("{name} is {role} in {where}."), "revoked": _("{name} is no longer {role} in {where}.")}
    where = args.enterprise or _("the whole installation")
    return text[done].format(name=args.name, role=translate_code("role", args.role), where=where)


def _make_link(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.links import create_first_link

    link = create_first_link(user=args.name, actor=actor)
    return Answer({"name": args.name, **link_data(link)}, lambda console: print_link(console, link))


def _close_account(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people import operations

    operations.close(user=args.name, actor=actor)
    message = _("The account of {name} is closed.").format(name=args.name)
    return Answer({"name": args.name, "open": False}, lambda console: console.print(message))


def _reopen_account(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import service

    service.reopen(user=args.name, actor=actor)
    message = _("The account of {name} is open again.").format(name=args.name)
    return Answer({"name": args.name, "open": True}, lambda console: console.print(message))


def _confirm_account(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.paper.texts.platform import ADDRESS, CHANGE, ENDED, ways_in_text
    from nianjian.platform.accounts import holds

    done = holds.confirm_account(user=args.name, actor=actor)
    lines = [_("The account of {name} is confirmed as its person's own.").format(name=args.name)]
    if done.behind:
        lines += [_(ENDED).format(ways=ways_in_text(done.ended.as_dict(), _)), _(CHANGE)]
    if done.behind and done.email:
        lines.append(_(ADDRESS).format(email=done.email))
    return Answer({"name": args.name, **asdict(done)}, lambda console: console.print("\n".join(lines)))


def _set_display_name(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import service

    changed = service.set_display_name(user=args.name, display_name=args.display_name, actor=actor)
    data = {"name": args.name, "display_name": args.display_name, "changed": changed}
    return Answer(data, lambda console: console.print(_("The name is saved.")))


def _list_users(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts.access import people
    from nianjian.platform.accounts.people import list_display_names

    by_user = people(actor)
    names = list_display_names()

    def show(console: Console) -> None:
        everywhere = _("the whole installation")
        body = [
            (person, names.get(person), translate_code("role", one["role"]), one["enterprise"] or everywhere)
            for person, roles in by_user.items()
            for one in roles or [{"role": "", "enterprise": ""}]
        ]
        table.rows(console, (_("name"), _("display name"), _("role"), _("enterprise")), body)

    users = [{"name": one, "display_name": names.get(one, ""), "roles": roles} for one, roles in by_user.items()]
    return Answer({"users": users}, show)

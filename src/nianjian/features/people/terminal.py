"""``nianjian user token``: what programs show in a person's name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, number
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from datetime import datetime

    from nianjian.platform.accounts.links import NewLink
    from nianjian.platform.accounts.tokens import IssuedToken


def url(made: NewLink) -> str:
    """The whole address, under the name that NIANJIAN_URL gives."""
    from nianjian.platform.home import env

    return env.read().url + made.path


def link_data(made: NewLink) -> dict[str, object]:
    """For ``--json``."""
    return {"link": url(made), "expires_at": made.expires_at.isoformat(timespec="seconds")}


def tell_link(console: Console, made: NewLink) -> None:
    """Print the link, whole on a line of its own so that it can be copied."""
    from nianjian.engines.kernel.clock import ZONE

    until = made.expires_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    console.print(_("One-time link, shown only now, good until {until}:").format(until=until))
    console.print(url(made), soft_wrap=True, highlight=False, markup=False)


def configure_tokens(actions: Actions) -> None:
    """Add, list, revoke."""
    add = actions.add("add", _add, _("make a token; it is shown once"))
    add.add_argument("name", metavar="NAME", help=_("the user's name"))
    add.add_argument("label", metavar="LABEL", help=_("what the token is for"))
    add.add_argument(
        "--act",
        metavar="ACT",
        dest="scopes",
        action="append",
        help=_("act that the token is for (may be repeated); without it all that the roles allow"),
    )
    add.add_argument("--days", metavar="N", type=number, help=_("how long it holds; without it until it is revoked"))
    actions.add("list", _list, _("list a user's tokens")).add_argument(
        "name", metavar="NAME", help=_("the user's name")
    )
    actions.add("revoke", _revoke, _("end a token")).add_argument("token", metavar="ID", help=_("id of the token"))


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens

    made = tokens.create_token(user=args.name, name=args.label, scopes=args.scopes, days=args.days, actor=actor)
    told = _("Token {id}, shown only now: {token}").format(id=made.token.id, token=made.secret)
    return Answer({**_data(made.token), "token": made.secret}, lambda console: console.print(told, soft_wrap=True))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens as service

    found = service.list_tokens(user=args.name, actor=actor)

    def show(console: Console) -> None:
        heads = (_("id"), _("purpose"), _("acts"), _("until"), _("last used"))
        body = [(one.id, one.name, _scopes(one), _day(one.expires_at), _day(one.used_at)) for one in found]
        table.rows(console, heads, body)

    return Answer({"tokens": [_data(one) for one in found]}, show)


def _revoke(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.accounts import tokens as service

    gone = service.revoke_token(token=args.token, actor=actor)
    told = _("The token {id} of {name} is revoked.").format(id=gone.id, name=gone.user)
    return Answer({"id": gone.id, "revoked": True}, lambda console: console.print(told))


def _data(one: IssuedToken) -> dict[str, object]:
    days = {"created_at": one.created_at, "expires_at": one.expires_at, "used_at": one.used_at}
    told = {name: None if day is None else day.isoformat(timespec="seconds") for name, day in days.items()}
    return {"id": one.id, "user": one.user, "name": one.name, "acts": one.scopes, **told}


def _scopes(one: IssuedToken) -> str:
    if one.scopes is None:
        return _("all of the roles")
    return ", ".join(str(translate_code("act", scope)) for scope in one.scopes)


def _day(moment: datetime | None) -> str:
    from nianjian.engines.kernel.clock import ZONE

    return "" if moment is None else moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")

"""Sentences about accounts, links and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import Words, mark

TEXTS: Final[Mapping[str, str]] = {
    "administrator_exists": mark("there is an administrator already ({user}); `nianjian init --again` makes another"),
    "user_closed": mark("the account of {user} is closed; `nianjian user reopen {user}` opens it again"),
    "link_invalid": mark("this link has been used, has expired or was taken back"),
    "invitation_unknown": mark("there is no invitation {invitation} that can still be accepted"),
    "link_expiry": mark("a link holds from now on and at most {days} days"),
    "inspector_missing": mark("{user} is no inspector; give that role first"),
    "user_open": mark("the account of {user} is open"),
    "own_account": mark("this is your own account; another administrator can do that"),
    "confirm_not_apart": mark(
        "you cannot confirm {user}, since {behind} might be behind that account and yours: another administrator can, "
        "or `nianjian user confirm {user}` on the server"
    ),
    "confirm_password_kept": mark(
        "whoever made the link of {user} may know the password: let {user} change it (My account → Password) "
        "before your eyes, and confirm within {minutes} minutes"
    ),
    "email_malformed": mark("“{email}” is no e-mail address"),
    "email_taken": mark("the address {email} is somebody else's here"),
    "team_missing": mark("an outsourcer needs the team whose rows it may see"),
    "team_needless": mark("only an outsourcer has a team, not the role {role}"),
    "team_not_registered": mark("{enterprise} has no team {team} in its register"),
    "outsourcer_everywhere": mark("an outsourcer belongs to a team of one enterprise: name the enterprise"),
    "token_unknown": mark("there is no token {token}"),
    "token_by_token": mark("a token for some acts only cannot make or revoke tokens"),
    "token_too_narrow": mark(
        "this token is not for everything that {user} may do then ({acts}): "
        "sign in to do it, or use a token without chosen acts"
    ),
    "token_of_another": mark("everybody makes the own tokens; only the shell's operator can for others"),
    "token_name": mark("a token needs a name of at most {most} characters"),
    "token_days": mark("a token holds 1 to {most} days, or until it is revoked"),
    "token_scopes": mark("a token of {user} can be for: {scopes}"),
    "token_without_reading": mark("a token opens nothing without reading: choose read (or read_own) as well"),
    "tokens_too_many": mark("{user} has {most} tokens already; revoke some first"),
    "setting_not_one_of": mark("{setting} is one of {choices}, not “{value}”"),
    "sign_on_incomplete": mark("single sign-on needs {setting}"),
}

WAYS_IN: Final = mark(
    "one-time links: {links}, sessions: {sessions}, tokens: {tokens}, passkeys: {passkeys}, "
    "connections of single sign-on: {connections}"
)
ENDED: Final = mark("Ended: {ways}.")
CHANGE: Final = mark("If the person has not yet chosen a new password in front of you, let that be done now.")
ADDRESS: Final = mark(
    "Single sign-on goes on letting in who has the address {email}: make sure that it is this person's."
)


def ways_in(count: Mapping[str, int], _: Words) -> str:
    """How many ways into an account there are of each kind that needs no password."""
    return _(WAYS_IN).format(**count)

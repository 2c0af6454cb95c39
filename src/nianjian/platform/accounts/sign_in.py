"""Audit entries about signing in. A name that is nobody's is not stored: it may be a password in the wrong field."""

from typing import Final

from nianjian.platform.accounts import query
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit.record import record

NOBODY: Final = "nobody"


def record_sign_in(*, user: str, method: str) -> None:
    """Somebody has signed in; ``method``: password, link, passkey, single sign-on."""
    _record("sign_in", user, method=method)


def record_failure(*, typed: str, by: str = "password") -> None:
    """A name and its ``password``, or the code of its ``second_factor``, did not fit together."""
    _record("sign_in.failed", typed, by=by)


def record_lockout(*, typed: str) -> None:
    """Too many attempts: for some minutes none is looked at any more."""
    _record("sign_in.locked", typed)


def record_sign_out(*, user: str, reason: str) -> None:
    """A session has ended: by the person (``asked``), by ``age`` or because a link was ``revoked``."""
    _record("sign_out", user, reason=reason)


def record_change(*, user: str, what: str, **data: str) -> None:
    """The person has changed what it proves itself by: its password, a second factor, sessions."""
    _record(f"account.{what}", user, **data)


def _record(verb: str, name: str, **data: str) -> None:
    known = query.exists(name)
    actor: object = Actor(name, USER) if known else NOBODY
    record(verb=verb, enterprise="", actor=actor, data={"user": name if known else "", **data})

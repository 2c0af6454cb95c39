"""Make tenants and users, give and take roles."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Final

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from nianjian.accounts import models, query
from nianjian.accounts.access import EVERYWHERE, govern, govern_another, require, within
from nianjian.accounts.holds.service import note
from nianjian.accounts.query import Actor, Enterprise
from nianjian.accounts.roles import Act, Role, allowed
from nianjian.audit.record import record
from nianjian.kernel import clock, provinces
from nianjian.kernel.errors import NianjianError

# A code becomes a folder of the lake and a word on the command line; a name becomes an audit value.
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
NAME: Final = re.compile(r"[\w.@-]{1,80}")
TOKEN_BYTES: Final = 32


def add_enterprise(*, code: str, name: str, province: str, actor: Actor) -> Enterprise:
    """Make a tenant; the province, which may be "", is kept by its short name.

    ``enterprise_code_malformed``, ``enterprise_exists``, ``enterprise_name_empty``, ``province_unknown``.
    """
    require(actor, EVERYWHERE, Act.ADMINISTER)
    if not CODE.fullmatch(code):
        raise NianjianError("enterprise_code_malformed", enterprise=code)
    if not name.strip():
        raise NianjianError("enterprise_name_empty", enterprise=code)
    with transaction.atomic():
        # Folders of some systems do not tell cases apart, so codes must differ by more than case.
        if models.Enterprise.objects.filter(code__iexact=code).exists():
            raise NianjianError("enterprise_exists", enterprise=code)
        where = provinces.short(province) if province.strip() else ""
        made = models.Enterprise(code=code, name=name.strip(), province=where, created_at=clock.now())
        _insert(made, NianjianError("enterprise_exists", enterprise=code))
        data = {"code": code, "name": made.name, "province": made.province}
        record(verb="enterprise.add", enterprise=code, actor=actor, data=data)
    return Enterprise(made.code, made.name, made.province)


def add_person(*, name: str, actor: Actor, email: str = "") -> None:
    """Make an account that nothing lets in yet.

    ``user_name_malformed``, ``user_exists``, ``email_malformed``, ``email_taken``.

    The caller gives it a role in the same transaction, which asks whether the actor may.
    """
    if not NAME.fullmatch(name):
        raise NianjianError("user_name_malformed", user=name)
    with transaction.atomic():
        # Names are typed at the sign-in page, where cases are not told apart.
        if models.User.objects.filter(name__iexact=name).exists():
            raise NianjianError("user_exists", user=name)
        address = checked_email(email, of=name)
        made = models.User(name=name, email=address, created_at=clock.now())
        made.set_unusable_password()
        _insert(made, NianjianError("user_exists", user=name))
        note(user=name, actor=actor)
        record(verb="user.add", enterprise="", actor=actor, data={"user": name})


def add_user(*, name: str, role: str, enterprises: Sequence[str], actor: Actor, team: str = "", email: str = "") -> str:
    """Make a user with a role at the enterprises, at none named in the installation; the token, shown only now.

    Errors as `add_person` and `grant`.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    places = list(enterprises) or [EVERYWHERE]
    for code in places:
        require(actor, code, Act.PEOPLE)
    with transaction.atomic():
        add_person(name=name, actor=actor, email=email)
        models.Token(
            id=f"T{secrets.token_hex(4)}",
            user_id=name,
            name="shell",
            sha256=query.digest(token),
            created_at=clock.now(),
        ).save(force_insert=True)
        for code in places:
            grant(user=name, role=role, enterprise=code, actor=actor, team=team)
    return token


def grant(*, user: str, role: str, enterprise: str, actor: Actor, team: str = "") -> bool:
    """Give a role at an enterprise (`access.EVERYWHERE`: in the installation); whether anything changed.

    ``team``: of an outsourcer, whose key a flow has looked up; another one takes the place of the last.
    ``role_unknown``, ``role_missing``, ``user_unknown``, ``enterprise_unknown``; ``token_too_narrow`` by a token that
    is not for all that the role and the user's other roles allow.
    """
    where = _place(user, role, enterprise, actor)
    with transaction.atomic():
        member, made = models.Membership.objects.get_or_create(
            user_id=user, enterprise_id=where, role=role, defaults={"team": team}
        )
        changed = made or member.team != team
        if changed:
            models.Membership.objects.filter(pk=member.pk).update(team=team)
            data = {"user": user, "role": role, **({"team": team} if team else {})}
            record(verb="user.grant", enterprise=enterprise, actor=actor, data=data)
    return changed


def revoke(*, user: str, role: str, enterprise: str, actor: Actor) -> None:
    """Take a role; errors as `grant`, and ``role_not_held``."""
    where = _place(user, role, enterprise, actor)
    with transaction.atomic():
        gone, _each = models.Membership.objects.filter(user_id=user, enterprise_id=where, role=role).delete()
        if not gone:
            raise NianjianError("role_not_held", user=user, role=role)
        record(verb="user.revoke", enterprise=enterprise, actor=actor, data={"user": user, "role": role})


def close(*, user: str, actor: Actor) -> None:
    """Close an account: its sessions, links and tokens let nobody in any more; its roles and entries stay.

    ``user_unknown``, ``role_missing``, ``user_closed`` already, ``own_account``.
    """
    govern_another(actor, user)
    _set_open(user, actor, is_open=False)


def reopen(*, user: str, actor: Actor) -> None:
    """Open a closed account again. ``user_unknown``, ``role_missing``, ``user_open`` already."""
    _set_open(user, actor, is_open=True)


def set_email(*, user: str, email: str, actor: Actor) -> None:
    """Write down the address by which single sign-on knows the person ("": none).

    ``user_unknown``, ``role_missing``, ``email_malformed``, ``email_taken``, ``own_account`` by a token for some acts.
    """
    if actor.scopes is None:
        govern(actor, user)
    else:
        govern_another(actor, user)
    address = checked_email(email, of=user)
    with transaction.atomic():
        models.User.objects.filter(pk=user).update(email=address)
        if address:
            note(user=user, actor=actor)
        record(verb="user.email", enterprise="", actor=actor, data={"user": user, "given": bool(address)})


def checked_email(email: str, *, of: str) -> str:
    """Return the address without blanks around it. ``email_malformed``, ``email_taken`` by somebody else."""
    address = email.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as fault:
        raise NianjianError("email_malformed", email=address) from fault
    if models.User.objects.filter(email__iexact=address).exclude(pk=of).exists():
        raise NianjianError("email_taken", email=address)
    return address


def remove_second_factor(*, user: str, actor: Actor) -> int:
    """Remove a person's authenticator app, passkeys and recovery codes, who has lost them; how many.

    ``user_unknown``, ``role_missing``, ``own_account``. The next sign-in asks for the password alone.
    """
    govern_another(actor, user)
    with transaction.atomic():
        gone, _each = Authenticator.objects.filter(user_id=user).delete()
        if gone:
            note(user=user, actor=actor)
            record(verb="user.second_factor.remove", enterprise="", actor=actor, data={"user": user, "count": gone})
    return int(gone)


def _set_open(user: str, actor: Actor, *, is_open: bool) -> None:
    govern(actor, user)
    with transaction.atomic():
        if not models.User.objects.filter(pk=user, is_active=not is_open).update(is_active=is_open):
            raise NianjianError("user_open" if is_open else "user_closed", user=user)
        verb = "user.reopen" if is_open else "user.close"
        record(verb=verb, enterprise="", actor=actor, data={"user": user})


def _place(user: str, role: str, enterprise: str, actor: Actor) -> str | None:
    """Check all of it; the enterprise as it stands in the table, None: everywhere."""
    require(actor, enterprise, Act.PEOPLE)
    if role not in set(Role):
        raise NianjianError("role_unknown", role=role, roles=", ".join(Role))
    if not models.User.objects.filter(pk=user).exists():
        raise NianjianError("user_unknown", user=user)
    within(actor, allowed(role) | query.acts_of(user), user)
    return None if enterprise == EVERYWHERE else query.enterprise(enterprise).code


def _insert(row: models.Enterprise | models.User, taken: NianjianError) -> None:
    """Insert, or raise ``taken`` where another process was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise taken from fault

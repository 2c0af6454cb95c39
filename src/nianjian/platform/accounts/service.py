"""Make tenants and users, give and take roles."""

import re
import secrets
from collections.abc import Sequence
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q

from nianjian.engines.kernel import clock, identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import forget_names
from nianjian.platform.accounts import models, people, query
from nianjian.platform.accounts.access import (
    EVERYWHERE,
    has_permission,
    list_accessible_enterprises,
    require_can_administer,
    require_can_administer_another,
    require_permission,
    require_token_scope,
)
from nianjian.platform.accounts.holds import end_ways_in, record_hold
from nianjian.platform.accounts.people import checked_display_name
from nianjian.platform.accounts.query import USER, Actor, Enterprise
from nianjian.platform.accounts.roles import Permission, Role, allowed
from nianjian.platform.audit.record import record

# A code becomes a folder of the lake and a word on the command line; a name becomes an audit value.
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
NAME: Final = re.compile(r"[\w.@-]{1,80}")
TOKEN_BYTES: Final = 32


def add_enterprise(*, code: str, name: str, province: str, actor: Actor) -> Enterprise:
    """Make a tenant; the province, which may be "", is kept by its short name.

    ``enterprise_code_malformed``, ``enterprise_exists``, ``enterprise_name_empty``, ``province_unknown``.
    """
    require_permission(actor, EVERYWHERE, Permission.ADMINISTER)
    if not CODE.fullmatch(code):
        raise NianjianError("enterprise_code_malformed", enterprise=code)
    if not name.strip():
        raise NianjianError("enterprise_name_empty", enterprise=code)
    with transaction.atomic():
        # Folders of some systems do not tell cases apart, so codes must differ by more than case.
        if models.Enterprise.objects.filter(code__iexact=code).exists():
            raise NianjianError("enterprise_exists", enterprise=code)
        where = identifiers.short(province) if province.strip() else ""
        row = models.Enterprise(code=code, name=name.strip(), province=where, created_at=clock.now())
        _insert(row, NianjianError("enterprise_exists", enterprise=code))
        data = {"code": code, "name": row.name, "province": row.province}
        record(verb="enterprise.add", enterprise=code, actor=actor, data=data)
    return Enterprise(row.code, row.name, row.province)


def add_person(*, name: str, actor: Actor, email: str = "", display_name: str = "") -> None:
    """Make an account that nothing lets in yet.

    ``user_name_malformed``, ``user_exists``, ``email_malformed``, ``email_taken``; of the display name as
    `checked_display_name`.

    The caller gives it a role in the same transaction, which asks whether the actor may.
    """
    if not NAME.fullmatch(name):
        raise NianjianError("user_name_malformed", user=name)
    full_name = checked_display_name(display_name, of=name)
    with transaction.atomic():
        # Names are typed at the sign-in page, where cases are not told apart.
        if models.User.objects.filter(name__iexact=name).exists():
            raise NianjianError("user_exists", user=name)
        address, now = checked_email(email, of=name, actor=actor), clock.now()
        account = models.User(
            name=name, display_name=full_name, email=address, email_at=now if address else None, created_at=now
        )
        account.set_unusable_password()
        _insert(account, NianjianError("user_exists", user=name))
        forget_names()
        record_hold(user=name, actor=actor)
        record(verb="user.add", enterprise="", actor=actor, data={"user": name})


def add_member(
    *,
    name: str,
    role: str,
    enterprises: Sequence[str],
    actor: Actor,
    team: str = "",
    email: str = "",
    display_name: str = "",
) -> None:
    """Make an account with a role at the enterprises, at none in the installation. As `add_person` and `grant`."""
    places = list(enterprises) or [EVERYWHERE]
    for code in places:
        require_permission(actor, code, Permission.PEOPLE)
    with transaction.atomic():
        add_person(name=name, actor=actor, email=email, display_name=display_name)
        for code in places:
            where = _place(name, role, code, actor)
            give(user=name, role=role, enterprise=where, actor=actor, team=team)


def add_user(*, name: str, role: str, enterprises: Sequence[str], actor: Actor, **more: str) -> str:
    """Make a member with a token; the token, shown only now. ``more`` and errors as `add_member`."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        add_member(name=name, role=role, enterprises=enterprises, actor=actor, **more)
        row = {"user_id": name, "name": "shell", "sha256": query.digest(token), "created_at": clock.now()}
        models.Token.objects.create(id=f"T{secrets.token_hex(4)}", **row)
    return token


def grant(*, user: str, role: str, enterprise: str, actor: Actor, team: str = "") -> bool:
    """Give a role at an enterprise (`access.EVERYWHERE`: in the installation); whether anything changed.

    ``team``: of an outsourcer, whose key a flow has looked up; another one takes the place of the last.
    ``role_unknown``, ``role_missing``, ``enterprise_unknown``; ``user_unknown`` also for a person of other enterprises
    alone, who joins by an invitation (`links.invite`), unless the actor administers the installation;
    ``token_too_narrow`` by a token that is not for all that the role and the user's other roles allow.
    """
    _visible(user, enterprise, actor)
    return give(user=user, role=role, enterprise=_place(user, role, enterprise, actor), actor=actor, team=team)


def give(*, user: str, role: str, enterprise: str | None, actor: Actor, team: str = "", **more: str) -> bool:
    """Give a role for which everything has been checked; ``more`` goes into the audit entry."""
    with transaction.atomic():
        member, created = models.Membership.objects.get_or_create(
            user_id=user, enterprise_id=enterprise, role=role, defaults={"team": team}
        )
        changed = created or member.team != team
        if changed:
            models.Membership.objects.filter(pk=member.pk).update(team=team)
            data = {"user": user, "role": role, **({"team": team} if team else {}), **more}
            record(verb="user.grant", enterprise=enterprise or EVERYWHERE, actor=actor, data=data)
    return changed


def revoke(*, user: str, role: str, enterprise: str, actor: Actor) -> None:
    """Take a role, and end the secrets that need it; errors as `grant`, and ``role_not_held``.

    Doors call `features.people.operations.revoke`, which also ends the work that waits in the person's name.
    """
    _visible(user, enterprise, actor)
    where = _place(user, role, enterprise, actor)
    with transaction.atomic():
        gone, _each = models.Membership.objects.filter(user_id=user, enterprise_id=where, role=role).delete()
        if not gone:
            raise NianjianError("role_not_held", user=user, role=role)
        if not models.Membership.objects.filter(user_id=user, role=Role.INSPECTOR).exists():
            inspecting = models.Link.objects.filter(user_id=user, purpose=models.Link.INSPECT, revoked_at=None)
            inspecting.update(revoked_at=clock.now())
        end_bearers(user)
        record(verb="user.revoke", enterprise=enterprise, actor=actor, data={"user": user, "role": role})


def close(*, user: str, actor: Actor) -> None:
    """Close an account and end every session, link, token, passkey and other secret; its roles and entries stay.

    Doors call `features.people.operations.close`, which also ends the work that waits in the person's name.
    ``user_unknown``, ``role_missing_everywhere``, ``user_closed`` already, ``own_account``.
    """
    require_can_administer_another(actor, user)
    with transaction.atomic():
        _set_open(user, actor, is_open=False)
        end_ways_in(user)
        end_bearers(user, closing=True)


def end_bearers(user: str, *, closing: bool = False) -> None:
    """End the secrets of every kind that a person may no longer use: all of them where the account is closed."""
    person = Actor(user, USER)
    for kind in apps.get_models():
        if not issubclass(kind, models.Bearer) or (kind.needs is None and not closing):
            continue
        rows: Any = kind._default_manager.all()  # noqa: SLF001 -- Django's documented name
        rows = rows.filter(user=user)
        if kind.needs is not None:
            places = rows.order_by().values_list("enterprise_id", flat=True).distinct()
            rows = rows.filter(enterprise_id__in=[one for one in places if not has_permission(person, one, kind.needs)])
        if kind is models.Token:
            rows.delete()
        else:
            rows.filter(revoked_at=None).update(revoked_at=clock.now())


def reopen(*, user: str, actor: Actor) -> None:
    """Open a closed account again. ``user_unknown``, ``role_missing_everywhere``, ``user_open`` already."""
    _set_open(user, actor, is_open=True)


def set_email(*, user: str, email: str, actor: Actor) -> None:
    """Write down the address by which single sign-on knows the person ("": none).

    ``user_unknown``, ``role_missing_everywhere``, ``email_malformed``, ``email_taken``, ``own_account`` by a token for
    some acts.
    """
    if actor.scopes is None:
        require_can_administer(actor, user)
    else:
        require_can_administer_another(actor, user)
    address = checked_email(email, of=user, actor=actor)
    with transaction.atomic():
        models.User.objects.filter(pk=user).update(email=address, email_at=clock.now() if address else None)
        if address:
            record_hold(user=user, actor=actor)
        record(verb="user.email", enterprise="", actor=actor, data={"user": user, "given": bool(address)})


def set_own_display_name(*, display_name: str, actor: Actor) -> bool:
    """Set the actor's own display name; whether it changed. Errors as `checked_display_name`."""
    return _write_display_name(actor.name, display_name, actor)


def set_display_name(*, user: str, display_name: str, actor: Actor) -> bool:
    """Set somebody's display name; whether it changed.

    ``user_unknown``, ``role_missing_everywhere``, ``display_name_malformed``, ``display_name_taken``.
    """
    require_can_administer(actor, user)
    return _write_display_name(user, display_name, actor)


def _write_display_name(user: str, display_name: str, actor: Actor) -> bool:
    name = checked_display_name(display_name, of=user)
    with transaction.atomic():
        if not models.User.objects.filter(pk=user).exclude(display_name=name).update(display_name=name):
            return False
        record(verb="user.display_name", enterprise="", actor=actor, data={"user": user, "given": bool(name)})
    forget_names()
    return True


def checked_email(email: str, *, of: str, actor: Actor) -> str:
    """Return the address without blanks around it. ``email_malformed``, ``email_taken`` by somebody else.

    That an account outside the actor's enterprises has the address is not said; `query.by_email` knows whose it is.
    """
    address = email.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError as fault:
        raise NianjianError("email_malformed", email=address) from fault
    others = models.User.objects.filter(email__iexact=address).exclude(pk=of)
    if not has_permission(actor, EVERYWHERE, Permission.PEOPLE):
        own = Q(memberships__enterprise__in=[one.code for one in list_accessible_enterprises(actor, Permission.PEOPLE)])
        others = others.filter(own | Q(memberships__enterprise=None, memberships__isnull=False))
    if others.exists():
        raise NianjianError("email_taken", email=address)
    return address


def remove_second_factor(*, user: str, actor: Actor) -> int:
    """Remove a person's authenticator app, passkeys and recovery codes, who has lost them; how many.

    ``user_unknown``, ``role_missing``, ``own_account``. The next sign-in asks for the password alone.
    """
    require_can_administer_another(actor, user)
    with transaction.atomic():
        gone, _each = Authenticator.objects.filter(user_id=user).delete()
        if gone:
            record_hold(user=user, actor=actor)
            record(verb="user.second_factor.remove", enterprise="", actor=actor, data={"user": user, "count": gone})
    return int(gone)


def _set_open(user: str, actor: Actor, *, is_open: bool) -> None:
    require_can_administer(actor, user)
    with transaction.atomic():
        if not models.User.objects.filter(pk=user, is_active=not is_open).update(is_active=is_open):
            raise NianjianError("user_open" if is_open else "user_closed", user=user)
        verb = "user.reopen" if is_open else "user.close"
        record(verb=verb, enterprise="", actor=actor, data={"user": user})


def _visible(user: str, enterprise: str, actor: Actor) -> None:
    """Raise ``user_unknown`` for a person who is none of the enterprise's, as for one who does not exist."""
    require_permission(actor, enterprise, Permission.PEOPLE)
    if people.person(user, EVERYWHERE if has_permission(actor, EVERYWHERE, Permission.PEOPLE) else enterprise) is None:
        raise NianjianError("user_unknown", user=user)


def _place(user: str, role: str, enterprise: str, actor: Actor) -> str | None:
    """Check all of it; the enterprise as it stands in the table, None: everywhere."""
    check_role(role)
    require_token_scope(actor, allowed(role) | query.permissions_of(user), user)
    return None if enterprise == EVERYWHERE else query.enterprise(enterprise).code


def check_role(role: str) -> None:
    """``role_unknown``."""
    if role not in set(Role):
        raise NianjianError("role_unknown", role=role, roles=", ".join(Role))


def _insert(row: models.Enterprise | models.User, taken: NianjianError) -> None:
    """Insert, or raise ``taken`` where another process was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise taken from fault

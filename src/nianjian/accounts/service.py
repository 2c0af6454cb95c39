"""Make tenants, users and memberships."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.db import IntegrityError, transaction

from nianjian.accounts import models, query
from nianjian.accounts.query import Actor, Enterprise
from nianjian.audit.record import record
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError

# A code becomes a folder of the lake and a word on the command line; a name becomes an audit value.
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
NAME: Final = re.compile(r"[\w.@-]{1,80}")
TOKEN_BYTES: Final = 32


def add_enterprise(*, code: str, name: str, province: str, actor: Actor) -> Enterprise:
    """Make a tenant. ``enterprise_code_malformed``, ``enterprise_exists``, ``enterprise_name_empty``."""
    if not CODE.fullmatch(code):
        raise NianjianError("enterprise_code_malformed", enterprise=code)
    if not name.strip():
        raise NianjianError("enterprise_name_empty", enterprise=code)
    with transaction.atomic():
        # Folders of some systems do not tell cases apart, so codes must differ by more than case.
        if models.Enterprise.objects.filter(code__iexact=code).exists():
            raise NianjianError("enterprise_exists", enterprise=code)
        made = models.Enterprise(code=code, name=name.strip(), province=province.strip(), created_at=clock.now())
        _insert(made, NianjianError("enterprise_exists", enterprise=code))
        data = {"code": code, "name": made.name, "province": made.province}
        record(verb="enterprise.add", enterprise=code, actor=actor, data=data)
    return Enterprise(made.code, made.name, made.province)


def add_user(*, name: str, actor: Actor) -> str:
    """Make a user; the token, which is shown only now. ``user_name_malformed``, ``user_exists``."""
    if not NAME.fullmatch(name):
        raise NianjianError("user_name_malformed", user=name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        made = models.User(name=name, token_sha256=query.digest(token), created_at=clock.now())
        _insert(made, NianjianError("user_exists", user=name))
        record(verb="user.add", enterprise="", actor=actor, data={"user": name})
    return token


def join(*, user: str, enterprise: str, actor: Actor) -> None:
    """Let a user belong to an enterprise, once. ``user_unknown``, ``enterprise_unknown``."""
    tenant = query.enterprise(enterprise)
    with transaction.atomic():
        if not models.User.objects.filter(pk=user).exists():
            raise NianjianError("user_unknown", user=user)
        _member, made = models.Membership.objects.get_or_create(user_id=user, enterprise_id=tenant.code)
        if made:
            record(verb="user.join", enterprise=tenant.code, actor=actor, data={"user": user})


def _insert(row: models.Enterprise | models.User, taken: NianjianError) -> None:
    """Insert, or raise ``taken`` where another process was first."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as fault:
        raise taken from fault

"""Who is asked for a second factor, and who does nothing without one."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from django.urls import reverse

from nianjian.accounts import query
from nianjian.accounts.roles import Role

ASKED: Final = frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE_LEAD})
"""They may change who may do what, or be the second of two."""
KINDS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_one(user: str) -> bool:
    """Whether the person has an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=user, type__in=KINDS).exists())


def is_asked(user: str) -> bool:
    """Whether the person's roles call for a second factor that is not there yet."""
    return any(one.user == user and one.role in ASKED for one in query.held()) and not has_one(user)


def welcome(user: str) -> str:
    """Where a person goes after choosing a password."""
    return reverse("mfa_index") if is_asked(user) else reverse("first")

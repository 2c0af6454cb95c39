"""Single sign-on: it lets in who is here already, by a connection made before or by a verified e-mail address."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from nianjian.platform.accounts import query


class SignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What the library does with a person whom a provider vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ANN401 -- the library's type
        """Nobody signs up: an administrator adds people."""
        del request, sociallogin
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ANN401 -- the library's type
        """Connect a new identity to the one person here whose address it has verified.

        Addresses are written by administrators alone, so nobody can claim another's.
        """
        if sociallogin.is_existing or request.user.is_authenticated:
            return
        verified = {one.email for one in sociallogin.email_addresses if one.verified}
        person = query.by_email(verified)
        if person is not None:
            sociallogin.email_addresses = []
            sociallogin.connect(request, person)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Any:  # noqa: ANN401 -- the library's type
        """Keep nothing of the provider's data but who it is there."""
        del request, data
        sociallogin.account.extra_data = {}
        return sociallogin.user

"""How the sign-in library behaves here: nobody signs up, everything is audited, its secrets are sealed."""

from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from nianjian.features.people.keys import SECOND_FACTORS
from nianjian.platform.accounts import query, sign_in
from nianjian.platform.accounts.query import digest

LOCKED_SECONDS: Final = 300

MESSAGES: Final = {  # what the library says after an act, by its template
    "account/messages/password_changed.txt": gettext_lazy("The password has been changed."),
    "account/messages/password_set.txt": gettext_lazy("The password has been changed."),
    "mfa/messages/totp_activated.txt": gettext_lazy("The authenticator app is active."),
    "mfa/messages/totp_deactivated.txt": gettext_lazy("The authenticator app has been removed."),
    "mfa/messages/webauthn_added.txt": gettext_lazy("The passkey has been added."),
    "mfa/messages/webauthn_removed.txt": gettext_lazy("The passkey has been removed."),
    "mfa/messages/recovery_codes_generated.txt": gettext_lazy("There are new recovery codes; the old ones are void."),
    "usersessions/messages/sessions_logged_out.txt": gettext_lazy("The other sessions have been ended."),
    "socialaccount/messages/account_connected.txt": gettext_lazy("The account has been connected."),
    "socialaccount/messages/account_connected_updated.txt": gettext_lazy("The account has been connected."),
    "socialaccount/messages/account_connected_other.txt": gettext_lazy(
        "That account is connected to another person here."
    ),
    "socialaccount/messages/account_disconnected.txt": gettext_lazy("The account has been disconnected."),
}


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords and sessions."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed."),
        "enter_current_password": gettext_lazy("Enter your current password."),
        "incorrect_password": gettext_lazy("The password is incorrect."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Try again in five minutes."),
        "username_password_mismatch": gettext_lazy("User name and password do not match."),
        "same_as_current": gettext_lazy("The new password must differ from the current one."),
        "rate_limited": gettext_lazy("Too many requests. Try again in a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: an administrator adds people."""
        del request
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 -- the library's signature
        """Count the attempt; the first one over the limit is audited."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            name = str(credentials.get("username", ""))
            if cache.add(f"locked:{digest(name)}", value=True, timeout=LOCKED_SECONDS):
                sign_in.record_lockout(typed=name)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 -- the library's signature
        """Audit it."""
        del request
        sign_in.record_failure(typed=str(credentials.get("username", "")))

    def add_message(  # noqa: PLR0917 -- the library's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what we have words for; that somebody is signed in now, the page shows by itself."""
        del message_context
        said = message or MESSAGES.get(message_template or "")
        if said:
            messages.add_message(request, level, str(said), extra_tags=extra_tags)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own page."""
        del request
        return reverse("account")


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """Authenticator apps, recovery codes and passkeys."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes need a second factor first."),
        "incorrect_code": gettext_lazy("The code is incorrect."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret with the active key; a rotation seals it anew with the next one."""
        return SECOND_FACTORS.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open it; NianjianError ``key_unknown`` or ``sealed_damaged``."""
        return SECOND_FACTORS.open(encrypted_text)

    def get_totp_issuer(self) -> str:
        """The name beside the code in the app."""
        return "年检 nianjian"

    def generate_authenticator_name(self, user: AbstractBaseUser, type: str) -> str:  # noqa: A002 -- the library's signature
        """Name for a new passkey."""
        del user, type
        return gettext("Passkey")


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

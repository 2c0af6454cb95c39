"""Addresses of signing in and of one's own account: those of the sign-in library that are used here, each marked."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any, Final

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from nianjian.features.people.account import arrivals, own
from nianjian.features.people.account.providers import Connections, SignInView, configured, onward
from nianjian.features.people.account.second_factor import SecondFactorView
from nianjian.platform.home.sign_in import CHINESE
from nianjian.platform.web import access

Mark = Callable[[Any], Callable[..., HttpResponseBase]]


def _marked(mark: Mark, route: str, view: Callable[..., Any], name: str) -> URLPattern:
    """Give one of the library's views a mark, without touching the view itself."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    return path(route, mark(inside), name=name)


_OPEN: Final = (
    ("login/", SignInView.as_view(), "account_login"),
    ("logout/", account.logout, "account_logout"),
    ("inactive/", account.account_inactive, "account_inactive"),
    ("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    ("2fa/webauthn/login/", passkeys.login_webauthn, "mfa_login_webauthn"),
    ("3rdparty/login/cancelled/", social.login_cancelled, "socialaccount_login_cancelled"),
    ("3rdparty/login/error/", social.login_error, "socialaccount_login_error"),
    ("oidc/<str:provider_id>/login/", onward(configured(oidc.login)), "openid_connect_login"),
    ("oidc/<str:provider_id>/login/callback/", configured(oidc.callback), "openid_connect_callback"),
)
_OWN: Final = (
    ("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    ("password/change/", account.password_change, "account_change_password"),
    ("password/set/", account.password_set, "account_set_password"),
    ("2fa/", SecondFactorView.as_view(), "mfa_index"),
    ("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    ("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    ("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    ("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    ("2fa/recovery-codes/generate/", codes.generate_recovery_codes, "mfa_generate_recovery_codes"),
    ("2fa/recovery-codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    ("2fa/webauthn/", passkeys.list_webauthn, "mfa_list_webauthn"),
    ("2fa/webauthn/add/", passkeys.add_webauthn, "mfa_add_webauthn"),
    ("2fa/webauthn/reauthenticate/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
    ("2fa/webauthn/keys/<int:pk>/edit/", passkeys.edit_webauthn, "mfa_edit_webauthn"),
    ("3rdparty/", Connections.as_view(), "socialaccount_connections"),
)


def _chinese(provider: str) -> list[URLPattern]:
    views = import_module(f"allauth.socialaccount.providers.{provider}.views")
    return [
        _marked(access.public, f"{provider}/login/", onward(configured(views.oauth2_login)), f"{provider}_login"),
        _marked(
            access.public, f"{provider}/login/callback/", configured(views.oauth2_callback), f"{provider}_callback"
        ),
    ]


urlpatterns = [
    path("", own.account, name="account"),
    path("sessions/", own.sessions, name="usersessions_list"),
    path("tokens/", own.token_list, name="account-tokens"),
    path("tokens/<str:token>/revoke/", own.token_revoke, name="account-token-revoke"),
    path("first/<str:secret>/", arrivals.first, name="account-first"),
    path("inspect/<str:secret>/", arrivals.inspect, name="account-inspect"),
    path("join/<str:secret>/", arrivals.join, name="account-join"),
    *(_marked(access.public, *one) for one in _OPEN),
    *(_marked(access.own, *one) for one in _OWN),
    *(one for provider in CHINESE for one in _chinese(provider)),
]

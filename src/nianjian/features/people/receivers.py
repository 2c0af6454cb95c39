"""What the sign-in library signals, put into the audit chain."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.socialaccount import signals as social
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from nianjian.engines.kernel import clock
from nianjian.features.people.middleware import BEGAN, REASON
from nianjian.platform.accounts import sign_in


def listen() -> None:
    """Connect all of them."""
    user_logged_in.connect(_began, dispatch_uid="nianjian.began")
    account.user_logged_in.connect(_entered, dispatch_uid="nianjian.entered")
    user_logged_out.connect(_left, dispatch_uid="nianjian.left")
    for signal in (account.password_changed, account.password_set):
        signal.connect(_password, dispatch_uid="nianjian.password")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="nianjian.factor")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="nianjian.factor")
    mfa.authenticator_reset.connect(_factor_added, dispatch_uid="nianjian.factor")
    mfa.authentication_failed.connect(_factor_failed, dispatch_uid="nianjian.factor")
    social.social_account_added.connect(_connected, dispatch_uid="nianjian.connected")
    social.social_account_removed.connect(_disconnected, dispatch_uid="nianjian.connected")


def _began(request: HttpRequest, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    request.session[BEGAN] = clock.now().timestamp()


def _entered(request: HttpRequest, user: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    records = get_authentication_records(request, user)
    method = "+".join(dict.fromkeys(str(one["method"]) for one in records if not one.get("reauthenticated")))
    sign_in.record_sign_in(user=user.get_username(), method=method or "link")


def _left(request: HttpRequest, user: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    if user is not None:
        reason = str(request.META.get(REASON, "asked"))
        sign_in.record_sign_out(user=user.get_username(), reason=reason)


def _password(user: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    sign_in.record_change(user=user.get_username(), what="password")


def _factor_added(user: Any, authenticator: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    sign_in.record_change(user=user.get_username(), what="second_factor.add", kind=str(authenticator.type))


def _factor_removed(user: Any, authenticator: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    sign_in.record_change(user=user.get_username(), what="second_factor.remove", kind=str(authenticator.type))


def _factor_failed(user: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    sign_in.record_failure(typed=user.get_username(), by="second_factor")


def _connected(sociallogin: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    account_ = sociallogin.account
    sign_in.record_change(user=sociallogin.user.get_username(), what="connect", provider=str(account_.provider))


def _disconnected(socialaccount: Any, **_rest: Any) -> None:  # noqa: ANN401 -- a signal's arguments
    sign_in.record_change(user=socialaccount.user_id, what="disconnect", provider=str(socialaccount.provider))

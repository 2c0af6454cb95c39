"""Addresses of signing in and of one's own account: those of the sign-in library that are used here, each marked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from django.http import HttpResponse
from django.urls import URLPattern, path

from nianjian.web.account import arrivals
from nianjian.web.layout.access import own, public


def _open(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    def opened(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return path(route, public(opened), name=name)


def _own(route: str, view: Callable[..., Any], name: str) -> URLPattern:
    def owned(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return path(route, own(owned), name=name)


urlpatterns = [
    path("first/<str:secret>/", arrivals.first, name="account-first"),
    path("inspect/<str:secret>/", arrivals.inspect, name="account-inspect"),
    _open("login/", account.login, "account_login"),
    _open("logout/", account.logout, "account_logout"),
    _open("inactive/", account.account_inactive, "account_inactive"),
    _open("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    _own("2fa/", mfa.index, "mfa_index"),
]

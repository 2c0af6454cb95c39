"""Single sign-on pages: which providers there are, and the way to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.views import LoginView
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.views import ConnectionsView
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.utils.translation import gettext


def offered(request: HttpRequest) -> list[dict[str, str]]:
    """Return name and address of each provider that is configured."""
    found = get_adapter().list_providers(request)
    return [{"name": str(one.name), "address": one.get_login_url(request)} for one in found]


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add the providers."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        label = gettext("Sign in with a passkey")
        return {**found, "providers": offered(self.request), "passkey_label": label}


class Connections(ConnectionsView):  # type: ignore[misc]
    """One's identities at the providers."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add the providers."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "providers": offered(self.request)}


def configured(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Answer 404 for a provider that this installation does not have."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        try:
            answer: HttpResponse = view(request, *args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404 from error
        return answer

    return inside


def onward(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Let a form lead to the provider: the policy allows forms to this site only, so a page in between refreshes."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 -- hands on what comes
        answer: HttpResponse = view(request, *args, **kwargs)
        if request.method == "POST" and isinstance(answer, HttpResponseRedirectBase) and "://" in answer.url:
            return render(request, "socialaccount/onward.html", {"address": answer.url})
        return answer

    return inside

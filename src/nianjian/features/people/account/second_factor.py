"""Who is asked for a second factor, and who does nothing without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.mfa.base.views import IndexView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from nianjian.platform.accounts import query
from nianjian.platform.accounts.people import has_second_factor
from nianjian.platform.accounts.roles import Role
from nianjian.platform.web.access import INSPECTION

ASKED: Final = (Role.ADMINISTRATOR, Role.COMPLIANCE_LEAD)
"""They may change who may do what, or be the second of two."""
# What is open without one. Not the tokens: they would be a way around.
OPEN: Final = (
    *(f"/account/{place}/" for place in ("2fa", "reauthenticate", "login", "logout", "first", "inspect", "password")),
    "/language",
    "/theme",
)


def is_asked(user: str) -> bool:
    """Whether the person's roles call for a second factor that is not there yet."""
    return query.holds(user, ASKED) and not has_second_factor(user)


def welcome(user: str) -> str:
    """Where a person goes after choosing a password."""
    return reverse("mfa_index") if is_asked(user) else str(settings.LOGIN_REDIRECT_URL)


class SecondFactorView(IndexView):  # type: ignore[misc]
    """What second factors there are."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- the library's signature
        """Add whether one is called for."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return {**found, "asked": is_asked(self.request.user.get_username()), "required": settings.SECOND_FACTOR}


class Enrolment:
    """Middleware: where a second factor is obligatory, who lacks one is led to its page, whatever page is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead there."""
        if (
            settings.SECOND_FACTOR
            and request.user.is_authenticated
            and not request.path.startswith(OPEN)
            and INSPECTION not in request.session
            and is_asked(request.user.get_username())
        ):
            return redirect("mfa_index")
        return self._get_response(request)

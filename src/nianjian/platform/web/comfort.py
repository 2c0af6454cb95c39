"""The reader's language and theme: stored for the person, and in a cookie for the time before signing in."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from nianjian.platform.accounts import preferences
from nianjian.platform.accounts.preferences import THEMES
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.web.access import public

THEME_COOKIE: Final = "THEME"


def theme_of(request: HttpRequest) -> str:
    """``light``, ``dark`` or "" for the system's own."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(getattr(user, "theme", ""))
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


LANGUAGE_COOKIE: Final = "LANG"
YEAR: Final = 365 * 24 * 3600


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    response = _redirect_back(request)
    tag = request.POST.get("language", "")
    if tag in preferences.LANGUAGES:
        if request.user.is_authenticated:
            preferences.set_look(actor=Actor(request.user.get_username(), USER), language=tag)
        _set_cookie(request, response, LANGUAGE_COOKIE, tag)
    return response


@require_POST
@public
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme and go back to the page; neither light nor dark is the system's own."""
    response = _redirect_back(request)
    chosen = request.POST.get("theme", "")
    if request.user.is_authenticated:
        preferences.set_look(actor=Actor(request.user.get_username(), USER), theme=chosen)
    if chosen in preferences.THEMES:
        _set_cookie(request, response, THEME_COOKIE, chosen)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Strict")
    return response


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Strict", httponly=True, secure=request.is_secure())


def _redirect_back(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the page whose form this was; a foreign address is never followed."""
    address = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        address = "/"
    return HttpResponseRedirect(address)

"""The reader's choice of language and theme: kept for the person, and in a cookie for the time before signing in."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from nianjian.platform.accounts.comfort import service
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.web import theme as themes
from nianjian.platform.web.access import public

LANGUAGE: Final = "LANG"
YEAR: Final = 365 * 24 * 3600


@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    response = _back(request)
    tag = request.POST.get("language", "")
    if tag in service.LANGUAGES:
        if request.user.is_authenticated:
            service.choose(actor=Actor(request.user.get_username(), USER), language=tag)
        _keep(request, response, LANGUAGE, tag)
    return response


@require_POST
@public
def theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme and go back to the page; neither light nor dark is the system's own."""
    response = _back(request)
    chosen = request.POST.get("theme", "")
    if request.user.is_authenticated:
        service.choose(actor=Actor(request.user.get_username(), USER), theme=chosen)
    if chosen in service.THEMES:
        _keep(request, response, themes.COOKIE, chosen)
    else:
        response.delete_cookie(themes.COOKIE, samesite="Strict")
    return response


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Strict", httponly=True, secure=request.is_secure())


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the page whose form this was; a foreign address is never followed."""
    address = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        address = "/"
    return HttpResponseRedirect(address)

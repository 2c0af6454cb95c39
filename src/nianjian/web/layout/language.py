"""The page's language: a cookie that the reader set, else the browser's list; Chinese when in doubt."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from nianjian.paper.words import language_of
from nianjian.web.layout.access import public

COOKIE: Final = "LANG"
YEAR: Final = 365 * 24 * 3600
TAGS: Final = ("zh-hans", "en")


def current() -> str:
    """Language of this request in the catalogue's names: ``en`` or ``zh_Hans``."""
    return language_of(get_language() or "")


@require_POST
@public
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page; a foreign address is never followed."""
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    tag = request.POST.get("language", "")
    if tag in TAGS:
        response.set_cookie(COOKIE, tag, max_age=YEAR, samesite="Strict", httponly=True)
    return response

"""How the reader likes the pages: language, theme, the columns of each list.

Language and theme are stored for the person, and in a cookie for the time before signing in; columns in a cookie.
"""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import full_day, weekday_text
from nianjian.engines.paper.words import words
from nianjian.platform.accounts import people
from nianjian.platform.accounts.people import THEMES
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.web.access import Request, person, public
from nianjian.platform.web.days import read_moment
from nianjian.platform.web.language import current

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


@require_safe
@person
def show_day(request: Request) -> HttpResponse:
    """How the day or moment that is typed is understood: the weekday, and whether it is a working day."""
    typed = str(next(iter(request.GET.values()), ""))
    moment = read_moment(typed, clock.today())
    if moment is None:
        return HttpResponse(gettext("Not understood; write 2026-11-25, 11-25 or today") if typed.strip() else "")
    workdays = calendar()
    day, _ = moment.date(), words(current())
    parts = [full_day(day, _), weekday_text(day, _), f"{moment:%H:%M}" if ":" in typed or "：" in typed else ""]
    if workdays.known(day) and not workdays.is_workday(day):
        parts.append(gettext("no working day"))
    return HttpResponse(" ".join(filter(None, parts)))


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    response = _redirect_back(request)
    tag = request.POST.get("language", "")
    if tag in people.LANGUAGES:
        if request.user.is_authenticated:
            people.set_look(actor=Actor(request.user.get_username(), USER), language=tag)
        _set_cookie(request, response, LANGUAGE_COOKIE, tag)
    return response


@require_POST
@public
def set_theme(request: HttpRequest) -> HttpResponse:
    """Remember the theme and go back to the page; neither light nor dark is the system's own."""
    response = _redirect_back(request)
    chosen = request.POST.get("theme", "")
    if request.user.is_authenticated:
        people.set_look(actor=Actor(request.user.get_username(), USER), theme=chosen)
    if chosen in people.THEMES:
        _set_cookie(request, response, THEME_COOKIE, chosen)
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Strict")
    return response


COLUMNS_COOKIE: Final = "COLUMNS-"  # and the name of the list
NAME: Final = re.compile(r"[a-z0-9_-]{1,40}")
MOST_COLUMNS: Final = 40


def read_columns(request: HttpRequest, name: str) -> frozenset[str] | None:
    """The columns that the person chose for a list; None: no choice was made."""
    chosen = request.COOKIES.get(COLUMNS_COOKIE + name)
    return None if chosen is None else frozenset(NAME.findall(chosen))


@require_POST
@person
def set_columns(request: Request) -> HttpResponse:
    """Remember which columns of a list the person wants to see and go back to it."""
    response, name = _redirect_back(request), request.POST.get("list", "")
    if NAME.fullmatch(name):
        columns = [one for one in request.POST.getlist("column")[:MOST_COLUMNS] if NAME.fullmatch(one)]
        _set_cookie(request, response, COLUMNS_COOKIE + name, ".".join(columns))
    return response


def _set_cookie(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, samesite="Strict", httponly=True, secure=request.is_secure())


def _redirect_back(request: HttpRequest) -> HttpResponseRedirect:
    """Lead back to the page whose form this was; a foreign address is never followed."""
    address = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}):
        address = "/"
    return HttpResponseRedirect(address)

"""Who may open a page. Every view carries a mark; a house test fails on one that carries none.

A person who is not signed in is led to the sign-in page. To whom an enterprise does not concern it does not exist
(404); who may read it but not do this gets 403 and is told which role is missing.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from nianjian.platform.accounts import access
from nianjian.platform.accounts.query import USER, Actor, Enterprise
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.web import resend

P = ParamSpec("P")
MARK: Final = "nianjian_access"
INSPECTION: Final = "nianjian_inspection"  # in a session: the inspector's link that opened it
LAST_OPEN: Final = "nianjian_enterprise"  # in a session: the enterprise of the last page that had one


class Request(HttpRequest):
    """A request that has passed a mark of this module."""

    actor: Actor
    enterprise: Enterprise
    team: str | None  # rows of this team only; None: all
    htmx: bool
    counts: Mapping[str, int]  # what a page has counted itself, by line of the menu or label of an entry


View = Callable[Concatenate[Request, P], HttpResponseBase]
Around = Callable[Concatenate[HttpRequest, P], HttpResponseBase]  # what Django calls


def page(act: Permission) -> Callable[[View[P]], Around[P]]:
    """Mark a page of one enterprise, whose address holds ``code``: sets ``actor``, ``enterprise`` and ``team``."""

    def enter(request: Request, code: str) -> None:
        request.enterprise, request.team = access.enter_enterprise(request.actor, code, act)
        if request.session.get(LAST_OPEN) != code:
            request.session[LAST_OPEN] = code

    return lambda view: _marked(view, act, enter)


def everywhere(act: Permission) -> Callable[[View[P]], Around[P]]:
    """Mark a page of the whole installation: sets ``actor``."""
    return lambda view: _marked(
        view, act, lambda request, _code: access.require_permission(request.actor, access.EVERYWHERE, act)
    )


def anywhere(act: Permission) -> Callable[[View[P]], Around[P]]:
    """Mark a page of one enterprise that stands at an address without ``code``, too: there for the installation."""

    def around(view: View[P]) -> Around[P]:
        here, there = page(act)(view), everywhere(act)(view)

        @wraps(view)
        def inside(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            return (here if "code" in kwargs else there)(request, *args, **kwargs)

        setattr(inside, MARK, act)
        return cast("Around[P]", inside)

    return around


def person(view: View[P]) -> Around[P]:
    """Mark a page for everybody who is signed in: it shows what concerns this person; sets ``actor``."""
    return _marked(view, "person", lambda _request, _code: None)


def _marked(view: View[P], mark: str, enter: Callable[[Request, str], None]) -> Around[P]:
    """Ask for a sign-in, then ``enter`` with the code in the address; what it raises becomes a page (`errors`)."""

    @wraps(view)
    def inside(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        if INSPECTION in request.session:  # the room alone is theirs, whatever the roles allow
            if request.path != reverse("portfolio"):
                raise Http404
            return redirect("room")
        page_request = cast("Request", request)
        page_request.actor = Actor(request.user.get_username(), USER)
        enter(page_request, str(kwargs.get("code", access.EVERYWHERE)))
        return view(page_request, *args, **kwargs)

    setattr(inside, MARK, mark)
    return cast("Around[P]", inside)


def inspector(view: Around[P]) -> Around[P]:
    """Mark a page of the inspection room: for whom an inspector's link has let in; 404 for everybody else."""

    @wraps(view)
    def inside(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_sign_in(request)
        if INSPECTION not in request.session:
            raise Http404
        code, name = kwargs.get("code"), request.user.get_username()
        if code is not None and Role.INSPECTOR not in access.roles(name, str(code)):
            raise Http404
        return view(request, *args, **kwargs)

    setattr(inside, MARK, "inspector")
    return cast("Around[P]", inside)


def public(view: Around[P]) -> Around[P]:
    """Mark one of the few pages that are open to all."""
    setattr(view, MARK, "public")
    return view


def at(route: str, place: str, **more: str) -> str:
    """Return the address of a page at an enterprise (``ROUTE-here``) or of its twin for the installation."""
    return reverse(f"{route}-here", kwargs={"code": place, **more}) if place else reverse(route, kwargs=more)


def redirect_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back; what a form brought waits until its writer is signed in."""
    if getattr(request, "htmx", False):  # a fragment must not hold the sign-in page
        page = resend.find_page_address(request, request.headers.get("HX-Current-URL", ""))
        answer = redirect_to_login(page or request.get_full_path())
        return HttpResponse(status=401, headers={"HX-Redirect": answer.headers["Location"]})
    waits = request.method == "POST" and resend.keep_form(request)
    return redirect_to_login(reverse("resend") if waits else request.get_full_path())

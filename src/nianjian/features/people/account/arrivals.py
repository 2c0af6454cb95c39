"""The pages behind links: choose a password and be signed in, or open an inspector's read-only session."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.words import words
from nianjian.features.people.account.forms import ChoosePassword
from nianjian.features.people.account.second_factor import welcome
from nianjian.platform.accounts import invitations, links
from nianjian.platform.accounts import links as service
from nianjian.platform.accounts.invitations import accept_invitation
from nianjian.platform.accounts.models import Link, User
from nianjian.platform.accounts.query import enterprise
from nianjian.platform.web.access import INSPECTION, Request, own, public
from nianjian.platform.web.language import current


@require_http_methods(["GET", "POST"])
@public
@sensitive_post_parameters()
@sensitive_variables("secret")
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """Choose a password; the link is used up by that, not by opening the page."""
    link = links.find_link(Link.FIRST, secret)
    if link is None:
        return _gone(request)
    person = User.objects.get(pk=link.user)
    form = ChoosePassword(person, request.POST or None)
    if not form.is_valid():
        return render(request, "account/first.html", {"form": form, "name": link.user})
    try:
        service.use_first_link(secret=secret, password=form.cleaned_data["password"])
    except NianjianError:  # another window was faster
        return _gone(request)
    logout(request)
    person.refresh_from_db()
    answer: HttpResponse = perform_login(request, Login(user=person, redirect_url=welcome(person.name)))
    return answer


@require_http_methods(["GET", "POST"])
@public
@sensitive_variables("secret")
def inspect(request: HttpRequest, secret: str) -> HttpResponse:
    """Open a read-only session that ends with the link; each opening is audited."""
    link = links.find_link(Link.INSPECT, secret)
    if link is None:
        return _gone(request)
    if request.method == "GET":  # a mail scanner that follows links must not open a session
        return render(request, "account/inspect.html", {"link": link})
    try:
        opened = service.open_inspection(secret=secret)
    except NianjianError:
        return _gone(request)
    logout(request)
    answer: HttpResponse = perform_login(
        request, Login(user=User.objects.get(pk=opened.user), redirect_url=settings.LOGIN_REDIRECT_URL)
    )
    request.session[INSPECTION] = opened.id
    request.session.set_expiry(max(1, int((opened.expires_at - clock.now()).total_seconds())))
    return answer


@require_http_methods(["GET", "POST"])
@own
@sensitive_variables("secret")
def join(request: Request, secret: str) -> HttpResponse:
    """Accept an invitation as the person who is signed in; nothing is accepted by opening the page."""
    invitation = invitations.find_invitation(secret)
    if invitation is None:
        return _gone(request)
    if request.method == "GET":
        _ = words(current())
        context = {
            "enterprise": enterprise(invitation.enterprise_id),
            "role": translate_value("role", invitation.role, _),
            "name": request.actor.name,
        }
        return render(request, "account/join.html", context)
    try:
        accept_invitation(secret=secret, actor=request.actor)
    except NianjianError:  # somebody else was faster
        return _gone(request)
    return redirect("overview", invitation.enterprise_id)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "account/gone.html", status=410)

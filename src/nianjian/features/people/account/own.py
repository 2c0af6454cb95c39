"""One's own page, sessions and tokens."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.words import words
from nianjian.features.people.account.forms import NewToken
from nianjian.features.people.account.providers import offered
from nianjian.features.people.account.second_factor import is_asked
from nianjian.platform.accounts import query, sign_in, tokens
from nianjian.platform.accounts import tokens as service
from nianjian.platform.accounts.people import has_second_factor
from nianjian.platform.accounts.query import acts_of
from nianjian.platform.accounts.roles import Act
from nianjian.platform.web.access import Request, own, person
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current


@require_safe
@person
def account(request: Request) -> HttpResponse:
    """Who one is here, and the ways to change what one proves oneself by."""
    _ = words(current())
    name = request.actor.name
    context = {
        "roles": [(translate_value("role", one.role, _), one.enterprise, one.team) for one in query.roles_of(name)],
        "inspection": request.actor.scopes is not None,
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
        "second_factor": has_second_factor(name),
        "asked": is_asked(name),
        "providers": offered(request),
    }
    return render(request, "account/own.html", context)


@require_http_methods(["GET", "POST"])
@own
def sessions(request: Request) -> HttpResponse:
    """List the sessions; end one of them, or all but this."""
    found = UserSession.objects.purge_and_list(request.user)
    if request.method == "GET":
        here = request.session.session_key
        rows = [(one, one.session_key == here) for one in sorted(found, key=lambda one: one.last_seen_at, reverse=True)]
        return render(request, "account/sessions.html", {"rows": rows})
    wanted = request.POST.get("session", "")
    ended = [one for one in found if not one.is_current() and wanted in {"others", str(one.pk)}]
    for one in ended:
        one.end()
    if ended:
        sign_in.record_change(user=request.actor.name, what="sessions.end", count=str(len(ended)))
        messages.success(request, gettext("Ended."))
    return redirect("usersessions_list")


@require_http_methods(["GET", "POST"])
@own
def token_list(request: Request) -> HttpResponse:
    """List one's tokens; make one, whose secret stands in the answer to the form and nowhere else."""
    _ = words(current())
    name = request.actor.name
    may = acts_of(name)
    form = NewToken(
        [(act.value, str(translate_value("act", act.value, _))) for act in Act if act in may], request.POST or None
    )
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create_token(user=name, actor=request.actor, **form.asked())
        except NianjianError as error:
            form.add_error(None, describe_error(error)[0])
    rows = [
        (one, [translate_value("act", scope, _) for scope in one.scopes] if one.scopes is not None else None)
        for one in tokens.list_user_tokens(name)
    ]
    return render(request, "account/tokens.html", {"form": form, "rows": rows, "made": made})


@require_POST
@own
def token_revoke(request: Request, token: str) -> HttpResponse:
    """End one of one's own tokens."""
    if token not in {one.id for one in tokens.list_user_tokens(request.actor.name)}:
        raise Http404
    service.revoke_token(token=token, actor=request.actor)
    messages.success(request, gettext("The token is revoked."))
    return redirect("account-tokens")

"""Addresses behind the forms: their drafts, and what is sent once more after a lost session or an old page."""

import json
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.web import drafts, errors, resend
from nianjian.platform.web.access import Request, person, redirect_to_sign_in

COOKIE: Final = "DRAFTS"  # tells a page's script that the server might have a draft
DROP: Final = "resend-drop"


@require_http_methods(["GET", "POST"])
@person
def draft(request: Request) -> HttpResponse:
    """Store the draft of a form, or answer with it; 204 where there is none."""
    user = request.actor.name
    if request.method == "POST":
        try:
            drafts.save_draft(user=user, form=request.POST.get("form", ""), fields=request.POST.get("fields", ""))
        except NianjianError:
            return HttpResponse(status=413)
        answer = HttpResponse(status=204)
        age = int(drafts.AGE.total_seconds())
        answer.set_cookie(COOKIE, "1", max_age=age, samesite="Strict", secure=request.is_secure())
        return answer
    stored = drafts.find_draft(user, request.GET.get("form", ""))
    if stored is None:
        return HttpResponse(status=204)
    at = f"{stored.saved_at.astimezone(clock.ZONE):%H:%M}"
    text = to_json({"at": at, "fields": json.loads(stored.fields or "{}")})
    return HttpResponse(text, content_type="application/json")


@require_http_methods(["GET", "POST"])
@person
def send_again(request: Request) -> HttpResponse:
    """Show the form that waits for this person; by POST send it to its address, once, or drop it."""
    form = resend.find_form(request, request.actor.name)
    if form is None:
        return redirect("/")
    if request.method == "GET":
        text = gettext("You are signed in again. What you wrote is here and has not been sent yet.")
        context = {"form": form, "action": request.path, "text": text, "drop": True}
        return render(request, "layout/resend.html", context)
    if not resend.claim_form(request, form) or DROP in request.POST:
        return redirect(form.back)
    answer = HttpResponseRedirect(form.address)
    answer.status_code = 307  # the browser sends the same fields there, and the page decides as about any form
    return answer


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without its token, with its fields to be sent again by the person who wrote them."""
    form = resend.read_form(request)
    if form is None:
        return errors.stale(request, reason)
    if not request.user.is_authenticated:
        return redirect_to_sign_in(request)
    if form.writer != resend.identify_writer(request.user.get_username()):
        return errors.stale(request, reason)
    text = gettext("This page has expired. What you wrote is kept; submit it once more.")
    if getattr(request, "htmx", False):
        answer = render(request, "layout/parts/notice.html", {"kind": "error", "text": text}, status=403)
        answer.headers["HX-Trigger"] = json.dumps({"nianjian:token": get_token(request)})
        return answer
    mark = resend.sign_writer(request.user.get_username())
    context = {"form": form, "action": form.address, "text": text, "mark": mark}
    return render(request, "layout/resend.html", context, status=403)


urlpatterns = [
    path("draft/", draft, name="draft"),
    path("resend/", send_again, name="resend"),
]

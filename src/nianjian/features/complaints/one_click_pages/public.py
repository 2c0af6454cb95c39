"""The page that anybody may open by a number's address, without signing in and without script.

It acts under nobody's session, so it asks for no token of one; the form's own signature says that this page was loaded.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.one_click.model import Door
from nianjian.features.complaints.one_click.query import get_by_token
from nianjian.features.complaints.one_click_pages.forms import Complaint
from nianjian.features.complaints.one_click_pages.limits import allowed
from nianjian.features.complaints.operations import one_click as flow
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.web.access import public

SHOWN: Final = timedelta(days=30)  # so long the confirmation can be opened again
TOO_MANY = 429


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public
def complain(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a complaint about a number, and take it; the answer does not tell whether we know who complains."""
    door = _door(token)
    form, status = Complaint(request.POST if request.method == "POST" else None, token=token), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            texts = form.texts()
            if not allowed(request, door.enterprise_id, texts["complainant"]):
                text = gettext("Too many complaints came from here. Please try again later, or turn to 12321.")
                form.add_error(None, text)
                return _asked(request, door, form, TOO_MANY)
            try:
                ticket = flow.complain(token=token, once=form.cleaned_data["once"], texts=texts)
            except NianjianError as error:
                form.refuse(error)
            else:
                return redirect("one-click-done", token=token, receipt=signing.dumps(ticket, salt=_salt(token)))
    return _asked(request, door, form, status)


def _asked(request: HttpRequest, door: Door, form: Complaint, status: int) -> HttpResponse:
    context = {"door": door, "form": form, **_promised(door)}
    return render(request, "one_click/complain.html", context, status=status)


@require_safe
@public
def show_receipt(request: HttpRequest, token: str, receipt: str) -> HttpResponse:
    """Tell the ticket's number and what happens next."""
    door = _door(token)
    try:
        ticket = str(signing.loads(receipt, salt=_salt(token), max_age=SHOWN))
    except signing.BadSignature as error:
        raise Http404 from error
    context = {"door": door, "ticket": ticket, **_promised(door)}
    return render(request, "one_click/done.html", context)


def _door(token: str) -> Door:
    try:
        return get_by_token(token)
    except NianjianError as error:
        raise Http404 from error


def _salt(token: str) -> str:
    return f"one-click-done:{token}"


def _promised(door: Door) -> dict[str, str]:
    found = flow.promised(door.enterprise_id)
    return {"response": _hours(found.response), "close": _hours(found.close)}


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):g}"

"""Scans of the notice beside an inspection day, and the note that the screens stand in the room."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.features.inspection.operations.day import scans
from nianjian.features.inspection.operations.day import screen_attestation as flow
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment, takes_files
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error

DIGITS: Final = 18
ACCEPTED: Final = ".pdf,.jpg,.jpeg,.png,.tif,.tiff,.ofd"
_DATE: Final = {"type": "date"}


class Scanned(forms.Form):
    """A scan."""

    file = forms.FileField(
        label=gettext_lazy("Scan of the notice"),
        help_text=gettext_lazy("PDF, JPEG, PNG, TIFF or OFD, at most 20 MiB; kept encrypted."),
        widget=forms.ClearableFileInput({"accept": ACCEPTED}),
    )


class Seen(forms.Form):
    """What somebody has seen in the room."""

    seen_on = forms.DateField(
        label=gettext_lazy("Looked at on"), widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    stand = forms.ChoiceField(
        label=gettext_lazy("What I have seen"),
        choices=(
            ("yes", gettext_lazy("both screens stand in the room and show live data")),
            ("no", gettext_lazy("they do not both stand there with live data")),
        ),
    )


@require_POST
@page(Act.LOAD)
@takes_files
def add(request: Request, code: str) -> HttpResponse:
    """Keep a scan beside a day."""
    day, form = _day(request), Scanned(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Choose a file first."))
        return _back(code, day)
    file = form.cleaned_data["file"]
    try:
        scans.sized(file.name or "", file.size or 0)  # before it is read into memory
        scans.attach(enterprise=code, day=day, name=file.name or "", content=file.read(), actor=request.actor)
        messages.success(request, gettext("The file is kept, encrypted."))
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        messages.error(request, describe_error(error)[0])
    return _back(code, day)


@require_POST
@page(Act.REVEAL)
def fetch(request: Request, code: str) -> HttpResponse:
    """Give a scan out as it came; each time is noted."""
    name, media, content = scans.fetch(enterprise=code, day=_day(request), number=_number(request), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=media), name)


@require_POST
@page(Act.LOAD)
def remove(request: Request, code: str) -> HttpResponse:
    """Take a scan back."""
    day = _day(request)
    scans.remove(enterprise=code, day=day, number=_number(request), actor=request.actor)
    return _back(code, day)


@require_POST
@page(Act.LOAD)
def note_screens(request: Request, code: str) -> HttpResponse:
    """Sign what was seen in the room."""
    form = Seen(request.POST, auto_id="seen_%s")
    if not form.is_valid():
        messages.error(request, gettext("Give the day on which you looked."))
        return redirect("inspection-day", code=code)
    try:
        stand = form.cleaned_data["stand"] == "yes"
        flow.note(enterprise=code, seen_on=form.cleaned_data["seen_on"], stand=stand, actor=request.actor)
        messages.success(request, gettext("Noted and signed with your account."))
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        messages.error(request, describe_error(error)[0])
    return redirect("inspection-day", code=code)


def around(held: dict[str, Any] | None) -> dict[str, Any]:
    """What the day's page shows of both."""
    kept = [] if held is None else held["scans"]
    return {
        "scans": [one | {"weight": f"{figures.count(-(-one['size'] // 1024))} KiB · SHA-256"} for one in kept],
        "scan_form": None if held is None else Scanned(auto_id="scan_%s"),
        "seen_form": Seen(initial={"seen_on": clock.today()}, auto_id="seen_%s"),
    }


def _back(code: str, day: date) -> HttpResponse:
    return redirect(f"{reverse('inspection-day', kwargs={'code': code})}?day={day.isoformat()}#scans")


def _day(request: Request) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", "")[:10])
    except ValueError as error:
        raise Http404 from error


def _number(request: Request) -> int:
    text = request.POST.get("scan", "")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise Http404
    return int(text)

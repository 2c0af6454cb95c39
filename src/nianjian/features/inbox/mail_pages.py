"""The mail server of the installation: set, tried and removed on a page."""

from __future__ import annotations

import os
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.words import words
from nianjian.features.inbox.operations import get_mail_url
from nianjian.platform.accounts.query import find_spoken_language
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.notifications import delivery
from nianjian.platform.notifications.storage import (
    MailSettings,
    find_mail_server,
    remove_mail_server,
    save_mail_server,
)
from nianjian.platform.web.access import Request, everywhere
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current

HOST = r"[A-Za-z0-9][A-Za-z0-9.\-]*"


class MailForm(forms.Form):
    """The server and who sends."""

    host = forms.RegexField(
        HOST, label=gettext_lazy("Mail server"), max_length=200, help_text=gettext_lazy("Such as smtp.example.com")
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=465)
    mode = forms.ChoiceField(
        label=gettext_lazy("Encryption"),
        choices=[
            ("ssl", gettext_lazy("SSL (usually port 465)")),
            ("starttls", gettext_lazy("STARTTLS (usually port 587)")),
            ("insecure", gettext_lazy("none (only inside the own network)")),
        ],
    )
    sender = forms.EmailField(label=gettext_lazy("Sender"), help_text=gettext_lazy("The address that mails come from"))
    user = forms.CharField(
        label=gettext_lazy("User name at the server"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("Stored encrypted and never shown; empty: the present one stays"),
    )


class TestForm(forms.Form):
    """Where a test mail goes."""

    address = forms.EmailField(label=gettext_lazy("Send a test mail to"))


@require_http_methods(["GET", "POST"])
@everywhere(Permission.ADMINISTER)
@sensitive_post_parameters("password")
def set_mail_server(request: Request) -> HttpResponse:
    """Show the server, set it, remove it or send a test mail."""
    act = request.POST.get("act", "")
    row = find_mail_server()
    names = ("host", "port", "mode", "sender", "user")
    kept = {name: getattr(row, name) for name in names} if row else None
    form = MailForm(request.POST if act == "save" else None, initial=kept)
    own = (find_spoken_language(request.actor.name) or ("", ""))[0]
    test = TestForm(request.POST if act == "test" else None, initial={"address": own})
    context: dict[str, Any] = {}
    if act == "save" and form.is_valid():
        save_mail_server(wanted=MailSettings(**form.cleaned_data), actor=request.actor)
        messages.success(request, gettext("The mail server is saved. Send a test mail now."))
        return redirect("mail")
    if act == "remove":
        remove_mail_server(actor=request.actor)
        return redirect("mail")
    if act == "test" and test.is_valid():
        context["tried"] = _send_test(test.cleaned_data["address"])
    context |= {
        "form": form,
        "test": test,
        "server": row,
        "changed": f"{actor_text(row.changed_by, words(current()))} · {format_moment(row.changed_at)}" if row else "",
        "by_environment": not row and bool(env.text("NIANJIAN_MAIL_URL", os.environ)),
        "ready": bool(get_mail_url()),
    }
    wrong = act in {"save", "test"} and "tried" not in context
    return render(request, "inbox/mail.html", context, status=UNPROCESSABLE if wrong else 200)


def _send_test(address: str) -> dict[str, str]:
    """Send a mail at once; what became of it, in words."""
    title, text = gettext("Test mail of the inspection platform"), gettext("Mail works. Nobody needs to answer.")
    outcome, fault = delivery.send_text(delivery.EMAIL, address, title, text, get_mail_url())
    if outcome is delivery.Outcome.SENT:
        return {"kind": "success", "text": gettext("The test mail to {address} is sent.").format(address=address)}
    said = gettext("The test mail to {address} could not be sent ({fault}).").format(address=address, fault=fault)
    return {"kind": "error", "text": said, "remedy": gettext("Check server, port, encryption, user and password.")}


urlpatterns = [path("", set_mail_server, name="mail")]

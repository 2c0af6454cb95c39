"""The inbox, one's own choices, and the log of an enterprise with what became of each sending."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import season
from nianjian.engines.paper.texts.season import CHANNEL_KINDS, MESSAGE_STATES, SCOPES
from nianjian.engines.paper.words import mark, words
from nianjian.features.inbox import obstacles, operations
from nianjian.features.inbox.operations import get_mail_url
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import find_spoken_language
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home import env
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.notifications import delivery
from nianjian.platform.notifications.models import Dispatch, Message
from nianjian.platform.notifications.storage import (
    MailSettings,
    find_mail_server,
    remove_mail_server,
    save_mail_server,
)
from nianjian.platform.web.access import Request, everywhere, page, person
from nianjian.platform.web.days import format_day, format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import CONNECTIONS, ENTERPRISE, Entry, Place, Scope
from nianjian.platform.web.paging import Page, paged


def obstacle_address(code: str, obstacle: str, values: Mapping[str, Any]) -> str:
    """Return the address of the list that holds exactly what has waited too long."""
    if obstacle == obstacles.OVERDUE:
        return f"{reverse('complaints', kwargs={'code': code})}?{urlencode({'hand': 'overdue', 'drill': 'no'})}"
    page = reverse("reconcile-one", kwargs={"code": code, "reconciliation": values["run"]})
    return f"{page}?{urlencode({'state': 'open'})}"


def _list_scopes() -> list[tuple[str, str]]:
    _ = words(current())
    return [(code, _(text)) for code, text in SCOPES.items()]


class Choices(forms.Form):
    """What one wants to be told, and when."""

    scope = forms.ChoiceField(label=gettext_lazy("Remind me of"), choices=_list_scopes)
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy("Nothing is sent to your channels during this time; equal times: no quiet hours."),
    )
    digest = forms.TimeField(
        label=gettext_lazy("All in one message at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=gettext_lazy(
            "Empty: immediately. Reminders that are due by tomorrow or late are always sent immediately."
        ),
    )


class NewChannel(forms.Form):
    """Where one can be reached."""

    address = forms.CharField(
        label=gettext_lazy("Where to send"),
        max_length=500,
        help_text=gettext_lazy("An e-mail address, or the webhook address of a WeCom, DingTalk or Feishu group robot."),
    )


def unread(request: HttpRequest) -> dict[str, object]:
    """Give templates ``unread``, counted only where a page shows it; nothing where nobody is signed in."""
    actor = getattr(request, "actor", None)
    return {} if actor is None else {"unread": SimpleLazyObject(lambda: operations.has_unread(actor))}


BADGES: Final = {
    Dispatch.DELIVERED: "good", Dispatch.UNCLEAR: "warn", Dispatch.FAILED: "bad", Dispatch.QUEUED: "plain",
    Dispatch.SENDING: "plain", Dispatch.DROPPED: "plain",
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@person
def inbox(request: Request) -> HttpResponse:
    """Show what one was told; note that it is read."""
    if request.method == "POST":
        operations.mark_read(chosen_=None, actor=request.actor)
        return redirect("inbox")
    part: Page[Message] = paged(request, operations.list_messages(request.actor))
    context = {"page": part, "rows": [_message_row(one) for one in part.rows]}
    return render(request, "inbox/inbox.html", context)


@require_http_methods(["GET", "POST"])
@person
def choices(request: Request) -> HttpResponse:
    """What one wants to be told, when and where."""
    settings = operations.get_settings(request.actor)
    forms: dict[str, Form] = {"form": Choices(initial=asdict(settings)), "channel": NewChannel()}
    if request.method == "POST" and _apply_form(request, forms):
        return redirect("inbox-choices")
    status = UNPROCESSABLE if request.method == "POST" else 200
    _ = words(current())
    channels = [{**asdict(one), "name": _(CHANNEL_KINDS.get(one.kind, one.kind))} for one in settings.channels]
    return render(request, "inbox/choices.html", {**forms, "channels": channels}, status=status)


def _apply_form(request: Request, forms: dict[str, Form]) -> bool:
    """Do what was asked; whether it was done, else what was wrong stands in the form that was sent."""
    data, actor = request.POST, request.actor
    act, channel = data.get("act", ""), data.get("channel", "")
    if act == "confirm":
        operations.confirm_channel(channel=channel, code=data.get("code", ""), actor=actor)
        messages.success(request, gettext("Confirmed: reminders go there from now on."))
        return True
    if act not in {"choose", "add"}:
        operations.close_channel(channel=channel, actor=actor)
        messages.success(request, gettext("The channel is closed."))
        return True
    name = "form" if act == "choose" else "channel"
    form = forms[name] = Choices(data) if act == "choose" else NewChannel(data)
    if not form.is_valid():
        return False
    try:
        if act == "choose":
            operations.set_choices(**form.cleaned_data, actor=actor)
            messages.success(request, gettext("Saved."))
        else:
            operations.add_channel(address=form.cleaned_data["address"], actor=actor)
            messages.success(request, gettext("A code was sent there. Enter it below."))
    except NianjianError as error:
        form.add_error(None, " ".join(describe_error(error)).strip())
        return False
    return True


@require_http_methods(["GET", "POST"])
@page(Permission.REPORT)
def list_reminders(request: Request, code: str) -> HttpResponse:
    """What the enterprise's people were told, and what became of it; send again what has failed."""
    if request.method == "POST":
        dispatch = operations.parse_number(request.POST.get("dispatch", ""))
        operations.retry_sending(enterprise=code, dispatch=dispatch, actor=request.actor)
        messages.success(request, gettext("It is being sent again."))
        return redirect("season-reminders", code=code)
    part: Page[Message] = paged(request, operations.list_log(enterprise=code, actor=request.actor))
    context = {
        "page": part,
        "rows": [_message_row(one) for one in part.rows],
        "waiting": operations.count_waiting(code),
    }
    return render(request, "inbox/log.html", context)


def _message_row(one: Message) -> dict[str, Any]:
    """A message with its states in words and colours."""
    _ = words(current())
    document = operations.to_document(one, current())
    return {
        "user": document.user,
        "text": document.text,
        "read": document.read,
        "day": document.day.isoformat(),
        "when": format_day(document.day),
        "address": _message_address(one),
        "firm": accounts.enterprise(document.enterprise).name,
        "dispatches": [
            {
                "dispatch": each.dispatch,
                "fault": each.fault,
                "word": _(MESSAGE_STATES[each.state]),
                "badge": BADGES[each.state],
                "again": each.state in {Dispatch.FAILED, Dispatch.UNCLEAR},
            }
            for each in document.dispatches
        ],
    }


def _message_address(one: Message) -> str:
    """Where to do what a message reminds of."""
    code, (about, _colon, rest) = {"code": one.enterprise}, one.about.partition(":")
    match about:
        case season.CALLBACK:
            return reverse("callback-ways", kwargs=code)
        case season.COMPLAINT:
            return reverse("complaints-one", kwargs={**code, "ticket": one.values["complaint"]})
        case season.OBSTACLE:
            return obstacle_address(one.enterprise, rest, one.values)
        case season.ROOM:
            return reverse("inspection-day-room", kwargs=code)
        case season.DRILL:
            return reverse("inspection-drill-screen", kwargs={**code, "drill": one.values["drill"]})
        case _:
            return reverse("season", kwargs=code)


urlpatterns = [
    path("", inbox, name="inbox"),
    path("choices/", choices, name="inbox-choices"),
]


ENTRIES: Final = (
    Entry(Place.TODAY, "", "inbox", Permission.READ_OWN, scope=Scope.PERSON),
    Entry(
        Place.SETTINGS, mark("Reminders"), "inbox-choices", Permission.READ_OWN, scope=Scope.PERSON, group=ENTERPRISE
    ),
    Entry(Place.SETTINGS, mark("Mail"), "mail", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=CONNECTIONS),
)


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
    initial = {name: getattr(row, name) for name in names} if row else None
    form = MailForm(request.POST if act == "save" else None, initial=initial)
    own = (find_spoken_language(request.actor.name) or ("", ""))[0]
    test = TestForm(request.POST if act == "test" else None, initial={"address": own})
    context: dict[str, Any] = {}
    if act == "save" and form.is_valid():
        save_mail_server(settings=MailSettings(**form.cleaned_data), actor=request.actor)
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


mail_patterns = [path("", set_mail_server, name="mail")]

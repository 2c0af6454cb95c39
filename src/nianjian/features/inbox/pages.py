"""The inbox, one's own choices, and the log of an enterprise with what became of each sending."""

from __future__ import annotations

from collections.abc import Mapping
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
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import season
from nianjian.engines.paper.texts.season import CHANNEL_KINDS, MESSAGE_STATES, SCOPES
from nianjian.engines.paper.words import mark, words
from nianjian.features.inbox import obstacles, operations
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.notifications.models import Dispatch, Message
from nianjian.platform.web.access import Request, page, person
from nianjian.platform.web.days import format_day
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
    shown: Page[Message] = paged(request, operations.list_messages(request.actor))
    context = {"page": shown, "rows": [_message_row(one) for one in shown.rows]}
    return render(request, "inbox/inbox.html", context)


@require_http_methods(["GET", "POST"])
@person
def choices(request: Request) -> HttpResponse:
    """What one wants to be told, when and where."""
    told = operations.get_settings(request.actor)
    forms: dict[str, Form] = {"form": Choices(initial=told), "channel": NewChannel()}
    if request.method == "POST" and _apply_form(request, forms):
        return redirect("inbox-choices")
    status = UNPROCESSABLE if request.method == "POST" else 200
    _ = words(current())
    channels = [{**one, "name": _(CHANNEL_KINDS.get(one["kind"], one["kind"]))} for one in told["channels"]]
    return render(request, "inbox/choices.html", {**forms, "channels": channels}, status=status)


def _apply_form(request: Request, forms: dict[str, Form]) -> bool:
    """Do what was asked; whether it was done, else what was wrong stands in the form that was sent."""
    given, actor = request.POST, request.actor
    act, channel = given.get("act", ""), given.get("channel", "")
    if act == "confirm":
        operations.confirm_channel(channel=channel, code=given.get("code", ""), actor=actor)
        messages.success(request, gettext("Confirmed: reminders go there from now on."))
        return True
    if act not in {"choose", "add"}:
        operations.close_channel(channel=channel, actor=actor)
        messages.success(request, gettext("The channel is closed."))
        return True
    name = "form" if act == "choose" else "channel"
    form = forms[name] = Choices(given) if act == "choose" else NewChannel(given)
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
    shown: Page[Message] = paged(request, operations.list_log(enterprise=code, actor=request.actor))
    context = {
        "page": shown,
        "rows": [_message_row(one) for one in shown.rows],
        "waiting": operations.count_waiting(code),
    }
    return render(request, "inbox/log.html", context)


def _message_row(one: Message) -> dict[str, Any]:
    """A message with its states in words and colours."""
    _ = words(current())
    told = operations.to_document(one, current())
    for each in told["dispatches"]:
        each["word"], each["badge"] = _(MESSAGE_STATES[each["state"]]), BADGES[each["state"]]
        each["again"] = each["state"] in {Dispatch.FAILED, Dispatch.UNCLEAR}
    told |= {"address": _message_address(one), "firm": accounts.enterprise(one.enterprise).name}
    told["when"] = format_day(one.day)
    return told


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

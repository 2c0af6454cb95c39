"""Webhooks of an enterprise: who is told of what, and what became of each message."""

from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.audit import verb_text
from nianjian.engines.paper.words import mark, words
from nianjian.features.webhooks import operations
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.notifications import webhooks
from nianjian.platform.notifications.models import Delivery, Webhook
from nianjian.platform.notifications.webhooks import EVENTS
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place
from nianjian.platform.web.paging import Page, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person


def _list_events() -> list[tuple[str, str]]:
    _ = words(current())
    return [(code, verb_text(code, _)) for code in EVENTS]


class NewWebhook(forms.Form):
    """Where, and of what."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput({"placeholder": "https://"}),
        help_text=gettext_lazy("https; each message is signed (Standard Webhooks)"),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Notified about"), choices=_list_events, widget=forms.CheckboxSelectMultiple
    )


STATES = {
    Delivery.WAITING: (mark("waiting"), "plain"),
    Delivery.DELIVERED: (mark("delivered"), "good"),
    Delivery.FAILED: (mark("given up"), "bad"),
}


@require_http_methods(["GET", "POST"])
@page(Permission.ADMINISTER)
def list_webhooks(request: Request, code: str) -> HttpResponse:
    """List the webhooks, and make one; its secret is shown in this answer only."""
    form = NewWebhook(request.POST or None)
    secret, status = "", 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                _made, secret = operations.add_webhook(enterprise=code, actor=request.actor, **form.cleaned_data)
                form, status = NewWebhook(), 200
            except NianjianError as error:
                form.add_error("url", " ".join(describe_error(error)).strip())
    part: Page[Webhook] = paged(request, webhooks.list_webhooks(code))
    _ = words(current())
    rows = [
        [
            Cell(one.url, href=reverse("webhooks-one", kwargs={"code": code, "webhook": one.id})),
            Cell(", ".join(verb_text(event, _) for event in one.events)),
            Cell(person(one.made_by)),
        ]
        for one in part.rows
    ]
    columns = [Column(gettext("Address")), Column(gettext("Notified about")), Column(gettext("Created by"))]
    table = Table(gettext("Webhooks"), columns, rows, wrap=True, cards=True)
    context = {"page": part, "table": table, "form": form, "secret": secret}
    return render(request, "webhooks/list.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(Permission.ADMINISTER)
def webhook_detail(request: Request, code: str, webhook: str) -> HttpResponse:
    """Show one with its log; try it, send a message again, or end it."""
    row = webhooks.get_webhook(webhook, code)
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act == "close":
            operations.close_webhook(webhook=webhook, enterprise=code, actor=request.actor)
            messages.success(request, gettext("The webhook has ended."))
            return redirect("webhooks", code=code)
        if act == "test":
            operations.test_webhook(webhook=webhook, enterprise=code, actor=request.actor)
            messages.success(request, gettext("A test message is being sent; see the log for the result."))
        else:
            delivery = request.POST.get("delivery", "")
            operations.retry_delivery(delivery=delivery, webhook=webhook, enterprise=code, actor=request.actor)
            messages.success(request, gettext("The message is being sent again."))
        return redirect("webhooks-one", code=code, webhook=webhook)
    part: Page[Delivery] = paged(request, webhooks.list_deliveries(row))
    _ = words(current())
    rows = [
        {
            "id": one.id,
            "at": one.created_at.astimezone(clock.ZONE),
            "event": verb_text(one.event, _),
            "state": _(STATES[one.state][0]),
            "badge": STATES[one.state][1],
            "tries": one.tries,
            "answer": one.status or one.fault or "–",
            "body": one.body,
        }
        for one in part.rows
    ]
    context = {"webhook": row, "rows": rows, "page": part, "told": [verb_text(event, _) for event in row.events]}
    return render(request, "webhooks/one.html", context)


urlpatterns = [
    path("", list_webhooks, name="webhooks"),
    path("<str:webhook>/", webhook_detail, name="webhooks-one"),
]


ENTRIES: Final = (Entry(Place.SETTINGS, mark("Webhooks"), "webhooks", Permission.ADMINISTER, group=CONNECTIONS),)

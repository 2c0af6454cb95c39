"""The guided start: the first steps of an enterprise, each in the state that its data are in."""

from __future__ import annotations

from typing import Final, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.paper.words import mark
from nianjian.features.overview import facts
from nianjian.features.overview import first_steps as flow
from nianjian.features.overview.facts import Overview
from nianjian.features.overview.first_steps import FirstSteps, Step
from nianjian.platform.accounts import preferences as comfort
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers import storage as rows
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error

# What a number has in the register so that its calls count as shown by an own one; afterwards back to the steps.
OWN_NUMBER: Final = {"from": "start", "filing": "已备案", "outbound": "是"}
DOUBTS: Final = {
    flow.SHAPE: mark(
        "It does not have the usual format of a licence number, such as B2-20080101 with or without a "
        "character in front."
    ),
    flow.PROVINCE: mark("Its first character stands for another province than the enterprise's: {province}."),
}


class LicenceForm(forms.Form):
    """The licence by its number; the rest of its row can come later."""

    number = forms.CharField(
        label=gettext_lazy("Licence number"),
        max_length=80,
        help_text=gettext_lazy(
            "As printed on the licence: B2-20080101, often with the character of a province in front."
        ),
    )
    issued_on, valid_until = (
        forms.DateField(
            label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=help_text
        )
        for label, help_text in (
            (gettext_lazy("Issued on"), gettext_lazy("It decides for which data year the first report is due.")),
            (gettext_lazy("Valid until"), gettext_lazy("It decides when a renewal must be requested.")),
        )
    )

    def __init__(self, data: object = None, *, province: str = "") -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.province = province

    def clean(self) -> dict[str, object]:
        """Ask once about what is unusual; who sends the same number again means it."""
        number = licence_number(str(self.cleaned_data.get("number", ""))).text
        found = flow.check_licence(number, self.province) if number else ()
        if found and self.data.get("sure") != number:
            for one in found:
                told = gettext(DOUBTS[one]).format(province=licence_number(number).province)
                self.add_error("number", told)
            self.add_error("number", gettext("Correct it, or submit it again if it is right."))
        return self.cleaned_data

    @property
    def sure(self) -> str:
        """The number that was doubted, to be sent along."""
        return licence_number(str(self.data.get("number", ""))).text if self.errors.get("number") else ""


def build_steps_context(request: Request, told: Overview, form: LicenceForm | None = None) -> dict[str, object]:
    """What the part ``overview/steps.html`` needs."""
    code = request.enterprise.code
    found = flow.build_first_steps(code, told, clock.today())
    return {
        "way": found,
        "here": found.here.value if found.here else "",
        "done": [one.value for one in found.done],
        "count": len(found.done),
        "all": len(Step),
        "licence_form": form or LicenceForm(),
        "number_address": f"{reverse('registers-new', args=[code, 'numbers'])}?{urlencode(OWN_NUMBER)}",
        "nearest": _nearest_deadline(told),
        "rooms": _step_groups(code, found, told),
    }


def _nearest_deadline(told: Overview) -> str:
    """How far the nearest date is; one that is over, such as a case's, is said to be over."""
    first = told.calendar.earliest
    if first is None:
        return ""
    if first.days < 0:
        return gettext("The nearest deadline was {day}: {days} days overdue.").format(day=first.last, days=-first.days)
    return gettext("The nearest deadline is {day}, in {days} days.").format(day=first.last, days=first.days)


def is_guided(request: Request) -> bool:
    """Whether this person has not put the steps of this enterprise away."""
    return request.enterprise.code not in cast("User", request.user).unled


def _step_groups(code: str, found: FirstSteps, told: Overview) -> list[dict[str, str]]:
    """What comes after the first light: name, what to do there, address; nothing before it."""
    if Step.PORTRAIT not in found.done:
        return []
    earliest = told.calendar.earliest
    days = gettext("The nearest deadline is {day}; tasks, reminders and the calendar follow from it.")
    texts = (
        ("Reconciliation", "reconcile", gettext("Compare the registers with an export of the number-resource system.")),
        ("Materials", "dossier", gettext("The checklist of the package: what is generated, what must be scanned.")),
        ("On-site check", "inspection", gettext("See what is already proved, and call your own numbers.")),
        ("Rectification", "rectify", gettext("Only after a notice arrives: its deadlines, the channel, the report.")),
        (
            "Season",
            "season",
            days.format(day=earliest.last.isoformat()) if earliest else gettext("Deadlines, tasks and reminders."),
        ),
    )
    return [
        {"title": gettext(title), "text": text, "href": reverse(route, kwargs={"code": code})}
        for title, route, text in texts
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def show_steps(request: Request, code: str) -> HttpResponse:
    """The steps on a page of their own, and the licence written from its first one."""
    form = LicenceForm(request.POST, province=request.enterprise.province) if request.method == "POST" else None
    if form is not None and form.is_valid() and _save_licence(request, code, form):
        messages.success(request, gettext("The licence is in its register, and its deadlines are in the season."))
        return redirect("overview", code=code)
    told = facts.build_overview(request.enterprise, request.actor, request.team)
    context = build_steps_context(request, told, form) | {"told": told, "led": is_guided(request)}
    return render(request, "overview/start.html", context, status=UNPROCESSABLE if form is not None else 200)


def _save_licence(request: Request, code: str, form: LicenceForm) -> bool:
    given = {name: str(value) for name, value in form.cleaned_data.items() if value}
    try:
        rows.create_row(kind="licences", enterprise=code, texts=given, since=None, reason="", actor=request.actor)
    except NianjianError as error:
        form.add_error(None, describe_error(error)[0])
        return False
    return True


@require_POST
@page(Permission.MANAGE_DATA)
def set_guidance(request: Request, code: str) -> HttpResponse:
    """Put the steps away on this person's overview, or bring them back."""
    comfort.set_guidance(actor=request.actor, enterprise=code, on=request.POST.get("on") == "yes")
    return redirect("overview", code=code)

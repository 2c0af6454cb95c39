"""The guided start: the first steps of an enterprise, each in the state that its data are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.paper.sections import missing_lines
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import mark, words
from nianjian.features.overview import facts
from nianjian.features.overview import first_steps as flow
from nianjian.features.overview.deadlines import present_deadline
from nianjian.features.overview.facts import Overview
from nianjian.features.overview.first_steps import FirstSteps, Step
from nianjian.platform.accounts import people as comfort
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE
from nianjian.platform.registers import storage as rows
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField
from nianjian.platform.web.language import current

DEADLINES: Final = 3
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
        DayField(label=label, required=False, help_text=help_text)
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


#: What each metric needs before it can be proved.
NEEDS: Final = {
    "complaint_rate": mark("needs call records and complaints; no entry does not mean no complaint"),
    "closing_rate": mark("needs complaint tickets"),
    "seat_vacancy": mark("needs seats with their filing dates"),
    "number_consistency": mark("needs call records and own numbers"),
}


def render_steps(
    request: Request, told: Overview, form: LicenceForm | None = None, work: Mapping[str, object] | None = None
) -> HttpResponse:
    """The steps as a page: the board of an enterprise without a light, with its ``work`` that is to be done."""
    code, _ = request.enterprise.code, words(current())
    found = flow.build_first_steps(code, told, clock.today())
    context = {
        "told": told,
        "way": found,
        "here": found.here.value if found.here else "",
        "steps": [(step.value, state) for step, state in zip(Step, _list_states(found), strict=True)],
        "number": len(Step) if found.here is None else list(Step).index(found.here) + 1,
        "all": len(Step),
        "licence_form": form or LicenceForm(),
        "number_address": f"{reverse('registers-new', args=[code, 'numbers'])}?{urlencode(OWN_NUMBER)}",
        "metrics": [(code_name("metric", slug, _), gettext(text)) for slug, text in NEEDS.items()],
        "deadlines": [present_deadline(one, code, _) for one in told.calendar.deadlines[:DEADLINES]],
        "led": is_guided(request),
        "work": work,
        "administers": has_permission(request.actor, code, Permission.ADMINISTER),
    }
    return render(request, "overview/steps.html", context, status=UNPROCESSABLE if form is not None else 200)


def _list_states(found: FirstSteps) -> list[str]:
    return ["done" if step in found.done else "now" if step is found.here else "later" for step in Step]


def list_unknown(request: Request, told: Overview) -> list[str]:
    """What the first light does not know yet: what it lacks, complaints that nobody has entered, calls of few days."""
    _ = words(current())
    numbers, seats, complaints = flow.find_filled(request.enterprise.code, told, clock.today())
    portrait = told.portrait or {}
    days = (portrait.get("quality") or {}).get("days_without_records") or {}
    count = (days.get("unconfirmed") or days).get("count")
    gaps = (
        (numbers, gettext("No own number is in the register: 95 and 96 numbers count as somebody else's.")),
        (seats, gettext("No seat is in the register: the seat vacancy rate is not proved.")),
        (complaints, gettext("No complaint is in the register: that is no proof that there were none.")),
        (not count, gettext("{n} days of the data year have no call records.").format(n=count)),
    )
    lines = missing_lines(portrait, _) if portrait else ()
    return [*lines, *(text for holds, text in gaps if not holds)]


def is_guided(request: Request) -> bool:
    """Whether this person has not put the steps of this enterprise away."""
    return request.enterprise.code not in cast("User", request.user).unled


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
def show_steps(request: Request, code: str) -> HttpResponse:
    """The steps on a page of their own, and the licence written from its first one."""
    form = LicenceForm(request.POST, province=request.enterprise.province) if request.method == "POST" else None
    if form is not None and form.is_valid() and _save_licence(request, code, form):
        return redirect("overview", code=code)
    return render_steps(request, facts.build_overview(request.enterprise, request.actor, request.team), form)


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

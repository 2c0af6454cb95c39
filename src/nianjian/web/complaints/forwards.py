"""A forward list of 12321, 12300 or a carrier, with the headings as they are spelt there."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from nianjian.accounts.roles import Act
from nianjian.complaints.forwards.mapping import UPSTREAM, ForwardMapping
from nianjian.complaints.sheet import COMPLAINTS
from nianjian.config.http.answers import UNPROCESSABLE, named
from nianjian.flows.complaints import forwards as flow
from nianjian.kernel.errors import NianjianError
from nianjian.registers.tables.column import Kind
from nianjian.web.complaints.forms import MOMENTS
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.errors import said
from nianjian.web.layout.language import current
from nianjian.web.registers import shown as registers

HEADING: Final = "heading_"
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Forward(forms.Form):
    """The list, from whom it comes, and how it spells its headings and times."""

    file = forms.FileField(
        label=gettext_lazy("Forward list"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"})
    )
    source = forms.ChoiceField(label=gettext_lazy("From whom"), required=False)
    arrived = forms.DateTimeField(
        label=gettext_lazy("When the list came"),
        required=False,
        input_formats=MOMENTS,
        help_text=gettext_lazy("For rows that do not say it; empty: now. The clocks run from here."),
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )
    moments = forms.CharField(
        label=gettext_lazy("How times are written"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only where they are not understood, such as %Y%m%d%H%M%S."),
    )

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args)
        source = COMPLAINTS.by_field("source")
        stored = list(dict.fromkeys(source.choices.values()))
        self.fields["source"] = forms.ChoiceField(
            label=self.fields["source"].label,
            required=False,
            choices=[("", gettext("a column says it")), *((one, registers.choice(source, one)) for one in stored)],
        )
        for name in UPSTREAM:
            label = registers.label(COMPLAINTS.by_field(name))
            self.fields[HEADING + name] = forms.CharField(label=label, required=False, max_length=120)

    @property
    def main(self) -> list[forms.BoundField]:
        """Fields that are always asked."""
        return [one for one in self if not one.name.startswith(HEADING) and one.name != "moments"]

    @property
    def spelt(self) -> list[forms.BoundField]:
        """Fields for a list whose headings are its own."""
        return [*(one for one in self if one.name.startswith(HEADING)), self["moments"]]

    def mapping(self) -> ForwardMapping:
        """Return what was given; a form of times holds for each moment that is mapped."""
        given = self.cleaned_data
        columns = {name: given[HEADING + name].strip() for name in UPSTREAM if given[HEADING + name].strip()}
        form = given["moments"].strip()
        timed = [name for name in columns if COMPLAINTS.by_field(name).kind is Kind.MOMENT]
        return ForwardMapping(given["source"] or None, columns, dict.fromkeys(timed, form) if form else {})


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.LOAD)
def forwards(request: Request, code: str) -> HttpResponse:
    """Take a list: the worker imports it, whole or not at all, and tells its faults."""
    form, status = Forward(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                return redirect("data-job", code=code, job=_asked(request, code, form))
            except NianjianError as error:
                form.add_error("file", " ".join(said(error)))
    context = {
        "form": form,
        "back": reverse("complaints", kwargs={"code": code}),
        "open": bool(form.is_bound and status == UNPROCESSABLE),
    }
    return render(request, "complaints/forwards.html", context, status=status)


def _asked(request: Request, code: str, form: Forward) -> str:
    """The job of its import; ``file_too_large`` before it is read into memory, and what `flow.ask` raises."""
    file = form.cleaned_data["file"]
    if file.size > flow.LIMIT:
        raise NianjianError("file_too_large", file=file.name, limit=flow.LIMIT)
    return flow.ask(
        enterprise=code,
        name=file.name,
        content=file.read(),
        mapping=form.mapping(),
        arrived=form.cleaned_data["arrived"],
        language=current(),
        actor=request.actor,
    )


@require_safe
@page(Act.LOAD)
def marked(request: Request, code: str, job: str) -> HttpResponse:
    """Give a faulty list back with its faults marked, to whom it came from; else 404."""
    try:
        name, content = flow.marked(enterprise=code, job=job, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    answer = HttpResponse(content, content_type=WORKBOOK)
    return named(answer, name)

"""A forward list of 12321, 12300 or a carrier, with the headings as they are spelt there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from nianjian.accounts.roles import Act
from nianjian.complaints.forwards.mapping import UPSTREAM, ForwardMapping
from nianjian.complaints.forwards.receipt import Receipt
from nianjian.complaints.sheet import COMPLAINTS
from nianjian.flows.complaints.forwards import import_forwards
from nianjian.flows.wizard.uploads import plain_name
from nianjian.kernel.errors import NianjianError
from nianjian.paper.texts.errors import sentence
from nianjian.paper.words import words
from nianjian.registers.tables.column import Kind
from nianjian.web.complaints.forms import MOMENTS
from nianjian.web.layout.access import Request, page
from nianjian.web.layout.errors import said
from nianjian.web.layout.language import current
from nianjian.web.registers import shown as registers

UNPROCESSABLE = 422
LIMIT: Final = 20 * 1024 * 1024
HEADING: Final = "heading_"
SHOWN: Final = 50  # faults


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
    """Take a list: with a faulty cell nothing is written, and the faults are shown."""
    form, receipt, status = Forward(request.POST or None, request.FILES or None), None, 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                receipt = _taken(request, code, form)
                status = UNPROCESSABLE if receipt.errors else 200
            except NianjianError as error:
                form.add_error("file", " ".join(said(error)))
    context = {
        "form": form,
        "back": reverse("complaints", kwargs={"code": code}),
        "receipt": receipt,
        "faults": _faults(receipt) if receipt else [],
        "open": bool(form.is_bound and status == UNPROCESSABLE),
        "differing": [
            (key, [registers.label(COMPLAINTS.by_field(name)) for name in fields])
            for key, fields in (receipt.differing.items() if receipt else ())
        ],
    }
    return render(request, "complaints/forwards.html", context, status=status)


def _taken(request: Request, code: str, form: Forward) -> Receipt:
    """Import it; ``file_too_large``, and what `import_forwards` raises."""
    file = form.cleaned_data["file"]
    if file.size > LIMIT:
        raise NianjianError("file_too_large", file=file.name, limit=LIMIT)
    with tempfile.TemporaryDirectory() as folder:  # only its owner reads it, and it is gone with the answer
        path = Path(folder) / plain_name(file.name)
        path.write_bytes(file.read())
        return import_forwards(
            enterprise=code,
            path=path,
            actor=request.actor,
            mapping=form.mapping(),
            arrived=form.cleaned_data["arrived"],
        )


def _faults(receipt: Receipt) -> list[str]:
    _ = words(current())
    return [sentence(one.code, one.values(), _) for one in receipt.errors[:SHOWN]]

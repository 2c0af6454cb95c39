"""A forward list of 12321, 12300 or a carrier, with the headings as they are spelt there."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import forwards
from nianjian.features.complaints.forwards import UPSTREAM, ForwardMapping, ListColumn, ListPreview, parse_mapping
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.registers import presenters as registers
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404, read_upload, takes_files
from nianjian.platform.registers.columns import Column as RegisterColumn
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import MomentField
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import describe_cell_error, verdict

HEADING: Final = "heading_"
SHORT: Final = " · "  # between examples
FAULTS: Final = 10
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def build_heading_fields(
    ours: Iterable[RegisterColumn], columns: Sequence[ListColumn], widget: type[forms.Widget]
) -> dict[str, forms.CharField]:
    """A field for each column of ours: a choice among the headings of a file, ``widget`` where nobody has looked."""
    read_as = {one.field: one.heading for one in columns if one.field}
    headings = [(one.heading, " – ".join(filter(None, (one.heading, SHORT.join(one.examples))))) for one in columns]
    fields = {}
    for column in ours:
        field = forms.CharField(label=registers.label(column), required=False, max_length=120, widget=widget)
        if columns:
            heading = read_as.get(column.field)
            empty = gettext("recognised: {column}").format(column=heading) if heading else "—"
            field.widget = forms.Select(choices=[("", empty), *headings])
        fields[HEADING + column.field] = field
    return fields


def build_columns_table(title: str, heading: str, preview: ListPreview, sheet: Sheet) -> Table:
    """What each heading of a file is read as, with examples."""
    heads = [Column(heading), Column(gettext("read as")), Column(gettext("examples, masked"))]
    rows = [
        [
            Cell(one.heading),
            Cell(registers.label(sheet.by_field(one.field)) if one.field else "–"),
            Cell(SHORT.join(one.examples) or "–"),
        ]
        for one in preview.columns
    ]
    return Table(title, heads, rows, wrap=True)


class Forward(forms.Form):
    """The list, from whom it comes, and how it spells its headings and times."""

    file = forms.FileField(
        label=gettext_lazy("Forward list"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"})
    )
    source = forms.ChoiceField(label=gettext_lazy("From whom"), required=False)
    arrived = MomentField(
        label=gettext_lazy("When the list arrived"),
        required=False,
        help_text=gettext_lazy("For rows without a time of arrival; empty: now. The clocks run from here."),
    )
    moments = forms.CharField(
        label=gettext_lazy("How times are written"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only if they are not recognised, such as %Y%m%d%H%M%S."),
    )

    def __init__(self, *args: Any, columns: Sequence[ListColumn] = ()) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args)
        source = COMPLAINTS.by_field("source")
        stored = list(dict.fromkeys(source.choices.values()))
        self.fields["source"] = forms.ChoiceField(
            label=self.fields["source"].label,
            required=False,
            choices=[("", gettext("given by a column")), *((one, registers.choice(source, one)) for one in stored)],
        )
        self.fields |= build_heading_fields(map(COMPLAINTS.by_field, UPSTREAM), columns, forms.TextInput)

    @property
    def main(self) -> list[forms.BoundField]:
        """Fields that are always asked."""
        return [one for one in self if not one.name.startswith(HEADING) and one.name != "moments"]

    @property
    def spelt(self) -> list[forms.BoundField]:
        """Fields for a list whose headings are its own."""
        return [*(one for one in self if one.name.startswith(HEADING)), self["moments"]]

    def mapping(self) -> ForwardMapping:
        """Return what was given, as far as it can be read."""
        data = self.cleaned_data
        columns = {name: data.get(HEADING + name, "") for name in UPSTREAM}
        return parse_mapping(data.get("source"), columns, data.get("moments", ""), data["file"].name)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.MANAGE_DATA)
@takes_files
def import_list(request: Request, code: str) -> HttpResponse:
    """Take a list: the worker imports it, whole or not at all, and tells its faults."""
    form, status = Forward(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = forwards.enqueue_import(
                    enterprise=code,
                    name=file.name,
                    content=read_upload(file, forwards.LIMIT),
                    mapping=form.mapping(),
                    arrived=form.cleaned_data["arrived"],
                    language=current(),
                    actor=request.actor,
                )
                return redirect("data-job", code=code, job=job)
            except NianjianError as error:
                form.add_error("file", " ".join(describe_error(error)))
    return _page(request, form, status, open=status == UNPROCESSABLE)


def _page(request: Request, form: Forward, status: int, **more: object) -> HttpResponse:
    back = reverse("complaints", kwargs={"code": request.enterprise.code})
    return render(request, "complaints/forwards.html", {"form": form, "back": back, **more}, status=status)


@require_POST
@page(Permission.MANAGE_DATA)
@takes_files
def preview_list(request: Request, code: str) -> HttpResponse:
    """Show the list's own headings with some of their values, and what an import would say; nothing is kept."""
    form = Forward(request.POST, request.FILES)
    form.full_clean()
    if "file" not in form.cleaned_data:
        return _page(request, form, UNPROCESSABLE, open=True, fault=gettext("Choose a file first."))
    try:
        file = form.cleaned_data["file"]
        preview = forwards.preview_upload(
            enterprise=code,
            name=file.name,
            content=read_upload(file, forwards.LIMIT),
            mapping=form.mapping(),
            actor=request.actor,
        )
    except NianjianError as error:
        return _page(request, form, UNPROCESSABLE, open=True, fault=" ".join(describe_error(error)))
    again = Forward(request.POST, request.FILES, columns=preview.columns)
    title, heading = gettext("Columns of the list"), gettext("Heading of the list")
    table = build_columns_table(title, heading, preview, COMPLAINTS)
    return _page(request, again, 200, open=True, look=preview, columns=table, **_verdict(preview))


def _verdict(preview: ListPreview) -> dict[str, object]:
    """Whether it could be imported so, in words; the first faults."""
    if preview.fault is not None:
        return {"fault": describe_error(preview.fault)[0]}
    faults = [describe_cell_error(one.code, one.values()) for one in preview.findings[:FAULTS]]
    return {"verdict": verdict(preview.faulty, preview.read), "faulty": bool(preview.faulty), "faults": faults}


@require_safe
@page(Permission.MANAGE_DATA)
def download_marked(request: Request, code: str, job: str) -> HttpResponse:
    """Give a faulty list back with its faults marked, to whom it came from; else 404."""
    with missing_as_404():
        name, content = forwards.get_marked_workbook(enterprise=code, job=job, actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)

"""A new run: its forms, and a look at an export or bill with the meaning of each heading before it is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import yaml
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.forward_pages import HEADING, build_columns_table, build_heading_fields
from nianjian.features.complaints.forwards import ListColumn, ListPreview
from nianjian.features.reconciliation import operations
from nianjian.features.reconciliation.exports import UNITS
from nianjian.features.reconciliation.pages.forms import DaysForm, MonthsForm, date_field
from nianjian.features.reconciliation.sources import BILL
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import UNPROCESSABLE, read_upload, takes_files
from nianjian.platform.registers.columns import Kind
from nianjian.platform.registers.mappings import list_mapping_names
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import ZONES, WordsField, ZoneField

MAPPING_FIELDS: Final = ("dates", "words", "timezone", "unit", "mapping", "keep_as")
Json = dict[str, Any]


class MappingForm(forms.Form):
    """A file and how it is spelt; ``columns``: its own headings, once somebody has looked."""

    mapping = forms.FileField(
        label=gettext_lazy("Mapping of its headings"),
        required=False,
        widget=forms.ClearableFileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("A YAML file takes the place of all that is chosen here."),
    )
    kept = forms.ChoiceField(label=gettext_lazy("A mapping that was kept"), required=False)
    dates = forms.CharField(
        label=gettext_lazy("How dates and times are written"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only where they are not understood, such as %d/%m/%Y."),
    )
    words = WordsField(rows=2, help_text=gettext_lazy("One a line – heading of ours: their word = our word."))
    keep_as = forms.CharField(label=gettext_lazy("Keep this mapping under a name"), required=False, max_length=80)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        enterprise: str,
        may_keep: bool,
        columns: Sequence[ListColumn] = (),
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self._enterprise = enterprise
        names = list_mapping_names(enterprise, self.subject())
        kept = self.fields["kept"]
        kept.choices = [("", "—"), *((one, one) for one in names)]  # type: ignore[attr-defined] # of a choice
        if not names:
            del self.fields["kept"]
        if not may_keep:
            del self.fields["keep_as"]
        if self.is_bound:
            sheet = operations.get_preview_sheet(self.subject())
            self.fields |= build_heading_fields(sheet.columns, columns, forms.HiddenInput)

    def subject(self) -> str:
        """Which rows it holds: a kind of an export, or `BILL`."""
        raise NotImplementedError

    @property
    def main(self) -> list[forms.BoundField]:
        """Fields that are always asked."""
        return [one for one in self if not one.name.startswith(HEADING) and one.name not in MAPPING_FIELDS]

    @property
    def chosen(self) -> list[forms.BoundField]:
        """The headings."""
        return [one for one in self if one.name.startswith(HEADING)]

    @property
    def spelt(self) -> list[forms.BoundField]:
        """How dates and words are written."""
        return [self[name] for name in MAPPING_FIELDS if name in self.fields]

    def data_of_mapping(self) -> Json:
        """What a mapping file would hold; a kept one under what was chosen besides."""
        given = self.cleaned_data
        sheet = operations.get_preview_sheet(self.subject())
        kept = given.get("kept")
        told: Json = operations.get_mapping(self._enterprise, self.subject(), kept) if kept else {}
        columns = {one.field: text for one in sheet.columns if (text := given.get(HEADING + one.field))}
        dated = [one.field for one in sheet.columns if one.kind in {Kind.DATE, Kind.MOMENT}]
        formats = dict.fromkeys(dated, given["dates"]) if given.get("dates") else {}
        for name, more in (("columns", columns), ("formats", formats), ("values", given.get("words") or {})):
            if more:
                told[name] = {**told.get(name, {}), **more}
        return told

    def mapping_file(self) -> bytes | None:
        """The mapping as a file has it; None where nothing was chosen."""
        if (sent := self.cleaned_data.get("mapping")) is not None:
            return read_upload(sent, operations.LIMIT)
        data = self.data_of_mapping()
        return yaml.safe_dump(data, allow_unicode=True, sort_keys=False).encode() if data else None

    def upload(self) -> Json:
        """Name, content and mapping; ``file_too_large``."""
        file = self.cleaned_data["file"]
        content = read_upload(file, operations.LIMIT)
        return {"name": file.name or "", "content": content, "mapping": self.mapping_file()}


class FilingForm(MappingForm):
    """An export of the number-resource system."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is compared"),
        choices=(
            ("numbers", gettext_lazy("code numbers")),
            ("lines", gettext_lazy("trunk lines")),
            ("seats", gettext_lazy("seats")),
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Export of the number-resource system"),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
    )
    as_of = date_field(
        gettext_lazy("As at"), gettext_lazy("Empty: 31 December of the data year that is reported next.")
    )
    field_order = ("kind", "file", "as_of", "kept")

    def subject(self) -> str:
        """The kind that was chosen, the first of them before that."""
        kinds = [str(value) for value, _label in self.base_fields["kind"].choices]  # type: ignore[attr-defined]
        asked = str(self.data.get("kind", ""))
        return asked if asked in kinds else kinds[0]


class BillForm(MappingForm):
    """A carrier's bill."""

    file = forms.FileField(
        label=gettext_lazy("Carrier's bill"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"})
    )
    first = date_field(gettext_lazy("First day"), gettext_lazy("Empty: as the bill."))
    last = date_field(gettext_lazy("Last day"), gettext_lazy("Empty: as the bill."))
    carrier = forms.CharField(
        label=gettext_lazy("Carrier"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As the register of lines calls it; only its lines are compared. Empty: all lines."),
    )
    together = forms.BooleanField(
        label=gettext_lazy("The sources are switches beside each other: add their calls up"), required=False
    )
    timezone = ZoneField()
    unit = forms.TypedChoiceField(
        label=gettext_lazy("Seconds by which each call is rounded up"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "60"), *((str(one), str(one)) for one in UNITS if one != 60)],  # noqa: PLR2004 -- the usual one
    )
    field_order = ("file", "first", "last", "carrier", "together", "kept")
    zones = ZONES

    def subject(self) -> str:
        """A bill."""
        return BILL

    def data_of_mapping(self) -> Json:
        """As of any file, with zone and unit."""
        told = super().data_of_mapping()
        given = self.cleaned_data
        told |= {name: given[name] for name in ("timezone", "unit") if given.get(name)}
        return told


PLAIN_FORMS: Final[dict[str, type[forms.Form]]] = {"people": MonthsForm, "sources": DaysForm}
MAPPED_FORMS: Final[dict[str, type[MappingForm]]] = {"filing": FilingForm, "bill": BillForm}
LOOKED: Final = 5 * 1024 * 1024  # bytes of a file that an answer can wait for; of a larger one the worker tells

Forms = dict[str, forms.Form]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Act.REPORT)
@takes_files
def new_run(request: Request, code: str) -> HttpResponse:
    """Ask for a comparison with an export or a bill, a match of people, or a comparison of call sources."""
    made = _forms(request, code)
    what = request.POST.get("what", "")
    if request.method != "POST":
        return _page(request, code, made, 200)
    if what not in made or not made[what].is_valid():
        return _page(request, code, made, UNPROCESSABLE)
    form, found = made[what], None
    try:
        if isinstance(form, MappingForm):
            found = _preview_unread(request, code, form)
        if found is None:
            return redirect("data-job", code=code, job=_enqueue(request, code, what, form))
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        form.add_error(None, " ".join(describe_error(error)))
        return _page(request, code, made, UNPROCESSABLE)
    return _render_preview(request, code, what, found, UNPROCESSABLE)


@require_POST
@page(Act.REPORT)
@takes_files
def preview(request: Request, code: str) -> HttpResponse:
    """Show the file's own headings with some of their values, and whether it could be compared so; nothing is kept."""
    what = request.POST.get("what", "")
    made = _forms(request, code)
    form = made.get(what)
    if not isinstance(form, MappingForm):
        return _page(request, code, made, UNPROCESSABLE)
    form.full_clean()
    if "file" not in form.cleaned_data or "words" not in form.cleaned_data:
        fault = gettext("Choose a file first.") if "file" not in form.cleaned_data else ""
        return _page(request, code, made, UNPROCESSABLE, looked_at=what, fault=fault)
    try:
        found = _preview(request, code, form)
    except NianjianError as error:
        return _page(request, code, made, UNPROCESSABLE, looked_at=what, fault=" ".join(describe_error(error)))
    return _render_preview(request, code, what, found, 200)


def _forms(request: Request, code: str, looked_at: str = "", found: ListPreview | None = None) -> Forms:
    """Every form; the one that was sent is bound, the one looked at offers the file's headings."""
    what = request.POST.get("what", "")
    made: Forms = {}
    keep = may(request.actor, code, Act.LOAD)
    for name in (*PLAIN_FORMS, *MAPPED_FORMS):
        given: list[Any] = [request.POST, request.FILES] if name == what else []
        given_id = {"auto_id": f"{name}_%s"}
        if name in MAPPED_FORMS:
            columns = found.columns if found is not None and name == looked_at else ()
            made[name] = MAPPED_FORMS[name](*given, enterprise=code, may_keep=keep, columns=columns, **given_id)
        else:
            made[name] = PLAIN_FORMS[name](*given, **given_id)  # type: ignore[arg-type] # the id alone
    return made


def _page(request: Request, code: str, made: Forms, status: int, **more: object) -> HttpResponse:
    context = {"made": made, "back": reverse("reconcile", kwargs={"code": code}), **more}
    return render(request, "reconcile/new.html", context, status=status)


def _render_preview(request: Request, code: str, what: str, found: ListPreview, status: int) -> HttpResponse:
    made = _forms(request, code, what, found)
    sheet = operations.get_preview_sheet(cast("MappingForm", made[what]).subject())
    title, heading = gettext("Columns of the file"), gettext("Heading of the file")
    told: dict[str, object] = {"columns": build_columns_table(title, heading, found, sheet)}
    if found.fault is not None:
        told["fault"] = describe_error(found.fault)[0]
        told["faults"] = [_describe_finding(one) for one in found.fault.findings[:10]]
    else:
        told["sound"] = gettext("All {read} rows can be read so.").format(read=found.read)
    return _page(request, code, made, status, looked_at=what, **told)


def _describe_finding(one: Mapping[str, Any]) -> str:
    values = {name: value for name, value in one.items() if name != "code"}
    fault = describe_error(NianjianError(str(one["code"]), **values))[0]
    return gettext("Line {line}, {column}: {fault}").format(line=one["line"], column=one["column"], fault=fault)


def _preview(request: Request, code: str, form: MappingForm) -> ListPreview:
    return operations.preview_file(enterprise=code, kind=form.subject(), actor=request.actor, **form.upload())


def _preview_unread(request: Request, code: str, form: MappingForm) -> ListPreview | None:
    """What a file is whose headings are not recognised; None where nothing stands against comparing it."""
    if (form.cleaned_data["file"].size or 0) > LOOKED:
        return None
    found = _preview(request, code, form)
    return found if found.fault is not None and found.fault.code in operations.HEADINGS else None


def _enqueue(request: Request, code: str, what: str, form: forms.Form) -> str:
    """Put the work; its job. Raises what the operation raises."""
    here: Json = {"enterprise": code, "actor": request.actor}
    given = form.cleaned_data
    if isinstance(form, MappingForm):
        sent = form.upload()
        if given.get("keep_as") and sent["mapping"]:
            operations.store_mapping(kind=form.subject(), name=given["keep_as"], mapping=sent["mapping"], **here)
        if what == "bill":
            asked = {one: given[one] for one in ("first", "last", "carrier", "together")}
            return operations.enqueue_bill(**here, **sent, **asked)
        return operations.enqueue_filing(**here, **sent, kind=given["kind"], as_of=given["as_of"])
    if what == "people":
        return operations.match_people.enqueue(**here, **given)
    return operations.enqueue_sources(**here, **given, sources=())

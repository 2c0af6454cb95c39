"""Pages of reconciliation: the runs, one with its differences and pairs, a new one with a look at its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

import yaml
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.slices import LazyRows
from nianjian.engines.paper import reconciliation, sections
from nianjian.engines.paper.texts.platform import BADGES
from nianjian.engines.paper.texts.reconciliation import (
    KINDS,
    LIKELY,
    PAIRS,
    PROPOSALS,
    REASONS,
    RESULTS,
    STATES,
    VERDICTS,
    own_allowance_text,
)
from nianjian.engines.paper.words import Words, words
from nianjian.features.complaints.forward_pages import HEADING, build_columns_table, build_heading_fields
from nianjian.features.complaints.forwards import ListColumn, ListPreview
from nianjian.features.reconciliation import operations
from nianjian.features.reconciliation.comparisons import get_sheet
from nianjian.features.reconciliation.documents import (
    ReconcileDifference,
    ReconcilePair,
    Reconciliation,
    ReconciliationTold,
)
from nianjian.features.reconciliation.exports import UNITS
from nianjian.features.reconciliation.filings import KINDS as FILED
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.features.reconciliation.sources import BILL
from nianjian.features.reconciliation.storage import LONGEST
from nianjian.features.registers.presenters import label
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.people import list_candidates
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, read_upload, takes_files
from nianjian.platform.registers.columns import Kind
from nianjian.platform.registers.mappings import list_mapping_names
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment, list_zones
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.forms import DayField, WordsField, ZoneField
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.paging import Page, address, paged
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
from nianjian.engines.paper.words import mark
from nianjian.platform.home.http import missing_as_404
from nianjian.platform.web.menu import Entry, Place

COMMAS: Final = str.maketrans("，、;；", ",,,,")


def date_field(label: StrOrPromise, text: StrOrPromise = "") -> forms.DateField:
    """A day that may be left out."""
    return DayField(label=label, required=False, help_text=text)


class MonthsForm(forms.Form):
    """Months of the match of people; any day of a month names it."""

    first = date_field(gettext_lazy("First month"), gettext_lazy("Any day in it; empty: January."))
    last = date_field(gettext_lazy("Last month"), gettext_lazy("Any day in it; empty: last month."))


class DaysForm(forms.Form):
    """Days of the comparison of call sources."""

    first = date_field(gettext_lazy("First day"), gettext_lazy("Empty: 30 days up to the last one."))
    last = date_field(gettext_lazy("Last day"), gettext_lazy("Empty: yesterday."))
    beside = forms.CharField(
        label=gettext_lazy("Parallel switches"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Sources that share the calls, such as “asterisk, freeswitch”: added up, they are one side. "
            "Empty: each is a side of its own."
        ),
    )

    together = forms.BooleanField(
        label=gettext_lazy("All sources are parallel switches: add up their calls"),
        required=False,
        help_text=gettext_lazy("Only one side is left then: its calls are listed by day, and nothing is compared."),
    )

    def clean_beside(self) -> tuple[str, ...]:
        """The names, each once."""
        words = str(self.cleaned_data["beside"]).translate(COMMAS).split(",")
        return tuple(dict.fromkeys(word.strip() for word in words if word.strip()))


class SettleForm(forms.Form):
    """What becomes of a difference."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=(
            ("open", gettext_lazy("difference open")),
            ("explained", gettext_lazy("difference explained")),
            ("settled", gettext_lazy("difference settled")),
        ),
    )
    owner = forms.CharField(label=gettext_lazy("Owner"), required=False, max_length=120)
    cause = forms.CharField(
        label=gettext_lazy("Cause"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
    action = forms.CharField(
        label=gettext_lazy("Action"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )


Json = dict[str, Any]
STATE_BADGES: Final[Mapping[str, str]] = {"open": "bad", "explained": "warn", "settled": "good"}


def get_run_or_404(request: Request, code: str, reconciliation: str) -> ReconciliationTold:
    """The run, if it is of this enterprise; else 404."""
    with missing_as_404():
        run = operations.get_run(run=reconciliation, actor=request.actor)
    if run.enterprise != code:
        raise Http404
    return run


def why(one: ReconcileDifference, _: Words) -> str:
    """Likely cause and reasons of a difference."""
    words = [_(LIKELY[one.likely])] if one.likely else []
    words += [_({**REASONS, **RESULTS}[code]) for code in one.reasons]
    return gettext("; ").join(words)


def about(one: ReconcileDifference) -> str:
    """Whom or what a difference is about, masked."""
    return " ".join(str(text) for text in one.about.values() if text)


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@page(Permission.READ)
def show_run(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Show a run."""
    run = get_run_or_404(request, code, reconciliation)
    _ = words(current())
    params = {name: request.GET.get(name, "")[:16] for name in ("state", "result", "month")}
    owner = "" if request.GET.get("unassigned") else request.GET.get("owner") or None
    people = frozenset() if owner is None else frozenset(one.name for one in list_candidates(code, Permission.READ))
    filters = DifferenceFilter(**params, owner=owner, people=people)
    here: Json = {"run": run.run, "actor": request.actor}
    differences = LazyRows(
        lambda first, count: operations.list_differences(**here, filters=filters, first=first, count=count)
    )
    cut: Page[ReconcileDifference] = paged(request, differences)
    proposals = LazyRows(lambda first, count: operations.list_pairs(**here, first=first, count=count))
    pairs: Page[ReconcilePair] = paged(request, proposals, name="pairs")
    context = {
        "run": run,
        "kind": _(KINDS[run.kind]),
        "verdict": _(VERDICTS[run.verdict]),
        "badge": BADGES[run.verdict],
        "pairs_told": _figure_pairs(run),
        "counts": [
            (_(RESULTS[one]), count, address(request, result="" if one == filters.result else one, page=""))
            for one, count in run.counts.items()
        ],
        "tabs": [
            (address(request, state=one, page=""), label, one == filters.state)
            for one, label in [("", gettext("all")), *((one, _(word)) for one, word in STATES.items())]
        ],
        "owners": [
            (address(request, unassigned="", owner="", page=""), gettext("all"), owner is None),
            (address(request, unassigned="on", owner="", page=""), gettext("Unassigned"), owner == ""),
            *([(address(request, page=""), person(owner), True)] if owner else ()),
        ],
        "matrix": _matrix(request, run, filters, _),
        "chart": _chart(run, _),
        "page": cut,
        "table": _table(code, run, cut.rows, _),
        "narrowed": any(params.values()) or owner is not None,
        "proposed": [(one, _(PAIRS[one.kind]), _(PROPOSALS[one.state])) for one in pairs.rows],
        "pairs": pairs,
        "filed": run.kind in FILED,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_report": has_permission(request.actor, code, Permission.REPORT),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }
    return render(request, "reconcile/one.html", context)


def _figure_pairs(run: ReconciliationTold) -> list[tuple[str, str]]:
    figures, sources = run.told, run.kind == "sources"
    sides = figures.get("sources", ()) if sources else ()
    compared = " · ".join(sides)
    if len(sides) == 1:
        compared = say_pair(compared, gettext("Nothing to compare: all calls are on one side."))
    missing = [get_sheet(run.kind).by_field(one).header for one in figures.get("not_compared", ())]
    blank = [f"{get_sheet(run.kind).by_field(one).header} ({n})" for one, n in figures.get("blank", {}).items()]
    pairs = [
        (gettext("As at"), f"{run.first} – {run.as_of}" if run.first else f"{run.as_of}"),
        (gettext("Created at"), format_moment(datetime.fromisoformat(run.made_at))),
        (gettext("Carrier's bill") if sources else gettext("Exported file"), run.file),
        (gettext("Compared"), compared),
        (gettext("Carrier"), figures.get("carrier")),
        (gettext("Calls of the bill on other days"), figures.get("bill_outside")),
        (gettext("Rows that cannot be proved"), run.unclear),
        (
            gettext("Open differences allowed"),
            own_allowance_text(run.allowed, run.own_allowed, run.own_verdict, words(current())),
        ),
        (gettext("Left blank by the export, unknown"), gettext(", ").join(blank)),
        (gettext("Not in the export, not compared"), gettext(", ").join(missing)),
        (gettext("Not checked"), figures.get("left_out")),
    ]
    return [(name, str(value)) for name, value in pairs if value]


def _table(code: str, run: Reconciliation, rows: Sequence[ReconcileDifference], _: Words) -> Table:
    body = []
    for one in rows:
        kwargs = {"code": code, "reconciliation": run.run, "difference": one.id}
        last = f"{one.due}{' *' if one.provisional else ''}" if one.due else "–"
        body.append(
            [
                Cell(about(one) or "–", href=reverse("reconcile-difference", kwargs=kwargs), drawer=True),
                Cell(one.month or last, badge="bad" if one.late else ""),
                Cell(_(RESULTS[one.result])),
                Cell(why(one, _) or "–"),
                Cell(_(STATES[one.state]), badge=STATE_BADGES[one.state]),
                Cell(person(one.owner) or "–"),
                Cell(one.action or "–"),
            ]
        )
    second = gettext("Month") if run.kind == "people" else gettext("To be filed by")
    heads = (
        gettext("About"), second, gettext("Outcome"), gettext("Likely cause"), gettext("State"), gettext("Owner"),
        gettext("Action"),
    )  # fmt: skip
    return Table(gettext("Differences"), [Column(head) for head in heads], body, wrap=True, cards=True)


def _matrix(request: Request, run: ReconciliationTold, filters: DifferenceFilter, _: Words) -> Table | None:
    """A line a month, a column a result; each month narrows the list below."""
    matrix = run.told.get("matrix")
    if not matrix:
        return None
    results = list(run.counts)
    rows = [
        [
            Cell(month, href=address(request, month="" if month == filters.month else month, page="")),
            *(Cell(_count_text(row[one]), figure=True) for one in results),
        ]
        for month, row in matrix.items()
    ]
    columns = [Column(gettext("Month")), *(Column(_(RESULTS[one]), figure=True) for one in results)]
    return Table(gettext("People by month; in brackets: explained"), columns, rows)


def _count_text(cell: Json) -> str:
    return f"{cell['count']} ({cell['explained']})" if cell["explained"] else f"{cell['count']}"


def _chart(run: ReconciliationTold, _: Words) -> SafeString:
    chart = reconciliation.sources_chart(run.told, _) if run.kind == "sources" else None
    return SafeString(sections.html_chart(chart, _)) if chart else SafeString()


@require_POST
@page(Permission.REPORT)
def sheet(request: Request, code: str, reconciliation: str) -> HttpResponse:
    """Give the correction sheet away; the audit chain tells of it."""
    run = get_run_or_404(request, code, reconciliation)
    name, content = operations.build_correction_sheet(run=run.run, language=current(), actor=request.actor)
    return as_attachment(HttpResponse(content, content_type=WORKBOOK), name)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.READ)
def show_difference(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show a difference; who may load writes what becomes of it."""
    run = get_run_or_404(request, code, reconciliation)
    one = _get_difference(request, run, difference)
    initial = {name: getattr(one, name) or "" for name in ("state", "owner", "cause", "action")}
    form, status = SettleForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            said = dict(form.cleaned_data)
            state = said.pop("state")
            try:
                operations.settle_difference(
                    run=run.run, difference=difference, state=state, said=said, actor=request.actor
                )
            except NianjianError as error:
                if error.code == "role_missing":
                    raise
                form.add_error(None, " ".join(describe_error(error)))
            else:
                messages.success(request, gettext("The changes are saved."))
                return redirect("reconcile-one", code=code, reconciliation=run.run)
    context = _difference_context(request, code, run, one, form)
    return render(request, "reconcile/difference.html", context, status=status)


def _get_difference(request: Request, run: Reconciliation, difference: int) -> ReconcileDifference:
    with missing_as_404():
        return operations.get_difference(run=run.run, difference=difference, actor=request.actor)


def _difference_context(
    request: Request, code: str, run: Reconciliation, one: ReconcileDifference, form: SettleForm | None
) -> Json:
    _ = words(current())
    sheet = get_sheet(run.kind) if run.kind in FILED else None
    fields = [
        (name if sheet is None else label(sheet.by_field(name)), tuple(sides.values()))
        for name, sides in one.fields.items()
    ]
    last = one.due.isoformat() if one.due else ""
    pairs = [
        (gettext("Outcome"), _(RESULTS[one.result])),
        (gettext("Likely cause"), why(one, _) or "–"),
        (gettext("Month"), one.month or ""),
        (gettext("Changed on"), one.changed_on.isoformat() if one.changed_on else ""),
        (gettext("To be filed by"), f"{last}{gettext(' (provisional)')}" if last and one.provisional else last),
        (gettext("Decided by"), person(one.decided_by)),
    ]
    return {
        "run": run,
        "one": one,
        "about": about(one) or "–",
        "state": _(STATES[one.state]),
        "badge": STATE_BADGES[one.state],
        "pairs": [(name, text) for name, text in pairs if text],
        "fields": fields,
        "filed": sheet is not None,
        "form": form,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, reconciliation: str, difference: int) -> HttpResponse:
    """Show whom a difference is about in full; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    one = _get_difference(request, run, difference)
    full = operations.reveal_values(run=run.run, difference=difference, actor=request.actor)
    context = _difference_context(request, code, run, replace(one, **full.values), None) | {"full": True}
    return render(request, "reconcile/difference.html", context)


@require_POST
@page(Permission.MANAGE_DATA)
def decide(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Confirm or dismiss a pair."""
    run = get_run_or_404(request, code, reconciliation)
    confirmed = request.POST.get("decision") == "confirm"
    try:
        operations.decide_pair(run=run.run, proposal=pair, confirmed=confirmed, actor=request.actor)
    except NianjianError as error:
        if error.code == "reconcile_proposal_unknown":
            raise Http404 from error
        messages.error(request, " ".join(describe_error(error)))
    else:
        messages.success(request, gettext("Saved; it applies from the next comparison on."))
    return redirect(f"{reverse('reconcile-one', kwargs={'code': code, 'reconciliation': run.run})}#pairs")


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal_pair(request: Request, code: str, reconciliation: str, pair: int) -> HttpResponse:
    """Show a pair in full, so that somebody can decide; the audit chain tells who looked."""
    run = get_run_or_404(request, code, reconciliation)
    with missing_as_404():
        full = operations.reveal_values(run=run.run, proposal=pair, actor=request.actor)
    names = {
        "name": gettext("Payee"),
        "account": gettext("Account"),
        "written": gettext("Number as written"),
        "person": gettext("Person in question"),
        "identity": gettext("Identity number"),
    }
    pairs = [(names[name], text) for name, text in full.values.items() if text]
    context = {
        "run": run,
        "pairs": pairs,
        "pair": pair,
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
    }
    return render(request, "reconcile/pair.html", context)


@require_safe
@page(Permission.READ)
def runs(request: Request, code: str) -> HttpResponse:
    """List the runs."""
    all_runs = LazyRows(
        lambda first, count: operations.list_runs(enterprise=code, actor=request.actor, first=first, count=count)
    )
    listing: Page[Reconciliation] = paged(request, all_runs)
    _ = words(current())
    rows = [
        [
            Cell(one.run, href=reverse("reconcile-one", kwargs={"code": code, "reconciliation": one.run})),
            Cell(_(KINDS[one.kind])),
            Cell(f"{one.first} – {one.as_of}" if one.first else f"{one.as_of}"),
            Cell(_(VERDICTS[one.verdict]), badge=BADGES[one.verdict]),
            Cell(one.open, figure=True),
            Cell(one.file or "–"),
            Cell(format_moment(datetime.fromisoformat(one.made_at))),
        ]
        for one in listing.rows
    ]
    heads = (
        gettext("Reconciliation"), gettext("What is compared"), gettext("As at"), gettext("Outcome"),
        gettext("Open differences"), gettext("Exported file"), gettext("Created at"),
    )  # fmt: skip
    brief = ("start", "end", "", "start", "end", "", "")
    columns = [
        Column(head, figure=place == 4, brief=where, named=place == 4)  # noqa: PLR2004 -- the count's place
        for place, (head, where) in enumerate(zip(heads, brief, strict=True))
    ]
    table = Table(gettext("Reconciliations"), columns, rows, wrap=True)
    context = {"page": listing, "table": table, "may": has_permission(request.actor, code, Permission.REPORT)}
    return render(request, "reconcile/list.html", context)


MAPPING_FIELDS: Final = ("dates", "words", "timezone", "unit", "mapping", "keep_as")


class MappingForm(forms.Form):
    """A file and how it is spelt; ``columns``: its own headings, once somebody has looked."""

    mapping = forms.FileField(
        label=gettext_lazy("Mapping of its headings"),
        required=False,
        widget=forms.ClearableFileInput({"accept": ".yaml,.yml"}),
        help_text=gettext_lazy("A YAML file overrides everything chosen here."),
    )
    kept = forms.ChoiceField(label=gettext_lazy("A saved mapping"), required=False)
    dates = forms.CharField(
        label=gettext_lazy("How dates and times are written"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Only if they are not recognised, such as %d/%m/%Y."),
    )
    words = WordsField(rows=2, help_text=gettext_lazy("One per line – our heading: their word = our word."))
    keep_as = forms.CharField(label=gettext_lazy("Save this mapping under a name"), required=False, max_length=80)

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
        field = self.fields["kept"]
        field.choices = [("", "—"), *((one, one) for one in names)]  # type: ignore[attr-defined] # of a choice
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
        data = self.cleaned_data
        sheet = operations.get_preview_sheet(self.subject())
        mapping_name = data.get("kept")
        document: Json = operations.get_mapping(self._enterprise, self.subject(), mapping_name) if mapping_name else {}
        columns = {one.field: text for one in sheet.columns if (text := data.get(HEADING + one.field))}
        dated = [one.field for one in sheet.columns if one.kind in {Kind.DATE, Kind.MOMENT}]
        formats = dict.fromkeys(dated, data["dates"]) if data.get("dates") else {}
        for name, more in (("columns", columns), ("formats", formats), ("values", data.get("words") or {})):
            if more:
                document[name] = {**document.get(name, {}), **more}
        return document

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
        kind = str(self.data.get("kind", ""))
        return kind if kind in kinds else kinds[0]


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
        help_text=gettext_lazy("As in the register of lines; only its lines are compared. Empty: all lines."),
    )
    together = forms.BooleanField(
        label=gettext_lazy("The sources are parallel switches: add up their calls"), required=False
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
    zones = staticmethod(list_zones)

    def subject(self) -> str:
        """A bill."""
        return BILL

    def data_of_mapping(self) -> Json:
        """As of any file, with zone and unit."""
        document = super().data_of_mapping()
        data = self.cleaned_data
        document |= {name: data[name] for name in ("timezone", "unit") if data.get(name)}
        return document


PLAIN_FORMS: Final[dict[str, type[forms.Form]]] = {"people": MonthsForm, "sources": DaysForm}
MAPPED_FORMS: Final[dict[str, type[MappingForm]]] = {"filing": FilingForm, "bill": BillForm}
LOOKED: Final = 5 * 1024 * 1024  # bytes of a file that an answer can wait for; of a larger one the worker tells

Forms = dict[str, forms.Form]


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.REPORT)
@takes_files
def new_run(request: Request, code: str) -> HttpResponse:
    """Ask for a comparison with an export or a bill, a match of people, or a comparison of call sources."""
    all_forms = _forms(request, code)
    what = request.POST.get("what", "")
    if request.method != "POST":
        return _page(request, code, all_forms, 200)
    if what not in all_forms or not all_forms[what].is_valid():
        return _page(request, code, all_forms, UNPROCESSABLE)
    form, list_preview = all_forms[what], None
    try:
        if isinstance(form, MappingForm):
            list_preview = _preview_unread(request, code, form)
        if list_preview is None:
            return redirect("data-job", code=code, job=_enqueue(request, code, what, form))
    except NianjianError as error:
        if error.code == "role_missing":
            raise
        form.add_error(None, " ".join(describe_error(error)))
        return _page(request, code, all_forms, UNPROCESSABLE)
    return _render_preview(request, code, what, list_preview, UNPROCESSABLE)


@require_POST
@page(Permission.REPORT)
@takes_files
def preview(request: Request, code: str) -> HttpResponse:
    """Show the file's own headings with some of their values, and whether it could be compared so; nothing is kept."""
    what = request.POST.get("what", "")
    all_forms = _forms(request, code)
    form = all_forms.get(what)
    if not isinstance(form, MappingForm):
        return _page(request, code, all_forms, UNPROCESSABLE)
    form.full_clean()
    if "file" not in form.cleaned_data or "words" not in form.cleaned_data:
        fault = gettext("Choose a file first.") if "file" not in form.cleaned_data else ""
        return _page(request, code, all_forms, UNPROCESSABLE, looked_at=what, fault=fault)
    try:
        list_preview = _preview(request, code, form)
    except NianjianError as error:
        return _page(request, code, all_forms, UNPROCESSABLE, looked_at=what, fault=" ".join(describe_error(error)))
    return _render_preview(request, code, what, list_preview, 200)


def _forms(request: Request, code: str, looked_at: str = "", list_preview: ListPreview | None = None) -> Forms:
    """Every form; the one that was sent is bound, the one looked at offers the file's headings."""
    what = request.POST.get("what", "")
    all_forms: Forms = {}
    keep = has_permission(request.actor, code, Permission.MANAGE_DATA)
    for name in (*PLAIN_FORMS, *MAPPED_FORMS):
        args: list[Any] = [request.POST, request.FILES] if name == what else []
        given_id = {"auto_id": f"{name}_%s"}
        if name in MAPPED_FORMS:
            columns = list_preview.columns if list_preview is not None and name == looked_at else ()
            all_forms[name] = MAPPED_FORMS[name](*args, enterprise=code, may_keep=keep, columns=columns, **given_id)
        else:
            all_forms[name] = PLAIN_FORMS[name](*args, **given_id)  # type: ignore[arg-type] # the id alone
    return all_forms


def _page(request: Request, code: str, all_forms: Forms, status: int, **more: object) -> HttpResponse:
    back = reverse("reconcile", kwargs={"code": code})
    context = {"made": all_forms, "back": back, "what": request.POST.get("what", ""), **more}
    return render(request, "reconcile/new.html", context, status=status)


def _render_preview(request: Request, code: str, what: str, list_preview: ListPreview, status: int) -> HttpResponse:
    all_forms = _forms(request, code, what, list_preview)
    sheet = operations.get_preview_sheet(cast("MappingForm", all_forms[what]).subject())
    title, heading = gettext("Columns of the file"), gettext("Heading of the file")
    context: dict[str, object] = {"columns": build_columns_table(title, heading, list_preview, sheet)}
    if list_preview.fault is not None:
        context["fault"] = describe_error(list_preview.fault)[0]
        context["faults"] = [_describe_finding(one) for one in list_preview.fault.findings[:10]]
    else:
        context["sound"] = gettext("All {read} rows can be read.").format(read=list_preview.read)
    return _page(request, code, all_forms, status, looked_at=what, **context)


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
    list_preview = _preview(request, code, form)
    return list_preview if list_preview.fault is not None and list_preview.fault.code in operations.HEADINGS else None


def _enqueue(request: Request, code: str, what: str, form: forms.Form) -> str:
    """Put the work; its job. Raises what the operation raises."""
    here: Json = {"enterprise": code, "actor": request.actor}
    data = form.cleaned_data
    if isinstance(form, MappingForm):
        sent = form.upload()
        if data.get("keep_as") and sent["mapping"]:
            operations.store_mapping(kind=form.subject(), name=data["keep_as"], mapping=sent["mapping"], **here)
        if what == "bill":
            params = {one: data[one] for one in ("first", "last", "carrier", "together")}
            return operations.enqueue_bill(**here, **sent, **params)
        return operations.enqueue_filing(**here, **sent, kind=data["kind"], as_of=data["as_of"])
    if what == "people":
        return operations.match_people.enqueue(**here, **data)
    return operations.compare_sources.enqueue(**here, **data)


urlpatterns = [
    path("", runs, name="reconcile"),
    path("new/", new_run, name="reconcile-new"),
    path("new/look/", preview, name="reconcile-look"),
    path("<str:reconciliation>/", show_run, name="reconcile-one"),
    path("<str:reconciliation>/sheet/", sheet, name="reconcile-sheet"),
    path("<str:reconciliation>/differences/<int:difference>/", show_difference, name="reconcile-difference"),
    path("<str:reconciliation>/differences/<int:difference>/reveal/", reveal, name="reconcile-reveal"),
    path("<str:reconciliation>/pairs/<int:pair>/", decide, name="reconcile-decide"),
    path("<str:reconciliation>/pairs/<int:pair>/reveal/", reveal_pair, name="reconcile-reveal-pair"),
]


ENTRIES: Final = (Entry(Place.DOSSIER, mark("Reconciliation"), "reconcile"),)

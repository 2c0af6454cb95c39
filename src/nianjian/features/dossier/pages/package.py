"""Pages on which the firm makes and verifies the package, and the fill-in sheet."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier import (
    CERTAINTY,
    DIFFERENCE_KINDS,
    NOTES,
    REPORTS,
    RIDING,
    SHEETS,
    SHORT,
    WHY,
)
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import CHINESE, pair_text, words
from nianjian.features.dossier.documents import FillInField, FillInTold
from nianjian.features.dossier.editions.manifest import Difference
from nianjian.features.dossier.fill_in import Report, format_change, source_text
from nianjian.features.dossier.generated import complaint_papers
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.features.dossier.operations import checklist, fill_in, verification
from nianjian.features.dossier.operations import package as output_files
from nianjian.features.dossier.operations.generate import ALL, ITEMS
from nianjian.features.dossier.operations.package import Paper
from nianjian.features.dossier.operations.signatures import Certificate
from nianjian.features.dossier.package_documents import EditionFile, ScanVerification, SigningOutput
from nianjian.features.dossier.pages import presenters
from nianjian.features.dossier.pages.presenters import (
    CLEAR,
    cards,
    clear_field,
    day_field,
    form_errors,
    place,
    require_year,
    work_context,
)
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.claims.storage import LONGEST
from nianjian.platform.home.http import UNPROCESSABLE, as_attachment, missing_as_404
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving, upload_page
from nianjian.platform.web.rule_values import LEVELS
from nianjian.platform.web.tables import Cell, Table
from nianjian.platform.web.work import person

MARKS, PICTURES = "marks", "pictures"
SEALS: Final = (
    (MARKS, gettext_lazy("circles for stamping by hand, and the plan of the riding seal")),
    (PICTURES, gettext_lazy("a draft with the approved seal images")),
)


class GenerationForm(forms.Form):
    """One item, or all that are due."""

    item = forms.ChoiceField(choices=[(one, one) for one in (ALL, *ITEMS)], widget=forms.HiddenInput)
    as_files = forms.BooleanField(required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(
        label=gettext_lazy("also replace an upload that nobody has confirmed yet"), required=False
    )


class BuildForm(forms.Form):
    """How the package is built."""

    seals = forms.ChoiceField(label=gettext_lazy("Seals"), choices=SEALS, initial=MARKS, widget=forms.RadioSelect)
    on = day_field(gettext_lazy("Hand-in date"), gettext_lazy("Validity is checked for this date; empty: today."))


def generation_form(item: str) -> GenerationForm:
    """The form of a generation of an item, or of all."""
    return GenerationForm(auto_id="generate_%s", initial={"item": item})


KIB = 1024


def generated_papers(code: str, year: int, papers: Sequence[Paper]) -> Table:
    """The items that the records make: state, next step, the portrait behind them, whether their sums agree."""
    heads = (
        gettext("Item"), gettext("State"), gettext("Next step"), gettext("Generated from the portrait"),
        gettext("Sums"),
    )  # fmt: skip
    return cards(gettext("Generated documents"), heads, [_paper(code, year, one) for one in papers])


def _paper(code: str, year: int, one: Paper) -> list[Cell]:
    line = one.line
    cell = Cell("")
    if one.run:
        cell = Cell(gettext("an older one: {run}").format(run=one.run), badge="warn") if one.older else Cell(one.run)
    elif line.newest is not None:
        cell = Cell(gettext("uploaded as a file"))
    return [
        Cell(presenters.item_title(line.item), href=reverse("dossier-item", args=[code, year, line.item])),
        presenters.state_badge(line.state.value),
        Cell(presenters.next_step(line)),
        cell,
        _agreement(one),
    ]


def _agreement(one: Paper) -> Cell:
    if not one.sums:
        return Cell("–")
    bad = sum(entry.paper != entry.portrait for entry in one.sums)
    if bad:
        return Cell(gettext("{count} differ").format(count=bad), badge="bad")
    if one.older:
        return Cell(gettext("matched the older portrait"), badge="warn")
    return Cell(gettext("agree"), badge="good")


def sum_rows(papers: Sequence[Paper]) -> Table | None:
    """Each figure that a paper and the portrait must tell alike; None: no paper has one."""
    _ = words(current())
    heads = (
        gettext("Item"), gettext("Figure"), gettext("In the document"), gettext("In the portrait"), gettext("Agrees"),
    )  # fmt: skip
    rows = [
        [
            Cell(presenters.item_title(one.line.item)),
            Cell(pair_text(code_name("metric", entry.metric, _), code_name("component", entry.figure, _), _)),
            Cell(figures.count_text(entry.paper), figure=True),
            Cell("–" if entry.portrait is None else figures.count_text(entry.portrait), figure=True),
            _agrees(entry, older=one.older),
        ]
        for one in papers
        for entry in one.sums
    ]
    return cards(gettext("Figures that must match"), heads, rows) if rows else None


def _agrees(entry: Sum, *, older: bool) -> Cell:
    """Of an older portrait nothing is told of the newest one."""
    if entry.paper != entry.portrait:
        return Cell(gettext("no"), badge="bad")
    return Cell(gettext("with the older portrait"), badge="warn") if older else Cell(gettext("yes"), badge="good")


def package_context(job: JobValue) -> dict[str, object]:
    """A package that was built: whether it is a draft, its facts and files, and what is not in it."""
    result = output_files.read_build_output(job)
    ofd = gettext("an OFD file cannot be bound; add a PDF of it")
    pairs = [
        (gettext("Built"), f"{format_moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Manifest"), result.digest),
        (gettext("Run of the portrait"), result.run or "–"),
        (gettext("Pages of the paper edition"), figures.count_text(result.pages)),
    ]
    if not result.draft:
        sealed = gettext("the scan of the sealed book") if result.sealed else gettext("the documents before sealing")
        pairs.append((gettext("Source of the upload edition"), sealed))
    if result.pictures:
        pairs.append((gettext("Seal images on it"), figures.count_text(result.pictures)))
    return {
        "job": job,
        "verdict": Cell(gettext("draft"), badge="warn") if result.draft else Cell(gettext("complete"), badge="good"),
        "draft": result.draft,
        "sealed": result.sealed,
        "pictures": result.pictures,
        "pairs": pairs,
        "table": _files(result.contents),
        "missing": [
            (
                presenters.item_title(one.item),
                one.item,
                ofd if one.item in result.unbound else presenters.state_badge(one.state).text,
            )
            for one in result.missing
        ],
    }


def _files(files: Sequence[EditionFile]) -> Table:
    rows = [
        [
            Cell(one.path), Cell(figures.count_text(one.pages), figure=True),
            Cell(figures.count_text(-(-one.bytes // KIB)), figure=True), Cell(one.sha256[:16]),
        ]
        for one in files
    ]  # fmt: skip
    return cards(gettext("Files"), (gettext("File"), gettext("Pages"), "KiB", "SHA-256"), rows)


def certificate_context(certificate: Certificate) -> tuple[Cell, list[tuple[str, str]], str]:
    """Whether it can sign, its facts, and why it cannot."""
    stamp = gettext("with a time stamp") if certificate.stamped else gettext("none: no authority is set")
    if certificate.fault:
        return (
            Cell(gettext("cannot sign"), badge="plain"),
            [],
            error_message(certificate.fault, certificate.values, words(current())),
        )
    pairs = [
        (gettext("Holder"), certificate.subject),
        (
            gettext("Names the enterprise"),
            gettext("yes") if certificate.named else gettext("no: check whether it is the right one"),
        ),
        (gettext("Holds until"), certificate.valid_to),
        (gettext("Fingerprint"), certificate.fingerprint),
        (gettext("Time stamp"), stamp),
    ]
    return Cell(gettext("can sign"), badge="good" if certificate.named else "warn"), pairs, ""


def signature_context(job: JobValue) -> dict[str, object]:
    """A package that was signed."""
    result = msgspec.convert(job.result, type=SigningOutput)
    stamped = [one.stamped for one in result.signed if one.stamped]
    pairs = [
        (gettext("Signed"), f"{format_moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Holder"), result.subject),
        (gettext("Signed files"), figures.count_text(len(result.signed))),
        (gettext("With a time stamp"), figures.count_text(len(stamped))),
        (gettext("Manifest"), result.digest),
    ]
    return {"job": job, "pairs": pairs}


@require_POST
@page(Permission.VIEW_UNMASKED)
def generate(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker generate one item or all, as versions of the checklist or as files."""
    form = GenerationForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose what to generate."))
        return redirect("dossier-season", code=code, year=require_year(year))
    values = form.cleaned_data
    output_files.enqueue_generation(
        **place(request, code, year), items=[values["item"]], files=values["as_files"], replace=values["replace"]
    )
    messages.success(request, gettext("The documents are being generated."))
    page_name = "dossier-procedure" if values["item"] == complaint_papers.ITEM else "dossier-season"
    return redirect(page_name, code=code, year=require_year(year))


@require_POST
@page(Permission.VIEW_UNMASKED)
def build(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker build both editions."""
    back = redirect("dossier-season", code=code, year=require_year(year))
    form = BuildForm(request.POST)
    if not form.is_valid():
        messages.error(request, form_errors(form))
        return back
    values = form.cleaned_data
    output_files.enqueue_build(**place(request, code, year), pictures=values["seals"] == PICTURES, on=values["on"])
    messages.success(request, gettext("The package is being built."))
    return back


@require_POST
@page(Permission.APPROVE)
def sign(request: Request, code: str, year: int, job: str) -> HttpResponse:
    """Let the worker sign the upload edition of what a job has built."""
    output_files.enqueue_signing(**place(request, code, year), package=job)
    messages.success(request, gettext("The files for the platform are being signed."))
    return redirect("dossier-season", code=code, year=year)


@require_POST
@page(Permission.VIEW_UNMASKED)
def download(request: Request, code: str, year: int, job: str) -> HttpResponseBase:
    """Give out what a job has made; the chain has an entry."""
    archive = output_files.download_zip(**place(request, code, year), job=job)
    return as_attachment(StreamingHttpResponse(archive.content, content_type=output_files.ZIP), archive.name)


@require_safe
@page(Permission.READ)
def show_form(request: Request, code: str, year: int) -> HttpResponse:
    """The form, and what the last check found."""
    packages = verification.list_packages(code, require_year(year), request.actor)
    job = verification.find_last_verification(code, year, request.actor)
    context: dict[str, object] = {
        "year": year,
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        "packages": [(one.number, f"{one.number} · {one.handed_on} · {one.manifest_sha256[:12]}") for one in packages],
        "working": False,
    }
    if job is not None and not job.over:
        context |= work_context(code, [job])
    elif job is not None and job.state == "failed":
        context["failed"] = data.describe_job_error(job.error)[0]
    elif job is not None and job.state == "done":
        context |= _build_result(job)
    return render(request, "dossier/verify.html", context)


def _build_result(job: JobValue) -> dict[str, object]:
    _ = words(current())
    result = verification.read_output(job)
    badge = "good" if result.intact else "bad"
    word = gettext("no differences") if result.intact else gettext("differs from the manifest")
    pairs = [(gettext("Checked at"), f"{format_moment(job.finished_at)} · {data.person(job.requested_by)}")]
    context: dict[str, object] = {
        "result": result,
        "verdict": Cell(word, badge=badge),
        "scan": result.scan,
        "table": _table(result.differences) if result.differences else None,
    }
    if isinstance(result, ScanVerification):
        counts = gettext("{scanned} scanned, {expected} expected").format(
            scanned=result.scanned, expected=result.expected
        )
        pairs += [
            (gettext("Pages of the document"), counts),
            (gettext("Confidence"), _(CERTAINTY[result.certainty])),
        ]
        pairs += _read(result)
        context |= {
            "why": [_(WHY[one]) for one in result.why],
            "by_place": ", ".join(map(str, result.by_place)),
        }
    else:
        pairs.append((gettext("Files"), str(result.files)))
        pairs.append((gettext("Pages of the document"), str(result.pages)))
        context["notes"] = [pair_text(one.file, _(NOTES[one.kind]), _) for one in result.notes]
    pairs.append((gettext("Manifest"), result.manifest_sha256[:16] or "–"))
    pairs.append((gettext("Built here"), result.built_at[:10] if result.built_at else gettext("not known")))
    return {**context, "pairs": pairs}


def _read(result: ScanVerification) -> list[tuple[str, str]]:
    """What reading and the riding seal told; nothing of a check that was made before they were looked at."""
    _ = words(current())
    pairs: list[tuple[str, str]] = []
    if text := result.text:
        said = gettext("{read} pages read, {agree} match, {differ} differ, {unknown} inconclusive")
        counts = {"differ": len(text.differ), "unknown": len(text.unknown)}
        pairs.append((gettext("Texts"), said.format(read=text.read, agree=text.agree, **counts)))
    if riding := result.riding_seal:
        pairs.append((gettext("Riding seal"), _(RIDING[riding.state])))
        states: dict[str, list[str]] = {}
        for one in riding.sheets:
            states.setdefault(one.state, []).append(str(one.sheet))
        sheets = [pair_text(_(SHEETS[state]), _(", ").join(numbers), _) for state, numbers in sorted(states.items())]
        if sheets and riding.state != "absent":
            pairs.append((gettext("Sheets of the riding seal"), _("; ").join(sheets)))
    return pairs


def _table(differences: Sequence[Difference]) -> Table:
    _ = words(current())
    heads = (gettext("File"), gettext("Page"), gettext("What differs"))
    rows = [
        [
            Cell(one.file),
            Cell("" if one.page is None else one.page, figure=True),
            Cell(_(DIFFERENCE_KINDS[one.kind])),
        ]
        for one in differences
    ]
    return cards(gettext("What differs"), heads, rows, wrap=True)


@upload_page(Permission.READ)
def upload(request: Request, code: str, year: int, handler: Receiving) -> HttpResponse:
    """Take a package, a file of it or a scan; the worker compares."""
    require_year(year)
    values = request.POST  # reading it is what brings the files in
    faults = list(handler.faults)
    if not handler.files and not faults:
        messages.error(request, gettext("Choose a file first."))
    elif not faults:
        chosen = values.get("against", "")
        against = int(chosen) if chosen.isascii() and chosen.isdigit() else None
        try:
            files = [(one.name, one.content(checklist.LIMIT)) for one in handler.files]
            verification.enqueue_verification(
                **place(request, code, year), files=files, scan=values.get("scan") == "yes", against=against
            )
        except NianjianError as fault:
            faults.append(fault)
    for refused in faults:
        messages.error(request, data.fault(refused))
    return redirect("dossier-verify", code=code, year=year)


FIELDS: Final = 56  # of a page: eight code numbers


def _report(name: str) -> Report:
    with missing_as_404():
        return fill_in.get_report(name)


@require_safe
@page(Permission.READ)
def show_first_sheet(request: Request, code: str, year: int) -> HttpResponse:
    """The licence report."""
    del request
    return redirect("fill-in", code=code, year=require_year(year), report=Report.LICENCE.value)


@require_safe
@page(Permission.READ)
def show_sheet(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """The newest sheet, personal values masked."""
    kind = _report(report)
    sheet = fill_in.find_newest_sheet(**place(request, code, year), report=kind)
    return _render_sheet(request, code, year, kind, sheet)


@require_POST
@page(Permission.VIEW_UNMASKED)
def reveal(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """The newest sheet in full; the chain has an entry."""
    kind = _report(report)
    sheet = fill_in.reveal_sheet(**place(request, code, year), report=kind)
    return _render_sheet(request, code, year, kind, sheet)


@require_POST
@page(Permission.REPORT)
def make_sheet(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """Let the worker gather the fields."""
    job = fill_in.enqueue_sheet(**place(request, code, year), report=_report(report))
    return redirect("data-job", code=code, job=job)


class EntryForm(forms.Form):
    """The fields of a sheet, each named by field and code number; a personal value is not shown to be typed over.

    Left empty such a value stays; a second field takes back what a person entered.
    """

    def __init__(self, lines: Iterable[FillInField], values: QueryDict | None = None) -> None:
        super().__init__(values, auto_id="fill_%s")
        chinese = current() == CHINESE
        for line in lines:
            title = line.title_zh if chinese else line.title_en
            initial = line.proposal if line.value is None else line.value if line.entered else None
            self.fields[_entry_name(line)] = forms.CharField(
                label=f"{line.number} {title}".strip(),
                required=False,
                max_length=LONGEST,
                initial="" if line.personal else initial or "",
                help_text=_entry_hint(line),
            )
            if line.personal and line.entered:
                self.fields[CLEAR + _entry_name(line)] = clear_field(title)

    def texts(self) -> dict[tuple[str, str], str]:
        """What was typed by field and code number: a field that stands as it was shown is left out, but a proposal."""
        texts = {}
        for name, field in self.fields.items():
            number, _dot, of = name.rpartition(".")
            if self.cleaned_data.get(CLEAR + name):
                texts[of, number] = ""
            elif name.startswith(CLEAR):
                continue
            elif self.cleaned_data[name] or (field.initial and name in self.changed_data):
                texts[of, number] = self.cleaned_data[name]
        return texts


def _entry_name(line: FillInField) -> str:
    return f"{line.number}.{line.field}"


def _entry_hint(line: FillInField) -> str:
    if line.entered:
        return gettext("Filled in by a person.")
    if line.value is not None:
        return gettext("From the records: {value}. What you type replaces it, and both are shown.").format(
            value=line.value
        )
    if line.personal or line.proposal is None:
        return ""
    return gettext("The text of an earlier year; saving confirms it for this year's sheet.")


@require_POST
@page(Permission.MANAGE_DATA)
def enter(request: Request, code: str, year: int, report: str) -> HttpResponse:
    """Keep what was typed into the fields; where one is refused nothing is kept, and all of it stands there again."""
    kind = _report(report)
    sheet = fill_in.find_newest_sheet(**place(request, code, year), report=kind)
    lines = [] if sheet is None else sheet.fields
    form = EntryForm([line for line in lines if _entry_name(line) in request.POST], request.POST)
    if form.is_valid() and (texts := form.texts()):
        try:
            fill_in.enter_values(**place(request, code, year), report=kind, texts=texts)
            messages.success(request, gettext("Saved for this data year, and proposed for the next."))
        except NianjianError as error:
            form.add_error(None, error_message(error.code, error.values, words(current())))
    if form.errors:
        return _render_sheet(request, code, year, kind, sheet, refused=form)
    return redirect(f"{reverse('fill-in', args=[code, year, kind.value])}?{request.GET.urlencode()}")


@require_POST
@page(Permission.VIEW_UNMASKED)
def download_sheet(request: Request, code: str, year: int, report: str, form: str) -> HttpResponse:
    """Give the newest sheet out as a file; the chain has an entry."""
    if form not in fill_in.FORMS:
        raise Http404
    called, media, content = fill_in.download_sheet(**place(request, code, year), report=_report(report), form=form)
    return as_attachment(HttpResponse(content, content_type=media), called)


def _render_sheet(
    request: Request,
    code: str,
    year: int,
    report: Report,
    sheet: FillInTold | None,
    *,
    refused: EntryForm | None = None,
) -> HttpResponse:
    _ = words(current())
    lines = [] if sheet is None else sheet.fields
    cut = Paginator(lines, FIELDS).get_page(request.GET.get("page", 1))
    may_enter = has_permission(request.actor, code, Permission.MANAGE_DATA)
    context = {
        "year": year,
        "report": report.value,
        "heading": _(REPORTS[report.value]),
        "reports": [
            (reverse("fill-in", args=[code, year, one.value]), _(SHORT[one.value]), one is report) for one in Report
        ],
        "told": sheet,
        "pairs": [] if sheet is None else _pairs(sheet),
        "fields": [_field(one) for one in cut],
        "cut": cut,
        "entering": (refused or EntryForm(cut)) if sheet and may_enter else None,
        "enter": f"{reverse('fill-in-enter', args=[code, year, report.value])}?page={cut.number}",
        "may_make": has_permission(request.actor, code, Permission.REPORT),
        "may_reveal": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
    }
    return render(request, "dossier/fill_in.html", context, status=200 if refused is None else UNPROCESSABLE)


def _pairs(sheet: FillInTold) -> list[tuple[str, str]]:
    return [
        (gettext("Created"), f"{format_moment(sheet.made_at)} · {person(sheet.made_by)}"),
        (gettext("As of"), str(sheet.as_of)),
        (gettext("Figures from run"), sheet.run or gettext("no portrait of the year: its figures are unknown")),
        (gettext("Still to be filled in"), str(sheet.unknown)),
        (gettext("Changed by more than the limit"), str(sheet.over)),
    ]


def _field(one: FillInField) -> dict[str, Any]:
    _ = words(current())
    chinese = current() == CHINESE
    return {
        "number": one.number,
        "title": one.title_zh if chinese else one.title_en,
        "rule": one.rule,
        "level": code_name("level", one.level, _),
        "badge": LEVELS[one.level],
        "note": one.note_zh if chinese else one.note_en,
        "source": source_text(one, _),
        "recorded": one.recorded,
        "value": one.value,
        "before": one.before,
        "change": format_change(one, _),
        "over": one.over,
    }

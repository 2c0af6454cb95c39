"""The page on which the firm makes its own part of the package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier.sealing import NO_SEAL
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations.generate import ALL, ITEMS
from nianjian.features.dossier.operations.making import output_files, status, work
from nianjian.features.dossier.operations.making.status import Paper
from nianjian.features.dossier.operations.sealing.signing import Certificate
from nianjian.features.dossier.pages import presenters as told
from nianjian.features.dossier.pages.forms import day
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import as_attachment
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import moment, person, progressing

MARKS, PICTURES = "marks", "pictures"
SEALS: Final = (
    (MARKS, gettext_lazy("boxes for stamping by hand, and the plan of the riding seal")),
    (PICTURES, gettext_lazy("a draft that bears the approved pictures of seals")),
)


class Generated(forms.Form):
    """One item, or all that are due."""

    item = forms.ChoiceField(choices=[(one, one) for one in (ALL, *ITEMS)], widget=forms.HiddenInput)
    as_files = forms.BooleanField(required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(
        label=gettext_lazy("also above an upload that nobody has confirmed yet"), required=False
    )


class Built(forms.Form):
    """How the package is built."""

    seals = forms.ChoiceField(label=gettext_lazy("Seals"), choices=SEALS, initial=MARKS, widget=forms.RadioSelect)
    on = forms.DateField(
        label=gettext_lazy("Day of handing in"),
        required=False,
        widget=day(),
        help_text=gettext_lazy("What must be valid is looked at for this day; empty: today."),
    )


def generated(given: QueryDict | None = None, **first: object) -> Generated:
    """The form of a generation."""
    return Generated(given, auto_id="generate_%s", initial=first)


def built(given: QueryDict | None = None) -> Built:
    """The form of the building."""
    return Built(given, auto_id="build_%s")


Json = Mapping[str, Any]
KIB = 1024


def papers(code: str, year: int, found: Sequence[Paper]) -> Table:
    """The items that the records make: state, next step, the portrait behind them, whether their sums agree."""
    heads = [
        gettext("Item"),
        gettext("State"),
        gettext("Next step"),
        gettext("Made from the portrait"),
        gettext("Sums"),
    ]
    rows = [_paper(code, year, one) for one in found]
    return Table(gettext("Generated papers"), [Column(one) for one in heads], rows, cards=True)


def _paper(code: str, year: int, one: Paper) -> list[Cell]:
    line = one.line
    made = Cell("")
    if one.run:
        made = Cell(gettext("an older one: {run}").format(run=one.run), badge="warn") if one.older else Cell(one.run)
    elif line.newest is not None:
        made = Cell(gettext("brought in as a file"))
    return [
        Cell(told.title(line.item), href=reverse("dossier-item", args=[code, year, line.item])),
        told.state(line.state.value),
        Cell(told.following(line)),
        made,
        _agreement(one),
    ]


def _agreement(one: Paper) -> Cell:
    if not one.sums:
        return Cell("–")
    bad = sum(told["paper"] != told["portrait"] for told in one.sums)
    if bad:
        return Cell(gettext("{count} differ").format(count=bad), badge="bad")
    if one.older:
        return Cell(gettext("agreed with the older portrait"), badge="warn")
    return Cell(gettext("agree"), badge="good")


def sums(found: Sequence[Paper]) -> Table | None:
    """Each figure that a paper and the portrait must tell alike; None: no paper has one."""
    _ = words(current())
    heads = [
        Column(gettext("Item")), Column(gettext("Figure")), Column(gettext("In the paper"), figure=True),
        Column(gettext("In the portrait"), figure=True), Column(gettext("Agrees")),
    ]  # fmt: skip
    rows = [
        [
            Cell(told.title(one.line.item)),
            Cell(f"{name('metric', held['metric'], _)}: {name('component', held['figure'], _)}"),
            Cell(figures.count(held["paper"]), figure=True),
            Cell("–" if held["portrait"] is None else figures.count(held["portrait"]), figure=True),
            _agrees(held, older=one.older),
        ]
        for one in found
        for held in one.sums
    ]
    return Table(gettext("What must agree"), heads, rows, cards=True) if rows else None


def _agrees(held: Json, *, older: bool) -> Cell:
    """Of an older portrait nothing is told of the newest one."""
    if held["paper"] != held["portrait"]:
        return Cell(gettext("no"), badge="bad")
    return Cell(gettext("with the older portrait"), badge="warn") if older else Cell(gettext("yes"), badge="good")


def package(job: JobValue) -> dict[str, object]:
    """A package that was built: whether it is a draft, its facts and files, and what is not in it."""
    result: Json = job.result
    pairs = [
        (gettext("Built"), f"{moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Manifest"), str(result["digest"])),
        (gettext("Run of the portrait"), str(result["run"]) or "–"),
        (gettext("Pages of the paper edition"), figures.count(result["pages"])),
    ]
    if result["pictures"]:
        pairs.append((gettext("Pictures of seals on it"), figures.count(result["pictures"])))
    return {
        "job": job,
        "verdict": Cell(gettext("draft"), badge="warn") if result["draft"] else Cell(gettext("complete"), badge="good"),
        "draft": result["draft"],
        "pictures": result["pictures"],
        "pairs": pairs,
        "table": _files(result["contents"]),
        "missing": [(told.title(one["item"]), one["item"], _why(one, result)) for one in result["missing"]],
    }


def _why(one: Json, result: Json) -> str:
    if one["item"] in result["unbound"]:
        return gettext("an OFD file cannot be bound; add a PDF of it")
    return str(told.state(one["state"]).text)


def _files(found: Sequence[Json]) -> Table:
    heads = [
        Column(gettext("File")), Column(gettext("Pages"), figure=True), Column("KiB", figure=True), Column("SHA-256"),
    ]  # fmt: skip
    rows = [
        [
            Cell(one["path"]), Cell(figures.count(one["pages"]), figure=True),
            Cell(figures.count(-(-one["bytes"] // KIB)), figure=True), Cell(one["sha256"][:16]),
        ]
        for one in found
    ]  # fmt: skip
    return Table(gettext("Files"), heads, rows, cards=True)


def certificate(found: Certificate) -> tuple[Cell, list[tuple[str, str]], str]:
    """Whether it can sign, its facts, and why it cannot."""
    stamp = gettext("with a time stamp") if found.stamped else gettext("none: no authority is set")
    if found.fault:
        return Cell(gettext("cannot sign"), badge="plain"), [], sentence(found.fault, found.values, words(current()))
    pairs = [
        (gettext("Holder"), found.subject),
        (gettext("Names the firm"), gettext("yes") if found.named else gettext("no: look whether it is the right one")),
        (gettext("Holds until"), found.valid_to),
        (gettext("Fingerprint"), found.fingerprint),
        (gettext("Time stamp"), stamp),
    ]
    return Cell(gettext("can sign"), badge="good" if found.named else "warn"), pairs, ""


def signature(job: JobValue) -> dict[str, object]:
    """A package that was signed."""
    result: Json = job.result
    stamped = [one["stamped"] for one in result["signed"] if one["stamped"]]
    pairs = [
        (gettext("Signed"), f"{moment(job.finished_at)} · {person(job.requested_by)}"),
        (gettext("Holder"), str(result["subject"])),
        (gettext("Signed files"), figures.count(len(result["signed"]))),
        (gettext("With a time stamp"), figures.count(len(stamped))),
        (gettext("Manifest"), str(result["digest"])),
    ]
    return {"job": job, "pairs": pairs}


@require_safe
@page(Act.READ)
def show_status(request: Request, code: str, year: int) -> HttpResponse:
    """How it stands, with what can be done next."""
    found = status.get_generation_status(code, in_reach(year), request.actor)
    state, pairs, why = certificate(found.certificate)
    context = {
        "year": year,
        "run": found.run,
        "papers": papers(code, year, found.papers),
        "sums": sums(found.papers),
        "missing": len(found.missing),
        "generate": generated(item=ALL),
        "build": built(),
        "files": found.files,
        "package": package(found.package) if found.package else None,
        "signature": signature(found.signature) if found.signature else None,
        "certificate": {"state": state, "pairs": pairs, "why": why},
        "no_seal": words(current())(NO_SEAL),
        "failed": [(data.kind(one.kind), data.describe_job_error(one.error)[0]) for one in found.failed],
        "may_sign": may(request.actor, code, Act.APPROVE),
        "may_make": may(request.actor, code, Act.REVEAL),
        "days": output_files.KEPT.days,
        "working": False,
    }
    if found.working:
        context |= {"working": True, "behind": len(found.working) - 1, **progressing(code, found.working[0])}
    return render(request, "dossier/making.html", context)


@require_POST
@page(Act.REVEAL)
def generate(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker generate one item or all, as versions of the checklist or as files."""
    back = redirect("dossier-package", code=code, year=in_reach(year))
    given = generated(request.POST)
    if not given.is_valid():
        messages.error(request, gettext("Choose what is to be generated."))
        return back
    asked = given.cleaned_data
    work.ask_items(
        enterprise=code, year=year, items=[asked["item"]], files=asked["as_files"], replace=asked["replace"],
        actor=request.actor,
    )  # fmt: skip
    messages.success(request, gettext("The papers are being generated."))
    return back


@require_POST
@page(Act.REVEAL)
def build(request: Request, code: str, year: int) -> HttpResponse:
    """Let the worker build both editions."""
    back = redirect("dossier-package", code=code, year=in_reach(year))
    given = built(request.POST)
    if not given.is_valid():
        faults = [f"{given.fields[one].label}: {texts[0]}" for one, texts in given.errors.items()]
        messages.error(request, " ".join(faults))
        return back
    asked = given.cleaned_data
    work.ask_package(
        enterprise=code, year=year, pictures=asked["seals"] == PICTURES, on=asked["on"], actor=request.actor
    )
    messages.success(request, gettext("The package is being built."))
    return back


@require_POST
@page(Act.APPROVE)
def sign(request: Request, code: str, year: int, job: str) -> HttpResponse:
    """Let the worker sign the upload edition of what a job has built."""
    work.ask_signature(enterprise=code, year=in_reach(year), package=job, actor=request.actor)
    messages.success(request, gettext("The files for the platform are being signed."))
    return redirect("dossier-package", code=code, year=year)


@require_POST
@page(Act.REVEAL)
def file(request: Request, code: str, year: int, job: str) -> HttpResponseBase:
    """Give out what a job has made; the chain has an entry."""
    made = output_files.download_zip(enterprise=code, year=in_reach(year), job=job, actor=request.actor)
    return as_attachment(StreamingHttpResponse(made.content, content_type=output_files.ZIP), made.name)


urlpatterns = [
    path("", show_status, name="dossier-package"),
    path("generate/", generate, name="dossier-package-generate"),
    path("build/", build, name="dossier-package-build"),
    path("<str:job>/sign/", sign, name="dossier-package-sign"),
    path("<str:job>/file/", file, name="dossier-package-file"),
]

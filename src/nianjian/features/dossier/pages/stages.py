"""The package of a season as eight steps: done ones say who, when and with what, the open one holds its act."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nianjian.engines.kernel import clock
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier import NO_SEAL, RIDING, STATES, STEPS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.materials import Line
from nianjian.features.dossier.models import Submission
from nianjian.features.dossier.operations import arrivals, checklist, progress
from nianjian.features.dossier.operations import package as output_files
from nianjian.features.dossier.operations.generate import ALL
from nianjian.features.dossier.operations.progress import PackageProgress
from nianjian.features.dossier.pages import package, rounds
from nianjian.features.dossier.pages.arrivals import build_waiting_file
from nianjian.features.dossier.pages.presenters import (
    BADGES,
    item_title,
    place,
    require_year,
    rule_source,
    work_context,
)
from nianjian.features.dossier.states import DONE, MaterialState
from nianjian.features.portrait import bases
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import uploads
from nianjian.platform.rulebook import optional_items
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.days import format_day, format_days_left, format_moment
from nianjian.platform.web.language import current
from nianjian.platform.web.work import person

COVERED: Final = 20  # files whose faults the scanning step tells


@dataclass(frozen=True, slots=True)
class Stage:
    """A step: ``state`` done, now or later; ``text``: its facts, or what it waits for; ``open``: its card is shown."""

    code: str
    label: str
    state: str
    text: str
    open: bool


@require_safe
@page(Permission.READ)
def show_due_season(request: Request, code: str) -> HttpResponse:
    """The season whose package is due next."""
    return _render_stages(request, code, checklist.due_season(code, clock.today()))


@require_safe
@page(Permission.READ)
def show_season(request: Request, code: str, year: int) -> HttpResponse:
    """The season of a data year."""
    return _render_stages(request, code, require_year(year))


@require_safe
@page(Permission.READ)
def show_status(request: Request, code: str, year: int) -> HttpResponse:
    """Where the package was generated and built before: the open step of its way."""
    del request
    return redirect("dossier-season", code=code, year=require_year(year))


def _render_stages(request: Request, code: str, year: int) -> HttpResponse:
    reading = arrivals.list_reading_jobs(code, year)  # read before what it makes: if it ends meanwhile, the page polls
    way = progress.get_progress(enterprise=code, year=year, actor=request.actor)
    query_step = request.GET.get("step", "")
    open_step = query_step if query_step in progress.STEPS else way.current
    lines = way.status.lines
    context: dict[str, Any] = {
        "year": year,
        "before": year - 1,
        "years": checklist.list_seasons(code, year, clock.today()),
        "stages": _build_stages(way, lines, open_step),
        "step": open_step,
        "asked": bool(query_step),
        "number": progress.STEPS.index(way.current) + 1 if way.current else 0,
        "deadline": _describe_deadline(code, year),
        "may_load": has_permission(request.actor, code, Permission.MANAGE_DATA),
        "may_make": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        "may_sign": has_permission(request.actor, code, Permission.APPROVE),
        "failed": [(data.kind(job.kind), data.describe_job_error(job.error)[0]) for job in way.status.failed],
        "book": way.book,
        "days": output_files.KEPT.days,
        "waiting": _list_waiting(request, code, year),
        **_build_list(code, lines),
        **work_context(code, [*way.status.working, *reading]),
    }
    if open_step:
        context |= BODIES[open_step](request, code, year, way)
    return render(request, "dossier/stages.html", context)


def _build_stages(way: PackageProgress, lines: Sequence[Line], open_step: str) -> list[Stage]:
    _ = words(current())
    done, rows = way.done, []
    for step in progress.STEPS:
        label, waits = STEPS[step]
        state = "done" if step in done else "now" if step == way.current else "later"
        text = _describe_done(step, way, lines) if state == "done" else _(waits)
        rows.append(Stage(step, _(label), state, text, step == open_step))
    return rows


def _describe_done(step: str, way: PackageProgress, lines: Sequence[Line]) -> str:
    """With what a step was done, by whom and when; "" where nothing is known of it any more."""
    book = way.book or way.status.package
    fact, actor, at = "", "", None
    match step:
        case progress.FIGURES if way.run is not None:
            fact = gettext("as of {day}").format(day=format_day(date.fromisoformat(way.run.as_of)))
            actor, at = way.run.actor, datetime.fromisoformat(way.run.moment)
        case progress.MATERIALS:
            blank = sum(line.state is MaterialState.BLANK for line in lines)
            fact = _join(
                gettext("{count} items ready").format(count=sum(line.state in DONE for line in lines)),
                gettext("{count} with blanks").format(count=blank) if blank else "",
            )
            signed = [
                (row.confirmed_at, row.confirmed_by) for line in lines if (row := line.newest) and row.confirmed_at
            ]
            at, actor = max(signed, default=(None, ""))
        case progress.BUILD if book is not None:
            fact = gettext("one book of {pages} pages").format(
                pages=figures.count_text(output_files.read_build_output(book).pages)
            )
            actor, at = book.requested_by, book.finished_at
        case progress.SEAL if way.download is not None:
            fact = gettext("the book was downloaded for printing")
            actor, at = way.download.actor, datetime.fromisoformat(way.download.at)
        case progress.SCAN | progress.CHECK if way.scans:
            count = figures.count_text(sum(row.version.pages for row in way.scans))
            fact = gettext("{pages} pages split into {count} items").format(pages=count, count=len(way.scans))
            actor, at = way.scans[-1].recorded_by, way.scans[-1].recorded_at
        case progress.FINAL if book is not None and output_files.read_build_output(book).sealed:
            fact = gettext("upload edition from the sealed scan")
            actor, at = book.requested_by, book.finished_at
        case progress.SUBMIT if way.submission is not None:
            fact = _describe_submission(way.submission)
    return _join(fact, person(actor) if actor else "", format_moment(at))


def _describe_submission(row: Submission) -> str:
    number = gettext("reference number {number}").format(number=row.reference) if row.reference else ""
    place = row.place or gettext("place not filled in")
    return _join(format_day(row.handed_on), place, number, person(row.recorded_by))


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _describe_deadline(code: str, year: int) -> str:
    day = bases.find_last_filing_day(code, year, clock.today())
    if day is None:
        return ""
    return gettext("Deadline {day}: {left}").format(day=format_day(day), left=format_days_left(day))


def _build_list(code: str, lines: Sequence[Line]) -> dict[str, object]:
    """Every item with its mark, its state unless it is ready, and who brings it by when."""
    _, rules = words(current()), checklist.get_rulebook(code)
    requirements, due = checklist.list_requirements(rules), {line.item for line in lines}
    rows = [
        {
            "item": line.item,
            "number": requirements[line.item].rule.id,
            "title": item_title(line.item),
            "badge": BADGES[line.state.value],
            "state": _(STATES[line.state.value]),
            "ready": line.state in DONE,
            "note": _join(person(line.owner), format_day(line.due)),
        }
        for line in lines
    ]
    return {
        "items": rows,
        "ready": sum(line.state in DONE for line in lines),
        "sources": [(one.rule.id, rule_source(one.rule)) for one in requirements.values() if one.item in due],
        "further": optional_items.hinted(rules),
    }


def _list_waiting(request: Request, code: str, year: int) -> list[dict[str, Any]]:
    """Files that wait for a person, for who may decide on them."""
    if not has_permission(request.actor, code, Permission.MANAGE_DATA):
        return []
    rows = arrivals.list_waiting_files(**place(request, code, year), most=COVERED)
    return [build_waiting_file(row) for row in rows]


Body = Callable[[Request, str, int, PackageProgress], Mapping[str, object]]


def _show_figures(request: Request, code: str, year: int, way: PackageProgress) -> Mapping[str, object]:
    if way.run is None:
        return {"address": reverse("portrait-newest", args=[code])}
    chosen = has_permission(request.actor, code, Permission.REPORT) and reverse("portrait-basis", args=[code, year])
    return {"address": reverse("portrait", args=[code, year]), "basis": chosen, "computed": True}


def _show_materials(_request: Request, code: str, year: int, way: PackageProgress) -> Mapping[str, object]:
    status = way.status
    return {
        "run": status.run,
        "papers": package.generated_papers(code, year, status.papers),
        "sums": package.sum_rows(status.papers),
        "generate": package.generation_form(ALL),
        "files": status.files,
        "replaceable": sum(one.line.state is MaterialState.TO_CONFIRM and not one.run for one in status.papers),
        "open_items": _count_open_items(status.missing),
    }


def _count_open_items(lines: Sequence[Line]) -> str:
    """What is to be generated and what to be uploaded, and how many stand otherwise."""
    absent = [line.item in output_files.GENERATED for line in lines if line.state is MaterialState.MISSING]
    to_generate, brought = sum(absent), len(absent) - sum(absent)
    if to_generate and brought:
        text = gettext("{made} can be generated, {brought} must be uploaded").format(made=to_generate, brought=brought)
    elif to_generate:
        text = gettext("{count} can be generated").format(count=to_generate)
    else:
        text = gettext("{count} must be uploaded").format(count=brought) if brought else ""
    others = Counter(line.state.value for line in lines if line.state is not MaterialState.MISSING)
    texts = (f"{words(current())(STATES[state])} {count}" for state, count in others.items())
    return _join(text, *texts)


def _show_build(_request: Request, _code: str, _year: int, way: PackageProgress) -> Mapping[str, object]:
    build_job = way.status.package
    return {
        "build": package.BuildForm(auto_id="build_%s"),
        "package": package.package_context(build_job) if build_job else None,
        "missing": len(way.status.missing),
        "blank": _name_blank_items(way),
        "no_seal": words(current())(NO_SEAL),
    }


def _name_blank_items(way: PackageProgress) -> str:
    """The items that go into the book with blanks; "" where there is none."""
    blank = [item_title(line.item) for line in way.status.lines if line.state is MaterialState.BLANK]
    return gettext(", ").join(blank)


def build_scans(way: PackageProgress) -> dict[str, object]:
    """The items of the sealed book with their pages, and what was seen of its riding seal."""
    _ = words(current())
    rows = [
        {
            "item": row.version.material.item,
            "title": item_title(row.version.material.item),
            "version": row.version.number,
            "pages": row.version.pages,
        }
        for row in way.scans
    ]
    riding = _(RIDING[way.scans[0].riding]) if way.scans else ""
    return {"scans": rows, "riding": riding, "pages": sum(int(str(row["pages"])) for row in rows)}


def _show_final(_request: Request, _code: str, _year: int, way: PackageProgress) -> Mapping[str, object]:
    status = way.status
    state, pairs, why = package.certificate_context(status.certificate)
    return {
        "package": package.package_context(status.package) if status.package else None,
        "blank": _name_blank_items(way),
        "signature": package.signature_context(status.signature) if status.signature else None,
        "certificate": {"state": state, "pairs": pairs, "why": why},
    }


BODIES: Final[Mapping[str, Body]] = {
    progress.FIGURES: _show_figures,
    progress.MATERIALS: _show_materials,
    progress.BUILD: _show_build,
    progress.SEAL: lambda *_of: {"no_seal": words(current())(NO_SEAL)},
    progress.SCAN: lambda *_of: {"limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB},
    progress.CHECK: lambda _request, _code, _year, way: build_scans(way),
    progress.FINAL: _show_final,
    progress.SUBMIT: lambda _request, code, year, way: {
        "submission": way.submission,
        "form": rounds.submission_form(code, year),
    },
}


@require_safe
@page(Permission.READ)
def show_check(request: Request, code: str, year: int) -> HttpResponse:
    """What came out of the scan of the sealed book, item by item, to be confirmed as a whole."""
    way = progress.get_progress(enterprise=code, year=require_year(year), actor=request.actor)
    context = {
        "year": year,
        "book": way.book,
        "final": way.final or way.building,
        "may_make": has_permission(request.actor, code, Permission.VIEW_UNMASKED),
        **build_scans(way),
    }
    return render(request, "dossier/check.html", context)

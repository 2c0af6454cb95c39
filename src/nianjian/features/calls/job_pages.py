"""Pages of long work: how far it is, a stop, and what came of it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State, parse_state
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.texts.inspection import PARTS
from nianjian.engines.paper.texts.maintenance import RECORD_CLASSES
from nianjian.engines.paper.texts.reconciliation import VERDICTS
from nianjian.engines.paper.texts.test_calls import LANDINGS
from nianjian.engines.paper.words import mark, words
from nianjian.features.calls import presenters
from nianjian.features.calls.documents import sum_row_counts
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.portrait import portraits
from nianjian.features.registers import presenters as registers
from nianjian.platform.accounts.access import has_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.home.http import Middleware
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import batches, drafts
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, page, person
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current, say_pair
from nianjian.platform.web.resend import find_page_address
from nianjian.platform.web.tables import Cell
from nianjian.platform.web.work import describe_cell_error, progressing

Result = Mapping[str, Any]
Shown = dict[str, object]
Way = tuple[str, str]  # address and label
SHOWN: Final = 200  # tickets of a list that are named


def outcome(code: str, job: JobValue, result: Result) -> Shown:
    """Return what the page of a job shows more; nothing for work that `_outcome` tells itself.

    ``text``: what came of it; ``ways``: (address, label) of where to go on; ``error`` and ``more``: what was refused;
    ``listed``: a heading and (address, label) below it; ``take``: (address, label) of a file that is asked for by
    POST, since the audit chain tells of it, and ``taken``: what is said of that.
    """
    if job.kind not in WAYS or not job.over:
        return {}
    context: Shown = {"ways": WAYS[job.kind](code, job)}
    tell = OUTCOMES.get(job.kind)
    # A file is kept for a time only; then there is nothing to tell of it.
    if tell and result and job.state == "done" and (job.kind not in SEALED_FILES or "blob" in result):
        context |= tell(code, job, result)
    return context


def _to(route: str, label: str, *names: str) -> Callable[[str, JobValue], list[Way]]:
    """The way to an address that is made of the job's own values ``names``."""

    def ways(code: str, job: JobValue) -> list[Way]:
        values = (job.id if name == "job" else job.payload[name] for name in names)
        return [(reverse(route, args=[code, *values]), _(label))]

    return ways


def _to_test_calls(code: str, job: JobValue) -> list[Way]:
    trials = job.payload.get("trials")
    if isinstance(trials, list) and len(trials) == 1:
        return [(reverse("callback-one", args=[code, trials[0]]), _("Go to the test call"))]
    return [(reverse("callback", args=[code]), _("Go to the test calls"))]


def _to_inspection(code: str, job: JobValue) -> list[Way]:
    part = str(job.payload["part"])
    name = words(current())(PARTS.get(part, part))
    return [(reverse("inspection" if part == "readiness" else f"inspection-{part}", args=[code]), name)]


def _to_drill(code: str, job: JobValue) -> list[Way]:
    """One that failed or was stopped has no drill, and leads to where another is begun."""
    place, drill = reverse("inspection-drill", args=[code]), job.result.get("drill")
    if not drill:
        return [(f"{place}#begin", _("Begin a drill"))]
    return [(f"{place}?{urlencode({'drill': str(drill)})}", _("Go to the drill"))]


def _single_ticket(job: JobValue) -> str | None:
    keys = cast("list[str] | None", job.payload.get("complaints"))
    return keys[0] if keys and len(keys) == 1 else None


def _to_matched(code: str, job: JobValue) -> list[Way]:
    if ticket := _single_ticket(job):
        return [(f"{reverse('complaints-one', args=[code, ticket])}#call", _("Go to the ticket"))]
    return _to_tickets(code, job)


def _to_forwards(code: str, job: JobValue) -> list[Way]:
    return [(reverse("complaints-forwards", args=[code]), _("Send a list")), *_to_tickets(code, job)]


_to_tickets = _to("complaints", mark("Go to the tickets"))
_to_case = _to("rectify-one", mark("Go to the case"), "case")
_to_location = _to("rectify-locate", mark("Go to the location"), "case")
_to_runs = _to("reconcile", mark("Go to the reconciliations"))
_to_package = _to("dossier-package", mark("Go to the package"), "year")

WAYS: Final[Mapping[str, Callable[[str, JobValue], list[Way]]]] = {
    flow.REJECTS_FILE: _to("data-batch", mark("Go to the batch"), "batch"),
    flow.TAKE_REGISTER: _to("registers-list", mark("Go to the register"), "kind"),
    flow.RECTIFY_LOCATE: _to_location,
    flow.RECTIFY_TICKETS: _to_location,
    **dict.fromkeys(
        (flow.RECTIFY_MEASURE, flow.RECTIFY_CHECK, flow.RECTIFY_REPORT, flow.RECTIFY_SUBMIT, flow.RECTIFY_CLOSE),
        _to_case,
    ),
    flow.OVERLAY_EFFECT: _to("rules-effect-here", mark("Go to the lights"), "key", "job"),
    flow.MATCH_TICKETS: _to_matched,
    **dict.fromkeys((flow.RECONCILE_FILING, flow.RECONCILE_PEOPLE, flow.RECONCILE_SOURCES), _to_runs),
    flow.INSPECT: _to_inspection,
    flow.CALLBACK_TEST: _to("callback", mark("Go to the test calls")),
    flow.CALLBACK_WITNESS: _to_test_calls,
    flow.DRILL: _to_drill,
    flow.IMPORT_FORWARDS: _to_forwards,
    flow.CHECK_PAPER: _to("dossier-item", mark("Go to the item"), "year", "item"),
    flow.FILL_IN: _to("fill-in", mark("Go to the fill-in sheet"), "year", "report"),
    flow.DRAW_PAGES: _to("dossier-pages", mark("Go to the pages"), "year", "item", "version"),
    flow.SORT_PAPERS: _to("dossier-sort", mark("Go to the documents"), "year"),
    flow.CUT_PAPERS: _to("dossier-cut", mark("Go to the file"), "year", "arrival"),
    flow.VERIFY_PACKAGE: _to("dossier-verify", mark("Go to the result"), "year"),
    **dict.fromkeys((flow.GENERATE_ITEMS, flow.BUILD_PACKAGE, flow.SIGN_PACKAGE), _to_package),
}


def _show_file(route: str, *names: str, taken: str = "") -> Callable[[str, JobValue, Result], Shown]:
    """A file of rows that the worker has made, and its address."""

    def tell(code: str, job: JobValue, result: Result) -> Shown:
        (take,) = _to(route, mark("Download the file"), *names, "job")(code, job)
        text = _("The file is ready: {rows} rows, {name}.")
        text = text.format(rows=figures.count_text(result["rows"]), name=result["name"])
        return {"text": text, "take": take, **({"taken": _(taken)} if taken else {})}

    return tell


def _show_location(_code: str, _job: JobValue, result: Result) -> Shown:
    count = len(result.get("named", ()))
    text = _("Beyond chance: {count}.").format(count=count) if count else _("No channel is named.")
    return {"text": text}


def _show_gaps(_code: str, _job: JobValue, result: Result) -> Shown:
    count = len(result.get("gaps", ()))
    return {"text": _("Still open: {count}.").format(count=count) if count else _("Nothing is open any more.")}


def _show_report(code: str, job: JobValue, result: Result) -> Shown:
    text = _("The report is ready; it is a draft.") if result["draft"] else _("The report is ready.")
    file = _to("rectify-report-file", mark("Download the report"), "case", "job")
    return {"text": text, "ways": [*file(code, job), *_to_case(code, job)]}


def _show_submission(_code: str, _job: JobValue, result: Result) -> Shown:
    text = _("Handed in on {submitted_on}. Ask for the opinion on {day}; nothing is overdue before or after it.")
    return {"text": text.format(submitted_on=result["submitted_on"], day=result["reminder"]["day"])}


def _show_comparison(code: str, _job: JobValue, result: Result) -> Shown:
    verdict = words(current())(VERDICTS[parse_state(str(result["verdict"]))])
    text = _("{verdict}: {count} open.").format(verdict=verdict, count=result["open"])
    return {
        "text": text,
        "ways": [(reverse("reconcile-one", args=[code, result["run"]]), _("Go to the reconciliation"))],
    }


def _show_test_calls(_code: str, _job: JobValue, result: Result) -> Shown:
    counts = {parse_state(code): count for code, count in result["counts"].items()}
    text = _("{passed} passed, {failed} failed, {unproved} not proved.")
    return {
        "text": text.format(passed=counts[State.PASSED], failed=counts[State.FAILED], unproved=counts[State.NOT_PROVED])
    }


def _show_landings(_code: str, _job: JobValue, result: Result) -> Shown:
    speak = words(current())
    return {"text": "; ".join(speak(LANDINGS[name]) for name, count in result.get("counts", {}).items() if count)}


def _show_matches(_code: str, job: JobValue, result: Result) -> Shown:
    if _single_ticket(job):
        return {"text": _("The calls have been searched.")}
    counted = {name: result.get(name, 0) for name in ("looked_at", "asserted", "proposed", "none", "linked")}
    text = _(
        "{looked_at} tickets checked: the call of {asserted} was found, {proposed} are waiting for a "
        "decision, {none} have no call. {linked} tickets changed."
    )
    return {"text": text.format(**counted)}


def _show_forwards(code: str, job: JobValue, result: Result) -> Shown:
    if result["errors"]:
        again, _tickets = _to_forwards(code, job)
        marked = _to("complaints-forwards-marked", mark("Download the list with its errors marked"), "job")
        return {
            "error": _("Nothing was imported: correct these cells and send the list again."),
            "more": [describe_cell_error(str(one["code"]), one["values"]) for one in result["errors"]],
            "ways": [*(marked(code, job) if "blob" in result else []), again],
        }
    text = _("{added} tickets opened, {updated} completed, {unchanged} unchanged.").format(**result["rows"])
    return {"text": text, "ways": _to_tickets(code, job), "listed": _list_differences(code, result["differing"])}


def _list_differences(code: str, differences: Mapping[str, list[str]]) -> tuple[str, list[Way]] | None:
    if not differences:
        return None
    lines = [
        (
            reverse("complaints-one", args=[code, key]),
            say_pair(key, ", ".join(registers.label(COMPLAINTS.by_field(name)) for name in fields)),
        )
        for key, fields in list(differences.items())[:SHOWN]
    ]
    return _("Where the list differs from the record; the record stays unchanged:"), lines


def _show_sorting(_code: str, _job: JobValue, result: Result) -> Shown:
    return {"text": _("{read} documents were read, {unsure} of them are unclear.").format(**result)}


def _show_papers(code: str, job: JobValue, result: Result) -> Shown:
    speak = words(current())
    items = [str(one["item"]) for one in result["papers"]]
    ways = [(reverse("dossier-item", args=[code, job.payload["year"], item]), speak(ITEMS[item])) for item in items]
    return {
        "text": _("Documents split off and sent to be checked: {count}.").format(count=len(items)),
        "ways": ways,
    }


def _show_verification(_code: str, _job: JobValue, result: Result) -> Shown:
    intact = _("Nothing differs.") if result["intact"] else _("Differences: {count}.").format(count=result["count"])
    return {"text": intact}


def _show_package(code: str, job: JobValue, result: Result) -> Shown:
    """Of generation, building and signing: what came of it, and the files while they are there."""
    if job.kind == flow.SIGN_PACKAGE:
        text = _("Signed files: {count}.").format(count=len(result["signed"]))
    elif job.kind == flow.BUILD_PACKAGE:
        text = _("The package is built; it is a draft.") if result["draft"] else _("The package is built.")
    else:
        count = sum(not one["confirmed"] and not one["waits"] for one in result["items"])
        text = _("Documents generated: {count}.").format(count=count)
    if "blob" not in result:
        return {"text": text}
    (take,) = _to("dossier-package-file", mark("Download the files"), "year", "job")(code, job)
    taken = _("They show personal data unmasked; each download is recorded in the audit log.")
    return {"text": text, "take": take, "taken": taken}


def _show_rejects(code: str, job: JobValue, result: Result) -> Shown:
    """Where the file is there, the page leads to its batch by itself."""
    return {**_show_file("data-batch-rejects-file", "batch")(code, job, result), "ways": []}


SEALED_FILES: Final = (flow.REJECTS_FILE, flow.TAKE_REGISTER, flow.RECTIFY_REPORT)
OUTCOMES: Final[Mapping[str, Callable[[str, JobValue, Result], Shown]]] = {
    flow.REJECTS_FILE: _show_rejects,
    flow.TAKE_REGISTER: _show_file(
        "registers-export-file",
        "kind",
        taken=mark(
            "Only the person who requested the file can download it; each download is recorded in the audit log."
        ),
    ),
    flow.RECTIFY_LOCATE: _show_location,
    flow.RECTIFY_CHECK: _show_gaps,
    flow.RECTIFY_REPORT: _show_report,
    flow.RECTIFY_SUBMIT: _show_submission,
    flow.MATCH_TICKETS: _show_matches,
    **dict.fromkeys((flow.RECONCILE_FILING, flow.RECONCILE_PEOPLE, flow.RECONCILE_SOURCES), _show_comparison),
    flow.CALLBACK_TEST: _show_test_calls,
    flow.CALLBACK_WITNESS: _show_landings,
    flow.IMPORT_FORWARDS: _show_forwards,
    flow.CHECK_PAPER: lambda *_given: {"text": _("The file has been checked and is listed under its item.")},
    flow.FILL_IN: lambda *_given: {"text": _("The sheet is ready.")},
    flow.DRAW_PAGES: lambda *_given: {"text": _("The pages are ready.")},
    flow.SORT_PAPERS: _show_sorting,
    flow.CUT_PAPERS: _show_papers,
    flow.VERIFY_PACKAGE: _show_verification,
    **dict.fromkeys((flow.GENERATE_ITEMS, flow.BUILD_PACKAGE, flow.SIGN_PACKAGE), _show_package),
}


def find_result(job: JobValue) -> str:
    """Return the address of what came of a job: its one page, or the job's own where there is more to tell."""
    own = reverse("data-job", args=[job.enterprise, job.id])
    if job.state != "done":
        return own
    if job.kind == flow.RUN_PORTRAIT:
        return reverse("portrait", args=[job.enterprise, job.result["year"]])
    if job.kind in (*IMPORTS, *CHECKS):
        return _find_import(job) or own
    context = outcome(job.enterprise, job, dict(job.result))
    ways = cast("list[Way]", context.get("ways", []))
    return ways[0][0] if len(ways) == 1 and not {"take", "error", "listed"}.intersection(context) else own


IMPORTS: Final = (flow.IMPORT_CALLS, flow.IMPORT_REGISTER)
CHECKS: Final = (flow.CHECK_CALLS, flow.CHECK_REGISTER)


def _find_import(job: JobValue) -> str:
    """What an import has brought, or the step whose files were checked; "" where its own page tells more."""
    if job.kind in CHECKS:
        draft = str(job.payload.get("draft") or "")
        there = drafts.is_own_draft(draft, job.enterprise, job.requested_by)
        return reverse("data-import-check", args=[job.enterprise, draft]) if there else ""
    if job.kind == flow.IMPORT_REGISTER:
        return reverse("registers-list", args=[job.enterprise, job.result["kind"]])
    batch = _standing(str(job.result.get("batch") or ""))
    whole = batch and not (job.result.get("failed") or job.result.get("affected"))
    return reverse("data-batch", args=[job.enterprise, batch]) if whole else ""


def describe_result(job: JobValue) -> str:
    """What came of a job in a sentence, or ""."""
    result: dict[str, Any] = dict(job.result)
    if job.state == "done" and job.kind == flow.IMPORT_CALLS:
        rows = {name: figures.count_text(count) for name, count in sum_row_counts(result["files"]).as_dict().items()}
        text = "%(read)s rows read, %(loaded)s new, %(duplicate)s already present, %(rejected)s rejected"
        return _(text) % rows
    if job.state == "done" and job.kind == flow.IMPORT_REGISTER:
        text = _("{kind}: {read} rows read, {inserted} added, {updated} changed, {unchanged} unchanged.")
        return text.format(kind=work.register(str(result["kind"])), **result["rows"])
    if job.state == "done" and job.kind == flow.CHECK_REGISTER:
        return work.verdict(result["faulty"], result["read"])
    return str(outcome(job.enterprise, job, result).get("text", "")) if job.over else ""


def _job(request: Request, code: str, job: str) -> JobValue:
    """One of this enterprise's jobs; what is another's does not exist here."""
    job_value = flow.job_for(job, request.actor)
    if job_value.enterprise != code:
        raise Http404
    return job_value


@require_safe
@page(Permission.READ_OWN)
def job(request: Request, code: str, job: str) -> HttpResponse:
    """Show one piece of work."""
    job_value = _job(request, code, job)
    context = {
        **progressing(code, job_value),
        "by": work.person(job_value.requested_by),
        "asked": format_moment(job_value.created_at),
        "ended": format_moment(job_value.finished_at),
        "may_stop": not job_value.over and not job_value.stop_wanted and flow.may_stop(job_value, request.actor),
        "all_rows": request.team is None,
        "led": request.team is None and job_value.kind in IMPORTS and job_value.state == "done" and leads_on(code),
        **_outcome(request, code, job_value),
    }
    return render(request, "data/job.html", context)


def leads_on(code: str) -> bool:
    """Whether an import is one of the first steps of the enterprise."""
    return sum(len(portraits.list_runs(code, year)) for year in portraits.list_years(code)) <= portraits.FEW


def _outcome(request: Request, code: str, job: JobValue) -> dict[str, object]:
    """What came of it, and where to go on."""
    result: dict[str, Any] = dict(job.result)
    draft = str(job.payload.get("draft") or "") if job.over else ""
    context: dict[str, object] = {
        "batch": _standing(str(result.get("batch") or "")),
        "draft": draft if draft and drafts.is_own_draft(draft, code, str(request.actor)) else "",
    }
    if job.state == "failed":
        context["error"], context["more"] = work.describe_job_error(job.error)
        context["remedy"] = describe_error(NianjianError(str(job.error.get("code", ""))))[1]
    files: list[Any] = result.get("files", [])
    if files:
        context |= {
            "files": presenters.file_table(files),
            "warnings": presenters.warnings(files),
            "reasons": presenters.reasons(files) if any(one["reasons"] for one in files) else None,
        }
    if job.kind in {flow.IMPORT_REGISTER, flow.CHECK_REGISTER}:
        context["text"] = describe_result(job)
    if job.kind == flow.RUN_PORTRAIT and job.state == "done":
        context["year"] = result["year"]
    if job.kind == flow.ERASE_OVER and job.state == "done":
        rows = result["rows"]
        erased = ", ".join(f"{_(RECORD_CLASSES.get(name, name))} {figures.count_text(rows[name])}" for name in rows)
        nothing = _("Nothing was past its retention period.")
        context["text"] = _("Erased rows: {rows}.").format(rows=erased) if erased else nothing
        context["retention"] = has_permission(request.actor, code, Permission.AUDIT)
    if job.kind == flow.COUNT_OVER and job.over:
        context["retention"] = has_permission(request.actor, code, Permission.AUDIT)
    context |= outcome(code, job, result)
    others = job.kind == flow.TAKE_REGISTER and job.requested_by != str(request.actor)
    if others or not has_permission(request.actor, code, flow.NEEDS[job.kind]):
        context.pop("take", None)
    failed: list[Any] = result.get("failed", [])
    affected: list[Any] = result.get("affected", [])
    context["affected"] = [(one["batch"], ", ".join(one["files"])) for one in affected]
    context["failed"] = [
        say_pair(one["name"], work.describe_job_error({"code": one["code"], "values": one})[0]) for one in failed
    ]
    return context


def _standing(batch: str) -> str:
    """Its id if there is such a batch: work that was stopped may have left none."""
    try:
        return batches.get_batch(batch).id if batch else ""
    except NianjianError:
        return ""


@require_safe
@page(Permission.READ_OWN)
def progress(request: Request, code: str, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    job_value = _job(request, code, job)
    answer = render(request, "data/progress.html", progressing(code, job_value))
    if job_value.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@page(Permission.READ_OWN)
def stop(request: Request, code: str, job: str) -> HttpResponse:
    """Ask it to stop; `flow.stop` asks for the role."""
    job_value = _job(request, code, job)
    flow.stop(job=job_value.id, actor=request.actor)
    messages.info(request, _("The job stops at its next step."))
    return redirect("data-job", code=code, job=job_value.id)


# Long work beside the page: a form that begins some comes back to where it stood, and the side says how far it is.

JOBS: Final = "nianjian_jobs"  # in a session: [id, page where it was begun] of what has not been read yet
MOST: Final = 3
QUICKEST: Final = 1  # seconds between two questions of a page: longer each time, never beyond SLOWEST
SLOWEST: Final = 30
COMMIT: Final = "data-import-commit"  # the draft ends with the import, and so do its pages


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of work in the side. ``text``: what came of it; ``error``: why it failed."""

    job: JobValue
    label: str
    state: Cell
    bar: work.Bar
    text: str
    error: str
    begun_on: str


@dataclass(frozen=True, slots=True)
class Beside:
    """The lines of the side, and after how many seconds the page asks for them again."""

    lines: list[Line]
    wait: int

    def __bool__(self) -> bool:
        return bool(self.lines)

    @property
    def runs(self) -> bool:
        """Whether there is anything to ask for."""
        return any(not line.job.over for line in self.lines)


class JobsBeside(Middleware):
    """Middleware: what leads from a form to the page of its work leads back to the form's page instead.

    Not where the browser does not say which page that was. The last of the import's steps is gone with its draft: it
    leads to the imports; one of the first steps of an enterprise leads on from the page of its work.
    """

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        answer = self.get_response(request)
        if request.method != "POST" or answer.status_code != 302 or getattr(request, "htmx", False):  # noqa: PLR2004 -- a redirect
            return answer
        job = _resolve(answer.headers["Location"])
        back = find_page_address(request, request.headers.get("Referer", ""))
        before = _resolve(back.partition("?")[0])
        if job is None or job.url_name != "data-job" or before is None or before.url_name == "data-job":
            return answer
        if request.resolver_match is not None and request.resolver_match.url_name == COMMIT:
            if leads_on(job.kwargs["code"]):
                return answer
            back = reverse("data-imports", args=[job.kwargs["code"]])
        begun = [entry for entry in request.session.get(JOBS, []) if entry[0] != job.kwargs["job"]]
        request.session[JOBS] = [*begun, [job.kwargs["job"], back]][-MOST:]
        answer.headers["Location"] = back
        return answer


def _resolve(address: str) -> ResolverMatch | None:
    try:
        return resolve(address) if address else None
    except Resolver404:
        return None


def build_context(request: HttpRequest) -> dict[str, object]:
    """Give templates ``work_beside``, the lines of the side, where this session has begun work; else ask nothing."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not request.session.get(JOBS):
        return {}
    return {"work_beside": SimpleLazyObject(lambda: Beside(_list_lines(request, actor), QUICKEST))}


def _list_lines(request: HttpRequest, actor: Actor) -> list[Line]:
    lines = []
    for id_, address in request.session.get(JOBS, []):
        try:
            job = flow.job_for(id_, actor)
            text = describe_result(job)
            error = work.describe_job_error(job.error)[0] if job.state == "failed" else ""
            lines.append(Line(job, work.kind(job.kind), work.state(job), work.bar(job), text, error, address))
        except (Http404, NianjianError):  # another person's of this browser, or gone
            continue
    return lines


@require_safe
@person
def show_beside(request: Request) -> HttpResponse:
    """Answer with the lines of the side; each time the page is to wait longer before it asks again."""
    value = request.GET.get("wait", "")
    wait = min(int(value), SLOWEST) if value.isascii() and value.isdigit() and len(value) < 4 else QUICKEST  # noqa: PLR2004 -- digits
    beside = Beside(_list_lines(request, request.actor), min(math.ceil(wait * 1.5), SLOWEST))
    return render(request, "data/beside.html", {"work_beside": beside})


@require_safe
@person
def open_result(request: Request, job: str) -> HttpResponse:
    """Lead to what came of the work, or with ``again`` to where it was begun; it is read by that."""
    entries = request.session.get(JOBS, [])
    page = next((page for id_, page in entries if id_ == job), "")
    request.session[JOBS] = [entry for entry in entries if entry[0] != job]
    job_value = flow.job_for(job, request.actor)
    if page and "again" in request.GET:
        return redirect(page)
    return redirect(find_result(job_value))

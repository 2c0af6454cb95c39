"""Pages of long work: how far it is, a stop, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import figures
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.texts.inspection import PARTS
from nianjian.engines.paper.texts.maintenance import RECORD_CLASSES
from nianjian.engines.paper.texts.reconciliation import VERDICTS
from nianjian.engines.paper.texts.test_calls import LANDINGS
from nianjian.engines.paper.words import words
from nianjian.features.calls import presenters
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.features.portrait import portraits
from nianjian.features.registers import presenters as registers
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import batches, drafts
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.errors import describe_error
from nianjian.platform.web.language import current
from nianjian.platform.web.work import describe_cell_error, progressing

Told = Mapping[str, Any]
Shown = dict[str, object]
SHOWN: Final = 200  # tickets of a list that are named


def outcome(code: str, job: JobValue, result: Told) -> Shown:
    """Return what the page of a job shows more; nothing for work that `web.data.work` tells itself.

    ``text``: what came of it; ``ways``: (address, label) of where to go on; ``error`` and ``more``: what was refused;
    ``listed``: a heading and (address, label) below it; ``take``: (address, label) of a file that is asked for by
    POST, since the audit chain tells of it, and ``taken``: what is said of that.
    """
    found = OUTCOMES.get(job.kind)
    if found is None or not job.over:
        return {}
    told = found(code, job, result)
    return told if job.state == "done" else {"ways": told.get("ways", [])}


def _rejects(code: str, job: JobValue, result: Told) -> Shown:
    back = reverse("data-batch", args=[code, job.payload["batch"]]), _("To the batch")
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": [back]}
    text = _("The file is made: {rows} rows, {name}.").format(
        rows=figures.count_text(result["rows"]), name=result["name"]
    )
    file = reverse("data-batch-rejects-file", args=[code, job.payload["batch"], job.id])
    return {"text": text, "take": (file, _("Fetch the file"))}


def _list(code: str, job: JobValue, result: Told) -> Shown:
    kind = job.payload["kind"]
    ways = [(reverse("registers-list", args=[code, kind]), _("To the register"))]
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": ways}
    text = _("The file is made: {rows} rows, {name}.").format(
        rows=figures.count_text(result["rows"]), name=result["name"]
    )
    return {
        "text": text,
        "ways": ways,
        "take": (reverse("registers-export-file", args=[code, kind, job.id]), _("Fetch the file")),
        "taken": _("Who asked for the file fetches it, nobody else; each time is written into the audit log."),
    }


def _case(code: str, job: JobValue, _result: Told) -> Shown:
    return {"ways": [_to_case("rectify-one", code, job, _("To the case"))]}


def _located(code: str, job: JobValue, result: Told) -> Shown:
    named = len(result.get("named", ()))
    text = _("Beyond chance: {count}.").format(count=named) if named else _("No channel stands out beyond chance.")
    return {"text": text, "ways": [_to_case("rectify-locate", code, job, _("To the location"))]}


def _checked(code: str, job: JobValue, result: Told) -> Shown:
    count = len(result.get("gaps", ()))
    text = _("Still open: {count}.").format(count=count) if count else _("Nothing is open any more.")
    return {"text": text, "ways": [_to_case("rectify-one", code, job, _("To the case"))]}


def _reported(code: str, job: JobValue, result: Told) -> Shown:
    back = _to_case("rectify-one", code, job, _("To the case"))
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return {"ways": [back]}
    text = _("The report is set; it is a draft.") if result["draft"] else _("The report is set.")
    file = reverse("rectify-report-file", args=[code, job.payload["case"], job.id])
    return {"text": text, "ways": [(file, _("Fetch the report")), back]}


def _submitted(code: str, job: JobValue, result: Told) -> Shown:
    ways = [_to_case("rectify-one", code, job, _("To the case"))]
    if job.state != "done":
        return {"ways": ways}
    text = _("Handed in on {submitted_on}. Ask after the opinion on {day}; nothing is overdue before or after it.")
    return {"text": text.format(submitted_on=result["submitted_on"], day=result["reminder"]["day"]), "ways": ways}


def _tickets(code: str, job: JobValue, _result: Told) -> Shown:
    return {"ways": [_to_case("rectify-locate", code, job, _("To the location"))]}


def _reconciled(code: str, _job: JobValue, result: Told) -> Shown:
    if "run" not in result:
        return {"ways": [(reverse("reconcile", args=[code]), _("To the reconciliations"))]}
    verdict = words(current())(VERDICTS[str(result["verdict"])])
    text = _("{verdict}: {count} open.").format(verdict=verdict, count=result["open"])
    return {"text": text, "ways": [(reverse("reconcile-one", args=[code, result["run"]]), _("To the reconciliation"))]}


def _called(code: str, _job: JobValue, result: Told) -> Shown:
    ways = [(reverse("callback", args=[code]), _("To the test calls"))]
    if "counts" not in result:
        return {"ways": ways}
    counts = result["counts"]
    text = _("{passed} passed, {failed} failed, {unproved} not proved.")
    told = text.format(passed=counts["pass"], failed=counts["fail"], unproved=counts["unproved"])
    return {"text": told, "ways": ways}


def _witnessed(code: str, job: JobValue, result: Told) -> Shown:
    """To the test call that was looked for."""
    trials = job.payload.get("trials")
    trial = trials[0] if isinstance(trials, list) and len(trials) == 1 else None
    place = reverse("callback-one", args=[code, trial]) if trial else reverse("callback", args=[code])
    told = words(current())
    found = [told(LANDINGS[name]) for name, count in result.get("counts", {}).items() if count]
    return {"text": "; ".join(found), "ways": [(place, _("To the test call") if trial else _("To the test calls"))]}


def _inspected(code: str, job: JobValue, _result: Told) -> Shown:
    part = str(job.payload["part"])
    name = words(current())(PARTS.get(part, part))
    route = "inspection" if part == "readiness" else f"inspection-{part}"
    return {"ways": [(reverse(route, kwargs={"code": code}), name)]}


def _drilled(code: str, _job: JobValue, result: Told) -> Shown:
    """To the drill of this job; one that failed or was stopped has none, and leads to where another is begun."""
    place = reverse("inspection-drill", args=[code])
    if not result.get("drill"):
        return {"ways": [(f"{place}#begin", _("Begin a drill"))]}
    return {"ways": [(f"{place}?{urlencode({'drill': result['drill']})}", _("To the drill"))]}


def _effect(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("rules-effect-here", args=[code, job.payload["key"], job.id])
    return {"ways": [(address, _("To the lights"))]}


def _matched(code: str, job: JobValue, result: Told) -> Shown:
    keys = cast("list[str] | None", job.payload.get("complaints"))
    if keys and len(keys) == 1:
        address = f"{reverse('complaints-one', kwargs={'code': code, 'ticket': keys[0]})}#call"
        return {"text": _("The calls were looked through."), "ways": [(address, _("To the ticket"))]}
    counted = {name: result.get(name, 0) for name in ("looked_at", "asserted", "proposed", "none", "linked")}
    text = _(
        "{looked_at} tickets were looked at: the call of {asserted} is found, {proposed} wait for a decision,"
        " {none} have no call. {linked} tickets changed."
    ).format(**counted)
    tickets = reverse("complaints", args=[code])
    return {"text": text, "ways": [(tickets, _("To the tickets"))]}


def _forwarded(code: str, job: JobValue, result: Told) -> Shown:
    tickets = (reverse("complaints", args=[code]), _("To the tickets"))
    again = (reverse("complaints-forwards", args=[code]), _("Send a list"))
    if not result:
        return {"ways": [again, tickets]}
    if result["errors"]:
        file = (reverse("complaints-forwards-marked", args=[code, job.id]), _("Fetch the list with its faults marked"))
        return {
            "error": _("Nothing was taken: correct these cells and send the list again."),
            "more": [describe_cell_error(str(one["code"]), one["values"]) for one in result["errors"]],
            "ways": [*([file] if "blob" in result else []), again],
        }
    text = _("{added} tickets opened, {updated} completed, {unchanged} unchanged.").format(**result["rows"])
    return {"text": text, "ways": [tickets], "listed": _differing(code, result["differing"])}


def _differing(code: str, found: Mapping[str, list[str]]) -> tuple[str, list[tuple[str, str]]] | None:
    if not found:
        return None
    lines = [
        (
            reverse("complaints-one", kwargs={"code": code, "ticket": key}),
            f"{key}: {', '.join(registers.label(COMPLAINTS.by_field(name)) for name in fields)}",
        )
        for key, fields in list(found.items())[:SHOWN]
    ]
    return _("What the list says otherwise; what is recorded stays:"), lines


def _to_case(route: str, code: str, job: JobValue, label: str) -> tuple[str, str]:
    return reverse(route, args=[code, job.payload["case"]]), label


def _paper(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("dossier-item", args=[code, job.payload["year"], job.payload["item"]])
    return {"text": _("The file is checked and stands with its item."), "ways": [(address, _("To the item"))]}


def _drawn(code: str, job: JobValue, _result: Told) -> Shown:
    given = job.payload
    address = reverse("dossier-pages", args=[code, given["year"], given["item"], given["version"]])
    return {"text": _("The pages are drawn."), "ways": [(address, _("To the pages"))]}


def _sorted(code: str, job: JobValue, result: Told) -> Shown:
    ways = [(reverse("dossier-sort", args=[code, job.payload["year"]]), _("To the papers"))]
    if job.state != "done":
        return {"ways": ways}
    return {"text": _("{read} papers were read, {unsure} of them are not clear.").format(**result), "ways": ways}


def _cut(code: str, job: JobValue, result: Told) -> Shown:
    given = job.payload
    if job.state != "done":
        return {"ways": [(reverse("dossier-cut", args=[code, given["year"], given["arrival"]]), _("To the file"))]}
    speak = words(current())
    items = [str(one["item"]) for one in result["papers"]]
    ways = [(reverse("dossier-item", args=[code, given["year"], item]), speak(ITEMS[item])) for item in items]
    text = _("Papers that were cut out and go to their checks: {count}.").format(count=len(items))
    return {"text": text, "ways": ways}


def _verified(code: str, job: JobValue, result: Told) -> Shown:
    ways = [(reverse("dossier-verify", args=[code, job.payload["year"]]), _("To the result"))]
    if job.state != "done":
        return {"ways": ways}
    text = _("Nothing differs.") if result["intact"] else _("Differences: {count}.").format(count=result["count"])
    return {"text": text, "ways": ways}


def _filled_in(code: str, job: JobValue, _result: Told) -> Shown:
    address = reverse("fill-in", args=[code, job.payload["year"], job.payload["report"]])
    return {"text": _("The sheet is made."), "ways": [(address, _("To the fill-in sheet"))]}


def _making(code: str, job: JobValue, result: Told) -> Shown:
    """Of generation, building and signing: back to their page, and the files while they are there."""
    year = job.payload["year"]
    ways = [(reverse("dossier-package", args=[code, year]), _("To the package"))]
    if job.state != "done":
        return {"ways": ways}
    told: Shown = {"text": _made(job, result), "ways": ways}
    if "blob" in result:
        told["take"] = (reverse("dossier-package-file", args=[code, year, job.id]), _("Fetch the files"))
        told["taken"] = _(
            "They show personal values in full; each time they are fetched is written into the audit log."
        )
    return told


def _made(job: JobValue, result: Told) -> str:
    if job.kind == flow.SIGN_PACKAGE:
        return _("Signed files: {count}.").format(count=len(result["signed"]))
    if job.kind == flow.BUILD_PACKAGE:
        return _("The package is built; it is a draft.") if result["draft"] else _("The package is built.")
    return _("Papers that were generated: {count}.").format(
        count=sum(not one["confirmed"] and not one["waits"] for one in result["items"])
    )


OUTCOMES: Final[Mapping[str, Callable[[str, JobValue, Told], Shown]]] = {
    flow.REJECTS_FILE: _rejects,
    flow.TAKE_REGISTER: _list,
    flow.RECTIFY_LOCATE: _located,
    flow.RECTIFY_TICKETS: _tickets,
    flow.RECTIFY_MEASURE: _case,
    flow.RECTIFY_CHECK: _checked,
    flow.RECTIFY_REPORT: _reported,
    flow.RECTIFY_SUBMIT: _submitted,
    flow.RECTIFY_CLOSE: _case,
    flow.OVERLAY_EFFECT: _effect,
    flow.MATCH_TICKETS: _matched,
    flow.RECONCILE_FILING: _reconciled,
    flow.RECONCILE_PEOPLE: _reconciled,
    flow.RECONCILE_SOURCES: _reconciled,
    flow.INSPECT: _inspected,
    flow.CALLBACK_TEST: _called,
    flow.CALLBACK_WITNESS: _witnessed,
    flow.DRILL: _drilled,
    flow.IMPORT_FORWARDS: _forwarded,
    flow.CHECK_PAPER: _paper,
    flow.FILL_IN: _filled_in,
    flow.DRAW_PAGES: _drawn,
    flow.SORT_PAPERS: _sorted,
    flow.CUT_PAPERS: _cut,
    flow.VERIFY_PACKAGE: _verified,
    flow.GENERATE_ITEMS: _making,
    flow.BUILD_PACKAGE: _making,
    flow.SIGN_PACKAGE: _making,
}


IMPORTS: Final = (flow.IMPORT_CALLS, flow.IMPORT_REGISTER)


def _job(request: Request, code: str, job: str) -> JobValue:
    """One of this enterprise's jobs; what is another's does not exist here."""
    found = flow.job_for(job, request.actor)
    if found.enterprise != code:
        raise Http404
    return found


@require_safe
@page(Act.READ_OWN)
def job(request: Request, code: str, job: str) -> HttpResponse:
    """Show one piece of work."""
    found = _job(request, code, job)
    context = {
        **progressing(code, found),
        "by": work.person(found.requested_by),
        "asked": work.moment(found.created_at),
        "ended": work.moment(found.finished_at),
        "may_stop": not found.over and not found.stop_wanted and flow.may_stop(found, request.actor),
        "all_rows": request.team is None,
        "led": request.team is None and _leads_on(code, found),
        **_outcome(request, code, found),
    }
    return render(request, "data/job.html", context)


def _leads_on(code: str, job: JobValue) -> bool:
    """Whether the import was one of the first steps of the enterprise."""
    if job.state != "done" or job.kind not in IMPORTS:
        return False
    return sum(len(portraits.list_runs(code, year)) for year in portraits.list_years(code)) <= portraits.FEW


def _outcome(request: Request, code: str, job: JobValue) -> dict[str, object]:
    """What came of it, and where to go on."""
    result: dict[str, Any] = dict(job.result)
    told: dict[str, object] = {"batch": _standing(str(result.get("batch") or "")), "draft": _draft(request, code, job)}
    if job.state == "failed":
        told["error"], told["more"] = work.describe_job_error(job.error)
        told["remedy"] = describe_error(NianjianError(str(job.error.get("code", ""))))[1]
    files: list[Any] = result.get("files", [])
    if files:
        told |= {
            "files": presenters.file_table(files),
            "warnings": presenters.warnings(files),
            "reasons": presenters.reasons(files) if any(one["reasons"] for one in files) else None,
        }
    if job.kind == flow.IMPORT_REGISTER and job.state == "done":
        rows = result["rows"]
        text = _("{kind}: {read} rows read, {inserted} added, {updated} changed, {unchanged} unchanged.")
        told["text"] = text.format(kind=work.register(str(result["kind"])), **rows)
    if job.kind == flow.CHECK_REGISTER and job.state == "done":
        told["text"] = work.verdict(result["faulty"], result["read"])
    if job.kind == flow.RUN_PORTRAIT and job.state == "done":
        told["year"] = result["year"]
    if job.kind == flow.ERASE_OVER and job.state == "done":
        told |= {"text": _erased(result["rows"]), "retention": may(request.actor, code, Act.AUDIT)}
    if job.kind == flow.COUNT_OVER and job.over:
        told["retention"] = may(request.actor, code, Act.AUDIT)
    told |= outcome(code, job, result)
    others = job.kind == flow.TAKE_REGISTER and job.requested_by != str(request.actor)
    if others or not may(request.actor, code, flow.NEEDS[job.kind]):
        told.pop("take", None)
    failed: list[Any] = result.get("failed", [])
    affected: list[Any] = result.get("affected", [])
    told["affected"] = [(one["batch"], ", ".join(one["files"])) for one in affected]
    told["failed"] = [
        f"{one['name']}: {work.describe_job_error({'code': one['code'], 'values': one})[0]}" for one in failed
    ]
    return told


def _erased(rows: dict[str, int]) -> str:
    """How many rows of each class."""
    told = ", ".join(f"{_(RECORD_CLASSES.get(name, name))} {figures.count_text(rows[name])}" for name in rows)
    return _("Erased rows: {rows}.").format(rows=told) if told else _("Nothing was over its time.")


def _standing(batch: str) -> str:
    """Its id if there is such a batch: work that was stopped may have left none."""
    try:
        return batches.get_batch(batch).id if batch else ""
    except NianjianError:
        return ""


def _draft(request: Request, code: str, job: JobValue) -> str:
    """The draft that the work came from, while it is there and the reader's own."""
    wanted = str(job.payload.get("draft") or "")
    own = bool(wanted) and job.over and drafts.is_own_draft(wanted, code, str(request.actor))
    return wanted if own else ""


@require_safe
@page(Act.READ_OWN)
def progress(request: Request, code: str, job: str) -> HttpResponse:
    """Give the part of the page that moves; once the work is over the page is loaded anew."""
    found = _job(request, code, job)
    answer = render(request, "data/progress.html", progressing(code, found))
    if found.over:
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@page(Act.READ_OWN)
def stop(request: Request, code: str, job: str) -> HttpResponse:
    """Ask it to stop; `jobs.stop` asks for the role."""
    found = _job(request, code, job)
    flow.stop(job=found.id, actor=request.actor)
    messages.info(request, _("The work stops at its next step."))
    return redirect("data-job", code=code, job=found.id)

"""Whether a package, or a scan of the sealed paper, is what its manifest says."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.differences import CERTAINTY, KINDS, NOTES, RIDING, SHEETS, WHY
from nianjian.engines.paper.words import words
from nianjian.features.dossier.operations import checklist, verifying
from nianjian.features.dossier.pages.listing import in_reach
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home.http import reads_form_itself, takes_files
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers import uploads
from nianjian.platform.web import work as data
from nianjian.platform.web.access import Request, page
from nianjian.platform.web.language import current
from nianjian.platform.web.receiving import Receiving
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import progressing

SURE: Final = {"high": "good", "medium": "warn", "low": "bad"}


@require_safe
@page(Act.READ)
def show_form(request: Request, code: str, year: int) -> HttpResponse:
    """The form, and what the last check found."""
    packages = verifying.packages(code, in_reach(year), request.actor)
    job = verifying.recent(code, year, request.actor)
    context: dict[str, object] = {
        "year": year,
        "limit": min(uploads.limit(), checklist.LIMIT) // uploads.MIB,
        "packages": [(one.number, f"{one.number} · {one.handed_on} · {one.manifest_sha256[:12]}") for one in packages],
        "working": False,
    }
    if job is not None and not job.over:
        context |= {"working": True, **progressing(code, job)}
    elif job is not None and job.state == "failed":
        context["failed"] = data.describe_job_error(job.error)[0]
    elif job is not None and job.state == "done":
        context |= _found(job)
    return render(request, "dossier/verify.html", context)


def _found(job: JobValue) -> dict[str, object]:
    """What came of a check."""
    _ = words(current())
    result: dict[str, Any] = dict(job.result)
    scan = bool(result["scan"])
    badge = "good" if result["intact"] else "bad"
    word = gettext("nothing differs") if result["intact"] else gettext("not what the manifest says")
    pairs = [(gettext("Asked"), f"{data.moment(job.finished_at)} · {data.person(job.requested_by)}")]
    if scan:
        counts = gettext("{scanned} scanned, {expected} expected").format(
            scanned=result["scanned"], expected=result["expected"]
        )
        pairs += [(gettext("Pages of the paper"), counts), (gettext("How sure"), _(CERTAINTY[result["certainty"]]))]
        pairs += _read(result)
    else:
        pairs.append((gettext("Files"), str(result["files"])))
        pairs.append((gettext("Pages of the paper"), str(result["pages"])))
    pairs.append((gettext("Manifest"), str(result["manifest_sha256"])[:16] or "–"))
    pairs.append((gettext("Built here"), str(result["built_at"])[:10] if result["built_at"] else gettext("not known")))
    return {
        "result": result,
        "verdict": Cell(word, badge=badge),
        "sure": Cell(_(CERTAINTY[result["certainty"]]), badge=SURE[result["certainty"]]) if scan else None,
        "scan": scan,
        "pairs": pairs,
        "table": _table(result) if result["differences"] else None,
        "notes": [f"{one['file']}: {_(NOTES[one['kind']])}" for one in result.get("notes", ())],
        "why": [_(WHY[one]) for one in result.get("why", ())],
        "by_place": ", ".join(map(str, result.get("by_place", ()))),
    }


def _read(result: dict[str, Any]) -> list[tuple[str, str]]:
    """What reading and the riding seal told; nothing of a check that was made before they were looked at."""
    _ = words(current())
    pairs: list[tuple[str, str]] = []
    if text := result.get("text"):
        said = gettext("{read} pages read, {agree} agree, {differ} differ, {unknown} tell nothing")
        counts = {"differ": len(text["differ"]), "unknown": len(text["unknown"])}
        pairs.append((gettext("Texts"), said.format(read=text["read"], agree=text["agree"], **counts)))
    if riding := result.get("riding_seal"):
        pairs.append((gettext("Riding seal"), _(RIDING[riding["state"]])))
        states: dict[str, list[str]] = {}
        for one in riding["sheets"]:
            states.setdefault(one["state"], []).append(str(one["sheet"]))
        sheets = [f"{_(SHEETS[state])}: {', '.join(numbers)}" for state, numbers in sorted(states.items())]
        if sheets and riding["state"] != "absent":
            pairs.append((gettext("Sheets of the riding seal"), "; ".join(sheets)))
    return pairs


def _table(result: dict[str, Any]) -> Table:
    _ = words(current())
    heads = [Column(gettext("File")), Column(gettext("Page"), figure=True), Column(gettext("What differs"))]
    rows = [
        [Cell(one["file"]), Cell("" if one["page"] is None else one["page"], figure=True), Cell(_(KINDS[one["kind"]]))]
        for one in result["differences"]
    ]
    return Table(gettext("What differs"), heads, rows, wrap=True, cards=True)


@reads_form_itself
@csrf_exempt  # the token is asked for inside, once the files have a place to go to
@require_POST
@page(Act.READ)
@takes_files
def upload(request: Request, code: str, year: int) -> HttpResponse:
    """Take a package, a file of it or a scan; the worker compares."""
    in_reach(year)
    handler = Receiving(request)
    request.upload_handlers = [handler]
    try:
        return _received(request, code, year, handler)
    finally:
        handler.drop()


@csrf_protect
def _received(request: HttpRequest, code: str, year: int, handler: Receiving) -> HttpResponse:
    given = request.POST  # reading it is what brings the files in
    actor = request.actor  # type: ignore[attr-defined] # the mark has set it
    faults = list(handler.faults)
    if not handler.files and not faults:
        messages.error(request, gettext("Choose a file first."))
    elif not faults:
        chosen = given.get("against", "")
        against = int(chosen) if chosen.isascii() and chosen.isdigit() else None
        try:
            files = [(one.name, one.content(checklist.LIMIT)) for one in handler.files]
            verifying.enqueue_verification(
                enterprise=code, year=year, files=files, scan=given.get("scan") == "yes", against=against, actor=actor
            )
        except NianjianError as fault:
            faults.append(fault)
    for refused in faults:
        messages.error(request, data.fault(refused))
    return redirect("dossier-verify", code=code, year=year)

"""Long work beside the page: a form that begins some comes back to where it stood, and the side says how far it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import job_pages
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web import work
from nianjian.platform.web.access import Request, person
from nianjian.platform.web.resend import find_page_address
from nianjian.platform.web.tables import Cell

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


class JobsBeside:
    """Middleware: what leads from a form to the page of its work leads back to the form's page instead.

    Not where the browser does not say which page that was. The last of the import's steps is gone with its draft: it
    leads to the imports; one of the first steps of an enterprise leads on from the page of its work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        answer = self._get_response(request)
        if request.method != "POST" or answer.status_code != 302 or getattr(request, "htmx", False):  # noqa: PLR2004 -- a redirect
            return answer
        job = _resolve(answer.headers["Location"])
        back = find_page_address(request, request.headers.get("Referer", ""))
        before = _resolve(back.partition("?")[0])
        if job is None or job.url_name != "data-job" or before is None or before.url_name == "data-job":
            return answer
        if request.resolver_match is not None and request.resolver_match.url_name == COMMIT:
            if job_pages.leads_on(job.kwargs["code"]):
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
    for id_, page in request.session.get(JOBS, []):
        try:
            lines.append(_build_line(flow.job_for(id_, actor), page))
        except (Http404, NianjianError):  # another person's of this browser, or gone
            continue
    return lines


def _build_line(job: JobValue, page: str) -> Line:
    text = job_pages.describe_result(job)
    error = work.describe_job_error(job.error)[0] if job.state == "failed" else ""
    return Line(job, work.kind(job.kind), work.state(job), work.bar(job), text, error, page)


@require_safe
@person
def show_beside(request: Request) -> HttpResponse:
    """Answer with the lines of the side; each time the page is to wait longer before it asks again."""
    asked = request.GET.get("wait", "")
    wait = min(int(asked), SLOWEST) if asked.isascii() and asked.isdigit() and len(asked) < 4 else QUICKEST  # noqa: PLR2004 -- digits
    beside = Beside(_list_lines(request, request.actor), min(math.ceil(wait * 1.5), SLOWEST))
    return render(request, "data/beside.html", {"work_beside": beside})


@require_safe
@person
def open_result(request: Request, job: str) -> HttpResponse:
    """Lead to what came of the work, or with ``again`` to where it was begun; it is read by that."""
    entries = request.session.get(JOBS, [])
    page = next((page for id_, page in entries if id_ == job), "")
    request.session[JOBS] = [entry for entry in entries if entry[0] != job]
    found = flow.job_for(job, request.actor)
    if page and "again" in request.GET:
        return redirect(page)
    return redirect(job_pages.find_result(found))

"""What came of work that belongs to another part of the site, and the places where one goes on from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.flows import jobs
from nianjian.queue.query import JobValue

Told = Mapping[str, Any]
Ways = list[tuple[str, str]]  # address, label


def outcome(code: str, job: JobValue, result: Told) -> dict[str, object]:
    """``text`` and ``ways`` of a job's page; nothing for work that `web.data.work` tells itself."""
    found = OUTCOMES.get(job.kind)
    if found is None or not job.over:
        return {}
    text, ways = found(code, job, result)
    return {"ways": ways} | ({"text": text} if job.state == "done" else {})


def _case(code: str, job: JobValue, _result: Told) -> tuple[str, Ways]:
    return "", [_to_case("rectify-one", code, job, _("To the case"))]


def _located(code: str, job: JobValue, result: Told) -> tuple[str, Ways]:
    named = len(result.get("named", ()))
    text = _("Beyond chance: {count}.").format(count=named) if named else _("No channel stands out beyond chance.")
    return text, [_to_case("rectify-locate", code, job, _("To the location"))]


def _checked(code: str, job: JobValue, result: Told) -> tuple[str, Ways]:
    count = len(result.get("gaps", ()))
    text = _("Still open: {count}.").format(count=count) if count else _("Nothing is open any more.")
    return text, [_to_case("rectify-one", code, job, _("To the case"))]


def _reported(code: str, job: JobValue, result: Told) -> tuple[str, Ways]:
    back = _to_case("rectify-one", code, job, _("To the case"))
    if "blob" not in result:  # it failed, or the time for which it is kept is over
        return "", [back]
    text = _("The report is set; it is a draft.") if result["draft"] else _("The report is set.")
    return text, [
        (reverse("rectify-report-file", args=[code, job.payload["case"], job.id]), _("Fetch the report")),
        back,
    ]


def _tickets(code: str, job: JobValue, _result: Told) -> tuple[str, Ways]:
    return "", [_to_case("rectify-locate", code, job, _("To the location"))]


def _to_case(route: str, code: str, job: JobValue, label: str) -> tuple[str, str]:
    return reverse(route, args=[code, job.payload["case"]]), label


OUTCOMES: Final[Mapping[str, Callable[[str, JobValue, Told], tuple[str, Ways]]]] = {
    jobs.RECTIFY_LOCATE: _located,
    jobs.RECTIFY_TICKETS: _tickets,
    jobs.RECTIFY_MEASURE: _case,
    jobs.RECTIFY_CHECK: _checked,
    jobs.RECTIFY_REPORT: _reported,
    jobs.RECTIFY_CLOSE: _case,
}

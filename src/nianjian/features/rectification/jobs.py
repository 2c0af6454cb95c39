"""The long work of a rectification: location, complaints, figures, re-check, report, handing in, closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from nianjian.features.rectification import evidence, reports
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, day, text
from nianjian.platform.jobs.query import JobValue


def _locate(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, and first and last where wanted."""
    case = str(job.payload["case"])
    found = evidence.locate_cause(
        enterprise=job.enterprise,
        case=case,
        first=day(job.payload, "first"),
        last=day(job.payload, "last"),
        actor=actor,
        progress=told,
    )
    return {"case": case, "complaints": found["complaints"], "named": found["named"]}


def _tickets(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, dimension, key (None: those that name none), first, last, page."""
    found = evidence.list_group_tickets(
        enterprise=job.enterprise,
        dimension=str(job.payload["dimension"]),
        key=text(job.payload, "key"),
        first=day(job.payload, "first"),
        last=day(job.payload, "last"),
        page=int(str(job.payload["page"])),
        actor=actor,
        publishing=False,
        progress=told,
    )
    return {"case": job.payload["case"], **found}


def _measure(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, and first and last where wanted."""
    case = str(job.payload["case"])
    evidence.measure_figures(
        case=case, first=day(job.payload, "first"), last=day(job.payload, "last"), actor=actor, progress=told
    )
    return {"case": case}


def _check(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case."""
    case = str(job.payload["case"])
    found = evidence.check_gaps(case=case, actor=actor, progress=told)
    ready = not any(gap.blocks for gap in found)
    return {"case": case, "ready": ready, "gaps": [gap.as_dict() for gap in found]}


def _report(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, form, language."""
    case, form, language = (str(job.payload[name]) for name in ("case", "form", "language"))
    return reports.store_report(case=case, form=form, language=language, actor=actor, progress=told)


def _submit(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, day."""
    case, given = (str(job.payload[name]) for name in ("case", "day"))
    return {"case": case, **reports.submit_report(case=case, day=date.fromisoformat(given), actor=actor, progress=told)}


def _close(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, check."""
    case, check = (str(job.payload[name]) for name in ("case", "check"))
    return {"case": case, **reports.close_case(case=case, check=check, actor=actor, progress=told)}


KINDS: Final[Mapping[str, Kind]] = {
    flow.RECTIFY_LOCATE: Kind(_locate, again=True),
    flow.RECTIFY_TICKETS: Kind(_tickets, again=True),
    flow.RECTIFY_MEASURE: Kind(_measure, again=True),
    flow.RECTIFY_CHECK: Kind(_check, again=True),
    flow.RECTIFY_REPORT: Kind(_report, again=False),  # each report is a step of the case and an entry of the chain
    flow.RECTIFY_SUBMIT: Kind(_submit, again=False),  # as a report: each is a step of the case
    flow.RECTIFY_CLOSE: Kind(_close, again=False),  # what is closed cannot be closed again
}

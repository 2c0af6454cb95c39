"""The long work of a rectification: location, complaints, figures, re-check, report, handing in, closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.features.rectification import evidence, operations, reports
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, day, text
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.operation import REGISTRY


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


def _report(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: case, form, language."""
    case, form, language = (str(job.payload[name]) for name in ("case", "form", "language"))
    return reports.store_report(case=case, form=form, language=language, actor=actor, progress=told)


KINDS: Final[Mapping[str, Kind]] = {
    **REGISTRY.job_kinds(operations.CASES),
    flow.RECTIFY_TICKETS: Kind(_tickets, again=True),
    flow.RECTIFY_REPORT: Kind(_report, again=False),  # each report is a step of the case and an entry of the chain
}

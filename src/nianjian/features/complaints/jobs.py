"""The long work of complaints: the calls of tickets, and forward lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.complaints import forwards, matching  # noqa: F401 -- match declares its job
from nianjian.features.complaints.operations import TICKETS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, text
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.operation import REGISTRY


def _forwards(job: JobValue, actor: Actor, told: Report) -> Mapping[str, object]:
    """``payload``: list (its blob), name, mapping, arrived, language."""
    _ = words(text(job.payload, "language") or CHINESE)
    return forwards.run_import(
        enterprise=job.enterprise,
        given=job.payload,
        words=lambda code, values: error_message(code, values, _),
        actor=actor,
        progress=told,
        again=job.created_at if job.attempts > 1 else None,
    )


def _in(job: JobValue) -> None:
    forwards.discard_stored_file(job=job.id, name="list", blob=str(job.payload["list"]))


KINDS: Final[Mapping[str, Kind]] = {
    **REGISTRY.job_kinds(TICKETS),
    flow.IMPORT_FORWARDS: Kind(_forwards, again=True, after=_in),  # the same list again changes nothing
}

"""The long work of complaints: the calls of tickets, and forward lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.features.complaints import forwards, matching  # noqa: F401 -- match declares its job
from nianjian.features.complaints.operations import TICKETS
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.operation import REGISTRY


def _discard_list(job: JobValue) -> None:
    flow.discard_file(job, forwards.LIST)


KINDS: Final[Mapping[str, Kind]] = {
    **REGISTRY.job_kinds(TICKETS),
    flow.IMPORT_FORWARDS: Kind(forwards.run_import, again=True, after=_discard_list),  # the same again changes nothing
}

"""The long work of complaints: the calls of tickets, and forward lists."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from nianjian.features.complaints import forwards, matching  # noqa: F401 -- match declares its job
from nianjian.features.complaints.operations import TICKETS
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind
from nianjian.platform.operations.operation import REGISTRY

KINDS: Final[Mapping[str, Kind]] = {
    **REGISTRY.job_kinds(TICKETS),
    flow.IMPORT_FORWARDS: Kind(  # the same list again changes nothing
        forwards.run_import, again=True, after=partial(flow.discard_file, name=forwards.LIST)
    ),
}

"""What is open in a case as far as it is known: what can be told at once, and what the last check has counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from nianjian.features.rectification import states
from nianjian.features.rectification.cases import query
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.operations import cases, evidence
from nianjian.features.rectification.recheck import Gap
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.query import JobValue

COUNTED: Final = frozenset({"figures_changed", "tickets_open", "tickets_late"})  # gaps that only counting finds
AFTER_CHECK: Final = frozenset({states.REPORTED, states.SUBMITTED})  # events that leave a check as true as it was


@dataclass(frozen=True, slots=True)
class GapPreview:
    """What is open. ``at``: the last check of everything (None: never); ``fresh``: nothing changed in the case since.

    What only counting finds is among the ``gaps`` while the check is fresh.
    """

    gaps: tuple[Gap, ...]
    at: datetime | None
    fresh: bool

    @property
    def ready(self) -> bool:
        """Whether report and test report may go out."""
        return self.fresh and not any(gap.blocks for gap in self.gaps)


def preview_gaps(*, case: str, actor: Actor) -> GapPreview:
    """What is open as far as it is known without waiting for the lake; ``rectify_unknown``."""
    return of_case(cases.own(case, actor))


def of_case(held: Case) -> GapPreview:
    """The same of a case that the actor may see."""
    found = evidence.list_gaps_without_lake(held)
    last = queue.newest(held.enterprise_id, flow.RECTIFY_CHECK, {"case": held.pk}, Job.DONE)
    if last is None or last.started_at is None:
        return GapPreview(tuple(found), None, fresh=False)
    changed = max(one.at for one in query.events(held) if one.step not in AFTER_CHECK)
    fresh = changed < last.started_at
    if fresh:
        found += [gap for gap in _gaps(last) if gap.code in COUNTED]
    return GapPreview(tuple(found), last.finished_at, fresh)


def _gaps(job: JobValue) -> list[Gap]:
    told = cast("list[dict[str, Any]]", job.result.get("gaps", []))
    return [Gap(str(one["code"]), bool(one["blocks"]), one["values"]) for one in told]

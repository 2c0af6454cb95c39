"""The checks as work for the worker; the newest finished one of each is what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Protocol

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.operations.checks import answers, dialling, logs, readiness
from nianjian.features.inspection.operations.checks.grounds import Json, checked_day
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.progress import Progress


class _Look(Protocol):
    def __call__(self, *, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = ...) -> Json: ...


PARTS: Final[Mapping[str, _Look]] = {
    "readiness": readiness.check_readiness,
    "answers": answers.check_answers,
    "dialling": dialling.check_dialling,
    "retention": logs.check_logs,
}


def enqueue_check(*, enterprise: str, part: str, as_of: date | None, actor: Actor) -> str:
    """Put a check; its job. ``role_missing``, ``inspection_part_unknown``, ``inspection_day_wrong``."""
    _known(part)
    given = {"part": part, "as_of": None if as_of is None else checked_day(as_of).isoformat()}
    return flow.enqueue_once(kind=flow.INSPECT, enterprise=enterprise, payload=given, actor=actor)


def run_check(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put."""
    day = given.get("as_of")
    look = _known(str(given["part"]))
    return look(
        enterprise=enterprise, as_of=None if day is None else date.fromisoformat(day), actor=actor, progress=progress
    )


def now(*, enterprise: str, part: str, actor: Actor) -> Json:
    """A check as it comes out at this moment, kept nowhere; what the check raises, ``inspection_part_unknown``."""
    return _known(part)(enterprise=enterprise, as_of=None, actor=actor)


def newest(*, enterprise: str, part: str, actor: Actor) -> Json | None:
    """The newest finished check with the ``job`` and the moment at which it ended; None: there is none.

    ``role_missing``, ``inspection_part_unknown``.
    """
    require(actor, enterprise, Act.READ)
    _known(part)
    found = queue.newest(enterprise, flow.INSPECT, {"part": part}, Job.DONE)
    if found is None:
        return None
    ended = None if found.finished_at is None else found.finished_at.isoformat(timespec="seconds")
    return {**found.result, "job": found.id, "ended_at": ended}


def under_way(*, enterprise: str, part: str) -> str | None:
    """The job of a check that waits or runs."""
    found = queue.newest(enterprise, flow.INSPECT, {"part": part}, *queue.UNDER_WAY)
    return None if found is None else found.id


def _known(part: str) -> Callable[..., Json]:
    if part not in PARTS:
        raise NianjianError("inspection_part_unknown", part=part, parts=", ".join(PARTS))
    return PARTS[part]

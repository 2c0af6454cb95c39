"""Read intents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from nianjian.kernel.errors import NianjianError
from nianjian.queue.models import Intent, Job


@dataclass(frozen=True, slots=True)
class Open:
    """An intent that nobody has closed yet."""

    id: str
    kind: str
    enterprise: str
    txn: str
    payload: Mapping[str, object]
    opened_at: datetime


def open_intents() -> list[Open]:
    """All open intents, oldest first."""
    found = Intent.objects.filter(state=Intent.OPEN).order_by("opened_at", "id")
    return [Open(one.id, one.kind, one.enterprise, one.txn, one.payload, one.opened_at) for one in found]


@dataclass(frozen=True, slots=True)
class JobValue:
    """A job as a value; the fields are those of `models.Job`."""

    id: str
    kind: str
    enterprise: str
    payload: Mapping[str, object]
    state: str
    done: int
    total: int
    note: str
    stop_wanted: bool
    result: Mapping[str, object]
    error: Mapping[str, object]
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (Job.DONE, Job.FAILED, Job.STOPPED)


def job(id_: str) -> JobValue:
    """One job; ``job_unknown``."""
    found = Job.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("job_unknown", job=id_)
    return _value(found)


def jobs(enterprise: str, *, newest: int = 50) -> list[JobValue]:
    """An enterprise's jobs, newest first."""
    return [_value(one) for one in Job.objects.filter(enterprise=enterprise).order_by("-created_at", "-id")[:newest]]


def _value(row: Job) -> JobValue:
    return JobValue(**{name: getattr(row, name) for name in JobValue.__dataclass_fields__})

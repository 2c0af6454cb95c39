"""Read intents, jobs and workers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Count, Max, Q, QuerySet

from nianjian.engines.kernel.errors import get_or_raise
from nianjian.platform.jobs.models import Intent, Job, Worker

UNDER_WAY: Final = (Job.WAITING, Job.RUNNING)
OVER: Final = Job.OVER


def open_intents() -> list[Intent]:
    """All open intents, oldest first."""
    return list(Intent.objects.filter(state=Intent.OPEN).order_by("opened_at", "id"))


JobValue = Job
"""A job as other rooms call it, where a job is a declaration of work or a document of the API."""


def job(id_: str) -> JobValue:
    """One job; ``job_unknown``."""
    return get_or_raise(Job.objects.filter(pk=id_), "job_unknown", job=id_)


def state(id_: str) -> str:
    """State of a job; "" if there is none, or none any more."""
    return Job.objects.filter(pk=id_).values_list("state", flat=True).first() or ""


def jobs(enterprise: str, *, first: int = 0, newest: int = 50) -> list[JobValue]:
    """An enterprise's jobs, newest first; ``newest`` of them from the ``first`` on."""
    rows = Job.objects.filter(enterprise=enterprise).order_by("-created_at", "-id")
    return list(rows[first : first + newest])


def newest(enterprise: str, kind: str, payload: Mapping[str, object], *states: str) -> JobValue | None:
    """The newest job of a kind whose payload has these values, in one of ``states`` (none: in any); None: no such."""
    rows = _with_payload(enterprise, payload).filter(kind=kind)
    return (rows.filter(state__in=states) if states else rows).order_by("-created_at", "-id").first()


def list_done_jobs(enterprise: str, kind: str, payload: Mapping[str, object]) -> list[JobValue]:
    """The jobs of a kind that are done and whose payload has these values, newest first."""
    rows = _with_payload(enterprise, payload).filter(kind=kind, state=Job.DONE)
    return list(rows.order_by("-created_at", "-id"))


def _with_payload(enterprise: str, payload: Mapping[str, object]) -> QuerySet[Job]:
    return Job.objects.filter(enterprise=enterprise, **{f"payload__{name}": value for name, value in payload.items()})


def last_asked(kinds: Collection[str]) -> dict[str, datetime]:
    """Enterprise -> when work of these kinds was asked for the last time, whatever came of it."""
    rows = Job.objects.filter(kind__in=kinds).order_by().values_list("enterprise")
    return dict(rows.annotate(Max("created_at")))


def under_way(
    enterprise: str, payload: Mapping[str, object] | None = None, *, kind: str = "", first: int = 50
) -> list[JobValue]:
    """An enterprise's jobs that wait or run, in the order in which they will be done; the ``first`` of them.

    Of a ``kind`` and with these values in their payload, if given.
    """
    rows = _with_payload(enterprise, payload or {}).filter(state__in=UNDER_WAY)
    return list((rows.filter(kind=kind) if kind else rows).order_by("created_at", "id")[:first])


def over_before(kind: str, moment: datetime, name: str) -> list[JobValue]:
    """Jobs of a kind that were over before a moment and whose payload or result still holds a value ``name``."""
    holds = Q(payload__has_key=name) | Q(result__has_key=name)
    rows = Job.objects.filter(holds, kind=kind, state__in=OVER, finished_at__lt=moment)
    return list(rows.order_by("finished_at"))


def list_values_by_name(name: str) -> set[str]:
    """The values that payload and result of any job hold under a name."""
    matches = Job.objects.filter(Q(payload__has_key=name) | Q(result__has_key=name))
    rows = matches.values_list(f"payload__{name}", f"result__{name}")
    return {str(value) for row in rows for value in row if value is not None}


def waiting() -> int:
    """How many jobs nobody has taken yet."""
    return Job.objects.filter(state=Job.WAITING).count()


def by_state() -> dict[str, int]:
    """How many jobs there are in each state, those without any included."""
    counted = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in Job.STATES}


def last_beat() -> datetime | None:
    """When a worker was last heard of; None: never."""
    return Worker.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()


def failed(enterprise: str, requested_by: str, *, since: datetime, most: int) -> list[JobValue]:
    """Jobs of one person that failed after a moment, newest first."""
    rows = Job.objects.filter(enterprise=enterprise, state=Job.FAILED, requested_by=requested_by)
    return list(rows.filter(finished_at__gt=since).order_by("-finished_at", "-id")[:most])

"""Ask for long work, look at it, stop it. The worker runs it as the person who asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.access import has_permission, require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.jobs import query, service
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Report = Callable[[str, int, int], None]
"""(what is at work, done, total); raises `StopWantedError` or `LeavingError` when the work is to end here."""


class StopWantedError(Exception):
    """Somebody asked for the work to stop. ``left``: what stands all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.left: dict[str, object] = {}


class LeavingError(Exception):
    """The worker ends; the work goes back into the queue, or is broken off (`Kind.back`)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``run`` gives the result as JSON. ``again``: doing it twice leaves the same as doing it once.

    ``back``: where the worker ends, what was done is taken back, so that the next one may begin anew; else it is
    broken off, as where the worker died: a telephone that has rung is not rung again.
    ``after`` tidies up once the result stands in the queue.
    """

    run: Callable[[JobValue, Actor, Report], object]  # a result that `encode` knows
    again: bool
    back: bool = True
    after: Callable[[JobValue], None] | None = None


def text(payload: Mapping[str, object], name: str) -> str | None:
    """A text of a payload; None where it is absent or empty."""
    value = payload.get(name)
    return str(value) if value else None


def texts(payload: Mapping[str, object], name: str) -> list[str]:
    """A list of texts of a payload."""
    value = payload.get(name)
    return [str(one) for one in value] if isinstance(value, list) else []


def day(payload: Mapping[str, object], name: str) -> date | None:
    """A day of a payload; None where it is absent."""
    value = text(payload, name)
    return date.fromisoformat(value) if value else None


IMPORT_CALLS: Final = "calls.import"
CHECK_CALLS: Final = "calls.check"
UNDO_CALLS: Final = "calls.undo"
REJECTS_FILE: Final = "calls.rejects"
IMPORT_REGISTER: Final = "registers.import"
CHECK_REGISTER: Final = "registers.check"
TAKE_REGISTER: Final = "registers.export"
RUN_PORTRAIT: Final = "portrait.run"
ERASE_OVER: Final = "retention.run"
COUNT_OVER: Final = "retention.count"
OVERLAY_EFFECT: Final = "rules.effect"
MATCH_TICKETS: Final = "complaints.match"
IMPORT_FORWARDS: Final = "complaints.import"
RECTIFY_LOCATE: Final = "rectify.locate"
RECTIFY_TICKETS: Final = "rectify.tickets"
RECTIFY_MEASURE: Final = "rectify.measure"
RECTIFY_CHECK: Final = "rectify.check"
RECTIFY_REPORT: Final = "rectify.report"
RECTIFY_SUBMIT: Final = "rectify.submit"
RECTIFY_CLOSE: Final = "rectify.close"
RECONCILE_FILING: Final = "reconcile.filing"
RECONCILE_PEOPLE: Final = "reconcile.people"
RECONCILE_SOURCES: Final = "reconcile.sources"
CALLBACK_TEST: Final = "callback.test"
CALLBACK_WITNESS: Final = "callback.witness"
INSPECT: Final = "inspection.look"
DRILL: Final = "inspection.drill"
VERIFY_CHAIN: Final = "audit.verify"
FILL_IN: Final = "dossier.fill_in"
CHECK_PAPER: Final = "dossier.check"
DRAW_PAGES: Final = "dossier.draw"
SORT_PAPERS: Final = "dossier.sort"
CUT_PAPERS: Final = "dossier.cut"
VERIFY_PACKAGE: Final = "dossier.verify"
GENERATE_ITEMS: Final = "dossier.generate"
BUILD_PACKAGE: Final = "dossier.build"
SIGN_PACKAGE: Final = "dossier.sign"

# Kind of work -> the act that it needs; the flow that does it asks again when it runs.
_KINDS_BY_ACT: Final[Mapping[Permission, tuple[str, ...]]] = {
    Permission.MANAGE_DATA: (
        IMPORT_CALLS, CHECK_CALLS, UNDO_CALLS, IMPORT_REGISTER, CHECK_REGISTER, MATCH_TICKETS,
        IMPORT_FORWARDS, CHECK_PAPER, DRAW_PAGES, SORT_PAPERS, CUT_PAPERS,
    ),
    Permission.VIEW_UNMASKED: (REJECTS_FILE, GENERATE_ITEMS, BUILD_PACKAGE),
    Permission.READ_OWN: (TAKE_REGISTER,),
    Permission.REPORT: (
        RUN_PORTRAIT, RECTIFY_LOCATE, RECTIFY_TICKETS, RECTIFY_MEASURE, RECTIFY_CHECK, RECTIFY_REPORT,
        RECTIFY_SUBMIT, RECTIFY_CLOSE, RECONCILE_FILING, RECONCILE_PEOPLE, RECONCILE_SOURCES, INSPECT, DRILL,
        CALLBACK_TEST, CALLBACK_WITNESS, FILL_IN,
    ),
    Permission.ADMINISTER: (ERASE_OVER,),
    Permission.AUDIT: (COUNT_OVER, VERIFY_CHAIN),
    Permission.REQUEST: (OVERLAY_EFFECT,),
    Permission.READ: (VERIFY_PACKAGE,),
    Permission.APPROVE: (SIGN_PACKAGE,),
}  # fmt: skip
NEEDS: Final[Mapping[str, Permission]] = {kind: act for act, kinds in _KINDS_BY_ACT.items() for kind in kinds}
READING: Final = frozenset({Permission.READ_OWN, Permission.READ})


def enqueue(*, kind: str, enterprise: str, payload: Mapping[str, object], actor: Actor) -> str:
    """Put the job; its id. ``role_missing``."""
    require_permission(actor, enterprise, NEEDS[kind])
    return service.enqueue_job(kind=kind, enterprise=enterprise, payload=payload, requested_by=str(actor))


def enqueue_once(*, kind: str, enterprise: str, payload: Mapping[str, object], actor: Actor) -> str:
    """Put the job, or name the one with this payload that waits or runs: a double click works once. ``role_missing``.

    Only who finds none waits for the enterprise's other writers, and looks again.
    """
    require_permission(actor, enterprise, NEEDS[kind])
    same = query.newest(enterprise, kind, payload, *query.UNDER_WAY)
    if same is not None:
        return same.id
    with transaction.atomic():
        lock_enterprise(enterprise)
        same = query.newest(enterprise, kind, payload, *query.UNDER_WAY)
        return same.id if same is not None else enqueue(kind=kind, enterprise=enterprise, payload=payload, actor=actor)


def enqueue_file(
    *, kind: str, enterprise: str, name: str, content: bytes, payload: Mapping[str, object], actor: Actor
) -> str:
    """Seal a file and put the job that holds it under ``name``; without a job no file stays. ``role_missing``."""
    with blobs.put_undoable(content) as blob:
        return enqueue(kind=kind, enterprise=enterprise, payload={name: blob.id, **payload}, actor=actor)


def discard_file(job: JobValue, name: str) -> None:
    """Delete what a job that is over holds under ``name``; the file first, so that a row names it to the end."""
    blobs.remove(str(job.payload.get(name) or job.result.get(name)))
    service.forget(job=job.id, name=name)


def discard_expired_files(kind: str, before: datetime, *names: str) -> int:
    """Delete what jobs of a kind that were over before a moment still hold under these names; how many."""
    old = [(one, name) for name in names for one in query.over_before(kind, before, name)]
    for one, name in old:
        discard_file(one, name)
    return len(old)


def job_for(job: str, actor: Actor) -> JobValue:
    """Find it; ``job_unknown``, also for whom its enterprise does not concern.

    Who sees the rows of one team alone finds the work that this one person asked for.
    """
    row = query.job(job)
    if not has_permission(actor, row.enterprise, Permission.READ_OWN if _is_requester(row, actor) else Permission.READ):
        raise NianjianError("job_unknown", job=job)
    return row


def may_stop(job: JobValue, actor: Actor) -> bool:
    """Whether this person may stop it: what reading is enough for, another's stop takes who works with the data."""
    return has_permission(actor, job.enterprise, _stopping(job, actor))


def stop(*, job: str, actor: Actor) -> None:
    """Ask it to stop; ``job_unknown``, ``role_missing``, ``job_over``."""
    row = job_for(job, actor)
    require_permission(actor, row.enterprise, _stopping(row, actor))
    service.stop(job=job)


def stop_all(*, person: Actor) -> None:
    """Ask the person's jobs to stop for which the person has no role any more."""
    service.stop_all(
        requested_by=str(person), keep=lambda kind, place: kind in NEEDS and has_permission(person, place, NEEDS[kind])
    )


def _stopping(job: JobValue, actor: Actor) -> Permission:
    needed = NEEDS[job.kind]
    return needed if _is_requester(job, actor) or needed not in READING else Permission.MANAGE_DATA


def _is_requester(job: JobValue, actor: Actor) -> bool:
    return job.requested_by == str(actor)

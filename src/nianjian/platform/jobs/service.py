"""Open, close or drop an intent: each changes an open one once and no other.

A job's way: put, taken by one worker, its progress told, ended; or stopped, or given back for the next worker. Each
step changes the row only where it stands as the step expects (state and worker), so two workers never do the same.
"""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.jobs.models import Answer, Intent, Job, Worker

ANSWERS_KEPT: Final = timedelta(hours=24)


def begin_answer(*, who: str, key: str, digest: str) -> tuple[int, str] | None:
    """Take the key for this request; None: it is new, go on. Else the status and JSON that were answered.

    ``digest``: of method, address and content. ``idempotency_key_reused`` for another request under the key,
    ``idempotency_running`` while the first one has no answer, also where it broke off: whether it was done is not
    known then.
    """
    now = clock.now()
    answer = Answer(id=_answer_id(who, key), digest=digest, created_at=now)
    _old_answers(now).filter(pk=answer.id).delete()
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError:
        stored = Answer.objects.filter(pk=answer.id).first()
        if stored is not None and stored.digest != digest:
            raise NianjianError("idempotency_key_reused") from None
        if stored is None or stored.status is None:  # gone: refused in this very moment
            raise NianjianError("idempotency_running") from None
        return stored.status, stored.body
    return None


def finish_answer(*, who: str, key: str, status: int, body: str) -> None:
    """Keep the answer."""
    Answer.objects.filter(pk=_answer_id(who, key)).update(status=status, body=body)


def drop_answer(*, who: str, key: str) -> None:
    """Give the key back: nothing was done."""
    Answer.objects.filter(pk=_answer_id(who, key)).delete()


def purge_answers() -> int:
    """Delete what is kept no longer; how many."""
    gone, _each = _old_answers(clock.now()).delete()
    return gone


def _old_answers(now: datetime) -> QuerySet[Answer]:
    return Answer.objects.filter(created_at__lt=now - ANSWERS_KEPT)


def _answer_id(who: str, key: str) -> str:
    """A person's keys are that person's own."""
    return hashlib.sha256(f"{who}\n{key}".encode()).hexdigest()


SILENT: Final = timedelta(seconds=60)  # a worker beats every few seconds; after this it is taken for dead
ATTEMPTS: Final = 3  # work that has killed so many workers is not begun again
FORGET: Final = timedelta(days=1)


def open(*, kind: str, enterprise: str, txn: str, payload: Mapping[str, object]) -> str:  # noqa: A001 - service.open
    """Write the intent; its id. Commit it before the other store is touched."""
    values = {"kind": kind, "enterprise": enterprise, "txn": txn, "payload": dict(payload), "opened_at": clock.now()}
    return Intent.objects.create(id=uuid.uuid4().hex, **values).id


def close(*, intent: str) -> None:
    """Mark as done, inside the transaction that writes the act's rows; ``intent_not_open`` if it was decided before."""
    _leave(intent, Intent.DONE)


def drop(*, intent: str) -> None:
    """Mark as dropped: the other store never saw it; ``intent_not_open`` if it was decided before."""
    _leave(intent, Intent.DROPPED)


def _leave(intent: str, state: str) -> None:
    changed = Intent.objects.filter(pk=intent, state=Intent.OPEN).update(state=state, closed_at=clock.now())
    if not changed:
        raise NianjianError("intent_not_open", intent=intent)


def enqueue_job(*, kind: str, enterprise: str, payload: Mapping[str, object], requested_by: str) -> str:
    """Put a job at the queue's end; its id. The act that it runs writes the audit entry, the waiting writes none."""
    values = {"kind": kind, "enterprise": enterprise, "payload": dict(payload), "requested_by": requested_by}
    return Job.objects.create(id=f"J{secrets.token_hex(5)}", created_at=clock.now(), **values).id


def stop(*, job: str) -> None:
    """Ask a job to stop: one that waits is stopped at once, one that runs at its next step; ``job_over``."""
    now = clock.now()
    with transaction.atomic():
        if Job.objects.filter(pk=job, state=Job.WAITING).update(state=Job.STOPPED, stop_wanted=True, finished_at=now):
            return
        if not Job.objects.filter(pk=job, state=Job.RUNNING).update(stop_wanted=True):
            raise NianjianError("job_over", job=job)


def stop_all(*, requested_by: str, keep: Callable[[str, str], bool]) -> None:
    """Ask a person's jobs that wait or run to stop, unless ``keep`` is true of a job's kind and enterprise."""
    for row in Job.objects.filter(requested_by=requested_by, state__in=(Job.WAITING, Job.RUNNING)):
        if not keep(row.kind, row.enterprise):
            with suppress(NianjianError):  # over since it was read
                stop(job=row.pk)


def take(*, worker: str, again: Collection[str]) -> Job | None:
    """Give the worker a job: one whose worker fell silent if its kind is in ``again``, else the oldest that waits.

    None: there is nothing to do. Broken-off work that may not be repeated fails with ``job_broken_off``.
    """
    return _take_over(worker, again) or _take_waiting(worker)


def _take_waiting(worker: str) -> Job | None:
    while (first := Job.objects.filter(state=Job.WAITING).order_by("created_at", "id").first()) is not None:
        now = clock.now()
        mine = Job.objects.filter(pk=first.pk, state=Job.WAITING).update(
            state=Job.RUNNING, worker=worker, attempts=first.attempts + 1, started_at=now, beat_at=now
        )
        if mine:
            return Job.objects.get(pk=first.pk)
    return None


def _take_over(worker: str, again: Collection[str]) -> Job | None:
    silent = Job.objects.filter(state=Job.RUNNING, beat_at__lt=clock.now() - SILENT)
    for left in silent.order_by("created_at", "id"):
        now = clock.now()
        as_found = Job.objects.filter(pk=left.pk, state=Job.RUNNING, worker=left.worker, beat_at=left.beat_at)
        if left.stop_wanted:
            as_found.update(state=Job.STOPPED, finished_at=now)
        elif left.kind not in again or left.attempts >= ATTEMPTS:
            as_found.update(state=Job.FAILED, finished_at=now, error=broken_off(left.pk))
        elif as_found.update(worker=worker, attempts=left.attempts + 1, started_at=now, beat_at=now, done=0, note=""):
            return Job.objects.get(pk=left.pk)
    return None


def broken_off(job: str) -> dict[str, object]:
    """Why work failed that nobody goes on with; what it had done by then stays."""
    return {"code": "job_broken_off", "values": {"job": job}, "findings": []}


def live(*, worker: str) -> None:
    """Say that the worker lives, and with it the job that it does."""
    now = clock.now()
    if not Worker.objects.filter(pk=worker).update(beat_at=now):
        Worker.objects.filter(beat_at__lt=now - FORGET).delete()
        Worker.objects.get_or_create(pk=worker, defaults={"started_at": now, "beat_at": now})
    Job.objects.filter(state=Job.RUNNING, worker=worker).update(beat_at=now)


def leave(*, worker: str) -> None:
    """Say that the worker ends."""
    Worker.objects.filter(pk=worker).delete()


def progress(*, job: str, worker: str, done: int, total: int, note: str = "") -> bool:
    """Tell how far it is; whether it is to stop. ``job_lost`` if another worker has it by now."""
    _update(job, worker, done=done, total=total, note=note[:200], beat_at=clock.now())
    return bool(Job.objects.filter(pk=job, stop_wanted=True).exists())


def finish(*, job: str, worker: str, result: Mapping[str, object]) -> None:
    """Mark as done; ``job_lost``."""
    _end(job, worker, state=Job.DONE, result=dict(result))


def fail(*, job: str, worker: str, error: Mapping[str, object]) -> None:
    """Mark as failed; ``error``: code, values and findings. ``job_lost``."""
    _end(job, worker, state=Job.FAILED, error=dict(error))


def stopped(*, job: str, worker: str, result: Mapping[str, object]) -> None:
    """Mark as stopped between two steps; ``result``: what stands all the same. ``job_lost``."""
    _end(job, worker, state=Job.STOPPED, result=dict(result))


def forget(*, job: str, name: str) -> None:
    """Take a value out of payload and result of a job that is over: what it named is gone."""
    with transaction.atomic():
        row = Job.objects.select_for_update().get(pk=job)
        row.payload.pop(name, None)
        row.result.pop(name, None)
        row.save(update_fields=["payload", "result"])


def drop_over(*, enterprise: str, kind: str, requested_by: str) -> None:
    """Delete work of a kind that is over, but the newest and the newest that was done: their like comes every day."""
    mine = Job.objects.filter(enterprise=enterprise, kind=kind, requested_by=requested_by)
    newest = mine.order_by("-created_at", "-id").values_list("pk", flat=True)
    keep_ids = [*newest[:1], *newest.filter(state=Job.DONE)[:1]]
    mine.filter(state__in=Job.OVER).exclude(pk__in=keep_ids).delete()


def give_back(*, job: str, worker: str) -> None:
    """Let the next worker begin it anew: this one ends before the work is done. ``job_lost``."""
    _update(job, worker, state=Job.WAITING, worker="", attempts=0, beat_at=None, done=0, total=0, note="")


def _end(job: str, worker: str, **changes: object) -> None:
    _update(job, worker, finished_at=clock.now(), **changes)


def _update(job_: str, worker_: str, /, **changes: object) -> None:
    if not Job.objects.filter(pk=job_, state=Job.RUNNING, worker=worker_).update(**changes):
        raise NianjianError("job_lost", job=job_)

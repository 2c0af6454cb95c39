"""The worker: takes one job at a time and does it as the person who asked for it.

It says every few seconds that it lives. A stop, and the worker's own end, act between two steps of the work: the
progress callback raises, and what the step had begun is taken back by the flow that did it.
"""

from __future__ import annotations

import json
import logging
import time
import traceback
from collections.abc import Mapping
from threading import Event
from typing import Final

from nianjian.doors.site.jobs.kinds import AGAIN, KINDS
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations.recover import recover
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.jobs import flow, service
from nianjian.platform.jobs.flow import LeavingError, StopWantedError
from nianjian.platform.jobs.query import JobValue

LOG: Final = logging.getLogger(__name__)
PAUSE: Final = 0.5  # seconds between two writes of progress


class Worker:
    """``name`` tells it from all others; once ``leaving`` is set it takes nothing more and ends at the next step."""

    def __init__(self, name: str, leaving: Event) -> None:
        self.name, self._leaving = name, leaving

    def step(self) -> bool:
        """Do one job, if there is one to do; whether there was."""
        job = service.take(worker=self.name, again=AGAIN)
        if job is None:
            return False
        if job.attempts > 1:
            recover()  # what the dead worker left open is finished or dropped first
        try:
            self._do(job)
        except NianjianError as error:
            if error.code != "job_lost":
                raise
            LOG.warning("job %s was taken over by another worker", job.id)
        return True

    def _do(self, job: JobValue) -> None:
        LOG.info("job %s (%s) begins", job.id, job.kind)
        try:
            actor = accounts.asked_by(job.requested_by)
            require(actor, job.enterprise, flow.NEEDS[job.kind])
            result = KINDS[job.kind].run(job, actor, _Throttle(self, job).report)
        except StopWantedError as stop:
            service.stopped(job=job.id, worker=self.name, result=stop.left)
        except LeavingError:
            if KINDS[job.kind].back:
                service.give_back(job=job.id, worker=self.name)
            else:
                service.fail(job=job.id, worker=self.name, error=service.broken_off(job.id))
        except NianjianError as error:
            if error.code == "job_lost":
                raise
            service.fail(job=job.id, worker=self.name, error=_told(error))
        except Exception as fault:  # noqa: BLE001 -- a fault ends the job, never the worker
            # The message may hold what stands in a file; the places in the code do not.
            LOG.error("job %s: %s\n%s", job.id, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))  # noqa: TRY400 -- the same
            told = _told(NianjianError("job_fault", job=job.id, kind=type(fault).__name__))
            service.fail(job=job.id, worker=self.name, error=told)
        else:
            service.finish(job=job.id, worker=self.name, result=_plain(result))
            if after := KINDS[job.kind].after:
                after(job)
        LOG.info("job %s ends", job.id)

    def checked(self, stop: bool) -> None:  # noqa: FBT001 -- one answer of the queue
        """Raise what ends the work here, if anything does."""
        if stop:
            raise StopWantedError
        if self._leaving.is_set():
            raise LeavingError


class _Throttle:
    """Writes progress at most twice a second; the first and the last step always."""

    def __init__(self, worker: Worker, job: JobValue) -> None:
        self._worker, self._job = worker, job
        self._next = 0.0

    def report(self, note: str, done: int, total: int) -> None:
        """Tell the queue; raises StopWantedError or LeavingError."""
        if time.monotonic() < self._next and done < total:
            return
        self._next = time.monotonic() + PAUSE
        stop = service.progress(job=self._job.id, worker=self._worker.name, done=done, total=total, note=note)
        self._worker.checked(stop)


def _told(error: NianjianError) -> dict[str, object]:
    return _plain({"code": error.code, "values": error.values, "findings": list(error.findings)})


def _plain(told: Mapping[str, object]) -> dict[str, object]:
    """JSON as the queue keeps it."""
    found: dict[str, object] = json.loads(json.dumps(told, default=str))
    return found

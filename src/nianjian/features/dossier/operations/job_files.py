"""A file that a job holds sealed while it waits: gone once the job is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

HELD: Final = "paper"  # under which a job's payload names the sealed file
KEPT: Final = timedelta(hours=1)  # of a file whose work failed or was stopped


def drop(job: JobValue) -> None:
    """Delete the file that a job which is over has held; a row names it to the end. Its name may tell a person's."""
    blobs.remove(str(job.payload[HELD]))
    queue_service.forget(job=job.id, name="name")
    queue_service.forget(job=job.id, name=HELD)


def sweep(kind: str) -> int:
    """Delete the files of work of a kind that failed or was stopped `KEPT` ago; how many."""
    found = queue.over_before(kind, clock.now() - KEPT, HELD)
    for one in found:
        drop(one)
    return len(found)

"""Give a batch's rejected rows back as a file to be corrected and imported again: at once, or as work for the worker.

A file that the worker has made lies sealed in the vault: it shows telephone numbers in full.
"""

import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.intake import rejects as quarantine
from nianjian.engines.intake.rejects import RejectedLine
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.documents import sum_row_counts
from nianjian.features.calls.operations import batch_for
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, folders, wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.registers.batches import BatchValue
from nianjian.platform.vault import blobs

FIRST: Final = 50
DIRECT: Final = 1_000  # rows of a batch that a request may write itself; more are work for the worker
KEPT: Final = timedelta(days=7)
CSV, ZIP = "text/csv", "application/zip"

Sentence = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class RejectsFile:
    """A file that is given away: CSV; of many rows, or of several kinds of columns, a zip. It comes in pieces."""

    name: str
    media: str
    content: Iterator[bytes]

    @property
    def content_type(self) -> str:
        """As a header says it."""
        return f"{self.media}; charset=utf-8" if self.media == CSV else self.media


@dataclass(frozen=True, slots=True)
class StoredRejects:
    """A file that the worker has made; ``blob``: where it lies."""

    batch: str
    name: str
    media: str
    rows: int
    blob: str


def export_rejects(*, batch: str, output: Path, words: Sentence, actor: Actor) -> dict[Path, int]:
    """Write them; the rows of each file. ``words`` puts a reason code into a sentence.

    The file shows telephone numbers in full, so the entry stands in the chain before the first of them is written.
    """
    batch_value = batch_for(batch, actor, Permission.VIEW_UNMASKED)
    _note(batch_value, actor)
    return quarantine.write_rejects(wiring.lake(batch_value.enterprise), batch, output, words)


def build_rejects_file(*, batch: str, words: Sentence, actor: Actor) -> RejectsFile | None:
    """The file of a batch with at most `DIRECT` rejected rows; None: there are more (`enqueue_rejects_file`).

    ``batch_unknown``, ``role_missing``, ``batch_already_undone``.
    """
    batch_value = _standing(batch, actor)
    if _rows(batch_value) > DIRECT:
        return None
    _note(batch_value, actor)
    with _packed(batch_value, words, lambda _rows: None) as (path, media):
        return RejectsFile(path.name, media, iter((path.read_bytes(),)))


def enqueue_rejects_file(*, batch: str, language: str, actor: Actor) -> str:
    """Put the making of the file; its job, or the one that waits or runs. ``language``: of the reasons.

    ``batch_unknown``, ``role_missing``, ``batch_already_undone``.
    """
    batch_value = _standing(batch, actor)
    payload = {"batch": batch_value.id, "language": language}
    return flow.enqueue_once(kind=flow.REJECTS_FILE, enterprise=batch_value.enterprise, payload=payload, actor=actor)


def run_rejects_file(*, batch: str, words: Sentence, actor: Actor, progress: Progress) -> StoredRejects:
    """Do what `enqueue_rejects_file` has put; where the file lies. The chain tells of it when it is fetched."""
    batch_value = _standing(batch, actor)
    rows = _rows(batch_value)
    with _packed(batch_value, words, lambda done: progress(batch_value.id, done, rows)) as (path, media):
        blob = blobs.put_file(path).id
        return StoredRejects(batch_value.id, path.name, media, rows, blob)


def fetch_rejects_file(*, batch: str, job: str, actor: Actor) -> RejectsFile:
    """The file that a job has made; the entry stands in the chain before it is given.

    ``batch_unknown``, ``role_missing``, ``batch_already_undone``, ``rejects_file_gone``.
    """
    batch_value = _standing(batch, actor)
    result = _result(batch_value, job)
    if "blob" not in result:
        raise NianjianError("rejects_file_gone", batch=batch_value.id, days=KEPT.days)
    content = blobs.read(str(result["blob"]))
    _note(batch_value, actor)
    return RejectsFile(str(result["name"]), str(result["media"]), content)


def delete_expired_files() -> int:
    """Delete files that were made more than `KEPT` ago: another one can be made at any time. How many."""
    old = queue.over_before(flow.REJECTS_FILE, clock.now() - KEPT, "blob")
    for one in old:
        blobs.remove(str(one.result["blob"]))  # first: killed in between, the next sweep finds the row again
        queue_service.forget(job=one.id, name="blob")
    return len(old)


def list_first_rejects(*, batch: str, actor: Actor) -> list[RejectedLine]:
    """The first `FIRST` rejected rows, their cells masked; ``batch_unknown``, ``role_missing``."""
    batch_value = batch_for(batch, actor, Permission.READ)
    return [row.masked() for row in quarantine.first_rejects(wiring.lake(batch_value.enterprise), batch, FIRST)]


def reveal_rejects(*, batch: str, actor: Actor) -> list[RejectedLine]:
    """The same rows as they stand in the file; the entry stands in the chain before they are shown."""
    batch_value = batch_for(batch, actor, Permission.VIEW_UNMASKED)
    rows = quarantine.first_rejects(wiring.lake(batch_value.enterprise), batch, FIRST)
    with transaction.atomic():
        data = {"batch": batch, "rows": len(rows)}
        record(verb="calls.reveal", enterprise=batch_value.enterprise, actor=actor, data=data)
    return rows


def _standing(batch: str, actor: Actor) -> BatchValue:
    """A batch whose rows stand in the lake."""
    batch_value = batch_for(batch, actor, Permission.VIEW_UNMASKED)
    if batch_value.state != "active":
        raise NianjianError("batch_already_undone", batch=batch)
    return batch_value


def _rows(batch_value: BatchValue) -> int:
    return sum_row_counts([file.receipt for file in batch_value.files]).rejected


def _note(batch_value: BatchValue, actor: Actor) -> None:
    data = {"batch": batch_value.id, "rows": _rows(batch_value)}
    with transaction.atomic():
        record(verb="calls.rejects", enterprise=batch_value.enterprise, actor=actor, data=data)


@contextmanager
def _packed(batch_value: BatchValue, words: Sentence, on_progress: Callable[[int], None]) -> Iterator[tuple[Path, str]]:
    """The file and its type, for as long as it is looked at; neither the rows nor the file are ever in memory whole."""
    with tempfile.TemporaryDirectory(dir=folders.folder(env.read().home)) as name:  # closed to others, soon gone
        target = Path(name) / f"{batch_value.id}-rejects.csv"
        written = quarantine.write_rejects(
            wiring.lake(batch_value.enterprise), batch_value.id, target, words, on_progress
        )
        if len(written) == 1 and sum(written.values()) <= DIRECT:
            yield target, CSV
            return
        target = target.with_suffix(".zip")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
            for path in written:
                pack.write(path, path.name)
        yield target, ZIP


def _result(batch_value: BatchValue, job: str) -> Mapping[str, object]:
    """What a job that made this batch's file has left; nothing of any other."""
    try:
        job_value = queue.job(job)
    except NianjianError:
        return {}
    mine = (batch_value.enterprise, flow.REJECTS_FILE, batch_value.id)
    return job_value.result if (job_value.enterprise, job_value.kind, job_value.payload.get("batch")) == mine else {}

"""The long work of reconciliation: an export, the people of a period, the call sources of a period."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from nianjian.features.reconciliation import comparisons, operations
from nianjian.features.reconciliation.comparisons import BillInput
from nianjian.features.reconciliation.documents import Comparison, run_to_row
from nianjian.features.reconciliation.operations import FILE_FIELD
from nianjian.platform.accounts.query import Actor
from nianjian.platform.home import folders
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, day, text
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

BULK: Final = ("rows", "by_day", "matrix")  # what a job's result leaves to the run itself


def _to_result(run: Comparison) -> Mapping[str, object]:
    """What a job tells of a run, as the queue stores it: its figures, no rows."""
    return {name: value for name, value in run_to_row(run).items() if name not in BULK}


@contextmanager
def _open_file(job: JobValue) -> Iterator[tuple[Path, bytes | None]]:
    """The sealed file of a job under its own name, and the mapping of its headings."""
    mapping = text(job.payload, "mapping")
    with folders.temporary_file(str(job.payload["name"]), blobs.get(str(job.payload[FILE_FIELD]))) as path:
        yield path, None if mapping is None else mapping.encode()


def _compare_filing(job: JobValue, actor: Actor, progress: Report) -> Mapping[str, object]:
    """``payload``: list (its blob), name, kind, as_of, mapping."""
    with _open_file(job) as (path, mapping):
        run = comparisons.compare_filing(
            enterprise=job.enterprise,
            kind=str(job.payload["kind"]),
            path=path,
            mapping=mapping,
            as_of=day(job.payload, "as_of"),
            actor=actor,
            progress=progress,
        )
    return _to_result(run)


def _match_people(job: JobValue, actor: Actor, progress: Report) -> Mapping[str, object]:
    return _to_result(operations.match_people.run_job(job, actor, progress))


def _compare_sources(job: JobValue, actor: Actor, progress: Report) -> Mapping[str, object]:
    """``payload``: of the operation; or of a bill: list (its blob), name, carrier, mapping, first, last, together."""
    if FILE_FIELD not in job.payload:
        if "only" in job.payload:  # enqueued by an earlier version
            job.payload["sources"] = job.payload.pop("only")
        return _to_result(operations.compare_sources.run_job(job, actor, progress))
    with _open_file(job) as (path, mapping):
        together = bool(job.payload.get("together"))
        run = comparisons.compare_call_sources(
            enterprise=job.enterprise,
            first=day(job.payload, "first"),
            last=day(job.payload, "last"),
            against=BillInput((path,), mapping, text(job.payload, "carrier") or "", together),
            actor=actor,
            progress=progress,
        )
    return _to_result(run)


def _discard_file(job: JobValue) -> None:
    if FILE_FIELD in job.payload:
        flow.discard_file(job, FILE_FIELD)


KINDS: Final[Mapping[str, Kind]] = {  # a second run of the same is another run, with what was explained before
    flow.RECONCILE_PEOPLE: Kind(_match_people, again=True),
    flow.RECONCILE_FILING: Kind(_compare_filing, again=True, after=_discard_file),
    flow.RECONCILE_SOURCES: Kind(_compare_sources, again=True, after=_discard_file),
}

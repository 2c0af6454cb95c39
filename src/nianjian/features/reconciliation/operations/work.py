"""Reconciliation as work for the worker. An export that waits lies sealed in the vault: it names persons."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation.filing import export
from nianjian.features.reconciliation.filing.mapping import checked, parsed
from nianjian.features.reconciliation.operations import bills, filing, people, sources
from nianjian.features.reconciliation.operations.grounds import Json
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

LIMIT: Final = 20 * 1024 * 1024  # bytes of an export
KEPT: Final = timedelta(days=7)
HOLDING: Final = (flow.RECONCILE_FILING, flow.RECONCILE_SOURCES)  # work that holds a file
HELD: Final = "list"  # how payload names the sealed export
BULK: Final = ("rows", "by_day", "matrix")  # what a job's result leaves to the run itself


def ask_filing(
    *,
    enterprise: str,
    kind: str,
    name: str,
    content: bytes,
    mapping: bytes | None,
    as_of: date | None,
    actor: Actor,
) -> str:
    """Put a comparison with an export; its job.

    ``role_missing``, ``reconcile_kind_unknown``, ``reconcile_day_wrong``, ``file_empty``, ``file_too_large``, and what
    `mapping.parsed` and `mapping.checked` raise.
    """
    require(actor, enterprise, flow.NEEDS[flow.RECONCILE_FILING])
    filing.sheet_of(kind)
    sized(name, content)
    if mapping is not None:
        checked(parsed(mapping, "mapping"), export.SHEETS[kind], export.SHEETS, "mapping")
    day = None if as_of is None else filing.checked_day(as_of).isoformat()
    given = {"name": plain_name(name), "kind": kind, "as_of": day}
    return _put(flow.RECONCILE_FILING, enterprise, content, mapping, given, actor)


def ask_people(*, enterprise: str, first: date | None, last: date | None, actor: Actor) -> str:
    """Put a match of people; its job. ``role_missing``, ``reconcile_months_wrong``."""
    months = people.span(first, last)
    given = {"first": months[0].isoformat(), "last": months[-1].isoformat()}
    return flow.enqueue_once(kind=flow.RECONCILE_PEOPLE, enterprise=enterprise, payload=given, actor=actor)


def ask_sources(
    *,
    enterprise: str,
    first: date | None,
    last: date | None,
    only: tuple[str, ...],
    actor: Actor,
    beside: tuple[str, ...] = (),
    together: bool = False,
) -> str:
    """Put a comparison of call sources; its job. ``role_missing``, ``reconcile_days_wrong``."""
    begin, end = sources.span(first, last)
    given = {
        "first": begin.isoformat(),
        "last": end.isoformat(),
        "only": list(only),
        "beside": list(beside),
        "together": together,
    }
    return flow.enqueue_once(kind=flow.RECONCILE_SOURCES, enterprise=enterprise, payload=given, actor=actor)


def ask_bill(
    *,
    enterprise: str,
    name: str,
    content: bytes,
    mapping: bytes | None,
    first: date | None,
    last: date | None,
    carrier: str,
    together: bool,
    actor: Actor,
) -> str:
    """Put a comparison of the call sources with a carrier's bill; its job.

    ``role_missing``, ``file_empty``, ``file_too_large``, and what `bills.mapping` raises.
    """
    require(actor, enterprise, flow.NEEDS[flow.RECONCILE_SOURCES])
    sized(name, content)
    bills.mapping(mapping)
    given: dict[str, object] = {
        "name": plain_name(name),
        "first": None if first is None else first.isoformat(),
        "last": None if last is None else last.isoformat(),
        "carrier": carrier,
        "together": together,
    }
    return _put(flow.RECONCILE_SOURCES, enterprise, content, mapping, given, actor)


def sized(name: str, content: bytes) -> None:
    """``file_empty``, ``file_too_large``."""
    if not content:
        raise NianjianError("file_empty", file=name)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)


def _put(  # noqa: PLR0917 -- one step of both who ask
    kind: str, enterprise: str, content: bytes, mapping: bytes | None, given: Mapping[str, object], actor: Actor
) -> str:
    """Seal the file and put the job; without a job no file stays."""
    blob = blobs.put(content)
    held = {HELD: blob.id, **given, "mapping": None if mapping is None else mapping.decode("utf-8-sig")}
    try:
        return flow.enqueue(kind=kind, enterprise=enterprise, payload=held, actor=actor)
    except BaseException:
        blobs.remove(blob.id)
        raise


def worked_bill(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_bill` has put; the run in one line."""
    with _unsealed(given) as path:
        found = sources.run(
            enterprise=enterprise,
            first=_day(given.get("first")),
            last=_day(given.get("last")),
            against=bills.Against(
                (path,), _mapping(given), str(given.get("carrier") or ""), bool(given.get("together"))
            ),
            actor=actor,
            progress=progress,
        )
    return summarize_result(found)


def worked_filing(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask_filing` has put; the run in one line."""
    with _unsealed(given) as path:
        found = filing.run(
            enterprise=enterprise,
            kind=str(given["kind"]),
            path=path,
            actor=actor,
            mapping=_mapping(given),
            as_of=_day(given.get("as_of")),
            progress=progress,
        )
    return summarize_result(found)


@contextmanager
def _unsealed(given: Mapping[str, Any]) -> Iterator[Path]:
    """The sealed file under its own name."""
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / str(given["name"])
        path.write_bytes(blobs.get(str(given[HELD])))
        yield path


def _mapping(given: Mapping[str, Any]) -> bytes | None:
    text = given.get("mapping")
    return None if text is None else str(text).encode()


def _day(text: object) -> date | None:
    return None if text is None else date.fromisoformat(str(text))


def summarize_result(found: Json) -> Json:
    """What a job tells of a run: its figures, no rows."""
    return {name: value for name, value in found.items() if name not in BULK}


def drop(job: str, blob: str) -> None:
    """Delete the export of a job that is over; the file first, so that a row names it to the end."""
    blobs.remove(blob)
    queue_service.forget(job=job, name=HELD)


def sweep() -> int:
    """Delete exports and bills whose comparison was stopped or failed; how many."""
    before = clock.now() - KEPT
    old = [one for kind in HOLDING for one in queue.over_before(kind, before, HELD)]
    for one in old:
        drop(one.id, str(one.payload[HELD]))
    return len(old)

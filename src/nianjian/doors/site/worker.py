"""The worker: every kind of job, one job after the other, and the process with its heartbeat and clocks."""

import logging
import os
import shutil
import signal
import socket
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from threading import Event, Thread
from types import FrameType
from typing import Any, Final

from django.core.management import call_command
from django.db import Error, close_old_connections, connection

from nianjian.engines.kernel.encode import to_builtins, to_message_values
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import read_names_once, set_enterprise
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import CHINESE, words
from nianjian.features.calls import drafts, rejects
from nianjian.features.calls import register_sheets as check_register
from nianjian.features.calls.drafts import delete_expired_drafts
from nianjian.features.calls.operations import import_calls, recover, undo_calls
from nianjian.features.calls.previews import check_calls
from nianjian.features.complaints import forwards
from nianjian.features.complaints import jobs as complaints
from nianjian.features.complaints.sla_warnings import send_warnings
from nianjian.features.dossier import jobs as dossier
from nianjian.features.dossier.operations import checklist, package
from nianjian.features.inspection import jobs as inspection
from nianjian.features.maintenance import health, retention
from nianjian.features.portrait.operations import run_portrait
from nianjian.features.reconciliation import jobs as reconciliation
from nianjian.features.reconciliation import operations as reconcile
from nianjian.features.rectification import evidence, reports
from nianjian.features.registers import operations
from nianjian.features.rulebook.operations import compute_effects
from nianjian.features.screens.watch import Watch
from nianjian.features.season.reminders import deliver_due_messages as tell
from nianjian.features.season.reminders import enqueue_due_reminders
from nianjian.features.test_calls.operations.calls import call_daily
from nianjian.features.webhooks.operations import deliver
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.chain import ChainReport, verify_chain
from nianjian.platform.home import env
from nianjian.platform.jobs import flow, query, service
from nianjian.platform.jobs.beside import PATIENCE
from nianjian.platform.jobs.flow import Kind, LeavingError, Report, StopWantedError, day, text, texts
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.storage import import_sheet
from nianjian.platform.web import drafts as web_drafts


def _import_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: files, source, mapping (path or None), timezone, replace and batch, the id of the new batch."""
    files, batch = texts(job.payload, "files"), text(job.payload, "batch")
    progress = _Bytes(files, report)
    try:
        receipt = import_calls(patterns=files, batch=batch, actor=actor, progress=progress.report, **_reading(job))
    except StopWantedError as stop:
        stop.left = {"batch": batch} if progress.finished else {}
        raise
    return receipt.as_dict()


def _reading(job: JobValue) -> dict[str, Any]:
    """How the files of an import are read."""
    mapping = text(job.payload, "mapping")
    return {
        "enterprise": job.enterprise,
        "source": text(job.payload, "source") or "auto",
        "mapping_file": Path(mapping) if mapping else None,
        "timezone": text(job.payload, "timezone"),
        "replace": text(job.payload, "replace"),
    }


def _check_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: as of an import, without a batch."""
    files = texts(job.payload, "files")
    progress = _Bytes(files, report).report
    return check_calls(files=files, actor=actor, progress=progress, **_reading(job)).as_dict()


def _draft_done(job: JobValue) -> None:
    """Drop the draft that the work came from; its files are in."""
    draft = text(job.payload, "draft")
    if draft:
        drafts.finish_draft(draft)


class _Bytes:
    """The progress of several files as one: bytes, counted twice as the import counts them."""

    def __init__(self, files: list[str], report: Report) -> None:
        self._total = 2 * sum(Path(file).stat().st_size for file in files)
        self._report = report
        self._before, self._name, self._last = 0, "", 0
        self.finished = 0

    def report(self, name: str, _rows: int, done: int, total: int) -> None:
        """Add one file's figures to those before; of a pack they are unpacked bytes, so the total may grow."""
        if name != self._name:
            self._before, self._name, self._last = self._before + self._last, name, 0
        self._last = done
        self.finished += done == total
        self._report(name, self._before + done, max(self._total, self._before + total))


def _undo_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    batch = str(job.payload["batch"])
    report(batch, 0, 1)
    undone = undo_calls(batch=batch, actor=actor)
    return {"batch": batch, "rows": undone.rows, "affected": [asdict(one) for one in undone.affected]}


def _rejects_file(job: JobValue, actor: Actor, report: Report) -> rejects.StoredRejects:
    """``payload``: batch and language."""
    _ = words(text(job.payload, "language") or CHINESE)
    batch = str(job.payload["batch"])
    return rejects.run_rejects_file(
        batch=batch, words=lambda code: error_message(code, {}, _), actor=actor, progress=report
    )


def _import_register(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: kind and file. A sheet with a fault changes nothing: ``sheet_has_faults``."""
    kind, file = str(job.payload["kind"]), Path(str(job.payload["file"]))
    report(file.name, 0, 1)
    step = partial(report, file.name, 0, 1)
    receipt = import_sheet(kind=kind, path=file, enterprise=job.enterprise, actor=actor, step=step)
    if not receipt.ok:
        raise NianjianError("sheet_has_faults", file=file.name, rows=receipt.rows["rejected"])
    return {"kind": kind, "file": file.name, "rows": dict(receipt.rows)}


def _check_register(job: JobValue, _actor: Actor, report: Report) -> check_register.SheetCheck:
    """``payload``: kind, file and language."""
    file = Path(str(job.payload["file"]))
    _ = words(text(job.payload, "language") or CHINESE)
    report(file.name, 0, 1)
    kind = str(job.payload["kind"])
    return check_register.summarize_check(
        kind, file, job.enterprise, lambda code, values: error_message(code, values, _)
    )


def _take_register(job: JobValue, actor: Actor, report: Report) -> operations.StoredExport:
    return operations.run_export(enterprise=job.enterprise, payload=job.payload, actor=actor, progress=report)


def _run_portrait(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: year, and as_of, province, today, raw where wanted."""
    payload = job.payload
    year = int(str(payload["year"]))
    report(str(year), 0, 1)
    portrait = run_portrait(
        enterprise=job.enterprise,
        year=year,
        as_of=day(payload, "as_of"),
        province=text(payload, "province"),
        today=day(payload, "today"),
        raw=payload.get("raw") is True,
        actor=actor,
    )
    return {"year": year, "light": portrait.light.value}


def _effect(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: key, value, province (None: all), valid_from, reason."""
    payload = job.payload
    items = compute_effects(
        key=str(payload["key"]),
        value=str(payload["value"]),
        province=text(payload, "province"),
        enterprise=job.enterprise or None,
        valid_from=date.fromisoformat(str(payload["valid_from"])),
        reason=str(payload["reason"]),
        actor=actor,
        progress=report,
    )
    return {"items": items}


def _erase_over(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """No ``payload``: what is over its time when the work begins; what is left of it is counted after."""
    report("", 0, 2)
    erased = retention.run_retention(actor=actor, enterprise=job.enterprise, dry_run=False)
    rows = {one.period.record_class: one.over for one in erased if one.over}
    count = health.count_overdue_rows(enterprise=job.enterprise, actor=actor)
    return {"rows": rows, "counted_at": count.counted_at, "classes": count.classes}


def _count_over(job: JobValue, actor: Actor, report: Report) -> health.OverdueCount:
    """No ``payload``: what is over its time when the work begins."""
    report("", 0, 1)
    return health.count_overdue_rows(enterprise=job.enterprise, actor=actor)


def _verify_chain(_job: JobValue, _actor: Actor, report: Report) -> ChainReport:
    """No ``payload``: the whole chain as it stands when the work begins."""
    return verify_chain(lambda done, total: report("", done, total))


KINDS: Final[Mapping[str, Kind]] = {
    flow.IMPORT_CALLS: Kind(_import_calls, again=True, after=_draft_done),  # a file that is in is known
    flow.CHECK_CALLS: Kind(_check_calls, again=True),
    flow.UNDO_CALLS: Kind(_undo_calls, again=False),  # start-up finishes or drops it by the lake's log
    flow.REJECTS_FILE: Kind(_rejects_file, again=True),
    flow.IMPORT_REGISTER: Kind(_import_register, again=True, after=_draft_done),  # equal rows change nothing
    flow.CHECK_REGISTER: Kind(_check_register, again=True),
    flow.TAKE_REGISTER: Kind(_take_register, again=True),
    flow.RUN_PORTRAIT: Kind(_run_portrait, again=True),
    flow.ERASE_OVER: Kind(_erase_over, again=True),  # what is gone is not over its time any more
    flow.COUNT_OVER: Kind(_count_over, again=True),
    flow.OVERLAY_EFFECT: Kind(_effect, again=True),
    flow.VERIFY_CHAIN: Kind(_verify_chain, again=True),
    **complaints.KINDS,
    **reports.KINDS,
    **reconciliation.KINDS,
    **inspection.KINDS,
    **dossier.KINDS,
}
AGAIN: Final = frozenset(name for name, kind in KINDS.items() if kind.again)


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
        finally:
            set_enterprise(None)
        return True

    def _do(self, job: JobValue) -> None:
        LOG.info("job %s (%s) begins", job.id, job.kind)
        try:
            actor = accounts.asked_by(job.requested_by)
            require_permission(actor, job.enterprise, flow.NEEDS[job.kind])
            set_enterprise(job.enterprise)
            with read_names_once():
                result = to_builtins(KINDS[job.kind].run(job, actor, _Throttle(self, job).report))
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
            service.fail(job=job.id, worker=self.name, error=_error_document(error))
        except Exception as fault:  # noqa: BLE001 -- a fault ends the job, never the worker
            # The message may hold what stands in a file; the places in the code do not.
            LOG.error("job %s: %s\n%s", job.id, type(fault).__name__, "".join(traceback.format_tb(fault.__traceback__)))  # noqa: TRY400 -- the same
            document = _error_document(NianjianError("job_fault", job=job.id, kind=type(fault).__name__))
            service.fail(job=job.id, worker=self.name, error=document)
        else:
            service.finish(job=job.id, worker=self.name, result=result)
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


def _error_document(error: NianjianError) -> dict[str, object]:
    values, findings = to_message_values([error.values, error.findings])
    return {"code": error.code, "values": values, "findings": findings}


IDLE: Final = 1.0  # seconds between two looks at an empty queue
BEAT: Final = 5.0
TIDY: Final = 300.0
TELL: Final = 3.0  # seconds between two looks for messages to webhooks
WATCH: Final = 15.0  # seconds between two looks at the clocks of tickets
SEASON: Final = 60.0  # seconds between two looks whether a new day brings reminders
DAILY: Final = 20.0  # seconds between two looks for test calls of the day
LIVE: Final = 1.0  # seconds between two looks at live sources


def run_worker(parent: int | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until ``parent`` is no longer this process's parent."""
    leaving = Event()

    def leave(_signal: int, _frame: FrameType | None) -> None:
        leaving.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    name = f"{socket.gethostname()[:50]}:{os.getpid()}:{int(time.monotonic())}"
    beats = Thread(target=_beat, args=(name, leaving, parent), daemon=True)
    beats.start()
    clocks = start_clocks(leaving)
    worker, tidied = Worker(name, leaving), float("-inf")
    while not leaving.is_set():
        close_old_connections()
        try:
            if time.monotonic() - tidied > TIDY:
                tidied = time.monotonic()
                tidy_up()
            if worker.step():
                continue
        except Error:
            LOG.exception("the database does not answer")
            leaving.wait(BEAT)
        leaving.wait(IDLE)
    for clock in clocks:
        clock.join(BEAT)
    beats.join(BEAT)
    with suppress(Error):
        service.leave(worker=name)


def start_clocks(leaving: Event) -> list[Thread]:
    """Warn of tickets, send messages, ask for test calls, remind of the season, watch live sources: beside any job.

    Each in a thread of its own: a receiver of messages that answers slowly keeps no warning back.
    """
    clocks: tuple[tuple[Callable[[], object], float], ...] = (
        (send_warnings, WATCH), (deliver, TELL), (call_daily, DAILY), (enqueue_due_reminders, SEASON), (tell, TELL),
        (Watch().look, LIVE),
    )  # fmt: skip
    threads = [Thread(target=_clock, args=(leaving, *one), daemon=True) for one in clocks]
    for thread in threads:
        thread.start()
    return threads


def _clock(leaving: Event, work: Callable[[], object], pause: float) -> None:
    while not leaving.is_set():
        close_old_connections()
        try:
            work()
        except Exception:  # it ends this look alone: one tenant's odd row must not stop the clocks of all
            LOG.exception("the clock's work was not possible")
        leaving.wait(pause)
    connection.close()


def tidy_up() -> None:
    """Finish or drop what killed processes left open; delete drafts, answers, reports and sessions nobody needs.

    Last, the counts of what is over its time: they are work like any other, done when their turn comes.
    """
    try:
        if query.open_intents():
            recover()
        delete_expired_drafts()
        web_drafts.delete_expired_drafts()
        service.purge_answers()
        reports.delete_expired_reports()
        evidence.delete_expired_lookups()
        forwards.delete_expired_files()
        checklist.delete_expired_job_files(flow.CHECK_PAPER)
        checklist.delete_expired_job_files(flow.VERIFY_PACKAGE)
        package.delete_expired_outputs()
        reconcile.delete_expired_files()
        rejects.delete_expired_files()
        operations.delete_expired_exports()
        retention.delete_strays()
        shutil.rmtree(env.read().home / "tmp" / "charts", ignore_errors=True)  # what an earlier version drew
        call_command("clearsessions")
        health.enqueue_nightly_counts()
    except (OSError, NianjianError):  # of one thing; the work must go on
        LOG.exception("tidying up was not possible")


def _beat(name: str, leaving: Event, parent: int | None) -> None:
    """Say that the worker lives, also while a step takes long; a database that is busy is asked the next time."""
    due = 0.0
    while not leaving.wait(IDLE):
        if parent is not None and os.getppid() != parent:
            leaving.set()
        if time.monotonic() < due:
            continue
        due = time.monotonic() + BEAT
        close_old_connections()  # one that the server has cut is made anew
        with suppress(Error):
            service.live(worker=name)
    if parent is not None and os.getppid() != parent:  # nobody is left who would end this process
        time.sleep(PATIENCE)
        os._exit(1)
    connection.close()

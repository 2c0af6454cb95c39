"""The worker's process: its loop, its heartbeat and its end."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from types import FrameType
from typing import Final

from django.core.management import call_command
from django.db import Error, close_old_connections, connection

from nianjian.doors.site.jobs.worker import Worker
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import drawing as charts
from nianjian.features.calls.operations import rejects
from nianjian.features.calls.operations.recover import recover
from nianjian.features.calls.operations.wizard.drafts import sweep
from nianjian.features.complaints.operations import forwards
from nianjian.features.complaints.operations.sla_warnings import warn
from nianjian.features.dossier.operations import job_files
from nianjian.features.dossier.operations.making import output_files
from nianjian.features.inbox.operations.delivery import deliver as tell
from nianjian.features.maintenance.operations import strays, watch
from nianjian.features.reconciliation import operations as reconcile
from nianjian.features.rectification import evidence, reports
from nianjian.features.registers import operations
from nianjian.features.screens.operations.watch import Watch
from nianjian.features.season.reminders import enqueue_due_reminders
from nianjian.features.test_calls.operations.daily import call_daily
from nianjian.features.webhooks.operations import deliver
from nianjian.platform.jobs import flow, query, service
from nianjian.platform.jobs import service as answers
from nianjian.platform.jobs.beside import PATIENCE

LOG: Final = logging.getLogger(__name__)
IDLE: Final = 1.0  # seconds between two looks at an empty queue
BEAT: Final = 5.0
TIDY: Final = 300.0
TELL: Final = 3.0  # seconds between two looks for messages to webhooks
WATCH: Final = 15.0  # seconds between two looks at the clocks of tickets
SEASON: Final = 60.0  # seconds between two looks whether a new day brings reminders
DAILY: Final = 20.0  # seconds between two looks for test calls of the day
LIVE: Final = 1.0  # seconds between two looks at live sources


def run(parent: int | None = None) -> None:
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
    _loop(Worker(name, leaving), leaving)
    for clock in clocks:
        clock.join(BEAT)
    beats.join(BEAT)
    with suppress(Error):
        service.leave(worker=name)


def _loop(worker: Worker, leaving: Event) -> None:
    tidied = float("-inf")
    while not leaving.is_set():
        close_old_connections()
        try:
            if time.monotonic() - tidied > TIDY:
                tidied = time.monotonic()
                tidy()
            if worker.step():
                continue
        except Error:
            LOG.exception("the database does not answer")
            leaving.wait(BEAT)
        leaving.wait(IDLE)


def start_clocks(leaving: Event) -> list[Thread]:
    """Warn of tickets, send messages, ask for test calls, remind of the season, watch live sources: beside any job.

    Each in a thread of its own: a receiver of messages that answers slowly keeps no warning back.
    """
    clocks: tuple[tuple[Callable[[], object], float], ...] = (
        (warn, WATCH), (deliver, TELL), (call_daily, DAILY), (enqueue_due_reminders, SEASON), (tell, TELL),
        (Watch().look, LIVE),
    )  # fmt: skip
    made = [Thread(target=_clock, args=(leaving, *one), daemon=True) for one in clocks]
    for thread in made:
        thread.start()
    return made


def _clock(leaving: Event, work: Callable[[], object], pause: float) -> None:
    while not leaving.is_set():
        close_old_connections()
        _survived(work)
        leaving.wait(pause)
    connection.close()


def _survived(work: Callable[[], object]) -> None:
    """Do it; a fault ends this look alone: one tenant's odd row must not stop the clocks of all."""
    try:
        work()
    except Exception:
        LOG.exception("the clock's work was not possible")


def tidy() -> None:
    """Finish or drop what killed processes left open; delete drafts, answers, reports and sessions nobody needs.

    Last, the counts of what is over its time: they are work like any other, done when their turn comes.
    """
    try:
        if query.open_intents():
            recover()
        sweep()
        answers.purge_answers()
        reports.delete_expired_reports()
        evidence.delete_expired_lookups()
        forwards.sweep()
        job_files.sweep(flow.CHECK_PAPER)
        job_files.sweep(flow.VERIFY_PACKAGE)
        output_files.sweep()
        reconcile.delete_expired_files()
        rejects.sweep()
        operations.delete_expired_exports()
        strays.sweep()
        charts.sweep()
        call_command("clearsessions")
        watch.nightly()
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

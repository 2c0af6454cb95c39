"""One look at one source, now and within seconds: what it shows, or what stands against it."""

import errno
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens.connections import PATIENCE, RefusedError, UnreachedError
from nianjian.features.screens.sources import Manager, Records, Switch, today
from nianjian.features.screens.watch import COUNTED, list_files, open_interface

WITHIN: Final = 6.0  # seconds for a test
READ: Final = 1 << 22  # bytes from the end of a switch's files
LEAST: Final = 1 << 16  # of each of them


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What a source shows. ``calls``: of this moment, or of records those of today that have ended.

    ``lines``: of files, ``unreadable`` of them; ``file`` and ``line``: the first of these (null: none, or the file is
    long and its beginning was left out). ``last_at``: the last sign of life, ``age_s`` seconds ago; null: none today.
    """

    kind: str
    calls: int
    lines: int | None = None
    unreadable: int = 0
    file: str | None = None
    line: int | None = None
    last_at: datetime | None = None
    age_s: int | None = None


def read_source(switch: Switch) -> SourceReading:
    """Connect to a switch with one source, or read its files.

    ``live_test_running`` where the enterprise tests another one, ``live_test_slow``, and the errors of `_ask`,
    `_read_records` and `sources`.
    """
    return _Trial(switch).wait()


class _Trial:
    """A test in a thread of its own: neither a resolver of names nor a slow disk holds up who asks."""

    _enterprises: Final[set[str]] = set()
    _lock: Final = Lock()

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._reading: SourceReading | None = None
        self._fault: Exception | None = None

    def wait(self) -> SourceReading:
        """What came within `WITHIN`."""
        with self._lock:
            if self._switch.enterprise in self._enterprises:
                raise NianjianError("live_test_running")
            self._enterprises.add(self._switch.enterprise)
        thread = Thread(target=self._run, daemon=True)
        thread.start()
        thread.join(WITHIN)
        if self._fault is not None:
            raise self._fault
        if self._reading is None:
            raise NianjianError("live_test_slow", seconds=int(WITHIN))
        return self._reading

    def _run(self) -> None:
        try:
            manager, records = self._switch.manager, self._switch.records
            if manager is not None:
                self._reading = _ask(manager)
            elif records is not None:
                self._reading = _read_records(records)
        except Exception as fault:  # noqa: BLE001 -- raised where it was asked for
            self._fault = fault
        finally:
            with self._lock:
                self._enterprises.discard(self._switch.enterprise)


def _ask(manager: Manager) -> SourceReading:
    """How many calls there are now.

    ``live_port_closed``, ``live_unreached``, ``live_login_refused``, ``live_answer_strange``.
    """
    place = f"{manager.host}:{manager.port}" if manager.port else manager.host
    if manager.guard and not manager.port:
        place = manager.guard()  # the whole path of the socket
    interface = open_interface(manager)
    try:
        calls = interface.calls()
    except UnreachedError as fault:
        if fault.errno == errno.ECONNREFUSED:
            raise NianjianError("live_port_closed", place=place) from fault
        raise NianjianError("live_unreached", place=place, seconds=int(PATIENCE), reason=_reason(fault)) from fault
    except RefusedError as fault:
        raise NianjianError("live_login_refused", place=place, said=_reason(fault)) from fault
    except OSError as fault:
        raise NianjianError("live_answer_strange", place=place, said=_reason(fault)) from fault
    finally:
        interface.close()
    return SourceReading(manager.kind, calls, last_at=clock.now(), age_s=0)


def _reason(fault: OSError) -> str:
    return fault.strerror or str(fault) or type(fault).__name__


def _read_records(records: Records) -> SourceReading:
    """What stands at the end of the files.

    ``live_file_missing``, ``live_file_locked``, ``file_unreadable``, ``live_lines_unreadable``.
    """
    try:
        return _count_records(records)
    except OSError as fault:
        file = str(fault.filename or records.path)
        codes: dict[type[OSError], str] = {FileNotFoundError: "live_file_missing", PermissionError: "live_file_locked"}
        raise NianjianError(codes.get(type(fault), "file_unreadable"), file=file) from fault


def _count_records(records: Records) -> SourceReading:
    files = list_files(records, today())
    counts = COUNTED[records.kind](today())
    lines, last, first = 0, None, None
    for path in files:
        for number, line in _last_lines(path, max(LEAST, READ // len(files))):
            before = counts.damaged
            counts.take(line)
            lines += 1
            if counts.damaged > before and first is None:
                first = path, number
        time = datetime.fromtimestamp(path.stat().st_mtime, clock.ZONE)
        last = time if last is None else max(last, time)
    file, place = (None, None) if first is None else (str(first[0]), first[1])
    if lines and counts.damaged == lines:
        raise NianjianError("live_lines_unreadable", file=file, line=place or "–", kind=records.kind)
    age = None if last is None else max(0, int((clock.now() - last).total_seconds()))
    calls = sum(counts.counts.values())
    return SourceReading(records.kind, calls, lines, counts.damaged, file, place, last, age)


def _last_lines(path: Path, limit: int) -> Iterator[tuple[int | None, bytes]]:
    """The whole lines at the end of a file, with their numbers where the file was read from its beginning."""
    with path.open("rb") as file:
        skip = max(0, file.seek(0, 2) - limit)
        file.seek(skip)
        if skip:
            file.readline(limit)
        for number, line in enumerate(file.read(limit).split(b"\n")[:-1], 1):
            yield None if skip else number, line

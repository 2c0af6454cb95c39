"""The watch over live sources: a look a second; what it saw and when, the screens read.

One process watches a home. A source that does not answer costs the others a second, one that answers without end five,
and is asked again after a while. What stands still looks like nothing: no sign of life, no news. What an enterprise
has set on its page is looked at by a thread of its own, so that it holds up nobody else.
"""

import fcntl
import http.client
import json
import logging
import os
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import IO, Any, Final
from urllib.parse import urlsplit

from django.db import Error, connection

from nianjian.engines.gate.snapshot import files
from nianjian.engines.intake import tail
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import counts, posted
from nianjian.features.screens.connections import AsteriskManager, FreeSwitchSocket, KamailioSocket
from nianjian.features.screens.models import ScreenSource
from nianjian.features.screens.sources import (
    POSTING,
    Manager,
    Records,
    Switch,
    load_page_switches,
    switches,
    today,
)
from nianjian.platform.home import env

Json = dict[str, Any]

REST: Final = 3000  # milliseconds before a source that did not answer is asked again
ROUNDS: Final = 8  # pieces of a file that one look reads
COUNTED: Final[Mapping[str, type[counts.CallCounts]]] = {
    "asterisk": counts.AsteriskCounts,
    "kamailio": counts.KamailioCounts,
    POSTING: counts.FreeSwitchCounts,
}
PROBLEMS: Final[Mapping[type[Exception], str]] = {
    FileNotFoundError: "file_missing", PermissionError: "file_locked", NianjianError: "place_refused"
}  # fmt: skip
ACCOUNTS: Final = "acc*.log"  # db_flatstore's names: one file a process


class SwitchWatch:
    """Looked at by one thread."""

    def __init__(self, switch: Switch, folder: Path) -> None:
        self.name = f"{switch.enterprise}:{switch.name}"
        self._manager = None if switch.manager is None else open_interface(switch.manager)
        path = folder / posted.name(switch.enterprise, switch.name)
        self._records = None if switch.records is None else _RecordCounts(switch.records, path)
        self._now: int | None = None
        self._now_at: int | None = None
        self._rest = 0

    def look(self) -> Json:
        """The sign of life first: what the records held at that moment is read after it."""
        alive = self._ask()
        problem = None if self._records is None else self._records.read(alive=alive)
        return {
            "now": self._now,
            "now_at": self._now_at,
            "silent": self._manager is not None and not alive,
            "records_at": None if self._records is None else self._records.at,
            "problem": problem,
        }

    def _ask(self) -> bool:
        """Whether the switch has just said how many calls it has."""
        moment = clock.milliseconds()
        if self._manager is None or moment < self._rest:
            return False
        try:
            self._now = self._manager.calls()
        except (OSError, NianjianError):
            self._rest = moment + REST
            return False
        self._now_at = moment
        return True

    def close(self) -> None:
        """End the connection."""
        if self._manager is not None:
            self._manager.close()


def open_interface(manager: Manager) -> AsteriskManager | FreeSwitchSocket | KamailioSocket:
    """What asks it; nothing is connected yet."""
    if manager.kind == "jsonrpc":
        return KamailioSocket(manager.host, manager.guard)
    if manager.kind == "esl":
        return FreeSwitchSocket(manager.host, manager.port, manager.secret, manager.guard)
    return AsteriskManager(manager.host, manager.port, manager.user, manager.secret, manager.guard)


class _RecordCounts:
    """The records of a switch, their counts and the places up to which they were counted, kept in one file."""

    def __init__(self, records: Records, path: Path) -> None:
        self._records, self._path = records, path
        kind = COUNTED[records.kind]
        stored = posted.read(path) or {}
        of = (stored.get("kind", "asterisk"), stored.get("path", str(records.path)))
        if of != (records.kind, str(records.path)):  # of another switch of that name
            stored = {}
        # an earlier version kept the one place of an Asterisk's file
        places = stored.get("places") or ({records.path.name: stored["place"]} if stored.get("place") else {})
        self._places = {name: tail.Place(**one) for name, one in places.items()}
        self._calls = kind.of(stored["calls"]) if "calls" in stored else kind(today())
        self._gap: str | None = stored.get("gap")
        self.at: int | None = stored.get("at")

    def read(self, *, alive: bool) -> str | None:
        """Count what was written; what is wrong, None: nothing. Read to its end with a living switch: up to now."""
        day, before = today(), dict(self._places)
        new = day != self._calls.day
        self._calls.on(day)
        moment = clock.milliseconds()
        came = more = False
        try:
            for path in self._files(day):
                some, left = self._file(path)
                came, more = came or some, more or left
        except (OSError, NianjianError) as fault:  # its code, or what the system calls it
            code = next((code for kind, code in PROBLEMS.items() if isinstance(fault, kind)), "")
            return code or (fault.strerror if isinstance(fault, OSError) else "") or type(fault).__name__
        if not more and (alive or came):
            self.at = moment
        if new or self._places != before:
            self._keep()
        return "behind" if more else None

    def _keep(self) -> None:
        places = {name: asdict(one) for name, one in self._places.items()}
        of = {"kind": self._records.kind, "path": str(self._records.path)}
        document = {**of, "places": places, "calls": self._calls.plain()}
        posted.write(self._path, {**document, "gap": self._gap, "at": self.at})

    def _files(self, day: date) -> list[Path]:
        """The files to read; a switch that posts has none before the day's first record."""
        paths = list_files(self._records, day)
        if self._records.kind == POSTING:
            name = posted.file_of(self._records.path, day).name
            self._places = {one: place for one, place in self._places.items() if one == name}
        return paths

    def _file(self, path: Path) -> tuple[bool, bool]:
        came = False
        for _ in range(ROUNDS):
            news = tail.read_tail(path, self._places.get(path.name))
            came = came or bool(news.lines)
            self._take(path.name, news)
            if not news.more:
                return came, False
        return came, True

    def _take(self, name: str, news: tail.TailLines) -> None:
        for line in news.lines:
            self._calls.take(line)
        self._calls.damaged += news.torn
        self._places[name] = news.place
        if news.gap:
            self._gap = clock.now().isoformat(timespec="seconds")


def list_files(records: Records, day: date) -> list[Path]:
    """The files of a switch in which a day's records stand; OSError, and the errors of `Records.resolve`."""
    path = records.resolve(records.path)
    if records.kind == POSTING:
        path = posted.file_of(path, day)
        return [path] if path.exists() else []
    if records.kind == "kamailio" and not path.is_file():
        return [records.resolve(one) for one in sorted(path.iterdir()) if one.match(ACCOUNTS)]
    return [path]


LOG: Final = logging.getLogger(__name__)
PAUSE: Final = 1.0  # seconds between two looks at what an enterprise has set on its page
WAIT: Final = 2.0  # seconds that the end of such a thread is waited for
PATIENCE: Final = 1.0  # seconds for the gate to say that it lives
LINKS: Final[Mapping[str, type[http.client.HTTPConnection]]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


class PageWatch:
    """The sources that an enterprise has set on its page; looked at by one thread.

    ``beats`` holds what was last seen of each. A change of the page counts from the next look on.
    """

    def __init__(self, enterprise: str, folder: Path, without: Collection[str]) -> None:
        self.beats: dict[str, Json] = {}
        self._enterprise, self._folder, self._without = enterprise, folder, without
        self._stamp: list[tuple[str, datetime]] = []
        self._watched: list[SwitchWatch] = []

    def look(self) -> bool:
        """Look at each; False: none is left."""
        there = self.read_sources()
        self.ask()
        return there

    def read_sources(self) -> bool:
        """Take over what the page says by now; False: there is nothing."""
        rows = ScreenSource.objects.filter(enterprise_id=self._enterprise).order_by("pk")
        stamp = list(rows.values_list("pk", "set_at"))
        if stamp != self._stamp:
            self.close()
            page_switches = load_page_switches(self._enterprise, self._without)
            self._watched, self._stamp = [SwitchWatch(one, self._folder) for one in page_switches], stamp
        return bool(stamp)

    def ask(self) -> None:
        """Ask each switch, read each file."""
        self.beats = {one.name: one.look() for one in self._watched}

    def close(self) -> None:
        """End the connections."""
        for one in self._watched:
            one.close()
        self._watched, self._stamp = [], []

    def run(self, leaving: Event) -> None:
        """Look again and again until there is nothing to look at; a fault ends one look.

        Between two looks and while it asks, a thread holds no connection to the database: a server has only so many.
        """
        try:
            while not leaving.wait(PAUSE):
                try:
                    there = self.read_sources()
                    connection.close()
                    self.ask()
                    if not there:
                        return
                except (Error, NianjianError, OSError, ValueError):
                    LOG.exception("the sources of %s could not be looked at", self._enterprise)
                    connection.close()
        finally:
            self.close()
            connection.close()


class _PageThreads:
    """A thread for each enterprise that has set sources on its page."""

    def __init__(self, folder: Path, fixed: Collection[Switch]) -> None:
        self._folder, self._fixed, self._leaving = folder, fixed, Event()
        self._threads: dict[str, tuple[PageWatch, Thread]] = {}

    def beats(self, enterprises: Collection[str]) -> dict[str, Json]:
        """What they saw last; a thread begins where an enterprise is new, and ends by itself."""
        for code in enterprises:
            entry = self._threads.get(code)
            if entry is None or not entry[1].is_alive():
                without = {one.name for one in self._fixed if one.enterprise == code}
                watch = PageWatch(code, self._folder, without)
                thread = Thread(target=watch.run, args=(self._leaving,), daemon=True)
                self._threads[code] = watch, thread
                thread.start()
        living = [self._threads[code][0] for code in enterprises]
        return {name: beat for watch in living for name, beat in watch.beats.items()}

    def close(self) -> None:
        """End them; one that a switch holds up ends later, by itself."""
        self._leaving.set()
        for _watch, thread in self._threads.values():
            thread.join(WAIT)


class Watch:
    """``look`` is called again and again by one thread."""

    def __init__(self) -> None:
        self._folder = posted.folder(env.read().home)
        self._lock: IO[bytes] | None = None
        self._set: list[Switch] = []
        try:
            self._set = switches()
        except NianjianError:  # which the log says once
            LOG.exception("no switch is watched")
        self._watched: list[SwitchWatch] | None = None
        self._enterprises: list[str] = []
        self._pages = _PageThreads(self._folder, self._set)
        self._gate: _GateWatch | None = None

    def look(self) -> bool:
        """Read on and ask; whether there is anything to watch, and no other process watches it."""
        decisions = files.decisions_folder(env.read().home)
        enterprises = self._find_enterprises()
        if not (self._set or enterprises or decisions.is_dir()) or not self._alone():
            return False
        if self._watched is None:
            self._watched = [SwitchWatch(one, self._folder) for one in self._set]
        if self._gate is None and decisions.is_dir():
            self._gate = _GateWatch(decisions, self._folder)
        by_name = {one.name: one.look() for one in self._watched} | self._pages.beats(enterprises)
        gate = None if self._gate is None else self._gate.look()
        posted.write(self._folder / posted.BEATS, {"at": clock.milliseconds(), "gate": gate, "switches": by_name})
        return True

    def _find_enterprises(self) -> list[str]:
        """Those that have set sources on their pages; as last known while the database does not answer."""
        with suppress(Error):
            self._enterprises = sorted(ScreenSource.objects.values_list("enterprise_id", flat=True).distinct())
        return self._enterprises

    def _alone(self) -> bool:
        if self._lock is None:
            self._folder.mkdir(mode=posted.PRIVATE, parents=True, exist_ok=True)
            lock = (self._folder / posted.LOCK).open("ab")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                return False
            self._lock = lock
        return True

    def close(self) -> None:
        """Let others watch."""
        for one in self._watched or []:
            one.close()
        self._pages.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None


class _GateWatch:
    """The gate of the home: its decisions counted, and whether its process lives."""

    def __init__(self, decisions: Path, folder: Path) -> None:
        self._decisions = decisions
        self._path = folder / posted.GATE
        stored = posted.read(self._path)
        self._counted = counts.DecisionTotals(today()) if stored is None else counts.load_decisions(stored)
        self._at: int | None = None
        self._rest = 0

    def look(self) -> Json:
        """Ask whether it lives, then read what it has written until then."""
        moment = clock.milliseconds()
        alive = problem = None
        if moment >= self._rest:
            alive, problem = _health()
            if not alive:
                self._rest = moment + REST
        before = self._counted.day
        self._counted.on(today())
        try:
            new, more = self._all()
        except OSError as fault:
            return {"at": self._at, "silent": not alive, "problem": fault.strerror or type(fault).__name__}
        if (alive or new) and not more and problem is None:
            self._at = moment
        if new or before != self._counted.day:
            posted.write(self._path, self._counted.plain())
        return {"at": self._at, "silent": not alive, "problem": "behind" if more else problem}

    def _all(self) -> tuple[bool, bool]:
        new = more = False
        for _ in range(ROUNDS):
            came, more = self._counted.read(self._decisions)
            new = new or came
            if not more:
                break
        return new, more


def _health() -> tuple[bool, str | None]:
    """Whether the gate's process answers, and ``journal_unwritten`` where its decisions do not reach the journal."""
    at = urlsplit(env.text("NIANJIAN_GATE_URL", os.environ))
    try:
        if at.scheme not in LINKS or not at.hostname:
            return False, None
        with closing(LINKS[at.scheme](at.hostname, at.port, timeout=PATIENCE)) as link:
            link.request("GET", "/health")
            body = json.loads(link.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False, None
    alarms = body.get("alarms") if isinstance(body, dict) else None
    if not isinstance(alarms, list):
        return False, None
    return True, "journal_unwritten" if "journal_unwritten" in alarms else None

"""One switch under watch: its records counted, its calls of now, and when either was last heard of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final, Protocol

from nianjian.engines.intake import tail
from nianjian.engines.kernel import clock
from nianjian.features.screens import asterisk, call_counts, freeswitch, kamailio, posted, watch_files
from nianjian.features.screens.ami import Ami
from nianjian.features.screens.esl import Esl
from nianjian.features.screens.operations.sources import POSTING, Manager, Records, Switch, today
from nianjian.features.screens.rpc import Rpc

Json = dict[str, Any]

REST: Final = 3000  # milliseconds before a source that did not answer is asked again
ROUNDS: Final = 8  # pieces of a file that one look reads
COUNTED: Final[Mapping[str, type[call_counts.Calls]]] = {
    "asterisk": asterisk.Calls,
    "kamailio": kamailio.Calls,
    POSTING: freeswitch.Calls,
}
ACCOUNTS: Final = "acc*.log"  # db_flatstore's names: one file a process


class CallCounter(Protocol):
    """A manager interface."""

    def calls(self) -> int:
        """The calls of this moment; OSError."""

    def close(self) -> None:
        """End the connection."""


class Watched:
    """Looked at by one thread."""

    def __init__(self, switch: Switch, folder: Path) -> None:
        self.name = f"{switch.enterprise}:{switch.name}"
        self._manager = None if switch.manager is None else _asked(switch.manager)
        path = folder / watch_files.name(switch.enterprise, switch.name)
        self._records = None if switch.records is None else _Counted(switch.records, path)
        self._now: int | None = None
        self._now_at: int | None = None
        self._rest = 0

    def look(self) -> Json:
        """The sign of life first: what the records held at that moment is read after it."""
        asked = self._ask()
        problem = None if self._records is None else self._records.read(alive=asked)
        return {
            "now": self._now,
            "now_at": self._now_at,
            "silent": self._manager is not None and not asked,
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
        except OSError:
            self._rest = moment + REST
            return False
        self._now_at = moment
        return True

    def close(self) -> None:
        """End the connection."""
        if self._manager is not None:
            self._manager.close()


def _asked(manager: Manager) -> CallCounter:
    if manager.kind == "jsonrpc":
        return Rpc(manager.host)
    if manager.kind == "esl":
        return Esl(manager.host, manager.port, manager.secret)
    return Ami(manager.host, manager.port, manager.user, manager.secret)


class _Counted:
    """The records of a switch, their counts and the places up to which they were counted, kept in one file."""

    def __init__(self, records: Records, path: Path) -> None:
        self._records, self._path = records, path
        kind = COUNTED[records.kind]
        told = watch_files.read(path) or {}
        if told.get("kind", "asterisk") != records.kind:  # of another switch of that name
            told = {}
        # an earlier version kept the one place of an Asterisk's file
        places = told.get("places") or ({records.path.name: told["place"]} if told.get("place") else {})
        self._places = {name: tail.Place(**one) for name, one in places.items()}
        self._calls = kind.of(told["calls"]) if "calls" in told else kind(today())
        self._gap: str | None = told.get("gap")
        self.at: int | None = told.get("at")

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
        except OSError as fault:
            return fault.strerror or type(fault).__name__
        if not more and (alive or came):
            self.at = moment
        if new or self._places != before:
            self._keep()
        return "behind" if more else None

    def _keep(self) -> None:
        places = {name: asdict(one) for name, one in self._places.items()}
        told = {"kind": self._records.kind, "places": places, "calls": self._calls.plain()}
        watch_files.write(self._path, {**told, "gap": self._gap, "at": self.at})

    def _files(self, day: date) -> list[Path]:
        """The files to read; a switch that posts has none before the day's first record."""
        path = self._records.path
        if self._records.kind == POSTING:
            path = posted.file_of(path, day)
            self._places = {name: one for name, one in self._places.items() if name == path.name}
            return [path] if path.exists() else []
        if self._records.kind == "kamailio" and not path.is_file():
            return sorted(one for one in path.iterdir() if one.match(ACCOUNTS))
        return [path]

    def _file(self, path: Path) -> tuple[bool, bool]:
        """Whether there was anything new in a file, and whether there is more."""
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

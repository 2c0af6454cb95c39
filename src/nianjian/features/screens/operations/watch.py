"""The watch over live sources: a look a second; what it saw and when, the screens read.

One process watches a home. A source that does not answer costs the others a second, one that answers without end five,
and is asked again after a while. What stands still looks like nothing: no sign of life, no news.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import logging
import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import urlsplit

from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import gateway, watch_files
from nianjian.features.screens.operations import switch
from nianjian.features.screens.operations.sources import Switch, switches, today
from nianjian.features.screens.operations.switch import Watched
from nianjian.platform.home import env

Json = dict[str, Any]

LOG: Final = logging.getLogger(__name__)
PATIENCE: Final = 1.0  # seconds for the gate to say that it lives
LINKS: Final[Mapping[str, type[http.client.HTTPConnection]]] = {
    "http": http.client.HTTPConnection,
    "https": http.client.HTTPSConnection,
}


class Watch:
    """``look`` is called again and again by one thread."""

    def __init__(self) -> None:
        self._folder = watch_files.folder(env.read().home)
        self._lock: IO[bytes] | None = None
        self._set = _set()
        self._watched: list[Watched] | None = None
        self._gate: _Gate | None = None

    def look(self) -> bool:
        """Read on and ask; whether there is anything to watch, and no other process watches it."""
        decisions = files.decisions_folder(env.read().home)
        if not (self._set or decisions.is_dir()) or not self._alone():
            return False
        if self._watched is None:
            self._watched = [Watched(one, self._folder) for one in self._set]
        if self._gate is None and decisions.is_dir():
            self._gate = _Gate(decisions, self._folder)
        told = {one.name: one.look() for one in self._watched}
        gate = None if self._gate is None else self._gate.look()
        watch_files.write(
            self._folder / watch_files.BEATS, {"at": clock.milliseconds(), "gate": gate, "switches": told}
        )
        return True

    def _alone(self) -> bool:
        if self._lock is None:
            self._folder.mkdir(mode=watch_files.PRIVATE, parents=True, exist_ok=True)
            lock = (self._folder / watch_files.LOCK).open("ab")
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
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _set() -> list[Switch]:
    """The switches that are set up; none where the setting cannot be read, which the log says once."""
    try:
        return switches()
    except NianjianError:
        LOG.exception("no switch is watched")
        return []


class _Gate:
    """The gate of the home: its decisions counted, and whether its process lives."""

    def __init__(self, decisions: Path, folder: Path) -> None:
        self._decisions = decisions
        self._path = folder / watch_files.GATE
        told = watch_files.read(self._path)
        self._counted = gateway.Decisions(today()) if told is None else gateway.decisions(told)
        self._at: int | None = None
        self._rest = 0

    def look(self) -> Json:
        """Ask whether it lives, then read what it has written until then."""
        moment = clock.milliseconds()
        alive = problem = None
        if moment >= self._rest:
            alive, problem = _health()
            if not alive:
                self._rest = moment + switch.REST
        before = self._counted.day
        self._counted.on(today())
        try:
            new, more = self._all()
        except OSError as fault:
            return {"at": self._at, "silent": not alive, "problem": fault.strerror or type(fault).__name__}
        if (alive or new) and not more and problem is None:
            self._at = moment
        if new or before != self._counted.day:
            watch_files.write(self._path, self._counted.plain())
        return {"at": self._at, "silent": not alive, "problem": "behind" if more else problem}

    def _all(self) -> tuple[bool, bool]:
        new = more = False
        for _ in range(switch.ROUNDS):
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
            told = json.loads(link.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return False, None
    alarms = told.get("alarms") if isinstance(told, dict) else None
    if not isinstance(alarms, list):
        return False, None
    return True, "journal_unwritten" if "journal_unwritten" in alarms else None

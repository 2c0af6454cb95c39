"""Today's decisions of the gate, counted from its journal as it is written: by enterprise, answer and display number.

The journal has one file a process and day, only added to; so today's counts can always be made anew from today's files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import SUFFIX, Decision

MOST: Final = 1 << 22  # bytes of a file that are read at once
DISPLAYS: Final = 500  # display numbers of an enterprise that are told apart


@dataclass(slots=True)
class DecisionCounts:
    """What an enterprise asked today. ``blocked`` by reason; ``observed``: allowed, but only as the gate looks on."""

    allowed: int = 0
    blocked: dict[str, int] = field(default_factory=dict)
    observed: dict[str, int] = field(default_factory=dict)
    displays: dict[str, int] = field(default_factory=dict)
    newest: int = 0  # epoch milliseconds

    def take(self, one: Decision) -> None:
        """Count a decision."""
        verdict = one.verdict
        if verdict.allow:
            self.allowed += 1
            if verdict.observed:
                self.observed[verdict.observed] = self.observed.get(verdict.observed, 0) + 1
        else:
            self.blocked[verdict.reason] = self.blocked.get(verdict.reason, 0) + 1
        display = one.request.display
        if display not in self.displays and len(self.displays) >= DISPLAYS:
            display = ""
        self.displays[display] = self.displays.get(display, 0) + 1
        self.newest = max(self.newest, one.decided_at)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {name: getattr(self, name) for name in ("allowed", "blocked", "observed", "displays", "newest")}


@dataclass(slots=True)
class Decisions:
    """The counts of a day, by enterprise, and how far each file was read."""

    day: date
    asked: dict[str, DecisionCounts] = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)
    damaged: int = 0

    def on(self, day: date) -> None:
        """Begin a new day where ``day`` is one."""
        if day != self.day:
            self.day, self.asked, self.offsets, self.damaged = day, {}, {}, 0

    def read(self, folder: Path) -> tuple[bool, bool]:
        """Read on in the day's files below ``folder``; whether there was anything new, and whether there is more."""
        new = more = False
        for path in sorted((folder / self.day.isoformat()).glob(f"*{SUFFIX}")):
            came, left = self._file(path)
            new, more = new or came, more or left
        return new, more

    def _file(self, path: Path) -> tuple[bool, bool]:
        start = self.offsets.get(path.name, 0)
        size = path.stat().st_size
        if size <= start:
            self.offsets[path.name] = size  # a gate that begins again cuts a line that broke off
            return False, False
        with path.open("rb") as file:
            file.seek(start)
            chunk = file.read(MOST)
        end = chunk.rfind(b"\n") + 1
        for raw in chunk[:end].split(b"\n")[:-1]:
            self._line(raw)
        self.offsets[path.name] = start + end
        return end > 0, size > start + len(chunk)

    def _line(self, raw: bytes) -> None:
        if raw.startswith(b"#"):
            return
        one = decision_journal.parse_decision(raw)
        if one is None:
            self.damaged += 1
        else:
            self.asked.setdefault(one.request.enterprise, DecisionCounts()).take(one)

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        asked = {code: one.plain() for code, one in self.asked.items()}
        return {"day": self.day.isoformat(), "asked": asked, "offsets": self.offsets, "damaged": self.damaged}


def decisions(of: Mapping[str, Any]) -> Decisions:
    """What `Decisions.plain` has given."""
    asked = {code: DecisionCounts(**one) for code, one in of["asked"].items()}
    return Decisions(date.fromisoformat(of["day"]), asked, dict(of["offsets"]), int(of["damaged"]))

"""When each line last carried an outbound call: counted with a portrait, kept beside it, so that a page only reads.

A line is silent where its last call lies more than `OLD` days before the enterprise's newest one: an import that has
not been made says nothing about a line.
"""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db.models import Q

from nianjian.engines.kernel import clock
from nianjian.engines.lake import rollups
from nianjian.engines.metrics.tables import busiest_days, daily_rollup, last_days
from nianjian.features.portrait import portraits
from nianjian.features.portrait.marketing import read_current_words
from nianjian.platform.home import wiring
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import versions_on

FILE: Final = "lines.json"
STOPPED: Final = "stopped"
SPAN: Final = 30  # days by which a cap is proposed
OLD: Final = 7  # days since the last call that was imported


@dataclass(frozen=True, slots=True)
class LineUse:
    """One line in use. ``last`` None: it never carried one; ``before``: days before the newest call of all lines."""

    line: str
    last: date | None
    before: int | None

    @property
    def silent(self) -> bool:
        """Whether others carried calls long after it did."""
        return self.before is None or self.before > OLD


@dataclass(frozen=True, slots=True)
class LineUsage:
    """``counted`` on that day; ``newest`` call of all lines; ``lines`` in use, those silent the longest first."""

    counted: date
    newest: date | None
    lines: tuple[LineUse, ...]

    @property
    def silent(self) -> int:
        """How many are silent."""
        return sum(1 for one in self.lines if one.silent)


def store_line_usage(enterprise: str) -> None:
    """Count from the daily cube and put the answer beside the enterprise's portraits."""
    lake = wiring.lake(enterprise)
    with closing(wiring.engine()) as engine:
        cube = rollups.current(lake, engine, daily_rollup(read_current_words(enterprise)))
        rows = engine.rows(last_days(cube))
        days = {str(row["key"]): (_day(row["first"]), _day(row["last"])) for row in rows}
        since = max((last for _first, last in days.values()), default=clock.today()) - timedelta(days=SPAN - 1)
        busiest = {str(row["key"]): row for row in engine.rows(busiest_days(cube, since))}
    usage = {
        "counted": clock.today().isoformat(),
        "last": {line: last.isoformat() for line, (_first, last) in days.items()},
        "calls": {
            line: {"days": row["days"], "busiest": row["busiest"], "whole": days[line][0] <= since}
            for line, row in busiest.items()
        },
    }
    portraits.store_beside(enterprise, FILE, usage)


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


@dataclass(frozen=True, slots=True)
class LineLoad:
    """Attempts on a line in the newest `SPAN` days: ``days`` with calls, and the count of the ``busiest`` one.

    ``whole``: it had calls before that span, so that the span is its own.
    """

    days: int
    busiest: int
    whole: bool


def list_line_loads(enterprise: str) -> dict[str, LineLoad]:
    """By line, as they were counted with the newest portrait."""
    path = portraits.folder(enterprise) / FILE
    usage = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {line: LineLoad(**load) for line, load in usage.get("calls", {}).items()}


def find_line_usage(enterprise: str, today: date) -> LineUsage | None:
    """How the lines of the register that are in use stand; None: never counted, or the register has none."""
    path = portraits.folder(enterprise) / FILE
    if not path.is_file():
        return None
    stat = path.stat()
    counted, last = _read_usage(path, stat.st_ino, stat.st_mtime_ns)
    newest = max(last.values(), default=None)
    used = versions_on(Line, enterprise, today).exclude(Q(state=STOPPED) | Q(closed_on__lte=today))
    lines = [
        LineUse(key, last.get(key), (newest - last[key]).days if newest and key in last else None)
        for key in used.order_by("key").values_list("key", flat=True)
    ]
    lines.sort(key=lambda one: one.last or date.min)
    return LineUsage(counted, newest, tuple(lines)) if lines else None


@lru_cache(maxsize=16)
def _read_usage(path: Path, _inode: int, _changed: int) -> tuple[date, Mapping[str, date]]:
    """A file as it stands: another content has another state."""
    usage = json.loads(path.read_text(encoding="utf-8"))
    return date.fromisoformat(usage["counted"]), {line: date.fromisoformat(day) for line, day in usage["last"].items()}

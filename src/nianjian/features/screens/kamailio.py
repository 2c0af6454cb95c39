"""Today's calls of a Kamailio, counted from the rows of its accounting (acc) as they are written.

A call is one call-id. A final answer other than 2xx ends it; an answered one has ended when its BYE is accounted. With
db_flatstore each process writes a file of its own, so that a BYE may be read before the answer that it ends. The day
is that of the final answer: acc knows no earlier moment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Self

from nianjian.engines.intake.formats.kamailio import CHALLENGES, METHODS
from nianjian.engines.intake.formats.kamailio import RESULTS as CODES
from nianjian.features.screens import call_counts

OPEN: Final = 50_000  # answered calls that have not ended; of more the oldest are given up
EARLY: Final = 1000  # BYEs whose answers are not read yet
PLAIN: Final = 7  # columns of a row that every site has
REFUSED: Final = "403"
_SYSLOG: Final = re.compile(r"\bACC: [^:]*: (timestamp=.*)$")
_CODE: Final = re.compile(r"[1-6]\d\d")
_MICROS: Final = re.compile(r"\d{9,10}\.\d{3,6}")
_TIME: Final = re.compile(r"\d{9,10}(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of acc; ``caller`` and ``callee`` where the site writes the usual columns for them, else "".

    ``more``: what else the site writes, by name; only the syslog form has names.
    """

    method: str
    to_tag: str
    call: str
    code: str
    time: str
    caller: str = ""
    callee: str = ""
    more: Mapping[str, str] = field(default_factory=dict, kw_only=True)


@dataclass(slots=True)
class Calls(call_counts.Calls):
    """The counts of acc's rows, with db_flatstore or in the syslog form."""

    _open: dict[str, str] = field(default_factory=dict)  # answered call -> when
    _early: dict[str, None] = field(default_factory=dict)  # calls whose BYE was read first

    def take(self, line: bytes) -> None:
        """Count a row; lines of a log that are no rows of acc are passed over."""
        text = line.decode("utf-8", "replace")
        row = read(text)
        if row is None:
            self.damaged += "|" in text or "ACC: " in text
        elif row.method == "BYE":
            self._ended(row)
        elif row.method == "INVITE" and row.code[0] != "1" and row.code not in CHALLENGES:
            self._decided(row)

    def _decided(self, row: Row) -> None:
        if row.call in self._open:  # a further INVITE within the call
            return
        if row.code[0] != "2":
            if self._today(float(row.time)):
                self._count(row.call, _failed(row))
            return
        if row.call in self._early:
            del self._early[row.call]
            self._answered(row.call, row.time)
            return
        self._open[row.call] = row.time
        if len(self._open) > OPEN:
            del self._open[next(iter(self._open))]

    def _ended(self, row: Row) -> None:
        began = self._open.pop(row.call, None)
        if began is not None:
            self._answered(row.call, began)
        elif row.call not in self._recent:
            self._early[row.call] = None
            if len(self._early) > EARLY:
                del self._early[next(iter(self._early))]

    def _answered(self, call: str, began: str) -> None:
        if self._today(float(began)):
            self._count(call, "answered")

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**call_counts.Calls.plain(self), "open": self._open, "early": list(self._early)}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What `plain` has given."""
        day, counts = date.fromisoformat(told["day"]), dict(told["counts"])
        rest = (int(told["rows"]), int(told["damaged"]), dict(told["recent"]), dict(told["open"]))
        return cls(day, counts, *rest, dict.fromkeys(told["early"]))


def _failed(row: Row) -> str:
    """Refused in the route without a to-tag: nobody was called, as where the gate said no."""
    if row.code == REFUSED and not row.to_tag:
        return "undialled"
    return call_counts.RESULTS.get(CODES.get(row.code, ""), "failed")


def read(text: str) -> Row | None:
    """A line as a row, in either form; None for what is none."""
    syslog = _SYSLOG.search(text)
    if syslog is not None:
        told = dict(part.split("=", 1) for part in syslog[1].split(";") if "=" in part)
        names = ("method", "to_tag", "call_id", "code", "timestamp", "src_user", "dst_user")
        row = Row(*(told.get(name, "") for name in names), more=told)
    else:
        cells = text.split("|")
        if len(cells) < PLAIN:
            return None
        more = cells[PLAIN + 1 :] if len(cells) > PLAIN and _MICROS.fullmatch(cells[PLAIN]) else cells[PLAIN:]
        row = Row(cells[0], cells[2], cells[3], cells[4], cells[6], *(more[:2] if len(more) > 1 else ()))
    whole = row.method in METHODS and row.call and _CODE.fullmatch(row.code) and _TIME.fullmatch(row.time)
    return row if whole else None

"""Today's calls of a switch and today's decisions of the gate, counted from their records as they are written."""

import csv
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self

from nianjian.engines.gate import decision_journal
from nianjian.engines.gate.decision_journal import SUFFIX, Decision
from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.intake.formats.asterisk import master_columns
from nianjian.engines.intake.formats.freeswitch_csv import HANGUP
from nianjian.engines.intake.formats.freeswitch_post import connecting_apps, parse_moment
from nianjian.engines.intake.formats.kamailio import CHALLENGES, METHODS
from nianjian.engines.intake.formats.kamailio import RESULTS as CODES
from nianjian.engines.kernel import clock

OUTCOMES: Final = ("answered", "busy", "no_answer", "failed", "switch", "undialled")
"""``switch``: answered by the switch itself (announcement, menu); ``undialled``: ended before anybody was called."""
RECENT: Final = 1000  # calls whose further rows are still known
RESULTS: Final[Mapping[str, str]] = {
    "answered": "answered", "busy": "busy", "no_answer": "no_answer", "cancelled": "no_answer"
}  # fmt: skip
"""What an import calls a result -> outcome; any other one is a failure."""
_RANKS: Final = {"answered": 4, "busy": 3, "no_answer": 2, "failed": 1, "switch": 0, "undialled": -1}


@dataclass(slots=True)
class CallCounts(ABC):
    """``counts`` of the day's calls by outcome; ``damaged``: rows that could not be read, since the day began."""

    day: date
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    rows: int = 0
    damaged: int = 0
    _recent: dict[str, str] = field(default_factory=dict)  # call -> outcome, the newest last

    def on(self, day: date) -> None:
        """Begin a new day where ``day`` is one."""
        if day != self.day:
            self.day, self.counts, self.rows, self.damaged = day, dict.fromkeys(OUTCOMES, 0), 0, 0
            self._recent = {}

    @abstractmethod
    def take(self, line: bytes) -> None:
        """Count a row."""

    def _today(self, began: float) -> bool:
        """Whether a moment (epoch seconds) lies in the day; a row of such a call is counted as read."""
        within = datetime.fromtimestamp(began, clock.ZONE).date() == self.day
        self.rows += within
        return within

    def _count(self, call: str, outcome: str) -> None:
        previous = self._recent.pop(call, None)
        if previous is not None and _RANKS[previous] >= _RANKS[outcome]:
            outcome = previous
        if previous is not None:
            self.counts[previous] -= 1
        self.counts[outcome] += 1
        self._recent[call] = outcome
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        totals = {name: getattr(self, name) for name in ("counts", "rows", "damaged")}
        return {"day": self.day.isoformat(), **totals, "recent": self._recent}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """What `plain` has given."""
        counts = {name: int(document["counts"].get(name, 0)) for name in OUTCOMES}
        day = date.fromisoformat(document["day"])
        return cls(day, counts, int(document["rows"]), int(document["damaged"]), dict(document["recent"]))


CHUNK: Final = 1 << 22  # bytes of a file that are read at once
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


@dataclass(slots=True)
class DecisionTotals:
    """Today's decisions of the gate, counted from its journal: by enterprise, answer and display number.

    The journal has one file a process and day, only added to; so today's counts can always be made anew from today's
    files.

    ``offsets``: how far each file was read.
    """

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
            chunk = file.read(CHUNK)
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
        return asdict(self) | {"day": self.day.isoformat()}


def load_decisions(of: Mapping[str, Any]) -> DecisionTotals:
    """What `DecisionTotals.plain` has given."""
    by_code = {code: DecisionCounts(**one) for code, one in of["asked"].items()}
    return DecisionTotals(date.fromisoformat(of["day"]), by_code, dict(of["offsets"]), int(of["damaged"]))


WIDTHS: Final = range(17, 22)
CALLING: Final = frozenset({"dial", "appdial2", "queue"})
DISPOSITIONS: Final[Mapping[str, str]] = {
    "ANSWERED": "answered", "BUSY": "busy", "NO ANSWER": "no_answer", "NOANSWER": "no_answer", "CANCEL": "no_answer",
    "FAILED": "failed", "CONGESTION": "failed",
}  # fmt: skip
_BEGAN: Final = re.compile(r"(?:^|-)(\d{9,11})\.\d+$")


@dataclass(slots=True)
class AsteriskCounts(CallCounts):
    """Today's calls of an Asterisk, counted from the rows of its Master.csv as they are written.

    Rows are not calls: a call is one ``linkedid``, and the rows of the channel that began it (``uniqueid`` is the
    same) are written together when it ends. A call belongs to the day on which it began; that stands in its id as
    seconds since 1970, so no zone of the stamps is needed. Only ended calls have rows: how many there are now the
    file cannot tell.
    """

    _columns: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def take(self, line: bytes) -> None:
        """Count a row."""
        row = self.cells(line) or {}
        call = row.get("linkedid") or row.get("uniqueid", "")
        began = _BEGAN.search(call)
        if began is None:
            self.damaged += 1
            return
        # else a leg of the call, which has rows of its own
        if self._today(int(began[1])) and row.get("uniqueid", call) == call:
            self._count(call, _asterisk_outcome(row))

    def cells(self, line: bytes) -> dict[str, str] | None:
        """A row by the names of its columns; None for what is none."""
        try:
            cells = next(csv.reader([line.decode("utf-8", "replace")], strict=True), [])
        except csv.Error:
            return None
        if len(cells) not in WIDTHS or cells[14] not in DISPOSITIONS:
            return None
        if len(cells) not in self._columns:
            self._columns[len(cells)] = master_columns(len(cells), [cells])
        return dict(zip(self._columns[len(cells)], cells, strict=True))


def _asterisk_outcome(row: Mapping[str, str]) -> str:
    """What became of a call by one row; somebody was called only where it has a second channel or was to get one."""
    outcome = DISPOSITIONS[row["disposition"]]
    if row["dstchannel"] or row["lastapp"].lower() in CALLING:
        return outcome
    return "switch" if outcome == "answered" else "undialled"


# What leads from a called leg to the one that began the call, the surest first; as the import has it.
FREESWITCH_PARENTS: Final = ("call_uuid", "originating_leg_uuid", "originator", "bridge_uuid", "signal_bond")
# Signs that a leg was to be connected with another one.
FREESWITCH_CALLED: Final = (
    "bridge_uuid", "signal_bond", "originate_disposition", "bridge_hangup_cause", "last_bridge_hangup_cause"
)  # fmt: skip
FREESWITCH_CAUSES: Final = ("bridge_hangup_cause", "last_bridge_hangup_cause", "hangup_cause")


@dataclass(slots=True)
class FreeSwitchCounts(CallCounts):
    """Today's calls of a FreeSWITCH, counted from the call records that it has posted (mod_json_cdr).

    Both legs of a call are posted when each has ended; the call is counted by the leg that began it, as an import does:
    that leg's id is what all others name. Written from documentation and source, never seen a real record.
    """

    def take(self, line: bytes) -> None:
        """Count a leg."""
        try:
            text = line.decode()
            cells: dict[str, str | None] = dict(zip(form.COLUMNS, form.parse(text), strict=True))
            called = (
                cells["leg"] == "b" or any(cells[name] for name in FREESWITCH_CALLED) or bool(connecting_apps(text))
            )
        except ValueError:
            self.damaged += 1
            return
        leg, began = cells["uuid"] or "", parse_moment(cells["start"])
        if not leg or began is None:
            self.damaged += 1
            return
        columns = FREESWITCH_PARENTS if cells["leg"] == "b" else ("call_uuid",)
        if self._today(began) and leg == next((cells[name] for name in columns if cells[name]), cells["uuid"]):
            self._count(leg, _freeswitch_outcome(cells, called=called))


def _freeswitch_outcome(cells: Mapping[str, str | None], *, called: bool) -> str:
    """What became of a call; ``called``: its leg is one to a callee, or was to be connected with one."""
    answer, end = parse_moment(cells["answer"]), parse_moment(cells["end"])
    answered = answer is not None and end is not None and answer < end
    if not called:
        return "switch" if answered else "undialled"
    if answered:
        return "answered"
    cause = next((cells[name] for name in FREESWITCH_CAUSES if cells[name]), None)
    return RESULTS.get(HANGUP.get(cause or "", ""), "failed")


OPEN: Final = 50_000  # answered calls that have not ended; of more the oldest are given up
EARLY: Final = 1000  # BYEs whose answers are not read yet
PLAIN: Final = 7  # columns of a row that every site has
FORBIDDEN: Final = "403"
_SYSLOG: Final = re.compile(r"\bACC: [^:]*: (timestamp=.*)$")
_CODE: Final = re.compile(r"[1-6]\d\d")
_MICROS: Final = re.compile(r"\d{9,10}\.\d{3,6}")
_TIME: Final = re.compile(r"\d{9,10}(\.\d+)?")


@dataclass(frozen=True, slots=True)
class AccRow:
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
class KamailioCounts(CallCounts):
    """Today's calls of a Kamailio, counted from the rows of its accounting (acc) as they are written.

    A call is one call-id. A final answer other than 2xx ends it; an answered one has ended when its BYE is accounted.
    With db_flatstore each process writes a file of its own, so that a BYE may be read before the answer that it ends.
    The day is that of the final answer: acc knows no earlier moment.
    """

    _open: dict[str, str] = field(default_factory=dict)  # answered call -> when
    _early: dict[str, None] = field(default_factory=dict)  # calls whose BYE was read first

    def take(self, line: bytes) -> None:
        """Count a row; lines of a log that are no rows of acc are passed over."""
        text = line.decode("utf-8", "replace")
        row = parse_acc_row(text)
        if row is None:
            self.damaged += "|" in text or "ACC: " in text
        elif row.method == "BYE":
            self._ended(row)
        elif row.method == "INVITE" and row.code[0] != "1" and row.code not in CHALLENGES:
            self._decided(row)

    def _decided(self, row: AccRow) -> None:
        if row.call in self._open:  # a further INVITE within the call
            return
        if row.code[0] != "2":
            if self._today(float(row.time)):
                self._count(row.call, _kamailio_failure(row))
            return
        if row.call in self._early:
            del self._early[row.call]
            self._answered(row.call, row.time)
            return
        self._open[row.call] = row.time
        if len(self._open) > OPEN:
            del self._open[next(iter(self._open))]

    def _ended(self, row: AccRow) -> None:
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
        return {**CallCounts.plain(self), "open": self._open, "early": list(self._early)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """What `plain` has given."""
        day, counts = date.fromisoformat(document["day"]), dict(document["counts"])
        rest = (int(document["rows"]), int(document["damaged"]), dict(document["recent"]), dict(document["open"]))
        return cls(day, counts, *rest, dict.fromkeys(document["early"]))


def _kamailio_failure(row: AccRow) -> str:
    """Refused in the route without a to-tag: nobody was called, as where the gate said no."""
    if row.code == FORBIDDEN and not row.to_tag:
        return "undialled"
    return RESULTS.get(CODES.get(row.code, ""), "failed")


def parse_acc_row(text: str) -> AccRow | None:
    """A line as a row, in either form; None for what is none."""
    syslog = _SYSLOG.search(text)
    if syslog is not None:
        fields = dict(part.split("=", 1) for part in syslog[1].split(";") if "=" in part)
        names = ("method", "to_tag", "call_id", "code", "timestamp", "src_user", "dst_user")
        row = AccRow(*(fields.get(name, "") for name in names), more=fields)
    else:
        cells = text.split("|")
        if len(cells) < PLAIN:
            return None
        more = cells[PLAIN + 1 :] if len(cells) > PLAIN and _MICROS.fullmatch(cells[PLAIN]) else cells[PLAIN:]
        row = AccRow(cells[0], cells[2], cells[3], cells[4], cells[6], *(more[:2] if len(more) > 1 else ()))
    whole = row.method in METHODS and row.call and _CODE.fullmatch(row.code) and _TIME.fullmatch(row.time)
    return row if whole else None

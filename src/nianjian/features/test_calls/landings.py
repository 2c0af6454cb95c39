"""落地凭证: what the enterprise's own call records say of a test call: from the lake and from a switch's files.

A record belongs to one test at most: two tests of one number, a second apart over two carriers, never share one; so a
call that somebody else answered does not borrow the record of the call before.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir

from nianjian.engines.intake.columns import plain_name
from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.intake.formats.asterisk import INWARD_CONTEXT
from nianjian.engines.intake.formats.freeswitch_post import parse_moment
from nianjian.engines.intake.sql import DRILLS
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.numbers import normalise
from nianjian.engines.lake.schema import REJECTED
from nianjian.features.screens import counts, posted, sources
from nianjian.features.screens.watch import ACCOUNTS
from nianjian.features.test_calls.states import ELSEWHERE, FILED_GATEWAY, SILENT, UNNAMED, UNSEEN, VOICEMAIL

REACH: Final = timedelta(minutes=2)  # how far the clocks of switches may be apart
BESIDE: Final = timedelta(days=1)  # a source covers a call if it has a record so long before, and one after
KNOWN: Final = timedelta(days=8)  # a source that had records so long before is waited for: it may be imported weekly
_NAMED: Final = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class CallRecord:
    """An answered call in the records of ``source``.

    ``at``: its beginning, or its answer where a switch knows no other moment; ``callee`` "": the switch wrote an
    extension of its own; ``gateways``: those that the record names as such; ``trunks``: other names that may be one's
    (trunk, line, the switch itself); ``sent``: hosts to which a proxy has sent it; ``marked``: as a test call;
    ``voicemail``: what tells that one answered.
    """

    source: str
    call: str
    at: datetime
    callee: str
    callers: tuple[str, ...]
    gateways: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    marked: bool = False
    voicemail: str = ""
    sent: tuple[str, ...] = ()

    def list_names(self) -> tuple[str, ...]:
        """Every name in it."""
        return tuple(dict.fromkeys((*self.gateways, *self.other_names, *self.sent)))

    def to_document(self) -> dict[str, Any]:
        """As it is kept: without numbers."""
        at = self.at.isoformat(timespec="seconds")
        document = {"source": self.source, "call": self.call, "at": at, "named": list(self.list_names())}
        return document | ({"voicemail": self.voicemail} if self.voicemail else {})


def join_records(rows: Iterable[CallRecord]) -> list[CallRecord]:
    """One record a call of a source, of its answered rows: all their names, and whatever any of them tells.

    A test call is over within seconds, and nobody hands it on: a voicemail in any of its rows is who answered.
    """
    calls: dict[tuple[str, str], CallRecord] = {}
    for row in rows:
        record = calls.setdefault((row.source, row.call), row)
        if record is not row:
            changes: dict[str, Any] = {
                name: getattr(record, name) or getattr(row, name) for name in ("callee", "marked", "voicemail")
            }
            for name in ("callers", "gateways", "other_names", "sent"):
                changes[name] = tuple(dict.fromkeys((*getattr(record, name), *getattr(row, name))))
            calls[row.source, row.call] = replace(record, at=min(record.at, row.at), **changes)
    return list(calls.values())


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """An answered test call: what its INVITE said, ``host`` where it asked for; when it began and was answered."""

    trial: str
    number: str
    caller: str
    call_id: str
    begun: datetime
    answered: datetime
    host: str = ""


@dataclass(frozen=True, slots=True)
class LandingResult:
    """What the records say: one of `states.LANDINGS`; ``sources``: name -> whether it covers the moment."""

    verdict: str
    seen: tuple[str, ...]
    records: tuple[CallRecord, ...]
    sources: Mapping[str, bool]


def same_number(one: str, other: str) -> bool:
    """Whether two texts are one number, however it is written."""
    if one == other:
        return bool(one)
    left = _value(one)
    return left is not None and left == _value(other)


@lru_cache(maxsize=4096)
def _value(text: str) -> int | None:
    return normalise(text).value


def find_time_gap(record: CallRecord, called: PlacedCall) -> timedelta | None:
    """How far a record is from a test call that it may be of; None: it is not of it. A SIP call-id leaves no doubt."""
    if called.call_id and record.call == called.call_id:
        return timedelta(-1)
    gap = max(called.begun - record.at, record.at - called.answered, timedelta())
    if gap > REACH:
        return None
    match = any(same_number(one, called.caller) for one in record.callers)
    if not ((same_number(record.callee, called.number) and (match or record.marked)) or (not record.callee and match)):
        return None
    return gap


def dialled_number(text: str) -> str:
    """A callee as written; "" for an extension of the dial plan's own (s, h, vmu1000): no number has a letter."""
    return "" if _NAMED.search(text) else text


def match_records(called: PlacedCall, others: Iterable[PlacedCall], records: Sequence[CallRecord]) -> list[CallRecord]:
    """The records of a test call, one a source: the nearest pair of test and record is taken first, each once."""
    tests = [called, *(one for one in others if one.trial != called.trial)]
    pairs = [
        (gap, test.begun, number, place)
        for place, record in enumerate(records)
        for number, test in enumerate(tests)
        if (gap := find_time_gap(record, test)) is not None
    ]
    taken: set[int] = set()
    served: set[tuple[str, int]] = set()
    matches: list[CallRecord] = []
    for _gap, _begun, number, place in sorted(pairs):
        source = records[place].source
        if place in taken or (source, number) in served:
            continue
        taken.add(place)
        served.add((source, number))
        matches += [records[place]] if number == 0 else []
    return matches


def judge_landing(
    records: Sequence[CallRecord],
    *,
    expected: Collection[str],
    gateways: Collection[str],
    sources: Mapping[str, bool],
    host: str = "",
) -> LandingResult:
    """Judge: ``expected``: names of the ledger's gateway; ``gateways``: names of all gateways. The worse record counts.

    A name that no gateway here bears is no other gateway: it says nothing, unless the record calls it the gateway.
    A record that names the ledger's gateway and another one too has passed both: where it landed is not known. That a
    proxy has sent it to ``host``, for which the test call asked itself, shows nothing.
    """
    right = {one.strip().casefold() for one in expected if one.strip()}
    others = {one.strip().casefold() for one in gateways if one.strip()} - right
    if not records:
        return LandingResult(UNSEEN if any(sources.values()) else SILENT, (), (), sources)
    said = {_place_record(one, right, others, host) for one in records}
    verdict = next(one for one in (VOICEMAIL, ELSEWHERE, FILED_GATEWAY, UNNAMED) if one in said)
    seen = tuple(dict.fromkeys(name for one in records for name in one.list_names()))
    return LandingResult(verdict, seen, tuple(records), sources)


def _place_record(record: CallRecord, right: Collection[str], others: Collection[str], host: str) -> str:
    if record.voicemail:
        return VOICEMAIL
    sent = [one for one in record.sent if one.casefold() != host.casefold()]
    names = {one.strip().casefold() for one in (*record.gateways, *record.other_names, *sent)}
    here, there = bool(names & set(right)), bool(names & set(others))
    if not right or (here and there):
        return UNNAMED
    if here:
        return FILED_GATEWAY
    return ELSEWHERE if there or any(one.strip() for one in record.gateways) else UNNAMED


APPLICATION: Final = ("lastapp", "last_app")
ARGUMENT: Final = ("lastdata", "last_arg")
CONTEXT: Final = ("dcontext", "context")
_MORE: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class VoicemailSigns:
    """Names in small letters. Of an application one may stand with the beginning of its argument, a blank between."""

    applications: Sequence[str] = ()
    contexts: Sequence[str] = ()

    @classmethod
    def of(cls, applications: Iterable[object], contexts: Iterable[object]) -> VoicemailSigns:
        """Of the rules' words."""
        return cls(tuple(str(one).lower() for one in applications), tuple(str(one).lower() for one in contexts))

    def find_sign(self, cells: Mapping[str, str | None]) -> str:
        """What of a record's cells, by their plain names, tells it: an application or a context; "" for nothing."""
        application, argument, context = (
            next((cell for name in names if (cell := cells.get(plain_name(name)))), "")
            for names in (APPLICATION, ARGUMENT, CONTEXT)
        )
        whole = f"{application} {argument}".strip().lower()
        # whole words: VoiceMail does not begin VoiceMailMain
        if any(whole.startswith(one) and not _MORE.match(whole[len(one) :]) for one in self.applications):
            return application
        return context if context.lower() in self.contexts else ""


def plain_cells(row: Mapping[str, object]) -> dict[str, str | None]:
    """A record's cells by their plain names, however its source spells them."""
    return {plain_name(name): str(value) if value else None for name, value in row.items()}


CHANNEL: Final = re.compile(r"(?:PJSIP|SIP|IAX2|OOH323)/([^/@;]+)-[0-9A-Fa-f]{4,8}", re.IGNORECASE)
NEXT: Final = ("dsturi", "desturi", "du", "dd")  # where a proxy has sent it, whatever the request says
ASKED: Final = ("ruri", "ru", "dstdomain", "dsthost", "rdomain", "rd")  # where the request says
_TARGET: Final = re.compile(r"^[^,&]*")
_DIGITS: Final = re.compile(r"(?:^|[/@:])([+]?\d{3,})(?=@|/|:|$)")
_INWARD: Final = re.compile(INWARD_CONTEXT)
_HOST: Final = re.compile(
    r"(?:sips?:)?(?:[^@\s]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d+)?(?:[;?].*)?", re.IGNORECASE
)


def trunk_of_channel(channel: str | None) -> str:
    """The peer's name in a channel's, ``PJSIP/HZ-GW-01-00000001``; "" for a channel of another kind."""
    match = CHANNEL.fullmatch(channel or "")
    return match[1] if match else ""


def list_trunks(cells: Mapping[str, str | None], callee: str) -> tuple[str, ...]:
    """The trunks of a record's cells, by their plain names; ``callee`` as the record has it."""
    application = (cells.get("lastapp") or "").lower()
    itself = application == "appdial2"  # the switch has called
    came = "" if itself else trunk_of_channel(cells.get("channel"))
    passed = trunk_of_channel(cells.get("dstchannel")) if application == "dial" and _passed_on(cells, callee) else ""
    return tuple(dict.fromkeys(one for one in (came, passed) if one))


def _passed_on(cells: Mapping[str, str | None], callee: str) -> bool:
    """A call from outside that was dialled on under the number it came for; under another one it went elsewhere."""
    if not _INWARD.fullmatch((cells.get("dcontext") or "").lower()):
        return False
    target = _TARGET.search(cells.get("lastdata") or "")
    numbers = _DIGITS.findall(target[0]) if target else []
    return all(same_number(one, callee) for one in numbers)


def list_next_hops(cells: Mapping[str, str | None]) -> tuple[str, ...]:
    """The host to which a proxy has sent a call, of cells by their plain names: columns of a site's own (acc extra).

    Where the next hop is a column, it alone counts: a request may bear one host and be sent to another.
    """
    names = NEXT if any(cells.get(name) for name in NEXT) else ASKED
    matches = (_HOST.fullmatch((cells.get(name) or "").strip()) for name in names)
    hosts = (one[1].strip("[]").lower() for one in matches if one)
    return tuple(dict.fromkeys(hosts))


LAKE: Final = "lake"
ANSWERED: Final = "answered"
COLUMNS: Final = (
    "source", "call_id", "call_key", "caller_raw", "display", "display_raw", "callee", "callee_raw", "start_ts",
    "test", "line_id", "gateway", "extra",
)  # fmt: skip


def select_near(calls: ir.Table, called: PlacedCall) -> ir.Table:
    """Answered calls, marked ones too, of the number called, or of its caller where the switch wrote no number."""
    first, last = _wall(called.begun - REACH), _wall(called.answered + REACH)
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= first, calls.start_ts <= last)
    value = normalise(called.number).value
    dialled = rows.callee_raw == called.number
    if value is not None:
        dialled = dialled.fill_null(False) | (rows.callee == value)  # noqa: FBT003 -- a value
    by = (rows.caller_raw == called.caller).fill_null(False)  # noqa: FBT003 -- a value
    by |= (rows.display_raw == called.caller).fill_null(False)  # noqa: FBT003 -- a value
    caller = normalise(called.caller).value
    if caller is not None:  # a number in its usual form is not kept as text too
        by |= (rows.display == caller).fill_null(False)  # noqa: FBT003 -- a value
    unread = rows.callee_raw.isnull() | rows.callee_raw.re_search("[A-Za-z]").fill_null(False)  # noqa: FBT003 -- a value
    bare = rows.callee.isnull() & unread & by
    answered = (rows.result == ANSWERED).fill_null(False) | rows.answered.fill_null(False)  # noqa: FBT003 -- values
    return rows.filter(dialled.fill_null(False) | bare, answered).select(*COLUMNS)  # noqa: FBT003 -- a value


def count_beside(calls: ir.Table, called: PlacedCall) -> ir.Table:
    """By source how many calls began within a day before the test call, and within a day after it; 0 for one of late.

    A source that has written nothing since some days may be imported later: it is told, and covers nothing.
    """
    begin, end = ibis.literal(_wall(called.begun)), ibis.literal(_wall(called.answered))
    near = ibis.literal(_wall(called.begun - BESIDE))
    first, last = _wall(called.begun - KNOWN), _wall(called.answered + BESIDE)
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= first, calls.start_ts <= last)
    before = (rows.start_ts >= near) & (rows.start_ts <= begin)
    return rows.group_by("source").aggregate(
        before=before.cast("int64").sum(), after=(rows.start_ts > end).cast("int64").sum()
    )


def covered_sources(rows: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Source -> whether it has calls on both sides, of what `count_beside` has found."""
    return {f"{LAKE}:{row['source']}": bool(row["before"]) and bool(row["after"]) for row in rows}


def read_lake_records(rows: Iterable[Mapping[str, Any]], signs: VoicemailSigns) -> list[CallRecord]:
    """Of what `select_near` has found one record a call, with the names of all its rows."""
    return join_records(_lake_record(row, signs) for row in sorted(rows, key=lambda row: row["start_ts"]))


def _lake_record(row: Mapping[str, Any], signs: VoicemailSigns) -> CallRecord:
    cells = plain_cells(json.loads(row["extra"])) if row["extra"] else {}
    numbers = (row["caller_raw"], row["display_raw"], row["display"])
    dialled = str(row["callee"]) if row["callee"] and not row["callee_raw"] else row["callee_raw"] or ""
    callee = dialled if row["callee"] else dialled_number(dialled)
    return CallRecord(
        source=f"{LAKE}:{row['source']}",
        call=row["call_key"] or row["call_id"],
        at=row["start_ts"].replace(tzinfo=clock.ZONE),
        callee=callee,
        callers=tuple(dict.fromkeys(str(one) for one in numbers if one)),
        gateways=(row["gateway"],) if row["gateway"] else (),
        other_names=tuple(dict.fromkeys((*((row["line_id"],) if row["line_id"] else ()), *list_trunks(cells, callee)))),
        marked=bool(row["test"]),
        voicemail=signs.find_sign(cells),
        sent=list_next_hops(cells),
    )


def _wall(moment: datetime) -> datetime:
    """As the lake has it: Beijing's wall time without a zone."""
    return moment.astimezone(clock.ZONE).replace(tzinfo=None)


_BEGAN: Final = re.compile(r"(?:^|-)(\d{9,11}(?:\.\d+)?)$")
_WITHIN: Final = re.compile(r"<([^>]*)>")


Near = Callable[[datetime, str], bool]
"""Whether anything is asked of a moment, or of a call by its id."""
Reader = Callable[[bytes, str], CallRecord | datetime | None]


def read_switch_records(
    kind: str, lines: Iterable[bytes], source: str, signs: VoicemailSigns, near: Near
) -> Iterator[CallRecord | datetime]:
    """Each answered call of a file's lines that is ``near`` as a record, of every other call its moment.

    Measured: 64 MiB of a Master.csv, 227 000 rows, take 6 seconds of the processor, and 11 beside 500 tests.
    """
    reader = READERS[kind](signs, near)
    yield from filter(None, (reader(line, source) for line in lines))


def _asterisk(signs: VoicemailSigns, near: Near) -> Reader:
    calls = counts.AsteriskCounts(datetime(1970, 1, 1, tzinfo=UTC).date())

    def read(line: bytes, source: str) -> CallRecord | datetime | None:
        row = calls.cells(line)
        call = "" if row is None else row.get("linkedid") or row.get("uniqueid", "")
        began = _BEGAN.search(call)
        # A leg has no caller of its own.
        if row is None or began is None or row.get("uniqueid", call) != call:
            return None
        at = datetime.fromtimestamp(int(began[1].partition(".")[0]), UTC)
        if row["disposition"] != "ANSWERED" or not near(at, call):
            return at
        clid, callee = _WITHIN.search(row["clid"]), dialled_number(row["dst"])
        callers = (row["src"], clid[1] if clid else "")
        marked = any(row.get(name, "").strip().lower() in DRILLS for name in ("accountcode", "userfield"))
        names = _filled(*list_trunks(row, callee), source.partition(":")[2])
        return CallRecord(source, call, at, callee, _filled(*callers), (), names, marked, signs.find_sign(row))

    return read


def _kamailio(_signs: VoicemailSigns, near: Near) -> Reader:
    def read(line: bytes, source: str) -> CallRecord | datetime | None:
        row = counts.parse_acc_row(line.decode("utf-8", "replace"))
        if row is None or row.method != "INVITE":
            return None
        at = datetime.fromtimestamp(float(row.time), UTC)
        if row.code[0] != "2" or not near(at, row.call):
            return at
        names = (source.partition(":")[2],)
        sent = list_next_hops(plain_cells(row.more))
        return CallRecord(source, row.call, at, row.callee, _filled(row.caller), (), names, sent=sent)

    return read


def _freeswitch(signs: VoicemailSigns, near: Near) -> Reader:
    def read(line: bytes, source: str) -> CallRecord | datetime | None:
        try:
            cells: Mapping[str, str | None] = dict(zip(form.COLUMNS, form.parse(line.decode()), strict=True))
        except ValueError:
            return None
        began, answer, end = (parse_moment(cells[name]) for name in ("start", "answer", "end"))
        if began is None or cells["leg"] == "b":
            return None
        at = datetime.fromtimestamp(began, UTC)
        call = cells["call_uuid"] or cells["uuid"] or ""
        if answer is None or end is None or answer >= end or not near(at, call):
            return at
        gateways = _filled(cells["sip_gateway_name"], cells["sip_gateway"])
        names = _filled(cells["switchname"], source.partition(":")[2])
        marked = any(cells[name] for name in form.MARKS)
        marked = marked or (cells["accountcode"] or "").strip().lower() in DRILLS
        callers = _filled(cells["caller_id_number"], cells["ani"], cells["sip_from_user"])
        callee = dialled_number(cells["destination_number"] or "")
        box = signs.find_sign(plain_cells(cells))
        return CallRecord(source, call, at, callee, callers, gateways, names, marked, box)

    return read


READERS: Final = {"asterisk": _asterisk, "kamailio": _kamailio, "freeswitch": _freeswitch}


def _filled(*texts: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in texts if one))


# What the files of a switch under watch, rotated ones too, hold about test calls; each is read once, within bounds.

MOST: Final = 1 << 26  # bytes that are read of a file
LONGEST: Final = 1 << 20  # of a line
FILES: Final = 400  # that are read: a proxy may have one a process and day
_MARK: Final = r"[.-]\d[\d.T:_-]{0,24}"
_PACKED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|lz4|zip|Z)")
OPENERS: Final[Mapping[str, Callable[[Path], BufferedIOBase]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
TORN: Final = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading a file may raise: one that is gone or locked away, broken, or packed in a way that is not known here."""


@dataclass(frozen=True, slots=True)
class SwitchFile:
    """``until``: its last write; ``node``: its identity on the disk; ``after``: the last write of the one before it."""

    path: Path
    until: datetime
    node: int
    after: datetime | None = None


@dataclass(slots=True)
class ReadPart:
    """``read`` bytes; what of a file was left out: what stands before the part that was read, or behind it."""

    read: int = 0
    before: bool = False
    is_behind: bool = False


def choose_files(paths: Iterable[Path], first: datetime, last: datetime) -> tuple[list[SwitchFile], datetime | None]:
    """The files of ``paths`` and the rotated ones beside them that hold records of a span; the newest first.

    Beside it the last write of the newest that is one too many: what was recorded up to then is not read.
    """
    by_path: dict[Path, SwitchFile] = {}
    for path in paths:
        family = sorted(_family(path), key=lambda one: one.until)
        for place, one in enumerate(family):
            after = family[place - 1].until if place else None
            if one.path == path or (one.until >= first and (after is None or after <= last)):
                by_path.setdefault(one.path, SwitchFile(one.path, one.until, one.node, after))
    files = sorted(by_path.values(), key=lambda one: one.until, reverse=True)
    return files[:FILES], files[FILES].until if len(files) > FILES else None


def _family(path: Path) -> Iterator[SwitchFile]:
    try:
        names = [one for one in path.parent.iterdir() if one == path or _is_rotated(path.name, one.name)]
    except OSError:
        names = [path]
    for one in names:
        try:
            stat = one.stat()
        except OSError:  # gone since, or not there at all
            continue
        if one.is_file():
            yield SwitchFile(one, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_ino)


def _is_rotated(name: str, other: str) -> bool:
    end = Path(other).suffix
    bare = other.removesuffix(end) if _PACKED.fullmatch(end) else other
    stem, dot, kind = name.rpartition(".")
    shapes = [re.escape(name) + _MARK, *([re.escape(stem) + _MARK + re.escape(dot + kind)] if stem else [])]
    return any(re.fullmatch(shape, bare) for shape in shapes)


def read_lines(path: Path, part: ReadPart, most: int = MOST) -> Iterator[bytes]:
    """Whole lines: of a plain file the last ``most`` bytes, of a packed one the first. Raises one of ``TORN``."""
    opener = OPENERS.get(path.suffix)
    if opener is None and _PACKED.fullmatch(path.suffix):
        raise OSError(path.suffix)
    with path.open("rb") if opener is None else opener(path) as file:
        if opener is None:
            size = file.seek(0, 2)
            part.before = size > most
            file.seek(max(0, size - most))
            if part.before:
                file.readline()
        yield from _whole_lines(file, part, most)


def _whole_lines(file: BufferedIOBase, part: ReadPart, most: int) -> Iterator[bytes]:
    """Lines with an end, no longer than ``LONGEST``; a packed file may unpack to anything."""
    torn = False
    while chunk := file.readline(LONGEST):
        part.read += len(chunk)
        if part.read > most:
            part.is_behind = True
            return
        if not chunk.endswith(b"\n"):
            torn = True
        elif torn:
            torn = False
        else:
            yield chunk.rstrip(b"\r\n")


BUDGET: Final = 4 * MOST  # bytes that are read of a switch's files, the newest first
STEP: Final = 20_000  # lines between two signs of life
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_END: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class SwitchRecords:
    """``records`` near any of the tests; ``moments`` of all calls in order, epoch seconds; ``gaps``: not read."""

    records: list[CallRecord] = field(default_factory=list)
    moments: array[float] = field(default_factory=lambda: array("d"))
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)

    def take(self, one: SwitchFile, part: ReadPart, rows: Iterable[CallRecord | datetime], near: _Near) -> None:
        """Of a file the records near a test, the moments of all its calls, and as a gap what was not read of it."""
        moments, records = array("d"), []
        try:
            for row in rows:
                moments.append((row if isinstance(row, datetime) else row.at).timestamp())
                if isinstance(row, CallRecord) and near.has(row):
                    records.append(row)
        except FileNotFoundError:
            return
        except TORN:
            self.gaps.append((one.after or _BEGINNING, one.until))
            return
        self.records += records
        self.moments.extend(moments)
        if part.before:
            self.gaps.append((one.after or _BEGINNING, _moment(min(moments)) if moments else one.until))
        if part.is_behind:
            self.gaps.append((_moment(max(moments)) if moments else one.after or _BEGINNING, one.until))

    def covers(self, one: PlacedCall) -> bool:
        """Whether there are calls on both sides of a test, and all of its own time was read."""
        if any(first <= one.answered + REACH and last >= one.begun - REACH for first, last in self.gaps):
            return False
        begun, answered, beside = one.begun.timestamp(), one.answered.timestamp(), BESIDE.total_seconds()
        before = bisect_left(self.moments, begun - beside) < bisect_right(self.moments, begun)
        return before and bisect_right(self.moments, answered) < bisect_right(self.moments, answered + beside)


def read_switch(
    config: sources.Records, source: str, tests: Sequence[PlacedCall], signs: VoicemailSigns, tick: Callable[[], None]
) -> SwitchRecords:
    """Read the files of a switch for these tests; what ``tick`` raises ends it."""
    first = min(one.begun for one in tests) - BESIDE
    last = max(one.answered for one in tests) + BESIDE
    files, lost = choose_files(_paths(config, first, last), first, last)
    result = SwitchRecords(gaps=[] if lost is None else [(_BEGINNING, lost)])
    near, left = _Near(tests), BUDGET
    for one in files:
        part = ReadPart()
        lines = _with_ticks(read_lines(one.path, part, min(left, MOST)), tick)
        result.take(one, part, read_switch_records(config.kind, lines, source, signs, near.at), near)
        left = max(left - part.read, 0)
    again, _lost = choose_files(_paths(config, first, last), first, last)
    if {(one.path, one.node) for one in again} != {(one.path, one.node) for one in files}:
        result.gaps.append((_BEGINNING, _END))  # moved while they were read
    result.records = join_records(result.records)
    result.moments = array("d", sorted(result.moments))
    return result


def _with_ticks(lines: Iterable[bytes], tick: Callable[[], None]) -> Iterator[bytes]:
    """The lines, with a sign of life now and then."""
    for count, line in enumerate(lines):
        if count % STEP == 0:
            tick()
        yield line


def _paths(config: sources.Records, first: datetime, last: datetime) -> list[Path]:
    """The files that are written now; a switch that posts has one a day."""
    path = config.path
    if config.kind == sources.POSTING:
        day, end = (moment.astimezone(clock.ZONE).date() for moment in (first, last))
        return [posted.file_of(path, day + timedelta(days=step)) for step in range((end - day).days + 1)]
    if config.kind == "kamailio" and path.is_dir():
        return sorted(one for one in path.iterdir() if one.match(ACCOUNTS))
    return [path]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class _Near:
    """Whether a record may be of one of some tests: cheap, for every call of a switch is asked for."""

    def __init__(self, tests: Sequence[PlacedCall]) -> None:
        self._tests = sorted(tests, key=lambda one: one.begun)
        self._begun = [one.begun for one in self._tests]
        self._longest = max((one.answered - one.begun for one in tests), default=timedelta())
        self._ids = {one.call_id for one in tests if one.call_id}

    def at(self, moment: datetime, call: str) -> bool:
        """By its moment or its call-id alone."""
        return call in self._ids or bool(self._around(moment))

    def has(self, record: CallRecord) -> bool:
        """By its call-id, or by its moment and its numbers."""
        if record.call in self._ids:
            return True
        return any(find_time_gap(record, one) is not None for one in self._around(record.at))

    def _around(self, moment: datetime) -> Sequence[PlacedCall]:
        first = bisect_left(self._begun, moment - REACH - self._longest)
        return self._tests[first : bisect_right(self._begun, moment + REACH)]

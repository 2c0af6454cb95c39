"""The recordings of calls: which file a call record means, the folder in which it lies, and what it proves.

A reference is tried as a path below the folder first, which costs a few look-ups. Only where that finds nothing the
folder is gone through, once for all references, and no name is kept but those that are asked for: memory does not grow
with the folder. Measured: 200,000 files in 2 s on two cores that others used too.
"""

import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import ibis
import ibis.expr.types as ir

from nianjian.engines.evidence.audio import SUFFIXES, Length, file_suffix
from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.errors import NianjianError

# How far back a log reaches without a hole (日志保存). Pure; every limit comes from the rulebook.
#
# A log that is written all day long has a record on every day, or a reason why not. A log that is written when
# something happens has quiet days; a silence that is too long proves nothing, unless the log itself proves that nothing
# is missing. What proves nothing is unknown, and unknown is never green.

OK, GAP, UNKNOWN = "ok", "gap", "unknown"
DAY: Final = timedelta(days=1)

Excuse = Callable[[date], str]
"""Why a day may be without a record, as a code; "" where there is no reason."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days without a record, both included. ``reason``: the code of what excuses them; "": nothing does."""

    first: date
    last: date
    reason: str = ""

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Reach:
    """A log against the day to which it must reach back.

    ``oldest``: its first record; ``since``: the first day of the unbroken run of days that ends at ``until``, None:
    there is none. ``why``: the code of what makes the state. ``gaps`` have no excuse; ``excused``: reason -> days.
    """

    state: str
    why: str
    begin: date
    until: date
    oldest: date | None = None
    since: date | None = None
    days: int = 0
    gaps: Sequence[Stretch] = ()
    excused: Mapping[str, int] = field(default_factory=dict)


def no_excuse(_day: date) -> str:
    """Nothing excuses a day without a record."""
    return ""


def daily(days: Collection[date], begin: date, until: date, excuse: Excuse = no_excuse) -> Reach:
    """A log that every day leaves a record in, from ``begin`` to ``until``, both included."""
    written = set(days)
    dates = [day for day in written if day <= until]
    if not dates:
        return Reach(UNKNOWN, "no_record", begin, until)
    oldest = min(dates)
    span = (begin + DAY * step for step in range((until - begin).days + 1))
    missing = {day: excuse(day) for day in span if day not in written}
    # Before the first record an excuse proves only that nothing is missing there, not that a log was kept.
    reaches = all(missing[day] for day in missing if day < oldest)
    inner = [day for day, reason in missing.items() if day > oldest and not reason]
    excused = Counter(reason for day, reason in missing.items() if reason and day > oldest)
    state, why = (GAP, "days_missing") if inner else (OK, "reaches") if reaches else (TOO_SHORT, "begins_late")
    since = after(inner[-1], until) if inner else oldest
    return Reach(state, why, begin, until, oldest, since, len(dates), stretches(inner), dict(excused))


def now_and_then(days: Collection[date], begin: date, until: date, silence: int | None) -> Reach:
    """A log that is written when something happens.

    ``silence``: the most days in a row without a record that prove anything; None: the log proves by itself that no
    record is missing.
    """
    dates = sorted({day for day in days if day <= until})
    if not dates:
        return Reach(UNKNOWN, "no_record", begin, until)
    oldest = dates[0]
    quiet: list[Stretch] = []
    if silence is not None:
        pairs = zip(dates, [*dates[1:], until + DAY], strict=True)
        spans = [Stretch(max(one + DAY, begin), other - DAY) for one, other in pairs]  # what was before is not asked
        quiet = [span for span in spans if span.days > silence]
    if oldest > begin:
        return Reach(TOO_SHORT, "begins_late", begin, until, oldest, oldest, len(dates), quiet)
    if quiet:
        return Reach(UNKNOWN, "long_silence", begin, until, oldest, after(quiet[-1].last, until), len(dates), quiet)
    return Reach(OK, "reaches", begin, until, oldest, oldest, len(dates))


def complete(by_day: Mapping[date, tuple[int, int]], begin: date, until: date) -> Reach:
    """What every answered call must have, such as a recording: day -> (calls, those that have it)."""
    having = sorted(day for day, (_calls, there) in by_day.items() if there and day <= until)
    if not having:
        return Reach(UNKNOWN, "no_reference", begin, until)
    oldest = having[0]
    lacking = [day for day, (calls, there) in by_day.items() if there < calls and max(begin, oldest) <= day <= until]
    before = [day for day, (calls, _there) in by_day.items() if calls and begin <= day < oldest]
    state, why = (GAP, "calls_without") if lacking else (TOO_SHORT, "begins_late") if before else (OK, "reaches")
    if state == OK and oldest > begin:  # no call was answered before: what was recorded first proves no earlier day
        state, why = TOO_SHORT, "begins_late"
    since = after(max(lacking), until) if lacking else oldest
    return Reach(state, why, begin, until, oldest, since, len(having), stretches(sorted(lacking)))


def after(gap: date, until: date) -> date | None:
    """The first day behind a gap; None: the gap goes on to the end."""
    return gap + DAY if gap < until else None


def stretches(days: Sequence[date]) -> list[Stretch]:
    """Days in order, those that follow each other as one."""
    runs: list[Stretch] = []
    for day in days:
        if runs and runs[-1].last + DAY == day:
            runs[-1] = Stretch(runs[-1].first, day)
        else:
            runs.append(Stretch(day, day))
    return runs


# What call records tell of their own days, and the calls of each day whose recordings are looked at.
#
# One pass over five columns of the calls: it grows with the number of calls, not with the length of their texts, except
# that of answered outbound calls the further columns are looked at for a recording.

REJECTED: Final = "rejected"
RECORDING: Final[Sequence[str]] = ("录音", "record", "rec_")
"""What the heading of a column about a recording holds."""
SHORT: Final = 12  # hex digits of a digest that the first pass keeps of every call; equal ones go by its id
_NAMED: Final = '(?i)"[^"]*(' + "|".join(RECORDING) + r')[^"]*" *: *"[^"]+"'


@dataclass(frozen=True, slots=True)
class Draw:
    """``count`` calls of each day from ``first`` to ``last``, both included, by a ``seed``."""

    first: date
    last: date
    seed: str
    count: int


def count_by_day(calls: ir.Table) -> ir.Table:
    """``day``; ``rows`` of the records; ``out``: that left the platform; ``answered`` outbound; ``recorded``."""
    rows = calls.filter(calls.part != REJECTED, calls.start_ts.notnull())
    out = _true(rows.direction == "out")
    answered = _answered(rows)
    # a pattern on every row's further columns would cost more than all the rest: they are looked at where it matters
    has = answered & _names_one(rows)
    return rows.group_by(day=rows.start_ts.date()).aggregate(
        rows=rows.count(),
        out=(out & _true(rows.delivered)).cast("int64").sum(),
        answered=answered.cast("int64").sum(),
        recorded=has.cast("int64").sum(),
    )


def draw_ids(calls: ir.Table, draw: Draw) -> ir.Table:
    """``call_id`` of the calls that `draw_sample` gives: the first pass, which carries no text of the rows along.

    Measured: 10 million answered calls of thirty days take 17 s of the processor for it, 4 s for `draw_sample` and
    0.4 GiB; 24 s and 0.9 GiB where three a day are drawn.
    """
    rows = _calls_with_recording(calls, draw)
    pool = rows.select(day=rows.start_ts.date(), call_id=rows.call_id.fill_null(""), digest=_digest(rows, draw.seed))
    if draw.count == 1:
        return pool.group_by("day").aggregate(call_id=pool.call_id.argmin(pool.digest)).select("call_id")
    short = pool.mutate(digest=pool.digest.left(SHORT))
    order = [short.digest, short.call_id]
    placed = short.mutate(place=ibis.row_number().over(group_by=short.day, order_by=order))
    return placed.filter(placed.place < draw.count).select("call_id")


def draw_sample(calls: ir.Table, draw: Draw, ids: Sequence[str]) -> ir.Table:
    """At most so many answered outbound calls of each day that name a recording.

    Which ones follows from the seed alone: those whose digest with it comes first, so nobody chooses them and anybody
    can draw them again. ``ids``: what `draw_ids` gives. ``day at call_id callee callee_shape answer end extra``, in
    order.
    """
    rows = calls.filter(calls.call_id.fill_null("").isin(ids)) if ids else calls.limit(0)
    rows = _calls_with_recording(rows, draw)
    pool = rows.select(
        *("call_id", "callee", "callee_shape", "extra"),
        day=rows.start_ts.date(),
        at=rows.start_ts,
        answer=rows.answer_ts,
        end=rows.end_ts,
        digest=_digest(rows, draw.seed),
        where=rows.file.fill_null("") + ":" + rows.line.cast("string").fill_null(""),
    )
    order = [pool.digest, pool.where]
    placed = pool.mutate(place=ibis.row_number().over(group_by=pool.day, order_by=order))
    return placed.filter(placed.place < draw.count).order_by("day", "place").drop("digest", "where", "place")


def _calls_with_recording(calls: ir.Table, draw: Draw) -> ir.Table:
    """The answered outbound calls of the days that name a recording."""
    begin, end = (ibis.literal(datetime.combine(day, time())) for day in (draw.first, draw.last + timedelta(days=1)))
    rows = calls.filter(calls.part != REJECTED, calls.start_ts >= begin, calls.start_ts < end)
    return rows.filter(_answered(rows) & _names_one(rows))


def _digest(rows: ir.Table, seed: str) -> ir.StringValue:
    return (ibis.literal(f"{seed} ") + rows.source.fill_null("") + " " + rows.call_id.fill_null("")).hexdigest("sha256")


def _answered(rows: ir.Table) -> ir.BooleanValue:
    called = _true(rows.direction == "out") & _true(rows.leg == "customer")
    return called & ~_true(rows.test) & _true(rows.answered)


def _true(value: ir.BooleanValue) -> ir.BooleanValue:
    return value.fill_null(False)  # noqa: FBT003 -- a value of the column


def _names_one(rows: ir.Table) -> ir.BooleanValue:
    return rows.extra.notnull() & rows.extra.fill_null("").re_search(_NAMED)


#: What the heading of a column holds that speaks of a recording and names none.
ABOUT: Final = re.compile(
    r"(?i)时长|时间|大小|状态|次数|秒|duration|length|seconds|_?time\b|size|status|state|flag|count"
)
FLAG: Final = re.compile(r"[0-9]{1,6}|true|false|yes|no|y|n|是|否|有|无", re.IGNORECASE)  # tells that there is one
DRIVE: Final = re.compile(r"[A-Za-z]:")
TELLING: Final = 8  # digits that make a name one of its own: a moment, a call's id
_LONG: Final = re.compile(r"\d{7,}")
_APART: Final = re.compile(r"(?<![*\d])\d+(?:[ _.-]\d+)+")  # not the end of one that is masked already
_WHOLE: Final = 10  # digits with signs between that are no telephone number yet
_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,}")

Parts = tuple[str, ...]


def list_references(extra: str | None) -> list[str]:
    """What a call's further columns say of its recording, what names a file first; none where they name nothing."""
    columns = json.loads(extra) if extra else {}
    references = [
        plain
        for name, value in sorted(columns.items())
        if any(word in str(name).lower() for word in RECORDING) and not ABOUT.search(str(name))
        if value is not None and (plain := str(value).strip()) and not FLAG.fullmatch(plain)
    ]
    return sorted(dict.fromkeys(references), key=lambda one: "/" not in one and file_suffix(one) not in SUFFIXES)


def split_reference(reference: str) -> Parts:
    """The folders and the name that it says, the name last; () for one that leads out of every folder."""
    text = _of_address(reference) if "://" in reference else reference
    parts = tuple(one for one in text.replace("\\", "/").split("/") if one not in {"", "."})
    if parts and DRIVE.fullmatch(parts[0]):
        parts = parts[1:]
    return () if ".." in parts or "\0" in text else parts


def _of_address(text: str) -> str:
    """The path of an address, or what its query names: ``/get?file=1.wav``."""
    try:
        at = urlsplit(text)
        values = [value for _name, value in parse_qsl(at.query)]
    except ValueError:
        return ""
    path = unquote(at.path)
    names = [] if file_suffix(path) in SUFFIXES else [value for value in values if file_suffix(value) in SUFFIXES]
    return names[0] if names else path


def spellings(text: str) -> list[str]:
    """As a file system may have it: composed, decomposed, or in the bytes of GBK."""
    if text.isascii():
        return [text]
    variants = [text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
    with suppress(UnicodeError):
        variants.append(os.fsdecode(text.encode("gb18030")))
    return list(dict.fromkeys(variants))


def match_files(parts: Parts, files: Sequence[Parts]) -> list[Parts]:
    """Those of ``files`` (folders and name below the folder) that a reference means; more than one: it cannot be told.

    One is the end of the other. Where folders differ, a name that tells a moment or a call and is there once will do.
    """
    target = tuple(map(composed, parts))
    plain = [(one, tuple(map(composed, one))) for one in files]
    ends = [one for one, same in plain if _ends(same, target) or _ends(target, same)]
    if ends:
        return ends
    telling = sum(sign.isdigit() for sign in parts[-1]) >= TELLING
    return list(files) if telling else []


def composed(name: str) -> str:
    """One spelling of those that `spellings` gives."""
    with suppress(UnicodeError):
        name = os.fsencode(name).decode("gb18030") if any("\udc80" <= sign <= "\udcff" for sign in name) else name
    return unicodedata.normalize("NFC", name)


def _ends(long: Parts, short: Parts) -> bool:
    """By name with or without its ending, as a record may leave it out."""
    if len(short) > len(long):
        return False
    tail = long[len(long) - len(short) :]
    return tail[:-1] == short[:-1] and (tail[-1] in alike(short[-1]) or short[-1] in alike(tail[-1]))


def alike(name: str) -> set[str]:
    """A file's name, and the same without the ending of a recording."""
    return {name, name.rpartition(".")[0]} if file_suffix(name) in SUFFIXES else {name}


def mask_file_name(reference: str) -> str:
    """The name of a file as a door may show it: numbers and names of people masked, no folder."""
    name = (split_reference(reference) or (reference.replace("\\", "/").rpartition("/")[2],))[-1]
    hidden = _APART.sub(_apart, _LONG.sub(_long, name))
    return _NAME.sub(lambda match: match[0][0] + "*" * (len(match[0]) - 1), hidden)


def _long(match: re.Match[str]) -> str:
    """A number of no person stays whole elsewhere; here it may have one glued to it."""
    masked = numbers.mask(match[0])
    return masked if masked != match[0] else f"{masked[:3]}{'*' * (len(masked) - 5)}{masked[-2:]}"


def _apart(match: re.Match[str]) -> str:
    """138 0013 8000: all but the first three digits and the last two."""
    places = [place for place, sign in enumerate(match[0]) if sign.isdigit()]
    hidden = set(places[3:-2]) if len(places) > _WHOLE else set()
    return "".join("*" if place in hidden else sign for place, sign in enumerate(match[0]))


KEPT, EMPTY, TOO_SHORT, UNTIMED, UNNAMED = "kept", "empty", "too_short", "untimed", "unnamed"
#: What is known to be wrong; every other verdict but ``kept`` proves nothing either way.
WRONG: Final = ("missing", EMPTY, TOO_SHORT)
VERDICTS: Final = (
    KEPT, *WRONG, "unreadable", "unknown_format", "ambiguous", "outside", "unsearched", UNTIMED, UNNAMED
)  # fmt: skip


def judge_file(size: int, length: Length | str, talk_ms: int | None, tolerance_s: int) -> str:
    """Of a file that is there. Longer than the talk is fine; exactly so much shorter as is tolerated is, too.

    ``talk_ms``: None where the record does not tell when the talk began or ended.
    """
    if size and isinstance(length, str):
        return length
    if isinstance(length, str) or not size or not length.ms:
        return EMPTY
    if talk_ms is None:
        return UNTIMED
    return TOO_SHORT if length.ms + tolerance_s * 1000 < talk_ms else KEPT


def judge_recordings(references: Reach, days: Mapping[date, Collection[str]] | None) -> Reach:
    """The log of recordings: ``references`` as the records tell them, ``days`` with what was found of their sample.

    None: no folder is known, so a reference is only a word. A file that is known to be wrong is a hole. What is worse
    by its references alone stays so. No run of days is unbroken over a day that is not proved.
    """
    if references.state == UNKNOWN:
        return references
    wrong = sorted(day for day, outcomes in (days or {}).items() if set(outcomes) & set(WRONG))
    unproved = max((day for day, outcomes in (days or {}).items() if set(outcomes) != {KEPT}), default=None)
    since = references.since if unproved is None else after(unproved, references.until)
    if wrong and references.state != GAP:
        return replace(references, state=GAP, why="files_missing", since=since, gaps=stretches(wrong))
    if references.state != OK:
        return references
    if days is None:
        return replace(references, state=UNKNOWN, why="references_only")
    if not days or unproved is not None:
        return replace(references, state=UNKNOWN, why="files_unproved", since=since)
    return replace(references, why="files_kept")


def mark_unreadable(only: Reach) -> Reach:
    """The same where a folder is set and cannot be read."""
    return replace(only, why="folder_unreadable")


SETTING: Final = "NIANJIAN_RECORDINGS"
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
ENTRIES: Final = 2_000_000  # that are gone through at most
BEAT: Final = 10_000  # entries between two signs of life
MISSING, OUTSIDE, AMBIGUOUS, UNSEARCHED = "missing", "outside", "ambiguous", "unsearched"


@dataclass(frozen=True, slots=True)
class Index:
    """Name -> the files that bear it. ``whole``: everything below the folder was seen; ``seen``: how many entries."""

    files: Mapping[str, Sequence[Parts]] = field(default_factory=dict)
    seen: int = 0
    whole: bool = False


def parse_folders(text: str) -> dict[str, Path]:
    """Enterprise -> folder, out of ``CODE=/FOLDER`` with blanks, commas or line ends between.

    What does not fit in a word is escaped as in an address. ``recordings_malformed``: also a second folder of one
    enterprise, and a path that does not begin at the root.
    """
    folders: dict[str, Path] = {}
    for entry in text.replace(",", " ").split():
        code, _sign, escaped = entry.partition("=")
        folder = Path(unquote(escaped))
        if not CODE.fullmatch(code) or code in folders or not folder.is_absolute() or "\0" in str(folder):
            raise NianjianError("recordings_malformed", setting=SETTING, entry=entry)
        folders[code] = folder
    return folders


def resolve_root(folder: Path) -> Path:
    """The folder without links; ``recordings_folder_wrong`` for one that cannot be read."""
    try:
        root = folder.expanduser().resolve(strict=True)
        with os.scandir(root):
            return root
    except (OSError, RuntimeError, ValueError) as fault:
        raise NianjianError("recordings_folder_wrong", folder=str(folder)) from fault


def find_below(folder: Path, parts: Parts) -> Path | str:
    """A reference as a path below the folder, from the longest end of it on; else why there is none."""
    outside = False
    for start in range(len(parts)):
        for spelling in spellings("/".join(parts[start:])):
            result = resolve_below(folder, spelling)
            if isinstance(result, Path):
                return result
            outside = outside or result == OUTSIDE
    return OUTSIDE if outside else MISSING


def resolve_below(folder: Path, relative: str) -> Path | str:
    """A regular file without links; ``outside`` where links lead out of the folder; else ``missing``."""
    with suppress(OSError, ValueError):  # a name too long, or no name at all
        real = Path(os.path.realpath(folder / relative, strict=True))
        if not real.is_relative_to(folder):
            return OUTSIDE
        if real.is_file():
            return real
    return MISSING


def index_folder(folder: Path, names: Collection[str], beat: Callable[[], None], most: int = ENTRIES) -> Index:
    """Go through the folder for these names. Links to folders are not followed; ``beat`` may raise to stop."""
    variants = {spelling for name in names for spelling in spellings(name)}
    by_name: dict[str, list[Parts]] = {}
    seen, whole, waiting = 0, True, [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    seen += 1
                    if seen > most:
                        return Index(by_name, most, whole=False)
                    if seen % BEAT == 0:
                        beat()
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(here / entry.name)
                        continue
                    whole = whole and not _leads_out(entry, folder)
                    for name in variants & alike(entry.name):
                        by_name.setdefault(name, []).append((*here.relative_to(folder).parts, entry.name))
        except OSError:  # a folder that may not be read: what is not found may lie there
            whole = False
    return Index(by_name, seen, whole)


def _leads_out(entry: os.DirEntry[str], folder: Path) -> bool:
    """A link to another folder, whose files are refused but may be those that are meant."""
    if not entry.is_symlink():
        return False
    with suppress(OSError):  # a link to itself
        return entry.is_dir() and not Path(os.path.realpath(entry.path)).is_relative_to(folder)
    return False


def find_recording(folder: Path, parts: Parts, index: Index) -> Path | str:
    """The one file that a reference means; else why it is not told."""
    candidates = (one for name in spellings(parts[-1]) for one in index.files.get(name, ()))
    there = match_files(parts, list(dict.fromkeys(candidates)))
    if len(there) > 1:
        return AMBIGUOUS
    if there:
        return resolve_below(folder, "/".join(there[0]))
    return MISSING if index.whole else UNSEARCHED


@contextmanager
def open_recording(path: Path) -> Iterator[tuple[BinaryIO, int]]:
    """A regular file and its size; no link is followed any more and no pipe waited for. OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise OSError
        yield file, info.st_size

"""Log retention proved (S6): how far each kind of log reaches back without a hole; recordings by sample."""

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from nianjian.engines.evidence import audio, recordings
from nianjian.engines.evidence.audio import Length
from nianjian.engines.evidence.recordings import Index, Parts, Reach
from nianjian.engines.gate import decision_search as journal
from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.kernel.workdays import add_months, day_of
from nianjian.features.complaints import queries as complaints
from nianjian.features.inspection.documents import (
    ChainState,
    FailingCall,
    Gap,
    LogReach,
    RecordingSample,
    Retention,
)
from nianjian.features.inspection.queries import CheckBasis, LakeCalls, open_calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.home import env
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.consents import Consent
from nianjian.platform.registers.versions import current_versions
from nianjian.platform.rulebook.holidays import calendar

SAMPLE: Final = "inspection.recordings.sample"
TOLERANCE: Final = "inspection.recordings.tolerance"
MOST_A_DAY: Final = 20
MOST_FAILING: Final = 50  # calls without their recording that are told
MS: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class SampledCall:
    """A sampled call. ``file``: its name, masked; lengths in ms, None: not told; ``by_size``: by nothing else."""

    day: date
    at: datetime
    callee: str
    file: str
    verdict: str
    talk_ms: int | None
    length_ms: int | None = None
    by_size: bool = False


def seed_of(enterprise: str, day: date, version: int | None) -> str:
    """What the sample is drawn by: another day or another state of the calls draws others. 16 hex digits."""
    return hashlib.sha256(f"{enterprise} {day.isoformat()} {version}".encode()).hexdigest()[:16]


def find_folder(enterprise: str, folder: Path | None) -> tuple[Path | None, str]:
    """The folder without links and where it comes from: ``given``, ``setting``, or ``none``.

    One that is set and cannot be read is ``unreadable``: a disk that is gone must not stop the look at other logs.
    ``recordings_folder_wrong`` for a given one, ``recordings_malformed``.
    """
    if folder is not None:
        return recordings.resolve_root(folder), "given"
    path = recordings.parse_folders(env.text(recordings.SETTING, os.environ)).get(enterprise)
    if path is None:
        return None, "none"
    try:
        return recordings.resolve_root(path), "setting"
    except NianjianError:
        return None, "unreadable"


def check_recordings(
    grounds: CheckBasis, lake: LakeCalls, references: Reach, folder: Path | None, beat: Callable[[], None]
) -> tuple[Reach, RecordingSample]:
    """The log as its references and the sample prove it, and the sample itself.

    ``beat`` is called now and then while a folder is gone through. Cost: two passes over the calls of the days, some
    look-ups a sampled call, and one pass over the folder where those do not find a file.
    """
    root, source = find_folder(grounds.enterprise, folder)
    seed = seed_of(grounds.enterprise, grounds.day, lake.version)
    count = max(1, min(grounds.book.integer(SAMPLE), MOST_A_DAY))
    tolerance = grounds.book.integer(TOLERANCE)
    facts = {"folder": source, "seed": seed, "a_day": count, "tolerance_s": tolerance}
    if root is None:
        reach = recordings.judge_recordings(references, None)
        if source == "unreadable" and reach.why == "references_only":
            reach = recordings.mark_unreadable(reach)
        return reach, _sample_to_document([], Index(), facts)
    calls, draw = lake.tables["calls"], recordings.Draw(references.begin, references.until, seed, count)
    ids = {str(row["call_id"]) for row in lake.engine.rows(recordings.draw_ids(calls, draw))}
    rows = lake.engine.rows(recordings.draw_sample(calls, draw, sorted(ids)))
    samples, index = _open_sample(root, rows, tolerance, beat)
    days: dict[date, list[str]] = defaultdict(list)
    for one in samples:
        days[one.day].append(one.verdict)
    return recordings.judge_recordings(references, days), _sample_to_document(samples, index, facts)


def _open_sample(
    root: Path, rows: Sequence[Mapping[str, object]], tolerance: int, beat: Callable[[], None]
) -> tuple[list[SampledCall], Index]:
    """Every sampled call; the folder is gone through only if some file lies nowhere by its path."""
    said = [recordings.list_references(None if row["extra"] is None else str(row["extra"])) for row in rows]
    paths = [[recordings.split_reference(one) for one in some] for some in said]
    places = [(recordings.find_below(root, one) for one in some) for some in paths]
    direct = [next((at for at in some if isinstance(at, Path)), None) for some in places]
    open_ones = {one[-1] for some, at in zip(paths, direct, strict=True) if at is None for one in some if one}
    index = recordings.index_folder(root, open_ones, beat) if open_ones else Index(whole=True)
    samples: list[SampledCall] = []
    for row, some, parts, at in zip(rows, said, paths, direct, strict=True):
        beat()
        samples.append(_judge_call(row, some, at or _search_folder(root, some, parts, index), tolerance))
    return samples, index


def _search_folder(root: Path, said: Sequence[str], paths: Sequence[Parts], index: Index) -> Path | str:
    """By name in the whole folder. What neither looks like a path nor like a file's name proves no file missing."""
    why = recordings.UNNAMED
    for text, one in zip(said, paths, strict=True):
        if not one:
            why = recordings.OUTSIDE
            continue
        at = recordings.find_recording(root, one, index)
        if isinstance(at, Path):
            return at
        if at == recordings.MISSING and recordings.find_below(root, one) == recordings.OUTSIDE:
            at = recordings.OUTSIDE
        if at != recordings.MISSING or "/" in text or "\\" in text or audio.file_suffix(text) in audio.SUFFIXES:
            why = at if why == recordings.UNNAMED else why
    return why


def _judge_call(row: Mapping[str, object], said: Sequence[str], at: Path | str, tolerance: int) -> SampledCall:
    day, begun = row["day"], row["at"]
    assert isinstance(day, date)  # noqa: S101 -- the engine's types
    assert isinstance(begun, datetime)  # noqa: S101 -- as above
    answer, end, talk = row["answer"], row["end"], None
    if isinstance(answer, datetime) and isinstance(end, datetime) and end >= answer:
        talk = (end - answer) // MS
    called = row["callee"] if isinstance(row["callee"], int) else None
    callee = numbers.mask(numbers.printed(str(row["callee_shape"] or Shape.NONE), called))
    name = recordings.mask_file_name(said[0]) if said else ""
    if isinstance(at, str):
        return SampledCall(day, begun, callee, name, at, talk)
    size, length = _measure(at)
    ms, by_size = (length.ms, length.by == audio.SIZE) if isinstance(length, Length) else (None, False)
    verdict = recordings.judge_file(size, length, talk, tolerance)
    return SampledCall(day, begun, callee, name, verdict, talk, ms, by_size)


def _measure(path: Path) -> tuple[int, Length | str]:
    try:
        with recordings.open_recording(path) as (file, size):
            return size, audio.measure_length(file, size, path.name)
    except OSError:
        return 1, audio.UNREADABLE


def _sample_to_document(samples: Sequence[SampledCall], index: Index, facts: Mapping[str, Any]) -> RecordingSample:
    days: dict[date, set[str]] = defaultdict(set)
    for one in samples:
        days[one.day].add(one.verdict)
    failing = [one for one in samples if one.verdict != recordings.KEPT]
    return RecordingSample(
        **facts,
        calls=len(samples),
        days=len(days),
        days_kept=sum(verdicts == {recordings.KEPT} for verdicts in days.values()),
        verdicts=dict.fromkeys(recordings.VERDICTS, 0) | Counter(one.verdict for one in samples),
        by_size=sum(one.by_size for one in samples if one.verdict == recordings.KEPT),
        searched=index.seen,
        searched_whole=index.whole,
        failing=[
            FailingCall(
                one.day.isoformat(), one.at.isoformat(sep=" ", timespec="seconds"), one.callee, one.file, one.verdict,
                one.talk_ms, one.length_ms,
            )
            for one in failing[:MOST_FAILING]
        ],
        failing_left_out=max(0, len(failing) - MOST_FAILING),
    )  # fmt: skip


LOGS: Final = ("calls", "gateway", "system", "complaints", "consents", "recordings")
MONTHS: Final = ("inspection.logs.months", "retention.network_logs", "retention.outbound_logs")  # the longest holds
CONSENTED: Final = "retention.outbound_consented"
SILENCE: Final = "inspection.logs.silence"
REST, QUIET = "rest_day", "gate_asked_nothing"
#: What is known to be wrong comes before what is not known; all is well only where every log is.
GRAVITY: Final = (recordings.GAP, recordings.TOO_SHORT, recordings.UNKNOWN, recordings.OK)
GAPS: Final = 50  # stretches of a log that are told
DAY: Final = timedelta(days=1)


def check_logs(
    *, enterprise: str, as_of: date | None, actor: Actor, progress: Progress = silent, folder: Path | None = None
) -> Retention:
    """Every kind of log as at a day (None: today), up to the day before: a day that goes on has no whole log.

    ``folder``: where the recordings lie; None: where the setting says. ``role_missing``, ``inspection_day_wrong``,
    ``recordings_folder_wrong``, ``recordings_malformed``. Cost: one pass over the calls and the whole audit chain, and
    that of `check_recordings`.
    """
    grounds = CheckBasis.of(enterprise, as_of, actor)
    find_folder(enterprise, folder)  # what is wrong with it is said before the work
    until = min(grounds.day, clock.today() - DAY)
    steps = 5
    progress("", 0, steps)
    book = grounds.book
    long = add_months(grounds.day, -max(book.integer(key) for key in MONTHS if key in book.in_force))
    short = grounds.day - DAY * (book.integer(CONSENTED) if CONSENTED in book.in_force else 0)
    with open_calls(enterprise) as lake:
        called, version = _count_by_day(lake), lake.version
        counted = {day: (one["answered"], one["recorded"]) for day, one in called.items()}
        recorded, sample = check_recordings(
            grounds, lake, recordings.complete(counted, short, until), folder, lambda: progress("", 0, steps)
        )
    progress("", 1, steps)
    gate_days, running = journal.days_with_decisions(files.decisions_folder(env.read().home), enterprise)
    progress("", 2, steps)
    chain = verify_chain()
    progress("", 3, steps)
    written = {day_of(moment) for moment in audit.hours(enterprise)}
    arrived = _days_of(complaints.current_tickets(enterprise).values_list("arrived_at", flat=True))
    agreed = _days_of(current_versions(Consent, enterprise).values_list("obtained_at", flat=True))
    progress("", 4, steps)
    silence = book.integer(SILENCE)
    out = {day for day, one in called.items() if one["out"]}
    # the chain's numbers and sums leave no hole, so quiet days need no excuse; a broken chain proves nothing
    system = recordings.now_and_then(written, long, until, silence=None)
    if not chain.valid:
        system = Reach(recordings.GAP, "chain_broken", long, until, system.oldest, None, system.days)
    by_log = {
        "calls": recordings.daily(
            {day for day, one in called.items() if one["rows"]}, long, until, _rest_excuse(gate_days)
        ),
        "gateway": recordings.daily(gate_days, long, until, _rest_excuse(out, running)),
        "system": system,
        "complaints": recordings.now_and_then(arrived, long, until, silence),
        "consents": recordings.now_and_then(agreed, short, until, silence),
        "recordings": recorded,
    }
    return Retention(
        enterprise=enterprise,
        as_of=grounds.day.isoformat(),
        until=until.isoformat(),
        state=min((one.state for one in by_log.values()), key=GRAVITY.index),
        logs=[_reach_to_document(name, one) for name, one in by_log.items()],
        calls_version=version,
        sample=sample,
        chain=ChainState(chain.valid, chain.entries, chain.last),
        rulebook=grounds.stamp(),
    )


def _count_by_day(lake: LakeCalls) -> dict[date, Mapping[str, int]]:
    names = ("rows", "out", "answered", "recorded")
    rows = lake.engine.rows(recordings.count_by_day(lake.tables["calls"]))
    by_day = {row["day"]: {name: int(str(row[name] or 0)) for name in names} for row in rows}
    return {day: one for day, one in by_day.items() if isinstance(day, date)}


def _rest_excuse(busy: Collection[date], running: Collection[date] = ()) -> recordings.Excuse:
    """A day of rest excuses a missing record, and so does a gate that ran and was asked nothing.

    Nothing excuses it where another log shows that there was work that day.
    """
    days, busy_days, ran = calendar(), set(busy), set(running)

    def excuse(day: date) -> str:
        if day in busy_days:
            return ""
        if day in ran:
            return QUIET
        return "" if days.is_workday(day) else REST

    return excuse


def _days_of(moments: Iterable[datetime | None]) -> set[date]:
    return {day_of(one) for one in moments if one is not None}


def _reach_to_document(name: str, one: Reach) -> LogReach:
    return LogReach(
        log=name,
        state=one.state,
        why=one.why,
        must_reach=one.begin.isoformat(),
        oldest=one.oldest.isoformat() if one.oldest else None,
        unbroken_since=one.since.isoformat() if one.since else None,
        days=one.days,
        missing_days=sum(gap.days for gap in one.gaps),
        gaps=[Gap(gap.first.isoformat(), gap.last.isoformat(), gap.days) for gap in one.gaps[:GAPS]],
        gaps_left_out=max(0, len(one.gaps) - GAPS),
        excused=dict(one.excused),
    )

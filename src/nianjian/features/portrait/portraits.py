"""Portraits as JSON in the home: the newest of each data year, every run beside it, and marks of deleted rows.

A run is one file of two lines: what it is (id, moment, actor, light, versions), and the portrait; it is never changed
again. Pages show what is stored and compute nothing. What is read is shared between requests: nobody changes it.

Whoever deletes rows of the lake writes a new version of the table and notes it here; figures that were counted before
stay as they are and say that the rows behind them are gone.
"""

import hashlib
import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics import revive
from nianjian.engines.metrics.frame import Basis, Frame
from nianjian.engines.paper.figures import basis_text, known_basis
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.words import Words
from nianjian.platform.home import env


@dataclass(frozen=True, slots=True)
class DeletionMark:
    """Rows of ``table`` up to ``until`` (None: not said) were erased on ``day``; ``version``: first without them."""

    table: str
    version: int
    day: str
    until: str | None = None


MARKS: Final = "erased.json"


def folder(enterprise: str) -> Path:
    """Where an enterprise's portraits lie, and what is kept beside them."""
    return env.path("NIANJIAN_HOME", os.environ) / "portraits" / enterprise


def store_beside(enterprise: str, name: str, content: object) -> None:
    """Put a JSON file beside an enterprise's portraits, at once."""
    path = folder(enterprise) / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    fresh.replace(path)


def list_deletion_marks(enterprise: str) -> list[DeletionMark]:
    """Every mark of an enterprise, oldest first."""
    path = folder(enterprise) / MARKS
    return [DeletionMark(**one) for one in json.loads(path.read_text(encoding="utf-8"))] if path.is_file() else []


def marks_of_snapshot(snapshot: Mapping[str, Any], marks: Sequence[DeletionMark]) -> list[DeletionMark]:
    """The marks that concern a result: it was counted from a version that still had the rows."""
    return [one for one in marks if isinstance(snapshot.get(one.table), int) and snapshot[one.table] < one.version]


CODE: Final = "rows_erased"
CALLS: Final = "calls"


def add_deletion_warning(enterprise: str, portrait: dict[str, Any]) -> dict[str, Any]:
    """Add the warning ``rows_erased`` where rows behind a kept portrait are gone; otherwise the same object."""
    gone = find_deletion(enterprise, revive.frame(portrait).span.first)
    if gone is None:
        return portrait
    return {**portrait, "warnings": [*portrait.get("warnings", []), {"code": CODE, **gone}]}


def refuse_deleted_year(enterprise: str, frame: Frame) -> None:
    """Raise ``rows_erased_year`` where a portrait of this frame would count calls that are gone."""
    if gone := find_deletion(enterprise, frame.period.first):
        raise NianjianError("rows_erased_year", year=frame.year, on=gone["on"], before=gone["before"])


def find_deletion(enterprise: str, first: date) -> dict[str, str] | None:
    """``on`` and ``before`` (first day that is still there) of the first erasure of calls of ``first`` or later."""
    for mark in list_deletion_marks(enterprise):
        if mark.table == CALLS and mark.until is not None and date.fromisoformat(mark.until) >= first:
            return {"on": mark.day, "before": (date.fromisoformat(mark.until) + timedelta(days=1)).isoformat()}
    return None


def note_deletion(enterprise: str, table: str, *, version: int, day: date, before: date) -> None:
    """Write the mark of an erasure once; hold the lake's lock."""
    mark = DeletionMark(table, version, day.isoformat(), (before - timedelta(days=1)).isoformat())
    marks = list_deletion_marks(enterprise)
    if mark not in marks:
        store_beside(enterprise, MARKS, [asdict(one) for one in (*marks, mark)])


ID: Final = re.compile(r"\d{8}-\d{6}-\d{6}")  # the moment in Shanghai: sorts by age
FORM: Final = "%Y%m%d-%H%M%S-%f"
RUNS: Final = "runs"
READ_ONLY: Final = 0o400
CACHED: Final = 16  # parsed portraits that stay in memory
FEW: Final = 1  # runs of the portrait after which the way is known


@dataclass(frozen=True, slots=True)
class Run:
    """One computation that was kept."""

    id: str
    year: int
    moment: str  # UTC, ISO 8601
    actor: str
    sha256: str  # of the portrait's line
    light: str
    as_of: str
    today: str | None
    province: str | None
    rulebook: dict[str, str]
    snapshot: dict[str, Any]
    code: str
    metrics: list[dict[str, Any]]  # slug, light, value, unit


@dataclass(frozen=True, slots=True)
class StagedPortrait:
    """A portrait that lies ready; calling it puts it in its place."""

    run: Run
    fresh: Path
    folder: Path

    def __call__(self) -> None:
        """Keep the run for good, then make it the year's newest: a reader sees the old or the new, never a half."""
        place = _run_path(self.folder, self.run.year, self.run.id)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.link(self.fresh, place)
        self.fresh.replace(self.folder / f"{self.run.year}.json")


def _run_path(place: Path, year: int, id_: str) -> Path:
    return place / RUNS / str(year) / f"{id_}.json"


@contextmanager
def stage_portrait(
    enterprise: str, year: int, portrait: Mapping[str, Any], *, actor: str = ""
) -> Iterator[StagedPortrait]:
    """Write a portrait beside the year's last one and yield what puts it in its place.

    When what is yielded is not called, the old one stays and no run is kept.
    """
    place = folder(enterprise)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = place / f".{year}.{uuid.uuid4().hex}"
    line = json.dumps(portrait, ensure_ascii=False)
    run = _describe_run(_free_moment(place, year), year, portrait, actor, hashlib.sha256(line.encode()).hexdigest())
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("w", encoding="utf-8") as out:
            out.write(f"{json.dumps(asdict(run), ensure_ascii=False)}\n{line}\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.chmod(READ_ONLY)
        yield StagedPortrait(run, fresh, place)
    finally:
        fresh.unlink(missing_ok=True)


def _free_moment(place: Path, year: int) -> datetime:
    """The moment, a little later where another run has the same one."""
    now = clock.now()
    while _run_path(place, year, _run_id(now)).exists():
        now += timedelta(microseconds=1)
    return now


def _run_id(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).strftime(FORM)


def _describe_run(moment: datetime, year: int, portrait: Mapping[str, Any], actor: str, sha256: str) -> Run:
    period = portrait["period"]
    return Run(
        id=_run_id(moment),
        year=year,
        moment=moment.astimezone(UTC).isoformat(timespec="microseconds"),
        actor=actor,
        sha256=sha256,
        light=portrait["light"],
        as_of=period["as_of"],
        today=period["today"],
        province=portrait["province"],
        rulebook=portrait["rulebook"],
        snapshot=portrait["snapshot"],
        code=portrait["code"]["version"],
        metrics=[{name: one[name] for name in ("slug", "light", "value", "unit")} for one in portrait["metrics"]],
    )


def list_years(enterprise: str) -> list[int]:
    """Data years with a portrait, newest first."""
    return sorted((int(path.stem) for path in folder(enterprise).glob("[0-9]*.json")), reverse=True)


def list_runs(enterprise: str, year: int) -> list[str]:
    """Ids of the runs of a data year, newest first."""
    files = (folder(enterprise) / RUNS / str(year)).glob("*.json")
    return sorted((path.stem for path in files if ID.fullmatch(path.stem)), reverse=True)


def get_run(enterprise: str, year: int, id_: str) -> Run:
    """What a run is; ``portrait_run_unknown``."""
    return _read_head(_run_file(enterprise, year, id_))


@lru_cache(maxsize=4096)
def _read_head(path: Path) -> Run:
    """The first line of a run's file, which is written once and never again under its id."""
    with path.open(encoding="utf-8") as file:
        return _parse_run(file.readline())


def find_newest_run(enterprise: str, year: int) -> Run | None:
    """The run that the year's newest portrait is; None where there is none, or an older program kept it."""
    path = folder(enterprise) / f"{year}.json"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as file:
        first, second = file.readline(), file.readline()
    return _parse_run(first) if second else None


def find_basis_run(enterprise: str, year: int, basis: Basis) -> Run | None:
    """The newest run that is one of that basis."""
    runs = (get_run(enterprise, year, id_) for id_ in list_runs(enterprise, year))
    return next((run for run in runs if find_basis(enterprise, run) is basis), None)


def find_basis(enterprise: str, run: Run) -> Basis:
    """The basis of a stored run; what lies within the year by its day is not read."""
    basis = Frame(run.year, date.fromisoformat(run.as_of)).basis
    return basis if basis is Basis.WITHIN_YEAR else _read_basis(_run_file(enterprise, run.year, run.id))


@lru_cache(maxsize=4096)
def _read_basis(path: Path) -> Basis:
    """`get_basis` of a run's file, which is read once, like its first line."""
    return get_basis(json.loads(path.read_bytes().split(b"\n")[1]))


def get_basis(portrait: Mapping[str, Any]) -> Basis:
    """The basis of a portrait's figures; `known_basis` says what is none of filing."""
    basis = revive.frame(portrait).basis
    return basis if basis is Basis.WITHIN_YEAR else Basis(known_basis(portrait, basis))


def describe_basis(portrait: Mapping[str, Any], _: Words) -> str:
    """The basis of a portrait's figures in words, as papers carry it."""
    frame = revive.frame(portrait)
    return basis_text(get_basis(portrait), frame.as_of, frame.year, _)


def describe_run_basis(enterprise: str, year: int, run: str, _: Words) -> str:
    """The same of a run; "" where none is kept under that id."""
    portrait = find_portrait(enterprise, year, run) if run in list_runs(enterprise, year) else None
    return "" if portrait is None else describe_basis(portrait, _)


def show_run(enterprise: str, year: int, id_: str) -> None:
    """Make a run what stands for the year; ``portrait_run_unknown``."""
    place = folder(enterprise)
    fresh = place / f".{year}.{uuid.uuid4().hex}"
    os.link(_run_file(enterprise, year, id_), fresh)
    fresh.replace(place / f"{year}.json")


def _parse_run(line: str) -> Run:
    return Run(**json.loads(line))


def _run_file(enterprise: str, year: int, id_: str) -> Path:
    path = _run_path(folder(enterprise), year, id_)
    if not ID.fullmatch(id_) or not path.is_file():
        raise NianjianError("portrait_run_unknown", run=id_, year=year)
    return path


def find_portrait(enterprise: str, year: int, id_: str | None = None) -> dict[str, Any] | None:
    """Return a run's portrait, or the year's newest (None: there is none); ``portrait_run_unknown``.

    One whose rows were erased since says so in its warnings.
    """
    return _find_file(_read_portrait, enterprise, year, id_)


def find_masked_portrait(enterprise: str, year: int, id_: str | None = None) -> dict[str, Any] | None:
    """Return the same as `find_portrait` with numbers masked, as every door shows it."""
    return _find_file(_read_masked, enterprise, year, id_)


def _find_file(
    read: Callable[[Path, int, int, int], dict[str, Any]], enterprise: str, year: int, id_: str | None
) -> dict[str, Any] | None:
    path = folder(enterprise) / f"{year}.json" if id_ is None else _run_file(enterprise, year, id_)
    if not path.is_file():
        return None
    stat = path.stat()  # another content has another state
    return add_deletion_warning(enterprise, read(path, stat.st_ino, stat.st_mtime_ns, stat.st_size))


def read_stored_line(enterprise: str, year: int, id_: str) -> bytes:
    """A run's portrait exactly as it was kept, the bytes that its ``sha256`` is of; ``portrait_run_unknown``."""
    return _run_file(enterprise, year, id_).read_bytes().split(b"\n")[1]


@lru_cache(maxsize=CACHED)
def _read_portrait(path: Path, _inode: int, _changed: int, _size: int) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")  # an older program wrote one line
    portrait: dict[str, Any] = json.loads(lines[-1])
    return portrait


@lru_cache(maxsize=CACHED)
def _read_masked(path: Path, inode: int, changed: int, size: int) -> dict[str, Any]:
    return mask_portrait(_read_portrait(path, inode, changed, size))

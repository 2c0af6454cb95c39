"""Portraits kept as JSON in the home: the newest of each data year, and every run beside it, never changed again.

A run is one file of two lines: what it is (id, moment, actor, light, versions), and the portrait. Pages show what is
kept and compute nothing. What is read is shared between requests: nobody changes it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.masking import masked
from nianjian.features.portrait.operations import erasures
from nianjian.platform.home import env

ID: Final = re.compile(r"\d{8}-\d{6}-\d{6}")  # the moment in Shanghai: sorts by age
FORM: Final = "%Y%m%d-%H%M%S-%f"
RUNS: Final = "runs"
READ_ONLY: Final = 0o400
HELD: Final = 16  # parsed portraits that stay in memory
FEW: Final = 1  # runs of the portrait after which the way is known


@dataclass(frozen=True, slots=True)
class Run:
    """One computation that was kept. ``sha256``: of the portrait's line; ``moment``: UTC, ISO 8601."""

    id: str
    year: int
    moment: str
    actor: str
    sha256: str
    light: str
    as_of: str
    today: str | None
    province: str | None
    rulebook: Mapping[str, str]
    snapshot: Mapping[str, Any]
    code: str
    metrics: tuple[Mapping[str, Any], ...] = field(default=())  # slug, light, value, unit


@dataclass(frozen=True, slots=True)
class Staged:
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


def _folder(enterprise: str) -> Path:
    return env.read().home / "portraits" / enterprise


def _run_path(folder: Path, year: int, id_: str) -> Path:
    return folder / RUNS / str(year) / f"{id_}.json"


@contextmanager
def stage_portrait(enterprise: str, year: int, portrait: Mapping[str, Any], *, actor: str = "") -> Iterator[Staged]:
    """Write a portrait beside the year's last one and yield what puts it in its place.

    When what is yielded is not called, the old one stays and no run is kept.
    """
    folder = _folder(enterprise)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = folder / f".{year}.{uuid.uuid4().hex}"
    line = json.dumps(portrait, ensure_ascii=False)
    run = _described(_free(folder, year), year, portrait, actor, hashlib.sha256(line.encode()).hexdigest())
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        with fresh.open("w", encoding="utf-8") as out:
            out.write(f"{json.dumps(asdict(run), ensure_ascii=False)}\n{line}\n")
            out.flush()
            os.fsync(out.fileno())
        fresh.chmod(READ_ONLY)
        yield Staged(run, fresh, folder)
    finally:
        fresh.unlink(missing_ok=True)


def _free(folder: Path, year: int) -> datetime:
    """The moment, a little later where another run has the same one."""
    now = clock.now()
    while _run_path(folder, year, _id(now)).exists():
        now += timedelta(microseconds=1)
    return now


def _id(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).strftime(FORM)


def _described(moment: datetime, year: int, portrait: Mapping[str, Any], actor: str, sha256: str) -> Run:
    period = portrait["period"]
    return Run(
        id=_id(moment),
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
        metrics=tuple({name: one[name] for name in ("slug", "light", "value", "unit")} for one in portrait["metrics"]),
    )


def years(enterprise: str) -> list[int]:
    """Data years with a portrait, newest first."""
    return sorted((int(path.stem) for path in _folder(enterprise).glob("[0-9]*.json")), reverse=True)


def runs(enterprise: str, year: int) -> list[str]:
    """Ids of the runs of a data year, newest first."""
    folder = _folder(enterprise) / RUNS / str(year)
    return sorted((path.stem for path in folder.glob("*.json") if ID.fullmatch(path.stem)), reverse=True)


def run(enterprise: str, year: int, id_: str) -> Run:
    """What a run is; ``portrait_run_unknown``."""
    with _found(enterprise, year, id_).open(encoding="utf-8") as file:
        return _read(file.readline())


def newest(enterprise: str, year: int) -> Run | None:
    """The run that the year's newest portrait is; None where there is none, or an older program kept it."""
    path = _folder(enterprise) / f"{year}.json"
    if not path.is_file():
        return None
    with path.open(encoding="utf-8") as file:
        first, second = file.readline(), file.readline()
    return _read(first) if second else None


def _read(line: str) -> Run:
    told = json.loads(line)
    return Run(**{**told, "metrics": tuple(told["metrics"])})


def _found(enterprise: str, year: int, id_: str) -> Path:
    path = _run_path(_folder(enterprise), year, id_)
    if not ID.fullmatch(id_) or not path.is_file():
        raise NianjianError("portrait_run_unknown", run=id_, year=year)
    return path


def find_portrait(enterprise: str, year: int, id_: str | None = None) -> dict[str, Any] | None:
    """Return a run's portrait, or the year's newest (None: there is none); ``portrait_run_unknown``.

    One whose rows were erased since says so in its warnings.
    """
    path = _folder(enterprise) / f"{year}.json" if id_ is None else _found(enterprise, year, id_)
    if not path.is_file():
        return None
    return erasures.add_erasure_warning(enterprise, _parsed(*_state(path)))


def find_masked_portrait(enterprise: str, year: int, id_: str | None = None) -> dict[str, Any] | None:
    """Return the same as `kept` with numbers masked, as every door shows it."""
    path = _folder(enterprise) / f"{year}.json" if id_ is None else _found(enterprise, year, id_)
    return erasures.add_erasure_warning(enterprise, _masked(*_state(path))) if path.is_file() else None


def line(enterprise: str, year: int, id_: str) -> bytes:
    """A run's portrait exactly as it was kept, the bytes that its ``sha256`` is of; ``portrait_run_unknown``."""
    return _found(enterprise, year, id_).read_bytes().split(b"\n")[1]


def _state(path: Path) -> tuple[Path, int, int, int]:
    """A file as it stands: another content has another state."""
    stat = path.stat()
    return path, stat.st_ino, stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=HELD)
def _parsed(path: Path, _inode: int, _changed: int, _size: int) -> dict[str, Any]:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")  # an older program wrote one line
    portrait: dict[str, Any] = json.loads(lines[-1])
    return portrait


@lru_cache(maxsize=HELD)
def _masked(path: Path, inode: int, changed: int, size: int) -> dict[str, Any]:
    return masked(_parsed(path, inode, changed, size))

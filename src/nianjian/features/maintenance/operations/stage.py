"""A backup unpacked beside the home it is to replace, after all of it was checked. Knows no Django."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.tables import Lake
from nianjian.features.maintenance.operations.archive import Archive, Progress, checked, synced
from nianjian.platform.home import env, switch
from nianjian.platform.home.folders import SIGNING, make_private
from nianjian.platform.vault import keyring

HOME: Final = "home/"
LAKE: Final = "lake/"
DATABASE: Final = "database/"
SQLITE: Final = f"{DATABASE}nianjian.sqlite3.gz"
ROWS: Final = ".database"  # hidden in the stage: it never gets into the home
SPARE: Final = 1.2  # times the archive's size must be free: the database unpacks to more


@dataclass(frozen=True, slots=True)
class Stage:
    """``home``: the staged home; ``lakes``: the staged folder of lakes; ``roots``: what they will take the place of."""

    archive: Archive
    stamp: str
    home: Path
    lakes: Path
    roots: tuple[Path, ...]

    @property
    def rows(self) -> Path:
        """Folder of the unpacked database parts."""
        return self.home / ROWS

    def drop(self) -> None:
        """Remove it."""
        for root in self.roots:
            shutil.rmtree(root / f"{switch.STAGE}{self.stamp}", ignore_errors=True)


def place(file: Path, *, replace: bool, keys: Path | None, progress: Progress) -> Stage:
    """Check the archive and the keys, then unpack; be alone in the home.

    Before anything is written: what `archive.checked` raises, ``backup_keys_missing``, ``backup_keys_other``,
    ``home_not_empty``, ``restore_disk_too_small``.
    """
    environment = env.read()
    archive = checked(file, progress)
    _fitting(archive, environment.keys if environment.keys.exists() else keys, environment.keys)
    lakes = Lake(environment.lake_url, "any").folder.parent
    apart = not lakes.resolve().is_relative_to(environment.home.resolve())
    roots = [environment.home, lakes] if apart else [environment.home]
    switch.sweep(roots)
    full = [root for root in roots if switch.contents(root)]
    if full and not replace:
        raise NianjianError("home_not_empty", home=str(full[0]))
    _room(archive, environment.home)
    if not environment.keys.exists() and keys is not None:
        _copy(keys, environment.keys)
    stamp = _unused_stamp(roots)
    home = environment.home / f"{switch.STAGE}{stamp}"
    staged = lakes / f"{switch.STAGE}{stamp}" if apart else home / "lake"
    stage = Stage(archive, stamp, home, staged, tuple(roots))
    try:
        for folder in (home, staged):
            make_private(folder)
        archive.unpack(lambda name: _path(stage, name))
        if SQLITE in archive.members and not environment.database_url:
            _unzipped(stage.rows / Path(SQLITE).name, home / "nianjian.sqlite3")
    except BaseException:
        stage.drop()
        raise
    return stage


def _unused_stamp(roots: list[Path]) -> str:
    """The second, with a number where another restore of the same second has put a home away."""
    second = f"{clock.now().astimezone(UTC):%Y%m%d-%H%M%S}"
    stamps = itertools.chain([second], (f"{second}-{count}" for count in itertools.count(2)))
    return next(stamp for stamp in stamps if not any((root / f"{switch.ASIDE}{stamp}").exists() for root in roots))


@contextmanager
def entered(stage: Stage) -> Iterator[None]:
    """Let the settings name the staged home for a while."""
    names = ("NIANJIAN_HOME", "NIANJIAN_HOME_FILE", "NIANJIAN_LAKE_URL", "NIANJIAN_LAKE_URL_FILE")
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ |= {"NIANJIAN_HOME": str(stage.home), "NIANJIAN_LAKE_URL": str(stage.lakes)}
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(kept)


def _path(stage: Stage, name: str) -> Path | None:
    if name == f"{HOME}{SIGNING}":  # of a backup by an earlier version: the home makes a new one
        return None
    if name.startswith(HOME):
        return stage.home / name.removeprefix(HOME)
    if name.startswith(LAKE):
        return stage.lakes / name.removeprefix(LAKE)
    return stage.rows / name.removeprefix(DATABASE) if name.startswith(DATABASE) else None


def _fitting(archive: Archive, path: Path | None, wanted: Path) -> None:
    """Hold the key file against the archive: without its keys the sealed fields and files could not be read."""
    if path is None:
        raise NianjianError("backup_keys_missing", keys=str(wanted))
    told = archive.manifest["keys"]
    ring = keyring.read(path)
    if ring.mark != told["mark"] or not set(told["ids"]) <= set(ring.ciphers):
        raise NianjianError("backup_keys_other", keys=str(path))


def _room(archive: Archive, home: Path) -> None:
    free = shutil.disk_usage(home).free
    wanted = int(archive.size * SPARE)
    if free < wanted:
        raise NianjianError("restore_disk_too_small", folder=str(home), free_mib=free >> 20, wanted_mib=wanted >> 20)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(source.read_bytes())
        out.flush()
        os.fsync(out.fileno())
    synced(target.parent)


def _unzipped(source: Path, target: Path) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, gzip.open(source, "rb") as packed:
        shutil.copyfileobj(packed, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    source.unlink()

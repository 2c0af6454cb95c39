"""The file of a backup: a tar whose last member, the manifest, names every other one with size and sha256.

A broken-off file has no manifest and is refused. Members are plain; what compresses well is gzipped by its writer.
Nothing is unpacked before every byte was checked.
"""

import gzip
import hashlib
import io
import itertools
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import sync_folder
from nianjian.engines.lake.tables import Lake
from nianjian.platform.home import env, switch
from nianjian.platform.home.folders import SIGNING, make_private
from nianjian.platform.vault import keyring

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
CHUNK: Final = 1 << 20
LARGEST_MANIFEST: Final = 1 << 28  # bytes; a member takes about 150

Progress = Callable[[int, int], None]
"""(bytes done, of how many)."""


class Writer:
    """Adds members to an open tar and remembers size and sha256 of each."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, dict[str, object]] = {}
        self.digest = ""  # sha256 of the manifest, once it is written: it stands for the whole

    def add(self, name: str, path: Path) -> None:
        """Add a file as it is at this moment; one that grows meanwhile is taken to the size it had."""
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            self._add(name, file, stat.st_size, 0o600 if stat.st_mode & 0o200 else 0o400)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a small member from memory."""
        self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, file: IO[bytes], size: int, mode: int = 0o600) -> None:
        hashed = _Hashed(file, size)
        self._tar.addfile(_info(name, size, mode), hashed)
        self.members[name] = {"sha256": hashed.hexdigest(), "size": size}


class _Hashed:
    """Reads at most ``size`` bytes of a file and hashes what it gives."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file, self._left, self._sha = file, size, hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        got = self._file.read(self._left if count < 0 else min(count, self._left))
        self._left -= len(got)
        self._sha.update(got)
        return got

    def hexdigest(self) -> str:
        return self._sha.hexdigest()


def _info(name: str, size: int, mode: int = 0o600) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, mode
    return info


@contextmanager
def write_archive(path: Path, manifest: Callable[[], Mapping[str, object]]) -> Iterator[Writer]:
    """Yield a writer; at the end ``manifest()`` and the members go in and the file stands at ``path``.

    Killed before that, there is only a part beside it. ``backup_exists``: nothing is ever written over.
    """
    if path.exists():
        raise NianjianError("backup_exists", file=str(path))
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = Writer(tar)
                yield writer
                document = {"format": FORMAT, **manifest(), "members": writer.members}
                content = json.dumps(document, ensure_ascii=False, indent=1).encode()
                tar.addfile(_info(MANIFEST, len(content)), io.BytesIO(content))
                writer.digest = hashlib.sha256(content).hexdigest()
            out.flush()
            os.fsync(out.fileno())
        _rename_into_place(part, path)
    finally:
        part.unlink(missing_ok=True)


def _rename_into_place(part: Path, path: Path) -> None:
    """Give the finished file its name; unlike a rename a link never replaces what another process put there."""
    try:
        os.link(part, path)
    except FileExistsError as fault:
        raise NianjianError("backup_exists", file=str(path)) from fault
    except OSError:  # a file system without links, as on many sticks
        part.rename(path)
    sync_folder(path.parent)


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup whose manifest was read and whose members were all checked."""

    path: Path
    manifest: Mapping[str, Any]
    digest: str  # sha256 of the manifest

    @property
    def members(self) -> Mapping[str, Mapping[str, Any]]:
        """Name -> size and sha256."""
        entries: Mapping[str, Mapping[str, Any]] = self.manifest["members"]
        return entries

    @property
    def size(self) -> int:
        """Bytes of all members."""
        return sum(int(one["size"]) for one in self.members.values())

    def unpack(self, place: Callable[[str], Path | None]) -> None:
        """Write each member to ``place(name)`` (None: not wanted), for its owner alone, all on disk."""
        folders = set()
        with tarfile.open(self.path, mode="r:") as tar:
            for info in tar:
                path = place(info.name) if info.name in self.members else None
                content = tar.extractfile(info)
                if path is None or content is None:
                    continue
                _private(path.parent)
                with create_private_file(path) as out:
                    shutil.copyfileobj(content, out, CHUNK)
                    os.fchmod(out.fileno(), info.mode & 0o600)  # what was sealed against writing stays so
                folders.add(path.parent)
        for folder in folders:
            sync_folder(folder)


def _private(folder: Path) -> None:
    """Make a folder and those above it that are missing, all of them closed to others."""
    if not folder.is_dir():
        _private(folder.parent)
        folder.mkdir(mode=0o700)


def check_archive(path: Path, progress: Progress = lambda _done, _total: None) -> Archive:
    """Read a backup from end to end and hold every member against the manifest.

    ``file_missing``, ``backup_unreadable``, ``backup_format_unknown``, ``backup_damaged`` with the member's name.
    """
    try:
        manifest, digest = _manifest(path)
        with tarfile.open(path, mode="r:") as tar:
            _compare_members(tar, manifest["members"], progress)
    except FileNotFoundError as fault:
        raise NianjianError("file_missing", file=str(path)) from fault
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NianjianError("backup_unreadable", file=str(path)) from fault
    return Archive(path, manifest, digest)


def _manifest(path: Path) -> tuple[dict[str, Any], str]:
    with tarfile.open(path, mode="r:") as tar:
        last = None
        for info in tar:
            last = info
        if last is None or last.name != MANIFEST or last.size > LARGEST_MANIFEST:
            raise NianjianError("backup_unreadable", file=str(path))
        member = tar.extractfile(last)
        content = member.read() if member else b""
        manifest: dict[str, Any] = json.loads(content)
    if manifest["format"] != FORMAT:
        raise NianjianError("backup_format_unknown", file=str(path), format=manifest["format"])
    return manifest, hashlib.sha256(content).hexdigest()


def _compare_members(tar: tarfile.TarFile, members: Mapping[str, Mapping[str, Any]], progress: Progress) -> None:
    total, done = sum(int(one["size"]) for one in members.values()), 0
    seen = set()
    for info in tar:
        if info.name == MANIFEST:
            continue
        entry = members.get(info.name)
        content = tar.extractfile(info) if info.isreg() else None
        if entry is None or content is None or info.name in seen or not _safe(info.name):
            raise NianjianError("backup_damaged", member=info.name)
        sha = hashlib.sha256()
        while block := content.read(CHUNK):
            sha.update(block)
            done += len(block)
            progress(done, total)
        if (info.size, sha.hexdigest()) != (entry["size"], entry["sha256"]):
            raise NianjianError("backup_damaged", member=info.name)
        seen.add(info.name)
    missing = sorted(set(members) - seen)
    if missing:
        raise NianjianError("backup_damaged", member=missing[0])


def _safe(name: str) -> bool:
    """A relative path that stays below the folder it is unpacked into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


HOME, LAKE, DATABASE = "home/", "lake/", "database/"
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


def stage_archive(file: Path, *, replace: bool, keys: Path | None, progress: Progress) -> Stage:
    """Check the archive and the keys, then unpack; be alone in the home.

    Before anything is written: what `check_archive` raises, ``backup_keys_missing``, ``backup_keys_other``,
    ``home_not_empty``, ``restore_disk_too_small``.
    """
    environment = env.read()
    archive = check_archive(file, progress)
    _check_keys(archive, environment.keys if environment.keys.exists() else keys, environment.keys)
    lakes = Lake(environment.lake_url, "any").folder.parent
    apart = not lakes.resolve().is_relative_to(environment.home.resolve())
    roots = [environment.home, lakes] if apart else [environment.home]
    switch.sweep(roots)
    full = [root for root in roots if switch.contents(root)]
    if full and not replace:
        raise NianjianError("home_not_empty", home=str(full[0]))
    free, space = shutil.disk_usage(environment.home).free, int(archive.size * SPARE)
    if free < space:
        raise NianjianError(
            "restore_disk_too_small", folder=str(environment.home), free_mib=free >> 20, wanted_mib=space >> 20
        )
    if not environment.keys.exists() and keys is not None:
        environment.keys.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy_keys(keys, environment.keys)
    stamp = _unused_stamp(roots)
    home = environment.home / f"{switch.STAGE}{stamp}"
    staged = lakes / f"{switch.STAGE}{stamp}" if apart else home / "lake"
    stage = Stage(archive, stamp, home, staged, tuple(roots))
    try:
        for folder in (home, staged):
            make_private(folder)
        archive.unpack(lambda name: _path(stage, name))
        if SQLITE in archive.members and not environment.database_url:
            packed = stage.rows / Path(SQLITE).name
            with create_private_file(home / "nianjian.sqlite3") as out, gzip.open(packed, "rb") as content:
                shutil.copyfileobj(content, out, CHUNK)
            packed.unlink()
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
def enter_stage(stage: Stage) -> Iterator[None]:
    """Let the settings name the staged home for a while."""
    names = ("NIANJIAN_HOME", "NIANJIAN_HOME_FILE", "NIANJIAN_LAKE_URL", "NIANJIAN_LAKE_URL_FILE")
    variables = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ |= {"NIANJIAN_HOME": str(stage.home), "NIANJIAN_LAKE_URL": str(stage.lakes)}
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(variables)


def _path(stage: Stage, name: str) -> Path | None:
    if name == f"{HOME}{SIGNING}":  # of a backup by an earlier version: the home makes a new one
        return None
    if name.startswith(HOME):
        return stage.home / name.removeprefix(HOME)
    if name.startswith(LAKE):
        return stage.lakes / name.removeprefix(LAKE)
    return stage.rows / name.removeprefix(DATABASE) if name.startswith(DATABASE) else None


def _check_keys(archive: Archive, path: Path | None, keys_path: Path) -> None:
    """Hold the key file against the archive: without its keys the sealed fields and files could not be read."""
    if path is None:
        raise NianjianError("backup_keys_missing", keys=str(keys_path))
    keys = archive.manifest["keys"]
    ring = keyring.read(path)
    if ring.mark != keys["mark"] or not set(keys["ids"]) <= set(ring.ciphers):
        raise NianjianError("backup_keys_other", keys=str(path))


@contextmanager
def create_private_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file for its owner alone; it is on disk at the end."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def copy_keys(source: Path, target: Path) -> None:
    """Copy the key file, mode 0600, for good."""
    with create_private_file(target) as out:
        out.write(source.read_bytes())
    sync_folder(target.absolute().parent)

"""The lake of one enterprise: Delta tables in a folder, their versions, files, commits and the writer's lock.

A Delta commit is the only commit: a file that no commit names does not exist. Log entries are kept for ever,
so that an old snapshot can be read again; nothing here vacuums files that a version still names.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, cast
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction, write_deltalake
from deltalake.exceptions import TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import hold_lock, is_locked
from nianjian.engines.lake.schema import REJECTED

KEEP: Final = {"delta.enableExpiredLogCleanup": "false", "delta.logRetentionDuration": "interval 36500 days"}

# An old log entry is an old snapshot: the hook must never clean it up, whatever the table says.
HOOK: Final = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


def days_of_commit(entry: Mapping[str, object]) -> set[date] | None:
    """The days whose rows a commit of `Lake.history` added or took; None: it names none."""
    days = entry.get("days")
    listed = json.loads(days) if isinstance(days, str) else days
    return None if listed is None else {date.fromisoformat(str(day)) for day in cast("Sequence[object]", listed)}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A Parquet file already written under the table's folder; ``path`` is relative to it, with ``/``."""

    path: str
    size: int  # bytes
    partition: Mapping[str, str]
    rows: int
    lowest: Mapping[str, object]  # column -> smallest value, for pruning
    highest: Mapping[str, object]
    written: int = field(default_factory=clock.milliseconds)


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file named by the newest version of a table."""

    path: str
    size: int
    partition: Mapping[str, str]
    rows: int

    @property
    def is_rejected(self) -> bool:
        """Whether it holds calls of the quarantine."""
        return self.partition["part"] == REJECTED


@dataclass(frozen=True, slots=True)
class Lake:
    """``url`` is a folder (or file:// URL) that every worker of the engine sees; one sub-folder an enterprise."""

    url: str
    enterprise: str

    @property
    def folder(self) -> Path:
        """Folder of the enterprise; NianjianError ``lake_url_unsupported`` for anything but a plain folder."""
        parts = urlsplit(self.url)
        if "%" in self.enterprise or ("%" in self.url and parts.scheme != "file"):
            # Delta takes a percent sign in a path for an escape and would write beside the folder.
            raise NianjianError("lake_url_unsupported", url=f"{self.url}/{self.enterprise}")
        if parts.scheme == "file":
            return Path(unquote(parts.path)) / self.enterprise
        if "://" in self.url:
            raise NianjianError("lake_url_unsupported", url=self.url)
        return Path(self.url) / self.enterprise

    def path(self, table: str) -> Path:
        """Folder of a table, whether it exists or not."""
        return self.folder / table

    def version(self, table: str) -> int | None:
        """Newest version; None: the table does not exist."""
        delta = self._open(table)
        return None if delta is None else delta.version()

    def snapshot(self) -> dict[str, int]:
        """Newest version of every table that exists, sorted by name."""
        if not self.folder.is_dir():
            return {}
        names = sorted(p.name for p in self.folder.iterdir() if (p / "_delta_log").is_dir())
        return {name: version for name in names if (version := self.version(name)) is not None}

    def files(self, table: str, version: int | None = None) -> list[str]:
        """Absolute paths of a version's files (newest if None), sorted; empty if the table is missing.

        ``rows_erased`` where the version named files that were deleted because their time was over.
        """
        delta = self._open(table, version)
        paths = [] if delta is None else sorted(self.path(table) / old.path for old in _listed(delta))
        if version is not None and not all(path.exists() for path in paths):
            raise NianjianError("rows_erased", table=table, version=version)
        return [str(path) for path in paths]

    def old_files(self, table: str) -> list[OldFile]:
        """The files of the newest version, sorted by path, with partition, size and row count."""
        delta = self._open(table)
        return [] if delta is None else sorted(_listed(delta), key=lambda old: old.path)

    def history(self, table: str, after: int) -> list[dict[str, object]]:
        """Commits newer than version ``after``, oldest first: Delta's commit info, ``version``, own metadata."""
        delta = self._open(table)
        if delta is None or delta.version() <= after:
            return []
        newest_first = delta.history(limit=delta.version() - after)
        return [cast("dict[str, object]", entry) for entry in reversed(newest_first) if entry["version"] > after]

    def transaction(self, table: str, name: str) -> int | None:
        """Last version that a commit recorded for the application transaction ``name``."""
        delta = self._open(table)
        return None if delta is None else delta.transaction_version(name)

    def create(self, table: str, schema: pa.Schema, *, partition_by: Sequence[str] = ()) -> None:
        """Make an empty table where none is; an existing one is left as it is."""
        if self._open(table) is None:
            self.path(table).mkdir(parents=True, exist_ok=True, mode=0o700)
            DeltaTable.create(
                str(self.path(table)), schema, mode="ignore", partition_by=list(partition_by), configuration=KEEP
            )

    def commit(
        self,
        table: str,
        *,
        add: Sequence[NewFile] = (),
        remove: Sequence[OldFile] = (),
        metadata: Mapping[str, object],
        transactions: Mapping[str, int] | None = None,
    ) -> int:
        """Add and remove files in one commit; the version it made. The table must exist, the lock be held."""
        delta = self._open(table)
        if delta is None:
            raise NianjianError("lake_table_missing", table=table)
        actions: list[AddAction | RemoveAction] = [
            RemoveAction(
                path=old.path,
                data_change=True,
                deletion_timestamp=clock.milliseconds(),
                size=old.size,
                partition_values=dict(old.partition),
            )
            for old in remove
        ]
        actions += [_added(new) for new in add]
        delta.create_write_transaction(
            actions,
            "append",
            delta.schema(),
            list(delta.metadata().partition_columns),
            commit_properties=CommitProperties(
                custom_metadata=dict(metadata),
                app_transactions=[Transaction(name, number) for name, number in (transactions or {}).items()],
            ),
            post_commithook_properties=HOOK,
        )
        return cast("int", self.version(table))

    def replace(self, table: str, rows: pa.Table, *, digest: str, partition_by: Sequence[str] = ()) -> int:
        """Make ``rows`` the whole table; no commit when ``digest`` equals that of the last one. The version."""
        with self.lock():
            self.create(table, rows.schema, partition_by=partition_by)
            delta = self._open(table)
            assert delta is not None  # noqa: S101 - created above
            if delta.history(limit=1)[0].get("digest") == digest:
                return delta.version()
            write_deltalake(
                delta,
                rows,
                mode="overwrite",
                schema_mode="overwrite",
                partition_by=list(partition_by) or None,
                commit_properties=CommitProperties(custom_metadata={"digest": digest}),
                post_commithook_properties=HOOK,
            )
            return delta.version()

    def digest(self, table: str) -> str | None:
        """The digest that the newest commit of a replaced table carries."""
        delta = self._open(table)
        value = None if delta is None else delta.history(limit=1)[0].get("digest")
        return None if value is None else str(value)

    def sweep(self, table: str) -> list[str]:
        """Delete Parquet files that no version ever named (what a crash left); the lock must be held."""
        folder = self.path(table)
        if not folder.is_dir():
            return []
        paths = ever_named(folder)
        gone = []
        for path in sorted(folder.rglob("*.parquet")):
            relative = path.relative_to(folder).as_posix()
            if not relative.startswith("_delta_log/") and relative not in paths:
                path.unlink()
                gone.append(relative)
        return gone

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer an enterprise: waits for other processes and threads, may be nested in one thread."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _guard(str(self.folder.resolve() / ".lock")):
            yield

    def busy(self) -> bool:
        """Whether somebody holds the lock at this moment: an answer for looking, `lock` is what protects."""
        return is_locked(self.folder / ".lock")

    def _open(self, table: str, version: int | None = None) -> DeltaTable | None:
        folder = self.path(table)
        if not (folder / "_delta_log").is_dir():
            return None
        try:
            return DeltaTable(str(folder), version=version) if version is not None else _newest(folder)
        except TableNotFoundError:
            return None


_opened = threading.local()
_MOST_OPEN: Final = 16


def _newest(folder: Path) -> DeltaTable:
    """The newest version; the whole log is read at first, then what was added since. One for each thread."""
    tables: dict[str, tuple[DeltaTable, tuple[int, int] | None]] = _opened.__dict__.setdefault("tables", {})
    path = str(folder.resolve())
    delta, mark = tables.pop(path, (None, None))
    if delta is None or mark is None or _mark(folder, delta.version()) != mark:
        delta = DeltaTable(str(folder))
    elif _mark(folder, delta.version() + 1) is not None:
        delta.update_incremental()
    tables[path] = delta, _mark(folder, delta.version())
    while len(tables) > _MOST_OPEN:
        del tables[next(iter(tables))]
    return delta


def _mark(folder: Path, version: int) -> tuple[int, int] | None:
    """Tells a log entry from another of that number, of a lake that was deleted or restored; None: there is none."""
    try:
        info = (folder / "_delta_log" / f"{version:020}.json").stat()
    except FileNotFoundError:
        return None
    return info.st_ino, info.st_mtime_ns


def _listed(delta: DeltaTable) -> list[OldFile]:
    keys = list(delta.metadata().partition_columns)
    listed = pa.RecordBatchReader.from_stream(delta.get_add_actions(flatten=True)).read_all()
    return [
        OldFile(
            path=unquote(entry["path"]),
            size=entry["size_bytes"],
            partition={key: entry[f"partition.{key}"] for key in keys},
            rows=entry["num_records"] or 0,
        )
        for entry in listed.to_pylist()
    ]


def _added(new: NewFile) -> AddAction:
    stats = {
        "numRecords": new.rows,
        "minValues": dict(new.lowest),
        "maxValues": dict(new.highest),
        "nullCount": {},
    }
    return AddAction(new.path, new.size, dict(new.partition), new.written, True, json.dumps(stats))  # noqa: FBT003 - the library's argument


def ever_named(folder: Path) -> set[str]:
    """Every path that an add action of any kept log entry names: the log is never cleaned up."""
    paths = set()
    for entry in (folder / "_delta_log").glob("*.json"):
        for line in entry.read_text(encoding="utf-8").splitlines():
            action = json.loads(line)
            if "add" in action:
                paths.add(unquote(action["add"]["path"]))
    return paths


class _Lock:
    """A process-wide re-entrant lock that also holds the lock file while somebody is inside."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.depth = 0


_locks: dict[str, _Lock] = {}
_locks_guard = threading.Lock()


@contextmanager
def _guard(path: str) -> Iterator[None]:
    with _locks_guard:
        entry = _locks.setdefault(path, _Lock())
    with entry.lock, ExitStack() as stack:
        if not entry.depth:
            stack.enter_context(hold_lock(Path(path)))
        entry.depth += 1
        try:
            yield
        finally:
            entry.depth -= 1


LOG: Final = "_delta_log"
POINTER: Final = "_last_checkpoint"  # the one file of a table that is ever written over


@dataclass(frozen=True, slots=True)
class LakeContents:
    """A lake at one moment. ``files`` are relative to the enterprise's folder; ``pointers`` are those that change."""

    versions: dict[str, int]
    files: tuple[str, ...]
    pointers: dict[str, bytes]


def read_lake_contents(lake: Lake) -> LakeContents:
    """Tables, their versions, and every file that a version names and that is still there; hold the lake's lock."""
    versions = lake.snapshot()
    files: list[str] = []
    pointers: dict[str, bytes] = {}
    for table in versions:
        folder = lake.path(table)
        for path in sorted((folder / LOG).iterdir()):
            name = f"{table}/{LOG}/{path.name}"
            if path.name == POINTER:
                pointers[name] = path.read_bytes()
            elif path.suffix in {".json", ".parquet"}:
                files.append(name)
        files += [f"{table}/{name}" for name in sorted(ever_named(folder)) if (folder / name).exists()]
    return LakeContents(versions, tuple(files), pointers)


def enterprises(folder: Path) -> list[str]:
    """Codes of the enterprises whose lakes lie in a folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def vacuum(lake: Lake, table: str) -> int:
    """Keep the newest version's files alone; the number of files deleted. Hold the lake's lock."""
    folder = lake.path(table)
    if not folder.is_dir():
        return 0
    standing = {old.path for old in lake.old_files(table)}
    gone = [folder / name for name in sorted(ever_named(folder) - standing) if (folder / name).exists()]
    for path in gone:
        path.unlink()
    return len(gone)


def forget(lake: Lake, table: str) -> None:
    """Empty a rollup and delete all its files; whoever needs it next builds it anew. Hold the lake's lock."""
    if old := lake.old_files(table):
        lake.commit(table, remove=old, metadata={"act": "forget"})
    vacuum(lake, table)

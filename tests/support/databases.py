"""The database of a home: SQLite inside it, or one of its own on PostgreSQL where the suite runs on that.

`SERVER` is set by the plugin of `tests/on_postgres/plugin.py`.
"""

import atexit
import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from tests.support.starter import started

SERVER = ""  # postgres://… of a database on whose server others may be made; "": SQLite
_made: set[str] = set()
KEPT = Path(__file__).parents[2] / ".pytest_cache/tables"


def environment(home: Path) -> dict[str, str]:
    """What tells the program which database the home has; made empty where there is none yet."""
    if not SERVER:
        return {}
    if _name(home) not in _made:
        _make(home, "")
    return {"NIANJIAN_DATABASE_URL": _url(home)}


def furnish(home: Path) -> None:
    """Give a home that is not there yet its tables, which are made once: making them takes seconds."""
    if home.exists():
        return
    if SERVER:
        copy(_furnished(), home)
    home.mkdir(mode=0o700, parents=True)
    if not SERVER:
        shutil.copy(migrated(), home / "nianjian.sqlite3")


@functools.cache
def _furnished() -> Path:
    """A home on PostgreSQL whose tables one command has made."""
    folder = Path(tempfile.mkdtemp(prefix="nianjian-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _migrate(folder)
    return folder / "home"


def _migrate(folder: Path) -> None:
    done = started(["enterprise", "list"], env=own_environment(folder, **environment(folder / "home")), cwd=folder)
    assert done.returncode == 0, done.stderr


@functools.cache
def migrated() -> Path:
    """An SQLite file with all tables as the migrations leave them, made once and kept for the next run."""
    KEPT.mkdir(parents=True, exist_ok=True)
    tree = Path(__file__).parents[2]
    digest = hashlib.sha256((tree / "uv.lock").read_bytes())
    for path in sorted((tree / "src").glob("nianjian/*/*/migrations/*.py")):
        digest.update(path.read_bytes())
    target = KEPT / f"{digest.hexdigest()[:20]}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the other worker waits for it
        if not target.exists():
            with tempfile.TemporaryDirectory() as folder:
                _migrate(Path(folder))
                with (
                    closing(sqlite3.connect(Path(folder) / "home/nianjian.sqlite3")) as base,
                    closing(sqlite3.connect(KEPT / "new")) as new,
                ):
                    base.backup(new)
            (KEPT / "new").rename(target)
    return target


def template() -> str:
    """The name of a database on PostgreSQL that has all tables."""
    return _name(_furnished())


def copy(source: Path, target: Path) -> None:
    """Give a home that was copied from another the same database as that one; in SQLite it came with the files."""
    if SERVER:
        _make(target, f' TEMPLATE "{_name(source)}"')


def rows(home: Path, query: str, *values: str, patience: float = 30) -> list[tuple[Any, ...]]:
    """Ask past the program; ``%s`` stands for a value. What the query changes is kept."""
    if SERVER:
        with psycopg.connect(_url(home)) as server:
            cursor = server.execute(query, values)
            return cursor.fetchall() if cursor.description else []
    with closing(sqlite3.connect(home / "nianjian.sqlite3", timeout=patience)) as base, base:
        return base.execute(query.replace("%s", "?"), values).fetchall()


def drop() -> None:
    """Remove all that were made."""
    with psycopg.connect(SERVER, autocommit=True) as server:
        for name in _made:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _made.clear()


def _make(home: Path, how: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{_name(home)}"{how}')
    _made.add(_name(home))


def _name(home: Path) -> str:
    return f"nianjian_{hashlib.sha256(str(home).encode()).hexdigest()[:20]}"


def _url(home: Path) -> str:
    return urlunsplit(urlsplit(SERVER)._replace(path=f"/{_name(home)}"))


def own_environment(folder: Path, **more: str) -> dict[str, str]:
    """For a process with the home and the keys in a folder, whatever is set here."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    places = {"NIANJIAN_HOME": str(folder / "home"), "NIANJIAN_KEYS": str(folder / "keys.json")}
    return {**environ, **places, **more}

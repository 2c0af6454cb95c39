"""The database of a home: SQLite inside it, or one of its own on PostgreSQL where the suite runs on that.

`SERVER` is set by the plugin of `tests/on_postgres/plugin.py`.
"""

from __future__ import annotations

import atexit
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


def environment(home: Path) -> dict[str, str]:
    """What tells the program which database the home has; made empty where there is none yet."""
    if not SERVER:
        return {}
    if _name(home) not in _made:
        _make(home, "")
    return {"NIANJIAN_DATABASE_URL": _url(home)}


def furnish(home: Path) -> None:
    """Give a home that is not there yet its tables, which are made once for a process: making them takes seconds."""
    if home.exists():
        return
    made = _furnished()
    home.mkdir(mode=0o700, parents=True)
    copy(made, home)
    if not SERVER:
        shutil.copy2(made / "nianjian.sqlite3", home)


@functools.cache
def _furnished() -> Path:
    """A home that one command has made."""
    folder = Path(tempfile.mkdtemp(prefix="nianjian-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = folder / "home"
    made = started(["enterprise", "list"], env=own_environment(folder, **environment(home)), cwd=folder)
    assert made.returncode == 0, made.stderr
    if not SERVER:  # `furnish` copies the file alone: what the command left in the log beside it goes into it first
        with closing(sqlite3.connect(home / "nianjian.sqlite3")) as base:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home


def copy(source: Path, target: Path) -> None:
    """Give a home that was copied from another the same database as that one; in SQLite it came with the files."""
    if SERVER:
        _make(target, f' TEMPLATE "{_name(source)}"')


def rows(home: Path, query: str, *values: str, patience: float = 30) -> list[tuple[Any, ...]]:
    """Ask past the program; ``%s`` stands for a value. What the query changes is kept."""
    if SERVER:
        with psycopg.connect(_url(home)) as server:
            asked = server.execute(query, values)
            return asked.fetchall() if asked.description else []
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
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    places = {"NIANJIAN_HOME": str(folder / "home"), "NIANJIAN_KEYS": str(folder / "keys.json")}
    return {**kept, **places, **more}

"""Worlds that several tests begin with: the program makes one once a process, each test gets its rows and files."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

from nianjian.engines.kernel import clock
from nianjian.platform.vault import keyring

T = TypeVar("T")
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class World:
    """``before``: rows of each table when it was made; ``rows`` and ``files``: what was there afterwards."""

    before: dict[str, int]
    rows: Rows
    files: Path
    value: Any


_kept: dict[str, World] = {}


def begin(name: str, folder: Path, make: Callable[[], T]) -> T:
    """Give database and folder what ``make`` leaves in them, and its value; it runs in the first such test alone.

    ``folder`` has the home, beside it or elsewhere are the keys in force. On another database than SQLite, or when
    other rows stand before it, the world is made anew.
    """
    if connection.vendor != "sqlite":
        return make()
    before = {table: len(rows) for table, rows in _read().items()}
    name += f" on {clock.today()}"
    world = _kept.get(name)
    if world is None or world.before != before:
        value = make()
        _kept[name] = World(before, _read(), _keep(folder), value)
        return value
    _write(world.rows)
    shutil.copytree(world.files / "folder", folder, dirs_exist_ok=True)
    path, home = keyring._where()
    if (world.files / "keys.json").exists():
        shutil.copy(world.files / "keys.json", path)
    keyring.place(world.files / "keys.json", home)
    keyring.place(path, home)  # read anew
    return world.value  # type: ignore[no-any-return] # what the first one gave


def _read() -> Rows:
    tables = connection.introspection.table_names()
    return {table: connection.connection.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}


def _write(rows: Rows) -> None:
    stored = _read()
    for table, new_rows in rows.items():
        if stored[table] != new_rows:
            connection.connection.execute(f'DELETE FROM "{table}"')
            marks = ", ".join("?" * len(new_rows[0])) if new_rows else ""
            connection.connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', new_rows)


def _keep(folder: Path) -> Path:
    files = Path(tempfile.mkdtemp(prefix="nianjian-world-"))
    atexit.register(shutil.rmtree, files, ignore_errors=True)
    shutil.copytree(folder, files / "folder")
    if (keys := keyring._where()[0]).exists():  # nothing was sealed without
        shutil.copy(keys, files / "keys.json")
    return files

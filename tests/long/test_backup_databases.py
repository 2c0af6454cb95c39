"""Backups on PostgreSQL and from one database to the other; restores killed before and after the database's commit."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from tests.support import databases
from tests.support.starter import started

from nianjian.features.maintenance.archive import check_archive

pytestmark = pytest.mark.long

SAMPLES = Path(__file__).parents[1] / "samples_backup"
SAMPLE = SAMPLES / "schema-0.1.0.tar"
KILLS = 12 if os.environ.get("SOAK") else 5


@dataclass(frozen=True, slots=True)
class House:
    """The command line on a home and a database of its own."""

    folder: Path
    url: str

    def _environment(self) -> dict[str, str]:
        own = {"NIANJIAN_DATABASE_URL": self.url, "NIANJIAN_TODAY": "2026-11-25", "LANG": "C.UTF-8"}
        return databases.own_environment(self.folder, **own)

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "nianjian", *words, "--json"],
            env={**self._environment(), **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, *words: str, code: int = 0, **environment: str) -> dict[str, Any]:
        there = {**self._environment(), **environment}
        done = started([*words, "--json"], env=there, cwd=self.folder, timeout=300)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        result: dict[str, Any] = json.loads(done.stdout) if done.stdout else {}
        return result

    def same_as_the_sample(self) -> None:
        """The chain, the sealed values and the figures of the kept backup."""
        assert self.ask("audit", "verify")["valid"] is True
        seats = self.ask("registers", "list", "seats", "--enterprise", "kept")["rows"]
        assert [seat["identity"] for seat in seats if seat["identity"]] == [
            "110***********7758", "110***********7491", "110***********7280",
        ]  # fmt: skip
        portrait = self.ask("portrait", "run", "--enterprise", "kept", "--year", "2026")
        values = {one["slug"]: (one["numerator"], one["denominator"]) for one in portrait["metrics"]}
        assert values == {
            "seat_vacancy": (1, 5), "complaint_rate": (1, 85), "number_consistency": (102, 127), "closing_rate": (1, 2),
        }  # fmt: skip


Make = Callable[[str], House]


class Houses:
    """Houses by name, each with the sample's keys: ``pg…`` on a database of PostgreSQL, others on SQLite."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder, self._server = folder, server
        self._made: list[str] = []

    def make(self, name: str) -> House:
        """An empty one."""
        folder = self._folder / name
        folder.mkdir()
        shutil.copy(SAMPLES / "schema-0.1.0.keys.json", folder / "keys.json")
        (folder / "keys.json").chmod(0o600)
        return House(folder, self._database("") if name.startswith("pg") else "")

    def copy(self, first: House, name: str) -> House:
        """Another that stands as the first one does."""
        folder = self._folder / name
        shutil.copytree(first.folder, folder)
        return House(folder, self._database(f' TEMPLATE "{urlsplit(first.url).path[1:]}"') if first.url else "")

    def end(self) -> None:
        """Remove the databases."""
        with psycopg.connect(self._server, autocommit=True) as server:
            for database in self._made:
                server.execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _database(self, how: str) -> str:
        name = f"nianjian_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"{how}')
        self._made.append(name)
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{name}"))


@pytest.fixture
def houses(tmp_path: Path, postgres_url: str) -> Iterator[Houses]:
    all_houses = Houses(tmp_path, postgres_url)
    yield all_houses
    all_houses.end()


@pytest.fixture
def make(houses: Houses) -> Make:
    """A house of that name, empty."""
    return houses.make


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[dict[str, House]]:
    """A house of each kind with the sample: made once, for its tables go through all migrations."""
    all_houses = Houses(tmp_path_factory.mktemp("restored"), postgres_url)
    by_name = {name: all_houses.make(name) for name in ("pg", "lite")}
    for house in by_name.values():
        assert house.ask("restore", str(SAMPLE))["migrated"]
    yield by_name
    all_houses.end()


@pytest.fixture
def begin(houses: Houses, restored: dict[str, House]) -> Make:
    """A house of that name that has the sample."""
    return lambda name: houses.copy(restored["pg" if name.startswith("pg") else "lite"], name)


@pytest.mark.parametrize(("source", "target"), [("pg1", "pg2"), ("pg1", "lite"), ("lite", "pg2")])
def test_a_backup_goes_from_one_database_to_the_other(
    begin: Make, make: Make, tmp_path: Path, source: str, target: str
) -> None:
    first, second = begin(source), make(target)
    first.same_as_the_sample()
    first.ask("user", "add", "dora", "--role", "auditor", "--link")
    first.ask("user", "invite", "--enterprise", "kept", "--role", "auditor")
    archive = tmp_path / "out.tar"
    assert first.ask("backup", str(archive))["enterprises"] == 1
    tables = check_archive(archive, lambda *_figures: None).manifest["tables"]
    assert (tables["accounts_link"], tables["accounts_invitation"]) == (0, 0)
    result = second.ask("restore", str(archive))
    assert (result["migrated"], result["aside"]) == ([], [])
    second.same_as_the_sample()
    token = second.ask("user", "add", "carla", "--role", "auditor")["token"]  # numbers go on behind the loaded ones
    assert second.ask("audit", "verify", "--as", "carla", NIANJIAN_TOKEN=token)["valid"] is True


def test_tables_in_use_are_put_aside_and_kept(begin: Make, tmp_path: Path) -> None:
    house = begin("pg1")
    house.ask("enterprise", "add", "later", "--name", "x", "--province", "")
    assert house.ask("restore", str(SAMPLE), code=2)["error"]["code"] == "home_not_empty"
    bare = House(tmp_path / "bare", house.url)  # an empty home beside a used database
    bare.folder.mkdir()
    shutil.copy(house.folder / "keys.json", bare.folder / "keys.json")
    assert bare.ask("restore", str(SAMPLE), code=2)["error"]["code"] == "database_not_empty"
    house.ask("restore", str(SAMPLE), "--replace")
    assert [one["code"] for one in house.ask("enterprise", "list")["enterprises"]] == ["kept"]
    with psycopg.connect(house.url) as database:
        (schema,) = database.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'").fetchall()
        codes = database.execute(f'SELECT code FROM "{schema[0]}".accounts_enterprise ORDER BY code').fetchall()
    assert codes == [("kept",), ("later",)]


@pytest.mark.parametrize("point", ["mid_write", "before_commit", "after_commit", "out", "in"])
def test_killed_around_the_commit(begin: Make, point: str) -> None:
    """The database decides: a journal whose restore was not committed is dropped, any other carried out."""
    house = begin("pg1")
    house.ask("enterprise", "add", "later", "--name", "x", "--province", "")
    house.ask("restore", str(SAMPLE), "--replace", code=-signal.SIGKILL, NIANJIAN_CRASH_AT=point)
    codes = [one["code"] for one in house.ask("enterprise", "list")["enterprises"]]
    assert codes == (["kept", "later"] if point in {"mid_write", "before_commit"} else ["kept"])
    house.same_as_the_sample()
    assert not (house.folder / "home" / ".restore.json").exists()


@pytest.mark.parametrize("name", ["pg1", "lite"])
def test_killed_at_random_instants(make: Make, name: str) -> None:
    draw = random.Random(20261125)
    house = make(name)
    began = time.monotonic()
    house.ask("restore", str(SAMPLE))
    lasts = time.monotonic() - began
    seen = set()
    for kill in range(KILLS):
        house.ask("enterprise", "add", f"later{kill}", "--name", "x", "--province", "")
        process = house.start("restore", str(SAMPLE), "--replace")
        time.sleep(draw.uniform(0.2, 1.05) * lasts)
        process.kill()
        process.communicate()
        codes = [one["code"] for one in house.ask("enterprise", "list")["enterprises"]]
        new = f"later{kill}" not in codes
        assert codes == ["kept"] if new else codes[0] == "kept", f"kill {kill}"
        seen.add(new)
        assert house.ask("audit", "verify")["valid"] is True, f"kill {kill}"
        assert house.ask("retention", "show", "--enterprise", "kept")["classes"][0]["oldest"] == "2025-12"
    assert False in seen, "no kill came before the switch"
    house.same_as_the_sample()

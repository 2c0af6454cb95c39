"""The home of a kept backup: whole under this version; rows whose time is over go from it, what they gave stays."""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tests.support import databases
from tests.support.fixtures import shell_of

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake.tables import Lake

if TYPE_CHECKING:
    from tests.support.fixtures import Shell

pytestmark = pytest.mark.long

SAMPLES = Path(__file__).parents[2] / "samples_backup"
LATER = {"NIANJIAN_TODAY": "2029-01-15"}  # the calls of 2025 are over their time, those of 2026 are not
LATEST = {"NIANJIAN_TODAY": "2029-09-15"}  # and now August 2026, and the ticket that was closed then


class Restored(NamedTuple):
    """A folder with the home of the kept backup and its keys: calls of 2025 and 2026, two tickets, two portraits."""

    folder: Path
    told: dict[str, Any]


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> Restored:
    folder = tmp_path_factory.mktemp("restored")
    keys = folder / "kept-keys.json"
    shutil.copy(SAMPLES / "schema-0.1.0.keys.json", keys)
    keys.chmod(0o600)
    words = ("restore", str(SAMPLES / "schema-0.1.0.tar"), "--keys", str(keys), "--json")
    said = shell_of(folder / "home")(*words)
    assert said.code == 0, said
    return Restored(folder, said.json)


@pytest.fixture
def kept(shell_home: Path, restored: Restored) -> Shell:
    """The restored home, one of its own for each test: restoring an old one takes seconds."""
    shutil.copytree(restored.folder, shell_home.parent, dirs_exist_ok=True, symlinks=True)
    databases.copy(restored.folder / "home", shell_home)
    return shell_of(shell_home)


def _classes(shell: Shell, *words: str, **environment: str) -> dict[str, int]:
    said = shell("retention", *words, "--json", **environment)
    assert said.code == 0, said
    return {one["class"]: one["rows"] for one in said.json["classes"]}


def _lake(home: Path) -> Lake:
    return Lake(str(home / "lake"), "kept")


def _files(home: Path, month: str) -> list[Path]:
    return list((home / "lake/kept/calls").glob(f"part={month}/*.parquet"))


def _tables(database: Path) -> set[tuple[object, ...]]:
    """Columns and indexes of every table of an SQLite file."""
    columns = 'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m, pragma_table_info(m.name) c'
    indexes = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type='index'"
    with closing(sqlite3.connect(database)) as base:
        return {*base.execute(columns), *base.execute(indexes)}


def _portrait(home: Path, year: int) -> str:
    return (home / f"portraits/kept/{year}.json").read_text(encoding="utf-8")


def _entries(shell: Shell) -> int:
    result: dict[str, Any] = shell("audit", "verify", "--json").json
    assert result["valid"] is True
    return int(result["entries"])


def _read_portrait(home: Path, year: int) -> dict[str, Any]:
    """The kept portrait; a line before it says of which run it is, where the program was new enough to write one."""
    portrait: dict[str, Any] = json.loads(_portrait(home, year).strip().split("\n")[-1])
    return portrait


def _changed(then: Any, now: Any, place: str = "") -> list[str]:
    """Where ``now`` says something else than ``then``; what a later version says in addition does not count."""
    if isinstance(then, dict):
        return [one for name in then for one in _changed(then[name], (now or {}).get(name), f"{place}/{name}")]
    if isinstance(then, list) and len(then) == len(now):
        return [one for n, old in enumerate(then) for one in _changed(old, now[n], f"{place}/{n}")]
    return [] if then == now else [place]


def test_a_backup_of_an_earlier_schema_comes_back_whole(kept: Shell, shell_home: Path, restored: Restored) -> None:
    result = restored.told
    assert (result["enterprises"], result["audit_entries"], result["aside"]) == (1, 17, [])
    assert result["migrated"], "the schema has changed since"
    if not databases.SERVER:  # it went through the parts of the migrations, a new home goes through the squashed ones
        assert _tables(shell_home / "nianjian.sqlite3") == _tables(databases.migrated())
    assert _entries(kept) == 18
    home = restored.folder / "home"
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in home.rglob("*") if path.is_dir()} == {0}
    for year, more in ((2025, []), (2026, ["--json"])):  # as they were run: with a second day, and without
        told_then = _read_portrait(shell_home, year)
        words = ("portrait", "run", "--enterprise", "kept", "--year", str(year), "--as-of", f"{year}-12-31", *more)
        assert kept(*words, NIANJIAN_TODAY="2026-11-25").code == 0
        # The rulebook has more rules since, none of which the figures come from; the program has another version.
        others = {"/code/version", "/rulebook/version", "/rulebook/sha256"}
        # Days without records and without a confirmed reason leave the whole undecided since.
        # Nothing is advised any more for a day that is over.
        others |= {"/light", "/advice", "/advice/0/overall", "/advice/1/with_cut/overall"}
        # A limit of the enterprise's own gives a second light beside the guide's; days to come lack no records.
        days = "/quality/days_without_records"
        others |= {"/metrics/0/limit", "/metrics/0/source/citation", "/metrics/0/source/level"}
        others |= {f"{days}/count", f"{days}/ranges/1/to"}
        later = _read_portrait(shell_home, year)
        # Where no ticket is registered, the complaint rate is undecided since and a flag says so.
        if year == 2025:
            rate, then = later["metrics"][1], told_then["metrics"][1]["flags"]
            assert rate["light"] == "insufficient"
            assert [flag["code"] for flag in rate["flags"] if flag not in then] == ["nothing_registered"]
            others |= {"/metrics/1/light", "/metrics/1/flags"}
        assert set(_changed(told_then, later)) <= others
    seats = kept("registers", "list", "seats", "--enterprise", "kept", "--json").json["rows"]
    assert [seat["identity"][:3] for seat in seats if seat["identity"]] == ["110"] * 3  # the keys open them
    (approval,) = kept("approvals", "list", "--json").json["approvals"]
    assert (approval["state"], approval["decided_by"]) == ("approved", "user:bo")
    batches = kept("calls", "list", "--enterprise", "kept", "--json").json["batches"]
    assert [one["rows"]["loaded"] for one in batches] == [139, 60]


def test_what_is_over_its_time_is_erased_and_nothing_else(kept: Shell, shell_home: Path) -> None:
    assert not any(_classes(kept, "show").values())
    before = _entries(kept)
    counts = {"calls": 60, "rejects": 1, "complaints": 0, "people": 0, "audit": 0, "portraits": 0}
    assert _classes(kept, "show", **LATER) == _classes(kept, "run", "--dry-run", **LATER) == counts
    assert (_entries(kept), len(_files(shell_home, "2025-12"))) == (before, 1)
    sealed = _portrait(shell_home, 2025)
    pinned = _lake(shell_home).version("calls")
    assert _classes(kept, "run", **LATER) == counts
    assert (_entries(kept), _files(shell_home, "2025-12"), _files(shell_home, "rejected")) == (before + 1, [], [])
    assert not list((shell_home / "lake/kept/.keys").rglob("*22bce0b5151a-0.parquet.hashes"))
    assert sum(file.rows for file in _lake(shell_home).old_files("calls")) == 139
    with pytest.raises(NianjianError, match="rows_erased"):
        _lake(shell_home).files("calls", pinned)  # an old snapshot is not read as if it had had no rows
    assert _portrait(shell_home, 2025) == sealed
    refused = kept("portrait", "run", "--enterprise", "kept", "--year", "2025", "--json", **LATER)
    assert refused.json["error"]["code"] == "rows_erased_year"
    assert _portrait(shell_home, 2025) == sealed
    assert kept("portrait", "run", "--enterprise", "kept", "--year", "2026", **LATER).code == 0
    assert not any(_classes(kept, "run", **LATER).values())
    assert _entries(kept) == before + 2  # the erasure and the portrait; a run without work leaves no entry


def test_closed_tickets_go_from_the_database_and_from_every_version(kept: Shell, shell_home: Path) -> None:
    assert kept("portrait", "run", "--enterprise", "kept", "--year", "2026").code == 0  # makes the rollup of tickets
    pinned = _lake(shell_home).version("complaint_fact")
    assert _classes(kept, "run", **LATEST)["complaints"] == 1
    listed = kept("registers", "list", "complaints", "--enterprise", "kept", "--json").json["rows"]
    assert [one["ticket_id"] for one in listed] == ["C2"]  # the open one stays, however old
    with pytest.raises(NianjianError, match="rows_erased"):
        _lake(shell_home).files("complaint_fact", pinned)
    assert [file.rows for file in _lake(shell_home).old_files("complaint_fact")] == [1]
    assert not list((shell_home / "lake/kept/tickets").glob("*.parquet"))
    assert kept("portrait", "run", "--enterprise", "kept", "--year", "2027", **LATEST).code == 0


@pytest.mark.parametrize("point", ["after_intent", "after_commit", "before_close", "before_commit"])
def test_a_killed_run_is_finished(kept: Shell, shell_home: Path, point: str) -> None:
    assert kept("retention", "run", NIANJIAN_CRASH_AT=point, **LATEST).code == -9
    assert kept("enterprise", "list").code == 0  # any command finishes or drops it
    assert not any(_classes(kept, "run", **LATEST).values()) or point in {"after_intent", "before_commit"}
    assert not any(_classes(kept, "run", **LATEST).values())
    assert (_files(shell_home, "2025-12"), _files(shell_home, "2026-08"), len(_files(shell_home, "2026-09"))) == (
        [],
        [],
        1,
    )
    marks = json.loads((shell_home / "portraits/kept/erased.json").read_text(encoding="utf-8"))
    assert sorted({one["table"] for one in marks}) == ["calls", "complaint_fact"]
    assert kept("audit", "verify", "--json").json["valid"] is True


def test_posted_records_are_counted_and_erased_with_the_calls_of_their_month(kept: Shell, shell_home: Path) -> None:
    """A day whose month is over its time, one of the month that is kept in part, and one of another enterprise."""
    folders = [shell_home / "live/posted" / one / "fs" for one in ("kept", "kept-not")]
    for folder in folders:
        folder.mkdir(parents=True)
    days = {"2025-12-31": 3, "2026-01-01": 2, "2024-02-29": 4}
    for day, legs in days.items():
        (folders[0] / f"{day}.jsonl").write_bytes(b"{}\n" * legs)
    (folders[1] / "2024-02-29.jsonl").write_bytes(b"{}\n")
    before = _entries(kept)
    classes = kept("retention", "show", "--json", **LATER).json["classes"]
    assert [(one["oldest"], one["rows"]) for one in classes if one["class"] == "calls"] == [("2024-02", 67)]
    assert _classes(kept, "run", "--dry-run", **LATER)["calls"] == 67
    assert sorted(one.stem for one in folders[0].iterdir()) == sorted(days)
    assert _classes(kept, "run", **LATER)["calls"] == 67
    assert [[one.stem for one in folder.iterdir()] for folder in folders] == [["2026-01-01"], ["2024-02-29"]]
    assert _entries(kept) == before + 2
    assert _classes(kept, "run", **LATER)["calls"] == 0


def test_a_backup_under_way_is_waited_for(kept: Shell, shell_home: Path) -> None:
    with (shell_home / ".backup.lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        refused = kept("retention", "run", "--json", **LATER)
    assert refused.json["error"]["code"] == "backup_running"
    assert len(_files(shell_home, "2025-12")) == 1

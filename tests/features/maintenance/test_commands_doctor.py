"""The doctor and the upgrade at the shell."""

from __future__ import annotations

import gzip
import shutil
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.support import databases

if TYPE_CHECKING:
    from tests.support.fixtures import Shell

pytestmark = pytest.mark.postgres

SAMPLES = Path(__file__).parents[2] / "samples_backup"


def _states(shell: Shell, code: int, **environment: str) -> dict[str, tuple[str, str]]:
    said = shell("doctor", "--json", **environment)
    assert said.code == code, said
    assert said.json["ok"] is (code == 0)
    for one in said.json["checks"]:
        assert "‹" not in one["message"], one  # every value of the sentence is given
        assert bool(one["remedy"]) is (one["state"] != "ok"), one
    return {one["check"]: (one["state"], one["code"]) for one in said.json["checks"]}


def test_a_healthy_home(cli: Shell, shell_home: Path, tmp_path: Path) -> None:
    states = _states(cli, 0, NIANJIAN_TODAY="2026-11-25")
    assert states["backups"] == ("warn", "backup_never")
    assert states["clock"] == ("warn", "clock_drill")
    assert states["encryption"][0] in {"ok", "warn"}
    well = {"home", "keys", "database", "migrations", "intents", "audit", "lake", "engine", "worker", "languages"}
    assert {name: states[name][0] for name in well} == dict.fromkeys(well, "ok")
    assert cli("backup", str(tmp_path / "b.tar")).code == 0
    assert _states(cli, 0)["backups"] == ("ok", "backup_fresh")
    assert _states(cli, 0, NIANJIAN_TODAY="2027-12-01")["holidays"] == ("warn", "holidays_missing")
    assert "→" in cli("doctor").out  # the remedy, for people


def test_what_is_broken_is_named(cli: Shell, shell_home: Path) -> None:
    shell_home.chmod(0o755)
    databases.rows(shell_home, "UPDATE audit_entry SET actor = %s WHERE seq = 1", "os:nobody")
    states = _states(cli, 1)
    assert states["audit"] == ("fail", "audit_broken")
    assert states["home"][0] == "ok"  # the start itself closes it
    (shell_home.parent / "keys.json").unlink()
    assert _states(cli, 1)["keys"] == ("fail", "keys_lost")


@pytest.mark.long
@pytest.mark.skipif(bool(databases.SERVER), reason="the old home is one of SQLite")
def test_an_old_home_is_upgraded_after_a_backup(shell: Shell, shell_home: Path, tmp_path: Path) -> None:
    """The sample's database under this version, without the restore that would bring it up to date."""

    shell_home.mkdir(mode=0o700)
    with tarfile.open(SAMPLES / "schema-0.1.0.tar") as tar:
        tar.extractall(tmp_path / "raw", filter="data")
    (shell_home / "nianjian.sqlite3").write_bytes(
        gzip.decompress((tmp_path / "raw/database/nianjian.sqlite3.gz").read_bytes())
    )
    shutil.copytree(tmp_path / "raw/home", shell_home, dirs_exist_ok=True)
    shutil.copytree(tmp_path / "raw/lake", shell_home / "lake")
    shutil.copy(SAMPLES / "schema-0.1.0.keys.json", tmp_path / "keys.json")
    (tmp_path / "keys.json").chmod(0o600)
    assert _states(shell, 1)["migrations"] == ("fail", "migrations_waiting")
    assert shell("upgrade", NIANJIAN_CRASH_AT="after_backup").code == -9
    (first,) = (tmp_path / "home-backups").iterdir()
    said = shell("upgrade", "--backup", str(tmp_path / "before.tar"), "--json")
    assert (said.code, said.json["archive"]) == (0, str(tmp_path / "before.tar"))
    assert said.json["migrated"]
    again = shell("upgrade", "--json")
    assert (again.code, again.json["archive"], again.json["migrated"]) == (0, None, [])
    assert shell("audit", "verify", "--json").json["entries"] == 19
    there = {"NIANJIAN_HOME": str(tmp_path / "other")}
    assert shell("restore", str(first), **there).code == 0  # what was backed up before is the old schema, and whole
    assert shell("audit", "verify", "--json", **there).json["entries"] == 18


@pytest.mark.long
def test_a_new_home_is_made_by_an_upgrade(shell: Shell, shell_home: Path) -> None:
    said = shell("upgrade", "--json")
    assert (said.code, said.json["archive"]) == (0, None)
    assert not shell_home.with_name("home-backups").exists() or not list(shell_home.with_name("home-backups").iterdir())

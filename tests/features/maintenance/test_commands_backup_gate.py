"""The gate comes back with its home: lists built from files, its snapshot, its journal and what it had counted."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.support.fixtures import Shell
from tests.support.gate_served import GateProcess

HOUSE = ("--enterprise", "demo")
REFUSED, CONSENTED, STRANGER = "13900139000", "13900139001", "13900139002"
ASK = ("gate", "check", *HOUSE, "--display", "95013001", "--channel", "L01", "--json")


@pytest.fixture
def house(cli: Shell, shell_home: Path) -> Shell:
    """A number and a line with a cap of three; a built list of each kind; two generations that share both."""
    folder = shell_home.parent
    header = "码号,批准总位长,用途,有效期止,备案状态,备案日期,呼出权限\n"
    (folder / "numbers.csv").write_text(f"{header}95013,8,外呼营销,2099-12-31,已备案,2024-02-01,是\n")
    (folder / "lines.csv").write_text("线路编号,状态\nL01,启用\n")
    for kind in ("numbers", "lines"):
        assert cli("registers", "import", kind, f"{kind}.csv", *HOUSE).code == 0
    (folder / "no.csv").write_text(f"号码\n{REFUSED}\n")
    (folder / "yes.csv").write_text(f"号码,用途,取得时间\n{CONSENTED},营销,2026-01-05 10:00:00\n")
    for kind, name in (("do-not-call", "no.csv"), ("consents", "yes.csv")):
        assert cli("gate", "list", "build", kind, name, *HOUSE).code == 0
    assert cli("gate", "policy", "set", "L01", "--cap", "3", "--enforce", *HOUSE).code == 0
    return cli


def _members(archive: Path) -> dict[str, Any]:
    with tarfile.open(archive) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        found: dict[str, Any] = json.loads(member.read())["members"]
        return found


def test_the_gate_goes_on_from_a_backup(house: Shell, shell_home: Path, tmp_path: Path) -> None:
    archive, keys = tmp_path / "out.tar", tmp_path / "copied.json"
    with GateProcess(shell_home) as gate:
        words = [gate.word(f"c{place}", callee=STRANGER) for place in range(2)]
        words.append(gate.word("c2", callee=REFUSED))
        assert words == ["allow", "allow", "deny do-not-call"]
        gate.stop()
    assert house("backup", str(archive), "--keys", str(keys)).code == 0
    names = [name for name in _members(archive) if name.endswith(".list")]
    assert sorted(Path(name).parent.name for name in names) == ["lists", "lists"]  # each list once, not by generation
    there = tmp_path / "there"
    own = {"NIANJIAN_HOME": str(there), "NIANJIAN_KEYS": str(tmp_path / "k" / "keys.json")}
    said = house("restore", str(archive), "--keys", str(keys), "--json", **own)
    assert said.code == 0, said
    generations = len(list((shell_home / "gate/snapshot/generations").iterdir()))
    assert said.json["gate"] == {"generations": generations, "lists_missing": []}
    assert generations > 1
    with GateProcess(there) as gate:  # without a feed: the snapshot of the backup is in force
        assert gate.word("c3", callee=REFUSED) == "deny do-not-call"
        assert gate.word("c4", callee=STRANGER) == "allow"
        assert gate.word("c5", callee=STRANGER) == "deny cap"
        gate.stop()
    assert (
        house("gate", "replay", str(next((there / "gate/decisions").glob("*/*"))), "--json", **own).json["differ"] == 0
    )
    marketing = house(*ASK, "--callee", CONSENTED, "--purpose", "营销", "--at", "2026-11-25T12:00", **own)
    assert marketing.json["reason"] == "allow"
    listed = house("gate", "list", "show", *HOUSE, "--json", **own).json["lists"]
    assert sorted(one["kind"] for one in listed) == ["consents", "do-not-call"]


def test_a_list_that_the_backup_lacks_is_named(house: Shell, shell_home: Path, tmp_path: Path) -> None:
    archive, keys = tmp_path / "out.tar", tmp_path / "copied.json"
    for path in shell_home.glob("gate/snapshot/**/*do-not-call*.list"):
        path.unlink()
    before = list(shell_home.glob("gate/snapshot/lists/*.list"))
    for path in before:
        if path.stat().st_nlink == 1:
            path.unlink()
    assert len(list(shell_home.glob("gate/snapshot/lists/*.list"))) == 1
    assert house("backup", str(archive), "--keys", str(keys)).code == 0
    own = {"NIANJIAN_HOME": str(tmp_path / "there"), "NIANJIAN_KEYS": str(tmp_path / "k" / "keys.json")}
    said = house("restore", str(archive), "--keys", str(keys), **own, LANG="en_US.UTF-8")
    assert said.code == 0, said
    assert "The gate's list do-not-call of demo was not in the backup; build it again from no.csv." in said.out

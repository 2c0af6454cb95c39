"""Backup and restore at the shell: what comes back, what is refused before anything is touched, what is kept aside."""

import fcntl
import gzip
import http.client
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support import databases
from tests.support.fixtures import Shell, shell_of
from tests.support.gate_served import GateProcess
from tests.support.site import PROGRAM, Site, serving, told

from nianjian.engines.kernel import clock
from nianjian.features.maintenance.archive import Archive, check_archive, write_archive

pytestmark = pytest.mark.long

SAMPLES = Path(__file__).parents[2] / "samples_backup"
SAMPLE = SAMPLES / "schema-0.1.0.tar"
HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,振铃时间,接通时间,结束时间,结果"
CALLS = [f"c{n},呼出,8001,95013,1390000{n:04d},2026-03-02 10:00:00,,,2026-03-02 10:01:00,接通" for n in range(30)]


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The sample's key file, closed to others as a key file must be."""
    path = tmp_path / "kept-keys.json"
    shutil.copy(SAMPLES / "schema-0.1.0.keys.json", path)
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def furnished(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home whose enterprise has calls, a seat and a portrait, and its keys."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    databases.copy(prepared / "home", folder / "home")
    cli, calls, seats = shell_of(folder / "home"), folder / "calls.csv", folder / "seats.csv"
    calls.write_text("\n".join([HEADER, *CALLS]) + "\n", encoding="utf-8")
    seats.write_text("坐席编号,类型,姓名,备案状态,备案日期\nS1,人工,张三,已备案,2025-11-01\n", encoding="utf-8")
    assert cli("registers", "import", "seats", str(seats), "--enterprise", "demo").code == 0
    assert cli("calls", "import", str(calls), "--enterprise", "demo", "--timezone", "Asia/Shanghai").code == 0
    assert cli("portrait", "run", "--enterprise", "demo", "--year", "2026").code == 0
    return folder


@pytest.fixture
def busy(shell_home: Path, furnished: Path) -> Shell:
    """The furnished home, one of its own for each test."""
    shutil.copytree(furnished, shell_home.parent, dirs_exist_ok=True)
    databases.copy(furnished / "home", shell_home)
    return shell_of(shell_home)


def _manifest(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        manifest: dict[str, Any] = json.loads(member.read())
        return manifest


def _refused(shell: Shell, code: str, *words: str, **environment: str) -> dict[str, Any]:
    said = shell(*words, "--json", **environment)
    assert said.code == 2, said
    assert said.json["error"]["code"] == code
    error: dict[str, Any] = said.json["error"]
    return error


def test_a_home_comes_back_elsewhere(busy: Shell, shell_home: Path, tmp_path: Path) -> None:
    archive, copied = tmp_path / "out.tar", tmp_path / "copied.json"
    assert busy("enterprise", "add", "empty", "--name", "无数据", "--province", "").code == 0
    result = busy("backup", str(archive), "--keys", str(copied), "--json")
    assert result.code == 0, result
    assert (result.json["enterprises"], result.json["keys_inside"]) == (2, False), "also the one without calls"
    assert {path.stat().st_mode & 0o777 for path in (archive, copied)} == {0o600}
    manifest = _manifest(archive)
    assert manifest["keys"]["copied"] is True
    assert manifest["tables"]["registers_seat"] == 1
    assert not any("key" in Path(name).name and name.endswith(".json") for name in manifest["members"])
    assert not [path for path in shell_home.iterdir() if path.name.startswith(".backup-")]
    other = tmp_path / "other"
    there = {"NIANJIAN_HOME": str(other), "NIANJIAN_KEYS": str(tmp_path / "k" / "keys.json")}
    assert busy("restore", str(archive), "--keys", str(copied), **there).code == 0
    words = ("portrait", "run", "--enterprise", "demo", "--year", "2026", "--json")
    assert busy(*words, **there).out == busy(*words).out
    assert busy("audit", "verify", "--json", **there).json["valid"] is True
    assert busy("calls", "import", str(tmp_path / "calls.csv"), "--enterprise", "demo", **there).code == 0


@pytest.mark.skipif(bool(databases.SERVER), reason="a server keeps the old tables in a schema of its own")
def test_a_used_home_is_put_aside_and_kept(busy: Shell, shell_home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "out.tar"
    assert busy("backup", str(archive)).code == 0
    assert busy("enterprise", "add", "later", "--name", "后来", "--province", "").code == 0
    assert "later" in busy("enterprise", "list").out
    _refused(busy, "home_not_empty", "restore", str(archive))
    said = busy("restore", str(archive), "--replace", "--json")
    assert said.code == 0, said
    assert "later" not in busy("enterprise", "list").out
    (aside,) = map(Path, said.json["aside"])
    assert aside.parent == shell_home
    there = {"NIANJIAN_HOME": str(aside)}
    assert "later" in busy("enterprise", "list", **there).out


def test_nothing_is_written_over_or_into_the_home_nor_by_anybody(cli: Shell, shell_home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.tar"
    there.write_bytes(b"mine")
    _refused(cli, "backup_exists", "backup", str(there))
    assert there.read_bytes() == b"mine"
    _refused(cli, "backup_inside_home", "backup", str(shell_home / "b.tar"))
    _refused(cli, "backup_exists", "backup", str(tmp_path / "b.tar"), "--keys", str(there))
    token = cli("user", "add", "anna", "--role", "compliance_lead", "--json").json["token"]
    words = ("backup", str(tmp_path / "b.tar"), "--as", "anna")
    _refused(cli, "role_missing_everywhere", *words, NIANJIAN_TOKEN=token)
    assert not (tmp_path / "b.tar").exists()
    folder = tmp_path / "backups"
    folder.mkdir()
    said = cli("backup", str(folder), "--json")
    (archive,) = folder.iterdir()
    assert said.json["archive"] == str(archive)
    assert archive.name.startswith("nianjian-"), "a folder gets a file named after the moment"
    assert _manifest(archive)["keys"]["copied"] is False


def test_a_damaged_backup_touches_nothing(shell: Shell, shell_home: Path, keys: Path, tmp_path: Path) -> None:
    content = bytearray(SAMPLE.read_bytes())
    (tmp_path / "cut.tar").write_bytes(content[:100_000])
    middle = content.index(b"PAR1") + 200
    content[middle] ^= 0xFF
    (tmp_path / "bad.tar").write_bytes(content)
    (tmp_path / "text.tar").write_text("no archive")
    for name, code in (("cut", "backup_unreadable"), ("bad", "backup_damaged"), ("text", "backup_unreadable")):
        _refused(shell, code, "restore", str(tmp_path / f"{name}.tar"), "--keys", str(keys))
    _refused(shell, "file_missing", "restore", str(tmp_path / "none.tar"), "--keys", str(keys))
    assert not [path for path in shell_home.iterdir() if path.name != ".using.lock"]
    assert not (shell_home.parent / "keys.json").exists()


def test_a_backup_without_its_keys_is_refused(shell: Shell, tmp_path: Path) -> None:
    _refused(shell, "backup_keys_missing", "restore", str(SAMPLE))
    assert shell("keys", "list", NIANJIAN_HOME=str(tmp_path / "other")).code == 0  # makes other keys
    _refused(shell, "backup_keys_other", "restore", str(SAMPLE))


def test_a_backup_of_a_later_version_is_refused(shell: Shell, shell_home: Path, keys: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.tar"
    with tarfile.open(SAMPLE) as source, tarfile.open(later, "w") as target:
        for info in source:
            member = source.extractfile(info)
            assert member is not None
            content = member.read()
            if info.name == "manifest.json":
                content = content.replace(b"0002_holidays", b"0999_holidays")
            info.size = len(content)
            with (tmp_path / "part").open("wb+") as part:
                part.write(content)
                part.seek(0)
                target.addfile(info, part)
    error = _refused(shell, "backup_newer", "restore", str(later), "--keys", str(keys))
    assert error["values"]["migration"] == "registers.0999_holidays"
    assert [path.name for path in shell_home.iterdir()] == [".using.lock"]


def test_a_home_in_use_is_not_restored_and_one_being_restored_not_used(
    cli: Shell, shell_home: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "out.tar"
    assert cli("backup", str(archive)).code == 0
    with (shell_home / ".using.lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        _refused(cli, "home_in_use", "restore", str(archive), "--replace")
        assert cli("enterprise", "list").code == 0  # others may use it at the same time
    with (shell_home / ".using.lock").open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _refused(cli, "home_being_restored", "enterprise", "list")


@pytest.mark.parametrize("point", ["mid_write", "before_commit"])
def test_a_killed_backup_leaves_no_file(busy: Shell, shell_home: Path, tmp_path: Path, point: str) -> None:
    archive = tmp_path / "out.tar"
    assert busy("backup", str(archive), NIANJIAN_CRASH_AT=point).code == -9
    assert not archive.exists()
    assert busy("backup", str(archive)).code == 0
    assert not [path for path in shell_home.iterdir() if path.name.startswith(".backup-")]
    assert not list(tmp_path.glob(".out.tar*"))


@pytest.mark.parametrize("point", ["mid_write", "before_close", "out", "in"])
def test_a_killed_restore_leaves_the_old_or_the_new(busy: Shell, shell_home: Path, tmp_path: Path, point: str) -> None:
    """Before the journal the old home holds; after it the next command finds the new one, finished."""
    archive = tmp_path / "out.tar"
    assert busy("backup", str(archive)).code == 0
    assert busy("enterprise", "add", "later", "--name", "后来", "--province", "").code == 0
    assert busy("restore", str(archive), "--replace", NIANJIAN_CRASH_AT=point).code == -9
    listed = [one["code"] for one in busy("enterprise", "list", "--json").json["enterprises"]]
    assert listed == (["demo", "later"] if point == "mid_write" else ["demo"])
    assert busy("audit", "verify", "--json").json["valid"] is True
    assert busy("portrait", "run", "--enterprise", "demo", "--year", "2026").code == 0
    assert not (shell_home / ".restore.json").exists()
    assert busy("restore", str(archive), "--replace").code == 0
    assert not [path for path in shell_home.iterdir() if path.name.startswith(".restoring-")]


def test_two_restores_in_one_second_put_two_homes_away(busy: Shell, shell_home: Path, tmp_path: Path) -> None:
    """Another restore has put a home away in each of the next 300 seconds."""
    archive = tmp_path / "out.tar"
    assert busy("backup", str(archive)).code == 0
    start = clock.now()
    for second in range(300):
        (shell_home / f".before-{start + timedelta(seconds=second):%Y%m%d-%H%M%S}" / "lake" / "calls").mkdir(
            parents=True
        )
    assert busy("restore", str(archive), "--replace").code == 0
    [aside] = shell_home.glob(".before-*-*-2")
    assert (aside / "lake").is_dir()


def _answer(site: Site, path: str, session: str = "") -> int:
    """The status of a page, without following where it leads."""
    connection = http.client.HTTPConnection(urlsplit(site.address).netloc, timeout=60)
    with closing(connection):
        connection.request("GET", f"/{path}", headers={"Cookie": f"sessionid={session}"})
        return connection.getresponse().status


def _with_session(archive: Archive, folder: Path, row: tuple[Any, ...]) -> Path:
    """The backup as an earlier version wrote it: with a live session, and with the key that signs them."""
    base, old = folder / "old.sqlite3", folder / "old.tar"
    manifest = {name: value for name, value in archive.manifest.items() if name not in {"members", "format"}}
    manifest["tables"] = {**manifest["tables"], "django_session": 1}
    with tarfile.open(archive.path) as source, write_archive(old, lambda: manifest) as writer:
        for name in archive.members:
            member = source.extractfile(name)
            assert member is not None
            content = member.read()
            if name == "database/nianjian.sqlite3.gz":
                base.write_bytes(gzip.decompress(content))
                with closing(sqlite3.connect(base)) as database, database:
                    database.execute("INSERT INTO django_session VALUES (?, ?, ?)", row)
                content = gzip.compress(base.read_bytes())
            writer.add_bytes(name, content)
        writer.add_bytes("home/secret_key", b"a key that a stranger has read")
    return old


@pytest.mark.skipif(bool(databases.SERVER), reason="it reads the file of SQLite")
def test_a_backup_lets_nobody_in_nor_does_a_restored_one(tmp_path: Path) -> None:
    archive, here = tmp_path / "out.tar", tmp_path / "here"
    here.mkdir()
    with serving(here) as site:
        ended, session = site.session("anna"), site.session("anna")
        with closing(sqlite3.connect(site.home / "nianjian.sqlite3", timeout=60)) as database, database:
            database.execute("PRAGMA secure_delete = OFF")  # as SQLite is built in most places
            long = [ended * 500, ended]  # over several pages, which are free afterwards
            database.execute("UPDATE django_session SET session_data = ? WHERE session_key = ?", long)
            database.execute("DELETE FROM django_session WHERE session_key = ?", [ended])
        first = json.loads(told(site.environment, *PROGRAM, "user", "link", "anna", "--json"))["link"]
        path = first.partition("8000/")[2]
        assert [_answer(site, "account/", session), _answer(site, path)] == [200, 200]
        (row,) = databases.rows(site.home, "SELECT * FROM django_session")
        told(site.environment, *PROGRAM, "backup", str(archive))
    backup = check_archive(archive, lambda *_figures: None)
    assert not {"home/secret_key", "database/secret_key"} & set(backup.members)
    gone = ("django_session", "usersessions_usersession", "accounts_cached", "accounts_link", "accounts_invitation")
    assert [backup.manifest["tables"][name] for name in gone] == [0] * len(gone)
    with tarfile.open(archive) as tar:
        packed = tar.extractfile("database/nianjian.sqlite3.gz")
        assert packed is not None
        content = gzip.decompress(packed.read())
    assert not [key for key in (session, ended) if key.encode() in content]  # nor in the file's free pages

    there = tmp_path / "there"
    (there / "home").mkdir(parents=True)
    shutil.copy(here / "keys.json", there)
    words = ("restore", str(_with_session(backup, tmp_path, row)), "--replace")
    said = told({**site.environment, "NIANJIAN_HOME": str(there / "home")}, *PROGRAM, *words, "--json")
    ((tokens,),) = databases.rows(here / "home", "SELECT count(*) FROM accounts_token")
    assert json.loads(said)["tokens"] == tokens > 0, "they hold again, and the operator is told how many"
    with serving(there) as site:
        assert [_answer(site, "account/", session), _answer(site, path)] == [302, 410]
        assert databases.rows(site.home, "SELECT * FROM django_session WHERE session_key = %s", session) == []
        assert (site.home / "secret_key").read_text() != "a key that a stranger has read"
        assert _answer(site, "account/", site.session("anna")) == 200


# The gate comes back with its home: lists built from files, its snapshot, its journal and what it had counted.

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
        members: dict[str, Any] = json.loads(member.read())["members"]
        return members


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

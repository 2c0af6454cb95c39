"""Many processes at once on an empty home: tables are made once, the chain has no fork; on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

PROCESSES = 4
ACTS = 25
WRITE = f"""
import sys
from nianjian.platform.home import wiring
wiring.prepare()
wiring.keys()
from nianjian.platform.audit.record import record
for number in range({ACTS}):
    record(verb="test.act", enterprise="", actor="os:" + sys.argv[1], data={{"number": number}})
"""
VERIFY = """
import json
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.platform.audit.chain import verify_chain
report = verify_chain()
print(json.dumps([report.valid, report.entries]))
"""
UPGRADE = """
import json
from nianjian.platform.home import wiring
wiring.start()
from django.db import connection
from nianjian.platform.accounts import query
from tests.support.old_tables import migrate_parts
migrate_parts("accounts", "0001_initial")
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO accounts_enterprise VALUES ('demo', 'x', '浙江', '2026-01-01')")
    for name in ("anna", "bo"):
        cursor.execute(
            "INSERT INTO accounts_user (name, token_sha256, created_at) VALUES (%s, %s, '2026-01-01')", [name, name]
        )
    cursor.execute("INSERT INTO accounts_membership (user_id, enterprise_id) VALUES ('anna', 'demo')")
wiring.prepare()
print(json.dumps([[one.user, one.role, one.enterprise] for one in query.list_memberships()]))
"""


def _environment(tmp_path: Path, url: str) -> dict[str, str]:
    own = {"NIANJIAN_HOME": str(tmp_path / "home"), "NIANJIAN_KEYS": str(tmp_path / "k" / "keys.json")}
    return os.environ | own | {"NIANJIAN_DATABASE_URL": url}


def _start(program: str, environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _answer(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def _race(environment: dict[str, str]) -> None:
    started = [_start(WRITE, environment, str(number)) for number in range(PROCESSES)]
    for process in started:
        _answer(process)
    assert json.loads(_answer(_start(VERIFY, environment))) == [True, PROCESSES * ACTS]


def _upgrade(environment: dict[str, str]) -> None:
    result = json.loads(_answer(_start(UPGRADE, environment)))
    assert result == [["anna", "compliance_lead", "demo"], ["bo", "compliance_lead", None]]


def test_many_first_starts_and_writers_on_sqlite(tmp_path: Path) -> None:
    _race(_environment(tmp_path, ""))
    home = tmp_path / "home"
    assert home.stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "k" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_many_first_starts_and_writers_on_postgresql(tmp_path: Path, database: str) -> None:
    _race(_environment(tmp_path, database))


def test_users_of_an_earlier_version_keep_their_rights_on_sqlite(tmp_path: Path) -> None:
    _upgrade(_environment(tmp_path, ""))


def test_users_of_an_earlier_version_keep_their_rights_on_postgresql(tmp_path: Path, database: str) -> None:
    _upgrade(_environment(tmp_path, database))

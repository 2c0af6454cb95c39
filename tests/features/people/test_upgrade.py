"""A home of the release before people signed in: its users' tokens go on to hold, and links can be made for them."""

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home whose tables stand at the last migration of that release, with a user who has a token."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("NIANJIAN_", "DJANGO_"))}
    environ = {**base, "NIANJIAN_HOME": str(tmp_path / "old"), "NIANJIAN_KEYS": str(tmp_path / "old-keys.json")}
    (tmp_path / "old").mkdir(mode=0o700)
    program = (
        "import django\ndjango.setup()\n"
        "from tests.support.old_tables import migrate_parts\nmigrate_parts('accounts', '0002_roles')"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "nianjian.doors.site.settings"}
    subprocess.run([sys.executable, "-c", program], env=environ | settings, check=True)
    sha256 = hashlib.sha256(b"old-token").hexdigest()
    with sqlite3.connect(tmp_path / "old" / "nianjian.sqlite3") as database:
        database.execute("INSERT INTO accounts_user VALUES ('anna', ?, '2026-01-02 03:04:05')", [sha256])
        database.execute("INSERT INTO accounts_membership (role, user_id) VALUES ('administrator', 'anna')")
    database.close()
    return environ


def _run(environment: dict[str, str], *words: str, code: int = 0) -> dict[str, object]:
    program = [sys.executable, "-m", "nianjian", *words, "--json"]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_old_tokens_hold_and_old_users_get_links(environment: dict[str, str]) -> None:
    proved = {**environment, "NIANJIAN_TOKEN": "old-token"}
    assert _run(proved, "user", "list", "--as", "anna")["users"] == [
        {"name": "anna", "display_name": "", "roles": [{"role": "administrator", "enterprise": None}]}
    ]
    _run({**environment, "NIANJIAN_TOKEN": "other"}, "user", "list", "--as", "anna", code=2)
    tokens = _run(environment, "user", "token", "list", "anna")["tokens"]
    assert isinstance(tokens, list)
    assert [(one["name"], one["acts"], one["created_at"][:10]) for one in tokens] == [("shell", None, "2026-01-02")]
    assert tokens[0]["used_at"] is not None
    assert str(_run(environment, "user", "link", "anna")["link"]).startswith("http://127.0.0.1:8000/account/first/")
    _run(environment, "user", "token", "revoke", tokens[0]["id"])
    _run(proved, "user", "list", "--as", "anna", code=2)

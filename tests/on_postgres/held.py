"""Suites of SQLite once more, in a process of their own, over databases of a PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE = Path(__file__).parent
TESTS = HERE.parent
# What locks, orders, compares, groups or stores as its database does; the rest says nothing more of another: SOAK=1.
DEPENDENT: Final = {
    "db": (
        "complaints",
        "reconcile",
        "test_accounts.py",
        "test_approvals.py",
        "test_audit.py",
        "test_batches.py",
        "test_callback.py",
        "test_dossier_checklist.py",
        "test_dossier_rounds.py",
        "test_drafts.py",
        "test_gate_feed.py",
        "test_history.py",
        "test_import_sheets.py",
        "test_large_register.py",
        "test_publish.py",
        "test_queue.py",
        "test_queue_worker.py",
        "test_rectification_limits.py",
        "test_reminders.py",
        "test_rows.py",
        "test_season.py",
        "test_second_person.py",
        "test_unseen_signs.py",
        "test_vault.py",
    ),
    "doors/api": ("test_complaints.py", "test_hostile.py", "test_people.py", "test_registers.py"),
    "doors/web": (
        "complaints",
        "registers",
        "test_audit.py",
        "test_data.py",
        "test_hostile.py",
        "test_inbox.py",
        "test_people.py",
        "test_season.py",
    ),
}


def hold(database: str, tests: str, *more: str) -> None:
    """Run the tests of a folder or file under ``tests``; fail with what they print."""
    environment = os.environ | {"PYTHONPATH": str(HERE), "NIANJIAN_TEST_DATABASE": database}
    options = ["-q", "-n0", "-p", "plugin", "-p", "no:cacheprovider"]
    parts = [tests] if os.environ.get("SOAK") else [f"{tests}/{part}" for part in DEPENDENT.get(tests, ())] or [tests]
    command = [sys.executable, "-m", "pytest", *options, *more, *(str(TESTS / part) for part in parts)]
    done = subprocess.run(command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

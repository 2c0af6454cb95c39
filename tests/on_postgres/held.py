"""Suites of SQLite once more, in a process of their own, over databases of a PostgreSQL server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
# What computes, reads or prints more than it stores, walks through all roles, looks at the pages' own machinery or
# holds on SQLite by its name says little of a database: with SOAK=1.
LITTLE = (
    "db/inspection/test_checks.py",
    "db/inspection/test_recordings.py",
    "db/sealing/test_seal_pictures.py",
    "db/test_access.py",
    "db/test_dossier_build.py",
    "db/test_dossier_check.py",
    "db/test_dossier_generate.py",
    "db/test_double_click.py",
    "db/test_results.py",
    "doors/api/test_api_matrix.py",
    "doors/api/test_dossier_sorting.py",
    "doors/web/test_dossier_sorting.py",
    "doors/web/test_looked_at.py",
    "doors/web/test_matrix.py",
    "doors/web/test_portrait.py",
    "doors/web/test_portrait_ways.py",
    "doors/web/test_proxy.py",
    "doors/web/test_spool.py",
    "doors/web/test_webhooks.py",
)


def hold(database: str, tests: str, *more: str) -> None:
    """Run the tests of a folder or file under ``tests``; fail with what they print."""
    environment = os.environ | {"PYTHONPATH": str(HERE), "NIANJIAN_TEST_DATABASE": database}
    options = ["-q", "-n0", "-p", "plugin", "-p", "no:cacheprovider"]
    left = () if os.environ.get("SOAK") else LITTLE
    more = (*more, *(f"--ignore={TESTS / path}" for path in left))
    command = [sys.executable, "-m", "pytest", *options, *more, str(TESTS / tests)]
    done = subprocess.run(command, env=environment, cwd=TESTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

"""What a start costs: `nianjian --help` loads neither Django nor an engine."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("django", "duckdb", "pyarrow", "ibis", "deltalake", "pandas", "altair")


@pytest.mark.parametrize(
    "module", ["nianjian.doors.cli.main", "nianjian.engines.kernel.errors", "nianjian.engines.rules.load"]
)
def test_light_modules_stay_light(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("room", ["kernel", "rules", "lake", "intake", "metrics", "paper", "season", "evidence", "sip"])
def test_plain_rooms_run_without_django(room: str) -> None:
    code = (
        "import sys, importlib, pkgutil, nianjian.engines." + room + " as room\n"
        "for one in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):\n"
        "    one.name.endswith('spark_engine') or importlib.import_module(one.name)\n"
        "print('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"

"""What a start costs: `nianjian --help` loads neither Django nor an engine."""

import subprocess
import sys

HEAVY = ("django", "duckdb", "pyarrow", "ibis", "deltalake", "pandas")


LIGHT = ("nianjian.doors.cli.main", "nianjian.engines.kernel.errors", "nianjian.engines.rules.load")
PLAIN = ("kernel", "rules", "lake", "intake", "metrics", "paper", "season", "evidence", "sip")
WALK = """
import importlib, pkgutil, sys
for name in {rooms!r}:
    room = importlib.import_module("nianjian.engines." + name)
    for one in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        if not one.name.endswith("spark_engine"):
            importlib.import_module(one.name)
            assert "django" not in sys.modules, one.name
"""


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_light_modules_stay_light() -> None:
    assert _run(f"import sys, {', '.join(LIGHT)}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))") == ""


def test_plain_rooms_run_without_django() -> None:
    _run(WALK.format(rooms=PLAIN))


def test_commands_load_without_the_libraries_of_the_api() -> None:
    code = """
import importlib, sys
from nianjian.doors.cli.main import VERBS, load_verb
for verb in VERBS:
    load_verb(verb)
    assert not {"pydantic", "ninja"} & set(sys.modules), verb
"""
    _run(code)

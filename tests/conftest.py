"""One test home for all suites: settings are read once, so the environment is set before Django is."""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("any machine")

_HOME = Path(tempfile.mkdtemp(prefix="nianjian-test-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("NIANJIAN_")]:
    if _name not in {"NIANJIAN_TEST_POSTGRES", "NIANJIAN_REQUIRE_SERVICES"}:
        del os.environ[_name]
os.environ.update(
    NIANJIAN_HOME=str(_HOME / "home"),
    NIANJIAN_KEYS=str(_HOME / "keys.json"),
    LANG="en_GB.UTF-8",
    TZ="Asia/Shanghai",
)
_SOURCE = Path(__file__).parents[1] / "src/nianjian"
if (_SOURCE / "doors/site/settings.py").exists():
    os.environ["DJANGO_SETTINGS_MODULE"] = "nianjian.doors.site.settings"
for _name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
    os.environ.pop(_name, None)

pytest_plugins = ["tests.support.services", "tests.support.fixtures", "tests.support.demo_home"]


LONGEST = (
    "test_year.py", "on_postgres", "test_dress.py", "test_backup_databases.py", "test_demo.py", "test_engines_equal.py",
    "test_matrix.py", "test_api_matrix.py", "season_days", "test_live_screens.py", "test_live_kamailio.py",
    "test_asterisk.py", "test_spark_shell.py", "test_live_posts.py", "test_hostile.py", "walks", "journeys",
)  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser. The longest first, files of one folder or name together: the last would end alone."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.web)
    items.sort(key=lambda item: next((at for at, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not walk through all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """One collection finds what was left open; pytest itself would walk through the whole heap five times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _system_tempdir(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that runs inside a test moves the process' temporary files into its home, which goes with the test."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)

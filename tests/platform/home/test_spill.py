"""What an engine spills lies in the home, for its owner alone, and goes with the process that made it."""

import subprocess
import sys
from pathlib import Path

import pytest

from nianjian.platform.home import folders, wiring

pytestmark = pytest.mark.long

KILLED = """
import os, signal, sys
from pathlib import Path
from nianjian.platform.home import folders
folder = folders.folder(Path(sys.argv[1]))
(folder / "duckdb_temp_storage_S32K-0.tmp").write_text("13987654321")
print(folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
SPILL = """
import os, sys
from contextlib import closing
from pathlib import Path
from nianjian.platform.home import folders
from nianjian.engines.lake.duckdb_engine import DuckDBEngine
os.chdir(sys.argv[2])
with closing(DuckDBEngine(memory_limit="32MB", temp=str(folders.folder(Path(sys.argv[1]))))) as engine:
    con = engine.backend.con
    con.execute("create table held as select range as n, md5(range::varchar) as text from range(1200000)")
    print(*os.listdir(folders.folder(Path(sys.argv[1]))), "|", *os.listdir())
"""


def test_the_portraits_engine_spills_into_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("NIANJIAN_HOME", str(home))
    engine = wiring.engine()
    try:
        [[temp_dir]] = engine.backend.con.sql("select current_setting('temp_directory')").fetchall()  # type: ignore[attr-defined]
    finally:
        engine.close()
    folder = Path(temp_dir)
    assert folder.is_relative_to(home)
    while folder != tmp_path:
        assert folder.stat().st_mode & 0o777 == 0o700, folder
        folder = folder.parent


def test_nothing_is_spilled_beside_it(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    output = _python(SPILL, tmp_path / "home", here).stdout
    spilled, beside = output.split("|")
    assert "duckdb_temp" in spilled
    assert not beside.strip()


COMMAND = """
import sys, tempfile
from nianjian.doors.cli.main import main
code = main(sys.argv[2:])
assert code == 0, code
print(tempfile.gettempdir())
"""


@pytest.mark.parametrize("words", [("enterprise", "list"), ("audit", "verify"), ("upgrade", "--json")])
def test_a_command_leaves_its_temporary_files_in_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    home = tmp_path / "home"
    for name, value in (("HOME", home), ("KEYS", tmp_path / "keys.json")):
        monkeypatch.setenv(f"NIANJIAN_{name}", str(value))
    folder = Path(_python(COMMAND, home, *map(Path, words)).stdout.splitlines()[-1])
    assert folder.is_relative_to(home)
    while folder != tmp_path:
        if folder.exists():
            assert folder.stat().st_mode & 0o777 == 0o700, folder
        folder = folder.parent


def test_what_a_killed_process_left_goes_at_the_next_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    mine = folders.folder(home)
    (mine / "duckdb_temp_storage_S32K-0.tmp").write_text("in use")
    left = Path(_python(KILLED, home, check=False).stdout.strip())
    assert left.is_dir()
    folders.empty(home)
    assert not left.exists()
    assert (mine / "duckdb_temp_storage_S32K-0.tmp").exists()
    assert folders.folder(home) == mine


def _python(program: str, *words: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=check)

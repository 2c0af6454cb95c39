"""A small demo of `bench.demo`, for tests that begin with one."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from tests.support.site import ROOT

ROWS: Final = "40000"
PRINTED: Final = "printed.txt"  # in the folder: what making the demo printed


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo, made once for all processes of a run; never served or changed itself."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = root / "demo"
    with (root / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            words = [sys.executable, "-m", "bench.demo", "--rows", ROWS, "--folder", str(begun), "--no-serve"]
            done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            (begun / PRINTED).write_text(done.stdout, encoding="utf-8")
            begun.rename(folder)
    return folder

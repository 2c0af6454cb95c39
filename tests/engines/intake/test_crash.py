"""A kill at any place leaves the old state or the new one, and the next import cleans up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engines.intake.conftest import Desk, csv_bytes, good

SCRIPT = """
import sys
from nianjian.engines.intake.load import import_file
from nianjian.engines.intake.read import list_items
from nianjian.engines.lake.tables import Lake
(item,) = list_items([sys.argv[2]])
import_file(lake=Lake(sys.argv[1], "E1"), item=item, batch="BX")
"""


def killed_at(point: str, lake: str, file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, lake, str(file)], env={**os.environ, "NIANJIAN_CRASH_AT": point}, check=False
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("point", ["mid_write", "before_commit", "after_commit"])
def test_old_state_or_new_state(desk: Desk, point: str) -> None:
    desk.take(csv_bytes(good(10)), "first.csv")
    data = csv_bytes([*good(30, 11), "x,y"])
    file = desk.folder / "second.csv"
    file.write_bytes(data)
    killed_at(point, desk.lake.url, file)
    committed = point == "after_commit"
    assert desk.good() == (40 if committed else 10)
    receipt = desk.take(data, "second.csv")
    assert receipt.known == committed
    assert (desk.good(), desk.bad()) == (40, [(32, "columns_missing")])
    on_disk = {str(path) for path in desk.lake.path("calls").rglob("part=*/*.parquet")}
    assert on_disk == set(desk.lake.files("calls"))
    assert not list((desk.lake.folder / ".tmp").rglob("*.*"))

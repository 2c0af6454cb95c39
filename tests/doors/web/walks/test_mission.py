"""The whole mission on the demo enterprise: yellow light, simulated fix, drill, case, sealed package, closed season."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.doors.web.walks import mission
from tests.support.site import Site, serving

from nianjian.engines.kernel import clock

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[4]
#: What an isolation was put in force on is told by the real clock, so the season lies behind it.
NOW = clock.now().astimezone(clock.ZONE).date()
TODAY = max(date(mission.YEAR + 1, 3, 25), NOW + timedelta(days=25))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The demo with its worker, in the last days of its season."""
    folder = tmp_path / "demo"
    words = [sys.executable, "-m", "bench.demo", "--rows", "40000", "--folder", str(folder), "--no-serve"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    with serving(folder, NIANJIAN_TODAY=TODAY.isoformat()) as site:
        yield site
    shutil.rmtree(folder)


def test_from_the_yellow_light_to_the_archive(site: Site, browser: Any, tmp_path: Path) -> None:
    one = mission.person(site, browser, "anna", "administrator")
    other = mission.person(site, browser, "bo", "compliance_lead")
    mission.simulates(one)
    mission.drills(one)
    case = mission.complains(one, other, TODAY)
    mission.imports(one, mission.calls_since(NOW + timedelta(days=1), 19))
    mission.mends(one, case, TODAY)
    mission.brings(one)
    mission.seals(one, other)
    path = mission.packs(one, tmp_path)
    with zipfile.ZipFile(path) as pack:
        told = json.loads(pack.read(next(name for name in pack.namelist() if name.endswith("manifest.json"))))
    mission.hands_in(one)
    archive, kept = mission.archives(one, tmp_path)
    assert told["sha256"] in archive
    assert kept.read_bytes() == path.read_bytes()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() in archive
    mission.refused(one)
    assert one.faults == other.faults == []

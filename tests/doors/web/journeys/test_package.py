"""The sealed scan is filed, and the submission is recorded: the journeys of a clerk and a lead with the package."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey
from tests.support.site import environment, serving, told

pytestmark = pytest.mark.web
DAY, YEAR = "2027-02-24", "2026"
PATIENCE = 120_000  # milliseconds for the worker
Opening = Callable[..., Journey]


@pytest.fixture
def season(demo_home: Path, browser: Any, tmp_path: Path) -> Iterator[Opening]:
    """Serve a copy of the demo in the spring after its year, its package prepared by ``tests.support.package_home``."""
    folder, ends = tmp_path / "demo", []

    def opening(*state: str) -> Journey:
        shutil.copytree(demo_home, folder)
        variables = environment(folder) | {"NIANJIAN_TODAY": DAY}
        told(variables, sys.executable, "-m", "tests.support.package_home", ENTERPRISE, YEAR, str(tmp_path), *state)
        server = serving(folder, NIANJIAN_TODAY=DAY, NIANJIAN_GATE_URL="http://127.0.0.1:9")
        journey = Journey(server.__enter__(), browser)
        ends.extend((journey.close, lambda: server.__exit__(None, None, None)))
        return journey

    yield opening
    for end in ends:
        end()


def test_the_sealed_scan_is_filed_in_four_clicks(season: Opening, tmp_path: Path) -> None:
    journey = season()
    page = journey.begin()
    journey.click(page.locator("aside").get_by_role("link", name="年报与材料"))
    assert "第 5 步，共 8 步" in page.inner_text("main")
    with page.expect_file_chooser() as chooser:
        journey.click(page.locator("#id_files"))
    chooser.value.set_files(tmp_path / "scan.pdf")
    check = page.get_by_role("link", name="进入分件核对")
    check.wait_for(timeout=PATIENCE)
    assert "已归入 13 项材料" in page.inner_text("main")
    journey.click(check)
    journey.click(page.get_by_role("button", name="确认并定稿"))
    assert journey.clicks == 4
    page.locator("li#submit.now").wait_for(timeout=PATIENCE)
    assert "上传版取自盖章扫描件" in page.inner_text("li#final")


def test_the_submission_is_recorded_in_two_clicks(season: Opening) -> None:
    journey = season("final")
    page = journey.begin()
    journey.click(page.locator("aside").get_by_role("link", name="年报与材料"))
    page.get_by_label("受理号").fill("京通受〔2027〕18号")
    journey.click(page.get_by_role("button", name="登记提交"))
    assert journey.clicks == 2
    assert "受理号 京通受〔2027〕18号" in page.inner_text("li#submit")
    assert not page.locator("li[aria-current=step]").count(), "nothing is left to do"
    page.goto(f"{journey.site.address}e/{ENTERPRISE}/dossier/{YEAR}/rounds/")
    assert "京通受〔2027〕18号" in page.inner_text("main")

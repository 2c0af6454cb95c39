"""From the page of the day: why a light is yellow and who causes it, and the isolation of that line approved."""

import json

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey
from tests.support.site import PROGRAM, ROOT, started, told

pytestmark = pytest.mark.web
LINE = "L23"


def test_why_the_light_is_yellow_and_who_causes_it(journey: Journey) -> None:
    page = journey.begin(role="compliance_lead", person="lin")
    verdict = page.locator(".verdict").inner_text()
    assert "投诉率超限：全年容许" in verdict
    assert f"{LINE} 速达外包" in verdict
    assert "%" in verdict
    assert journey.clicks == 0, "to read it"
    journey.click(page.locator(".verdict").get_by_role("link", name="看原因"))
    page.wait_for_url("**/metric/complaint_rate/")
    assert journey.clicks == 1, "to the evidence"


def test_the_isolation_of_a_line_is_approved(journey: Journey) -> None:
    environment = journey.site.environment
    opened = told(
        environment, *PROGRAM, "rectify", "open", "--json", "--enterprise", ENTERPRISE, "--received", "2026-11-20"
    )
    case = str(json.loads(opened)["id"])
    words = ("rectify", "isolate", case, "--channel", LINE, "--reason", "骚扰投诉集中", "--end", "复核后解除")
    assert "A" in started(words, env=environment, cwd=ROOT).stdout, "it waits for a second person"
    page = journey.begin(role="compliance_lead", person="lin")
    count = page.locator(".side .count").first.inner_text().split()[0]
    assert page.locator("[aria-labelledby=work] .seg a").first.inner_text() == f"全部 {count}"
    journey.click(page.locator(".verdict a.primary", has_text=f"审批隔离 {LINE}"))
    journey.click(page.locator("main button.primary"))
    page.wait_for_load_state()
    assert journey.clicks == 2
    page.goto(f"{journey.site.address}e/{ENTERPRISE}/")
    assert f"审批隔离 {LINE}" not in page.locator("main").inner_text()

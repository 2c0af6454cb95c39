"""From a light to its rows: who caused it, its tickets over the page, the file."""

import io
import re

import openpyxl
import pytest
from tests.doors.web.journeys.conftest import Journey
from tests.support.axe import assert_clean


@pytest.mark.web
def test_the_complaints_of_the_line_that_stands_out_are_taken_along_in_three_clicks(journey: Journey) -> None:
    page = journey.begin()
    journey.click(page.locator(".verdict").get_by_role("link", name="看原因"))
    page.wait_for_url("**/metric/complaint_rate/**")
    worst = page.locator(".causes tbody tr").first
    assert re.search(r"L23\s*中继23 · 速达外包\s*显著偏高", worst.inner_text())
    assert "偶然的可能不到 1 %" in page.locator("main").inner_text()
    assert page.locator("main .primary").count() == 1
    assert_clean(page)
    link = worst.get_by_role("link", name=re.compile("计入投诉"))
    count = int(link.inner_text().split()[0])
    journey.click(link)
    drawer = page.locator("#panel")
    drawer.locator("#rows tbody tr").first.wait_for(timeout=60_000)
    assert "线路：L23 中继23 · 速达外包" in drawer.inner_text()
    assert_clean(page)
    with page.expect_download(timeout=60_000) as taken:
        journey.click(drawer.get_by_role("button", name="导出"))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(taken.value.path().read_bytes())).worksheets
    assert sheet.max_row == count + 1
    assert journey.clicks == 3


@pytest.mark.web
def test_the_rows_in_the_drawer_are_searched_and_lead_to_their_ticket(journey: Journey) -> None:
    page = journey.begin()
    page.goto(f"{journey.site.address}e/DEMO/2026/metric/complaint_rate/")
    page.get_by_role("link", name=re.compile("全部 .*项")).click()
    drawer = page.locator("#panel")
    drawer.get_by_role("searchbox").fill("中继23")
    drawer.get_by_role("button", name="筛选").click()
    drawer.locator(".causes tbody tr").nth(1).wait_for(state="detached", timeout=60_000)
    drawer.get_by_role("link", name=re.compile("计入投诉")).click()
    ticket = drawer.locator("#rows tbody a[href*='/complaints/t/']").first
    ticket.wait_for(timeout=60_000)
    drawer.get_by_role("searchbox").fill(name := ticket.inner_text())
    drawer.get_by_role("button", name="筛选").click()
    drawer.locator("#rows tbody tr").nth(1).wait_for(state="detached", timeout=60_000)
    drawer.get_by_role("link", name=name).click()
    page.wait_for_url(f"**/complaints/t/{name}/")
    page.go_back()
    page.goto(f"{journey.site.address}e/DEMO/2026/runs/")
    assert page.get_by_role("checkbox").count() >= 1

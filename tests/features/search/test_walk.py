"""The palette in a browser: opened by key, three letters, Enter; the policy, axe, a phone and both themes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, environment, serving, told

LINES = "线路编号,名称,运营商,团队,状态\nL23,中继23,中国联通,T1,启用\nL24,中继24,中国联通,T1,启用\n"
TEAMS = "团队编号,名称,类型\nT1,速达外包,外包\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("search")
    told(environment(folder), *PROGRAM, "enterprise", "add", "demo", "--name", "示范呼叫中心", "--province", "北京")
    for kind, text in (("teams", TEAMS), ("lines", LINES)):
        (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
        sheet = str(folder / f"{kind}.csv")
        told(environment(folder), *PROGRAM, "registers", "import", kind, sheet, "--enterprise", "demo")
    with serving(folder) as started:
        yield started


def test_three_letters_and_enter_lead_to_the_record(site: Site, browser: Any) -> None:
    context = site.context(browser, site.session("anna"), locale="zh-CN")
    page, faults = context.new_page(), []
    # of a request that the next letter replaces, htmx says so
    page.on("console", lambda message: None if message.text.startswith("htmx:") else faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{site.address}e/demo/registers/lines/")
    palette = page.locator("dialog.search")
    page.locator("input:visible").first.press("/")
    assert not palette.is_visible(), "a field keeps its keys"
    page.locator("h1").first.click()
    for keys in ("/", "Control+k", "Meta+k"):
        page.keyboard.press(keys)
        palette.wait_for()
        page.keyboard.press("Escape")
        palette.wait_for(state="hidden")
    page.locator("[data-open-search]:visible").click()
    palette.locator(".hits a", has_text="台账").first.wait_for()  # 数据与台账 and 台账
    page.keyboard.type("l2")
    palette.locator(".hits a", has_text="L24").wait_for()
    for scheme, width in (("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 844})
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "L24" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.name") == "q"
    with page.expect_navigation():
        page.keyboard.type("3")
        page.keyboard.press("Enter")  # before the answer has come
    assert page.url == f"{site.address}e/demo/registers/lines/L23/"
    assert faults == []
    context.close()


def test_without_script_the_link_leads_to_the_same_results(site: Site, browser: Any) -> None:
    context = site.context(browser, site.session("anna"), locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}e/demo/")
    with page.expect_navigation():
        page.locator("a.find:visible").click()
    page.locator("main input[name=q]").fill("L23")
    with page.expect_navigation():
        page.locator("main input[name=q]").press("Enter")
    assert page.locator("main .hits a").first.get_attribute("href") == "/e/demo/registers/lines/L23/"
    context.close()

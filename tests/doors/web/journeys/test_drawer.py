"""The drawer: one for all, from the right; a changed form asks once; its address is a page."""

from typing import Any, Final

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey
from tests.support.axe import assert_clean
from tests.support.site import follow

TEAMS: Final = f"e/{ENTERPRISE}/registers/teams/"
NAME: Final = "示例外包三队"


def _open(journey: Journey, page: Any) -> Any:
    page.goto(f"{journey.site.address}{TEAMS}")
    page.get_by_role("link", name="新增").first.click()
    drawer = page.locator("#panel")
    drawer.locator("[name=name]").wait_for()
    return drawer


@pytest.mark.web
def test_it_closes_by_key_button_and_a_click_beside_it_and_asks_once_when_something_was_typed(journey: Journey) -> None:
    page = journey.begin()
    title = page.title()
    drawer = _open(journey, page)
    box = drawer.bounding_box()
    assert (box["width"], box["x"] + box["width"], box["height"]) == (460, 1366, 768)
    assert page.title() != title
    assert "新增" not in page.title(), "the page's own title stays"
    assert_clean(page)
    page.mouse.click(200, 400)
    drawer.wait_for(state="hidden")
    drawer = _open(journey, page)
    drawer.locator("[name=name]").fill(NAME)
    page.keyboard.press("Escape")
    drawer.get_by_text("您填写的内容尚未提交。").wait_for()
    assert_clean(page)
    drawer.get_by_role("button", name="继续填写").click()
    assert drawer.locator("[name=name]").input_value() == NAME
    drawer.get_by_role("button", name="关闭", exact=True).click()
    drawer.get_by_role("button", name="不提交，关闭").click()
    drawer.wait_for(state="hidden")


@pytest.mark.web
def test_its_form_is_sent_where_its_page_is_and_is_a_page_without_script(journey: Journey) -> None:
    page = journey.begin(width=390, height=844)
    drawer = _open(journey, page)
    box = drawer.bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    drawer.locator("[name=team_id]").fill("T-new")
    drawer.locator("[name=name]").fill(NAME)
    follow(drawer.locator("form button.primary"))
    assert "此行已保存" in page.inner_text("#messages") or NAME in page.inner_text("main")
    page = journey.begin(java_script_enabled=False)
    page.goto(f"{journey.site.address}{TEAMS}")
    follow(page.get_by_role("link", name="新增").first)
    assert page.locator("main [name=name]").is_visible()

"""Complaints: the oldest overdue ticket is closed, unowned ones are given to a colleague; by mouse and by keyboard."""

from typing import Any

import pytest
from tests.doors.web.journeys.conftest import Journey

pytestmark = pytest.mark.web
MEASURES = "已致歉，号码列入谢绝来电名单"


def _open_list(journey: Journey) -> Any:
    page = journey.begin()
    journey.click(page.locator("aside.side nav").get_by_role("link", name="投诉"))
    return page


def test_the_oldest_overdue_ticket_is_closed(journey: Journey) -> None:
    page = _open_list(journey)
    oldest = page.locator("tr[data-row]").first.locator("a").first.inner_text()
    peek = page.locator("#peek")
    assert oldest in peek.inner_text()
    assert "逾期" in peek.locator("h2").inner_text()
    journey.click(peek.get_by_label("满意", exact=True))
    peek.locator("textarea").fill(MEASURES)
    journey.click(peek.get_by_role("button", name="记录回访并办结"))
    assert journey.clicks == 3
    result = page.locator("#peek .note").inner_text()
    assert f"{oldest} 已办结。" in result
    assert "还有 21 张未办结。" in result
    assert page.locator("#peek").get_by_role("link", name="下一张").is_visible()
    assert oldest not in page.locator("table").inner_text()


def test_on_a_phone_a_chosen_ticket_shows_its_next_act_at_once(journey: Journey) -> None:
    page = journey.begin(width=390, height=844)
    page.goto(f"{journey.site.address}e/DEMO/complaints/")
    assert not page.locator("#peek").is_visible(), "nobody has chosen a ticket"
    last = page.locator("tr[data-row]").last
    name = last.locator("a").first.inner_text()
    last.locator("a[href*='#peek']").click()
    page.locator("#peek h2", has_text=name).wait_for()
    page.wait_for_load_state()  # it then stands where its address says
    act = page.locator("#peek button.primary").bounding_box()
    assert act is not None
    assert act["y"] + act["height"] < page.locator(".phone-bar").bounding_box()["y"]


def test_unowned_tickets_are_given_to_a_colleague(journey: Journey) -> None:
    page = _open_list(journey)
    journey.click(page.get_by_role("link", name="无人认领"))
    unowned = page.locator("tr[data-row]").count()
    assert unowned >= 18
    journey.click(page.get_by_role("checkbox", name="选择本页全部"))
    bulk = page.locator("#bulk")
    assert f"已选 {unowned}" in bulk.inner_text()
    journey.click(bulk.locator("summary").get_by_text("分派"))
    first, *_others = bulk.locator("label:has([name=assignee])").all_inner_texts()
    assert first.startswith("我"), "the reader stands first"
    journey.click(bulk.get_by_label("李敏"))
    journey.click(bulk.get_by_role("button", name="确认"))
    assert journey.clicks == 6
    assert f"{unowned} 张工单已分派给李敏" in page.locator("#messages").inner_text()
    assert page.locator("tr[data-row]").count() == 0
    page.get_by_role("link", name="未办结").click()
    assert page.locator("tr[data-row]").first.inner_text().endswith("李敏")


def test_both_by_keyboard_alone(journey: Journey) -> None:
    page = _open_list(journey)
    press = page.keyboard.press
    rows = page.locator("tr[data-row]")
    names = [row.locator("a").first.inner_text() for row in rows.all()]
    for key, name in (("j", names[0]), ("j", names[1]), ("j", names[2]), ("k", names[1])):
        press(key)
        assert page.locator(":focus").inner_text() == name
    page.locator("#peek h2", has_text=names[1]).wait_for()
    assert page.locator("tr.here a").first.inner_text() == names[1]
    press("x")
    press("j")
    press("x")
    assert "已选 2" in page.locator("#bulk").inner_text()
    page.locator("#bulk summary").first.focus()
    press("Enter")
    _tab_to(page, "[name=assignee]")
    press("Space")
    _tab_to(page, "button[value=assign]")
    press("Enter")
    page.locator("#messages", has_text="2 张工单已分派给").wait_for()
    page.wait_for_load_state()  # a key before that is lost
    press("j")
    _tab_to(page, "#peek [name=callback]")
    press("Space")
    press("Tab")
    page.keyboard.type(MEASURES)
    press("Tab")
    press("Enter")
    page.locator("#peek .note", has_text="已办结").wait_for()
    page.wait_for_load_state()
    press("j")
    press("Enter")
    page.wait_for_url("**/complaints/t/*/")
    assert page.locator("h1").is_visible()


def _tab_to(page: Any, selector: str) -> None:
    """Press Tab until what is looked for has the focus, which is always to be seen."""
    for _press in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached")

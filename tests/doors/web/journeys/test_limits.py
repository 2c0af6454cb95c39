"""An own limit is raised, and decided by the colleague who was asked."""

import pytest
from tests.doors.web.journeys.conftest import Journey

REASON = "省管局窗口电话答复：扩容期内可按 40 % 掌握。"


@pytest.mark.web
def test_a_lead_raises_an_own_limit_in_five_clicks(journey: Journey) -> None:
    page = journey.begin("limin", "compliance_lead")
    journey.click(page.get_by_role("link", name="设置", exact=True))
    if "/rules/" not in page.url:
        journey.click(page.get_by_role("link", name="限值与规则"))
    journey.click(page.get_by_role("link", name="修改：坐席空置率上限"))
    page.get_by_label("新值").press_sequentially("40")
    page.locator("#reading").get_by_text("按 40 % 理解").wait_for()
    page.locator("#reading").get_by_text("不超过 40 %").wait_for()
    page.get_by_label("理由").fill(REASON)
    choice = page.get_by_label("批准人")
    assert "李敏" not in choice.inner_text()
    choice.select_option(choice.locator("option", has_text="王强").get_attribute("value"))
    journey.clicks += 1
    journey.click(page.get_by_role("button", name="提交审批"))
    page.get_by_text("等王强批准").wait_for()
    assert journey.clicks <= 5


@pytest.mark.web
def test_a_limit_is_changed_and_approved_by_keyboard_alone(journey: Journey) -> None:
    page = journey.begin("limin", "compliance_lead")
    page.goto(f"{journey.site.address}e/DEMO/rules/portrait.seat_vacancy.limit/overlay/")
    page.get_by_label("新值").focus()
    page.keyboard.type("40％")
    page.locator("#reading").get_by_text("按 40 % 理解").wait_for()
    while not page.get_by_label("理由").evaluate("field => field === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type(REASON)
    page.keyboard.press("Tab")
    choice = page.get_by_label("批准人")
    while "王强" not in choice.locator("option:checked").inner_text():
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="查看申请")
    link.wait_for()
    address = link.get_attribute("href")
    other = journey.begin("wangqiang", "compliance_lead")
    other.goto(f"{journey.site.address}{address.lstrip('/')}")
    other.get_by_role("button", name="批准", exact=True).focus()
    other.keyboard.press("Enter")
    other.get_by_text("已批准").first.wait_for()

"""An inspector checks one seat against the originals; nothing but what the firm has released is there."""

import sys
from typing import Any

import pytest
from tests.support.axe import violations
from tests.support.site import told

pytestmark = pytest.mark.web
PREPARE = """
from nianjian.platform.home import wiring
wiring.prepare()
from datetime import date, timedelta
from nianjian.engines.kernel import clock
from nianjian.features.inspection.operations import day, room
from nianjian.platform.accounts.query import Actor
actor = Actor("firm")
visit = date(2026, 11, 27)
day.save_visit(enterprise="DEMO", visit=day.VisitInput(visit), actor=actor)
items = ["check:S2", "register:seats", "card:number_filing", "register:numbers"]
room.release_items(enterprise="DEMO", day=visit, items=items, actor=actor)
until = clock.now().date() + timedelta(days=2)
print(day.admit_inspector(enterprise="DEMO", user="检查组", until=until, actor=actor).path)
"""


def test_an_inspector_checks_one_seat(journey: Any) -> None:
    path = told(journey.site.environment, sys.executable, "-c", PREPARE).strip()
    firm = journey.begin()
    home = firm.url
    context = journey.browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    try:
        page = context.new_page()
        page.goto(f"{journey.site.address}{path.lstrip('/')}")
        journey.clicks = 0
        journey.click(page.get_by_role("button", name="打开检查室"))
        journey.click(page.get_by_role("link", name="人：坐席工位、社保名单、工资流水"))
        journey.click(page.get_by_text("抽查一人"))
        page.get_by_label("坐席编号或工位号").fill("T00S001")
        journey.click(page.get_by_role("button", name="请企业出示"))
        assert journey.clicks == 4
        assert "已请企业出示 T00S001" in page.get_by_role("status").filter(has_text="T00S001").inner_text()
        assert page.evaluate("document.documentElement.scrollHeight") <= 1536
        assert violations(page) == []
        assert page.goto(home).status == 404
        firm.goto(f"{home}inspection/day/room/")
        firm.get_by_role("button", name="已出示 T00S001").click()
        page.goto(f"{journey.site.address}room/DEMO/S2/")
        assert "出示。" in page.get_by_role("status").filter(has_text="T00S001").inner_text()
    finally:
        context.close()

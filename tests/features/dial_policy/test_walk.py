"""In a real browser, on a desk and on a telephone: the gate is read, looks on, and gets a cap with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, environment, follow, serving, told

PHONE = {"width": 390, "height": 800}
LINES = "线路编号,状态\nL01,启用\nL02,启用\n"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Site]:
    """The program's own server over an enterprise with two lines."""
    own = environment(tmp_path)
    told(own, *PROGRAM, "enterprise", "add", "demo", "--name", "示范呼叫中心", "--province", "北京")
    (tmp_path / "lines.csv").write_text(LINES)
    told(own, *PROGRAM, "registers", "import", "lines", str(tmp_path / "lines.csv"), "--enterprise", "demo")
    with serving(tmp_path) as started:
        yield started


def _clean(page: Any) -> None:
    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_the_gate_is_read_and_changed(running: Site, browser: Any) -> None:
    faults: list[str] = []
    session = running.session("anna")
    boss = running.context(browser, session, locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = boss.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{running.address}e/demo/")
    follow(page.locator("aside.side nav").get_by_role("link", name="整改与隔离"))
    follow(page.locator("nav.sub").get_by_role("link", name="拨前闸记录"))
    _clean(page)
    assert "L02" in str(page.text_content("main"))
    follow(page.get_by_role("link", name="修改策略"))
    _clean(page)
    page.locator("#cap_name").fill("L01")
    page.locator("#cap_cap").fill("80")
    page.locator("#cap_reason").fill("投诉多")
    follow(page.locator("form", has=page.locator("#cap_cap")).locator("p.actions button"))
    assert "已生效，并已通知拨前闸" in page.inner_text("body")
    assert "投诉多" in str(page.text_content("main"))
    _clean(page)
    assert faults == []
    boss.close()
    phone = running.context(browser, session, locale="en-GB", viewport=PHONE, color_scheme="dark")
    page = phone.new_page()
    for place in ("", "change/", "decisions/"):
        page.goto(f"{running.address}e/demo/gate/{place}")
        _clean(page)
    phone.close()

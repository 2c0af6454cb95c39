"""In a real browser: an address is made, a stranger complains by it without script, and the ticket is worked on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, environment, follow, serving, told

PHONE = {"width": 390, "height": 800}


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Site]:
    """The program's own server over a home with one enterprise."""
    told(environment(tmp_path), *PROGRAM, "enterprise", "add", "demo", "--name", "示范呼叫中心", "--province", "北京")
    with serving(tmp_path) as started:
        yield started


def _clean(page: Any) -> None:
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    assert_clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_from_the_address_to_the_close(running: Site, browser: Any) -> None:
    faults: list[str] = []
    boss = running.context(browser, running.session("anna"), locale="zh-CN", viewport={"width": 1440, "height": 900})
    page = boss.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.goto(f"{running.address}e/demo/")
    follow(page.locator("aside.side nav").get_by_role("link", name="投诉"))
    _clean(page)
    follow(page.get_by_role("link", name="一键投诉"))
    _clean(page)
    page.locator("#id_number").fill("95013001")
    follow(page.locator("main form:has(#id_number) button.primary"))
    _clean(page)
    assert page.locator("img.qr").evaluate("one => one.complete && one.naturalWidth > 0")
    address = page.locator("main .meta a").first.inner_text()
    ticket = _complained(browser, address)

    page.goto(f"{running.address}e/demo/complaints/")
    _clean(page)
    follow(page.locator("tr[data-row]").get_by_role("link", name=ticket, exact=True))
    _clean(page)
    page.reload()
    page.locator("#next textarea").fill("已致电说明")
    follow(page.locator("#next button.primary"))
    _clean(page)
    page.locator("#next").get_by_label("满意", exact=True).check()
    page.locator("#next textarea").fill("致歉并加入免打扰")
    follow(page.locator("#next button.primary"))
    _clean(page)
    assert "已办结" in page.inner_text("main .head")
    assert ticket in page.inner_text("#next")
    assert faults == []
    boss.close()


def _complained(browser: Any, address: str) -> str:
    """Complain on a telephone whose browser runs no script; the ticket's number."""
    stranger = browser.new_context(locale="zh-CN", viewport=PHONE, java_script_enabled=False)
    page = stranger.new_page()
    page.goto(address)
    follow(page.locator("main form button.primary"))
    assert "这个字段" in page.inner_text("[role=alert]") or "必填" in page.inner_text("[role=alert]")
    page.locator("#id_complainant").fill("138 0013 8000")
    page.locator("#id_content").fill("天天打来推销")
    follow(page.locator("main form button.primary"))
    assert "本企业收到后尽快答复" in page.inner_text("main")
    ticket = page.locator("main strong").first.inner_text()
    stranger.close()
    return str(ticket)

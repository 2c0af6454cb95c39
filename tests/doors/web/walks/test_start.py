"""From an empty home, a licence number and one file of real call records to a first light, as a newcomer walks it."""

import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.newcomer import CALLS, CLICKS, Newcomer, begun
from tests.support.site import serving

pytestmark = pytest.mark.long

MINUTES = 10
OWN = "95188"  # of the sample


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1440), ("en-GB", 390)])
def test_a_newcomer_reaches_a_first_light(tmp_path: Path, browser: Any, language: str, width: int) -> None:
    began = time.monotonic()
    link = begun(tmp_path)
    faults: list[str] = []
    with serving(tmp_path, NIANJIAN_TODAY="2026-11-25") as site:
        context = browser.new_context(locale=language, viewport={"width": width, "height": 900})
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        one = Newcomer(site, page, lambda _name: _fits(page))
        one.comes_in(link)
        assert_clean(page)
        assert _done(page) == 0
        one.names_the_licence()
        assert _done(page) == 1
        assert "2027" in page.inner_text("[aria-labelledby=deadlines]"), "the season's date follows from it at once"
        one.imports("calls", CALLS)
        assert _done(page) == 2
        one.registers_number(OWN)
        assert _done(page) == 2, "seats are missing"
        one.imports_seats()
        assert _done(page) == 3
        one.invites()
        assert _done(page) == 4
        assert_clean(page)
        assert "light" in one.sees_the_light()
        assert one.clicks <= CLICKS, one.clicks
        assert time.monotonic() - began < MINUTES * 60
        assert_clean(page)
        assert page.locator("[aria-labelledby=unknown] li").count(), "what the light does not know is told"
        assert page.locator(".stages").count() == 0, "the board has taken the place of the steps"
        context.close()
    assert faults == []


def test_the_first_steps_go_by_keyboard_alone(tmp_path: Path, browser: Any) -> None:
    link = begun(tmp_path)
    with serving(tmp_path, NIANJIAN_TODAY="2026-11-25") as site:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        Newcomer(site, page).comes_in(link)
        page.locator("#id_number").focus()
        page.keyboard.type("浙B2-20240001")
        page.keyboard.press("Enter")
        page.locator(".stages .done").first.wait_for()
        page.locator("#id_calls").set_input_files(CALLS)
        page.locator("form:has(#id_calls) button").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/check/")
        page.goto(f"{site.address}e/ACME/")
        page.locator("button[name=on]").focus()
        page.keyboard.press("Enter")
        page.locator(".stages").wait_for(state="detached")
        page.reload()
        assert page.locator(".stages").count() == 0, "remembered"
        assert page.get_by_role("link", name="开始使用", exact=True).is_visible(), "and found again"
        context.close()


def _done(page: Any) -> int:
    return int(page.locator(".stages > .done").count())


def _fits(page: Any) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), page.url

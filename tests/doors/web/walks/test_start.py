"""From an empty home, a licence number and one file of real call records to a first light, as a newcomer walks it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.newcomer import CLICKS, Newcomer, begun
from tests.support.site import serving

pytestmark = pytest.mark.long

MINUTES = 10
OWN = ("95188", "95013", "95001", "96123")  # of the sample; 95999 is somebody else's


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
        assert _count(page) == "0 / 4"
        one.names_the_licence()
        assert _count(page) == "1 / 4"
        assert "2027-03-31" in page.inner_text(".way"), "the season's date follows from the licence at once"
        one.imports()
        assert _count(page) == "2 / 4"
        one.registers_numbers(OWN[0])
        assert "light red" in one.sees_the_light(), "own numbers that are not registered count as somebody else's"
        assert one.clicks <= CLICKS, one.clicks
        assert time.monotonic() - began < MINUTES * 60
        assert_clean(page)
        assert _count(page) == "3 / 4", "what is missing is still told"
        one.registers_numbers(*OWN[1:])
        one.imports_seats()
        assert _count(page) == "4 / 4"
        for place in ("reconcile", "dossier", "inspection", "rectification", "season"):
            assert page.locator(f".next a[href='/e/ACME/{place}/']").count() == 1
        one.sees_the_light()
        assert page.locator(".first-steps").count() == 0, "who has computed twice knows the way"
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
        page.wait_for_function("document.querySelector('.way .done')")
        page.locator(".first-steps button[value=calls]").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/files/")
        page.goto(f"{site.address}e/ACME/")
        page.locator(".first-steps button[name=on]").focus()
        page.keyboard.press("Enter")
        page.wait_for_function("!document.querySelector('.first-steps')")
        page.reload()
        assert page.locator(".first-steps").count() == 0, "remembered"
        assert page.locator("main a[href='/e/ACME/start/']").count() == 1
        context.close()


def _count(page: Any) -> str:
    return str(page.inner_text(".first-steps h2 .badge")).strip()


def _fits(page: Any) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), page.url

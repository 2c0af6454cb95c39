"""One walk in a real browser over the real server: lights, language, keyboard, drill-down, phone width, dark mode."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.site import PROGRAM, Site, environment, follow, serving, told


@pytest.fixture
def site(tmp_path: Path, sample: dict[str, Any]) -> Iterator[Site]:
    """The program's own server over a home with one enterprise and one portrait."""
    add = ("enterprise", "add", "demo", "--name", "示范呼叫中心", "--province", "北京")
    told(environment(tmp_path), *PROGRAM, *add)
    folder = tmp_path / "home" / "portraits" / "demo"
    folder.mkdir(parents=True)
    (folder / "2026.json").write_text(json.dumps(sample, ensure_ascii=False), encoding="utf-8")
    with serving(tmp_path) as started:
        yield started


def test_a_walk_through_the_pages(site: Site, browser: Any) -> None:
    faults: list[str] = []
    options = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
    context = site.context(browser, site.session("anna"), **options)
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(site.address)
    assert page.url == f"{site.address}e/demo/"
    follow(page.locator("aside").get_by_role("link", name="合规画像"))
    assert page.url == f"{site.address}e/demo/2026/"
    assert page.locator(".tile").count() == 4
    assert "坐席空置率" in page.inner_text("main")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    follow(page.locator("nav.sub").get_by_role("link", name="投诉率"))
    follow(page.get_by_role("link", name="团队", exact=True))
    assert page.url.endswith("/metric/complaint_rate/?split=team")
    assert page.locator("figure .chart > svg").count() == 1
    page.locator("details.person > summary").click()
    follow(page.get_by_role("button", name="English"))
    assert page.url.endswith("/metric/complaint_rate/?split=team")
    assert "Complaint rate" in page.inner_text("h1")
    follow(page.locator("nav.sub").get_by_role("link", name="Overview"))
    assert "Seat vacancy rate" in page.inner_text("main")

    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    assert faults == []
    context.close()


def _larger(value: object) -> object:
    """The portrait of a firm with some hundred thousand times as many calls and tickets: every count has its width."""
    if isinstance(value, dict):
        return {key: _larger(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_larger(inside) for inside in value]
    return value * 98_765 if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
@pytest.mark.parametrize(("medium", "width"), [("screen", 1440), ("print", 1032)])  # print: A4 across, less its margins
def test_the_tables_of_a_saved_page_fit_screen_and_sheet(
    sample: dict[str, Any], browser: Any, medium: str, width: int, language: str
) -> None:
    from nianjian.engines.paper.pictures import portrait_page as render_page  # noqa: PLC0415 -- this file is loaded before Django is set up

    larger = _larger(sample)
    assert isinstance(larger, dict)
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.emulate_media(media=medium)
    page.set_content(render_page(larger, language).decode())
    boxes = page.evaluate("[...document.querySelectorAll('.scroll')].map(box => box.scrollWidth - box.clientWidth)")
    assert boxes
    assert max(boxes) <= 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()

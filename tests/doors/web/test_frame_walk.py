"""The frame in a real browser: menus and themes obey the policy; it works without script."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, environment, follow, serving, told


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sample: dict[str, Any]) -> Iterator[Site]:
    """The program's own server over two enterprises, one of them with a portrait."""
    folder = tmp_path_factory.mktemp("site")
    for code, name in (("demo", "示范呼叫中心有限公司"), ("other", "另一家客服有限公司")):
        told(environment(folder), *PROGRAM, "enterprise", "add", code, "--name", name, "--province", "北京")
    target = folder / "home" / "portraits" / "demo"
    target.mkdir(parents=True)
    (target / "2026.json").write_text(json.dumps(sample, ensure_ascii=False), encoding="utf-8")
    with serving(folder, NIANJIAN_TODAY="2026-11-25") as started:
        yield started


@pytest.fixture(scope="module")
def session(site: Site) -> str:
    return site.session("anna")


def _watched(context: Any) -> tuple[Any, list[str]]:
    """A page and what its console says: a breach of the policy is among it."""
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def test_menus_and_themes(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session, locale="en-GB", color_scheme="light")
    page, faults = _watched(context)
    page.goto(f"{site.address}e/demo/")
    ground = "getComputedStyle(document.body).backgroundColor"
    bright = page.evaluate(ground)
    page.locator("details.person > summary").click()
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != bright
    page.keyboard.press("Escape")
    assert page.locator("details[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.reload()
    assert page.evaluate(ground) != bright, "it is kept"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(24, 32, 43)"
    page.emulate_media(media="screen")
    page.locator(".side details.switch > summary").click()
    follow(page.get_by_role("link", name="另一家"))
    assert page.url == f"{site.address}e/other/"
    page.locator("details.person > summary").click()
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="System").click()
    assert faults == []
    context.close()


def test_everything_works_without_script(site: Site, session: str, browser: Any) -> None:
    context = site.context(
        browser, session, locale="en-GB", java_script_enabled=False, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(f"{site.address}e/demo/")
    page.locator("details.drawer > summary").click()
    assert page.get_by_role("link", name="Data and registers").is_visible()
    follow(page.get_by_role("button", name="Bright"))
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.locator("details.drawer > summary").click()
    follow(page.get_by_role("button", name="中文"))
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    page.locator("details.drawer > summary").click()
    follow(page.get_by_role("button", name="English"))
    page.locator("details.drawer > summary").click()
    follow(page.get_by_role("button", name="System"))
    context.close()


def test_htmx_sends_the_token_and_shows_refusals_as_messages(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session, locale="en-GB")
    page, _faults = _watched(context)
    page.goto(f"{site.address}e/demo/")
    sent = []
    page.on("request", lambda request: sent.append(request.headers.get("x-csrftoken", "")))
    page.evaluate("htmx.ajax('POST', '/theme', {values: {theme: ''}, target: '#panel-content'})")
    page.locator("dialog[open]").wait_for()
    assert any(len(token) > 20 for token in sent)
    page.get_by_role("button", name="Close").click()
    page.evaluate("htmx.ajax('GET', '/e/nobody/', {target: 'main'})")
    page.locator("#messages .notice.error").wait_for()
    assert "There is nothing at this address." in page.inner_text("#messages")
    assert page.locator("h1").first.inner_text() == "Today", "the page itself stays"
    context.close()


def test_axe_would_find_a_fault(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session)
    page = context.new_page()
    page.goto(f"{site.address}e/demo/")
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    with pytest.raises(AssertionError, match="button-name"):
        assert_clean(page)
    context.close()

"""Pages that no other walk dresses are accessible in every theme, language and width: data, rules, approvals, audit."""

from __future__ import annotations

from typing import Any

import pytest
from tests.doors.web.data_pages import calls
from tests.support.axe import DRESSES, assert_clean
from tests.support.site import Site, follow

pytestmark = pytest.mark.long

HOME = "e/demo/"
PATHS = (
    f"{HOME}data/",
    f"{HOME}data/import/",
    f"{HOME}rules/",
    f"{HOME}rules/portrait.seat_vacancy.limit/",
    f"{HOME}approvals/",
    f"{HOME}complaints/",
    f"{HOME}complaints/new/",
    f"{HOME}complaints/forwards/",
    f"{HOME}complaints/one-click/",
    f"{HOME}rectification/",
    f"{HOME}rectification/open/",
    f"{HOME}rectification/watch/",
    f"{HOME}gate/",
    f"{HOME}gate/change/",
    f"{HOME}gate/decisions/",
    f"{HOME}audit/",
    f"{HOME}retention/",
    f"{HOME}lines/",
    f"{HOME}webhooks/",
    "rules/",
    "approvals/",
    "audit/",
    "enterprises/",
)
PATIENCE = 90_000  # milliseconds for the worker


@pytest.fixture(scope="module")
def boss(home: tuple[Site, dict[str, str]]) -> tuple[Site, str]:
    """The site and the session of an administrator of the installation."""
    return home[0], home[0].session("boss")


@pytest.mark.parametrize("dress", DRESSES, ids=str)
def test_accessible_in_every_dress(boss: tuple[Site, str], browser: Any, dress: tuple[str, str, int]) -> None:
    site, session = boss
    language, scheme, width = dress
    wanted = {"locale": language, "viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    context = site.context(browser, session, **wanted)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))

    def clean() -> None:
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url

    for path in PATHS:
        page.goto(site.address + path)
        clean()
    _wizard(site, page, clean, DRESSES.index(dress) * 100)
    _faulty_sheet(site, page, clean)
    _erasure(site, page, clean)
    _overlay(site, page, clean)
    _case(site, page, clean)
    _complaint(site, page, clean, DRESSES.index(dress))
    assert [fault for fault in faults if "422" not in fault] == []
    context.close()


def _case(site: Site, page: Any, clean: Any) -> None:
    """A case from its notice: the page with its forms, a location, the form of an isolation."""
    page.goto(f"{site.address}{HOME}rectification/open/")
    page.locator("#id_received").fill("2026-04-28")
    page.locator("#id_number").fill("京通管改1号")
    follow(page.locator("main form[novalidate] button.primary"))
    clean()
    case = page.url
    page.locator("#measure_text").fill("每周抽查白名单")
    page.locator("#measure_owner").fill("王五")
    page.locator("#measure_due").fill("2026-05-08")
    follow(page.locator("main form[action$='tasks/'] button.primary"))
    clean()
    page.goto(f"{case}locate/")
    follow(page.locator("main form[novalidate] button.primary"))
    clean()
    page.goto(f"{case}isolate/")
    clean()


def _complaint(site: Site, page: Any, clean: Any, turn: int) -> None:
    """A number's address and the pages behind it; the ticket that comes of it, in the list and on its own page."""
    page.goto(f"{site.address}{HOME}complaints/one-click/")
    page.locator("#id_number").fill(f"9501300{turn}")
    follow(page.locator("main form[novalidate] button.primary"))
    clean()
    page.goto(page.locator("main p a").first.inner_text())
    clean()
    page.locator("#id_complainant").fill(f"1380013800{turn}")
    follow(page.locator("main form button.primary"))
    clean()
    page.goto(f"{site.address}{HOME}complaints/")
    clean()
    follow(page.locator("tbody a").first)
    clean()


def _wizard(site: Site, page: Any, clean: Any, first: int) -> None:
    """Each step, the work under way and over, the batch, its rejects in full, and the list of it all."""
    page.goto(f"{site.address}{HOME}data/import/")
    follow(page.locator("button[value=calls]"))
    clean()
    file = {"name": "话单.csv", "mimeType": "text/csv", "buffer": calls(rows=9, bad=3, first=first)}
    page.locator("#id_files").set_input_files(file)
    follow(page.locator("main form[enctype] button"))
    clean()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/mapping/")
    clean()
    follow(page.locator("main form[novalidate] button.primary"))
    page.wait_for_url("**/check/")
    clean()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/commit/")
    clean()
    follow(page.locator("main form button.primary"))
    page.locator("main a.primary[href*='/batches/']").wait_for(timeout=PATIENCE)
    clean()
    follow(page.locator("main a.primary[href*='/batches/']"))
    clean()
    follow(page.locator("main form[action$='/reveal/'] button"))
    clean()
    page.goto(f"{site.address}{HOME}data/")
    clean()


def _faulty_sheet(site: Site, page: Any, clean: Any) -> None:
    """A register's sheet whose rows cannot be taken: the check with its faults."""
    page.goto(f"{site.address}{HOME}data/import/")
    follow(page.locator("button[value=lines]"))
    sheet = "线路编号,名称,开通日期\nL-1,甲,昨天\n,乙,\n".encode()
    page.locator("#id_files").set_input_files({"name": "线路.csv", "mimeType": "text/csv", "buffer": sheet})
    follow(page.locator("main form[enctype] button"))
    clean()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/mapping/")
    clean()
    follow(page.locator("main a.primary"))
    page.wait_for_url("**/check/")
    clean()


def _erasure(site: Site, page: Any, clean: Any) -> None:
    """Asked for where nothing is over its time, and the work that comes of it."""
    page.goto(f"{site.address}{HOME}retention/")
    page.locator("details.confirm summary").click()
    follow(page.locator("details.confirm form button"))
    page.locator("main a.primary[href$='/retention/']").wait_for(timeout=PATIENCE)
    clean()


def _overlay(site: Site, page: Any, clean: Any) -> None:
    """The form with its faults, with the effect, and the request, which is withdrawn again."""
    page.goto(f"{site.address}{HOME}rules/portrait.seat_vacancy.limit/overlay/")
    follow(page.locator("button[value=try]"))
    page.locator("[role=alert]").first.wait_for()
    clean()
    page.locator("#id_value").fill("0.25")
    page.locator("#id_valid_from").fill("2026-01-01")
    page.locator("#id_reason").fill("省局口头要求")
    follow(page.locator("button[value=try]"))
    page.locator("button[value=send]").wait_for(timeout=PATIENCE)
    clean()
    follow(page.locator("button[value=send]"))
    follow(page.locator("main a[href*='/approvals/A']").first)
    clean()
    follow(page.locator("button[value=no]"))
    page.wait_for_url("**/approvals/")
    clean()

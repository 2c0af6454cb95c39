"""Every page of the work, in both themes, languages and widths: accessible, translated, no wider than the screen."""

from typing import Any

import pytest
from tests.doors.web.walks import steps
from tests.doors.web.walks.looked_at import HOME, WORK, WORK_STEPS
from tests.support.dresses import LANGUAGES, Looker, name_of
from tests.support.site import Site

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def boss(home: tuple[Site, dict[str, str]]) -> tuple[Site, str]:
    """The site and the session of an administrator of the installation, whose requests a second one may decide."""
    home[0].session("deputy")
    return home[0], home[0].session("boss")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_that_open_as_they_are(boss: tuple[Site, str], browser: Any, language: str) -> None:
    one = Looker(boss[0], browser, language, boss[1])
    one.go("e/nobody/", 404)
    for address in WORK:
        one.go(address)
    one.page.goto(f"{one.site.address}{HOME}")
    for menu in one.page.locator("details.pop > summary").all():
        if menu.is_visible():
            menu.click()
            one.look()
            one.page.keyboard.press("Escape")
    one.leave({name_of(f"/{address}") for address in WORK})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_behind_forms(boss: tuple[Site, str], browser: Any, language: str) -> None:
    turn = LANGUAGES.index(language)
    one = Looker(boss[0], browser, language, boss[1])
    steps.wizard(one, first=turn * 100)
    steps.faulty_sheet(one)
    steps.portrait(one)
    steps.registers(one)
    steps.erasure(one)
    steps.overlay(one, HOME)
    steps.overlay(one, "")
    steps.reconciliation(one)
    steps.test_call(one)
    steps.drill(one)
    steps.case(one)
    steps.complaint(one, turn)
    steps.paper(one, turn)
    steps.cut(one)
    steps.signed(one, turn)
    steps.handed_in(one, turn)
    steps.webhook(one)
    steps.screen_source(one)
    steps.chain(one)
    one.leave(WORK_STEPS)

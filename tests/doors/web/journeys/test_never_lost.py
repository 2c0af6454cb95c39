"""What is typed stays: after a reload, the back button, an old page and a lost session."""

import sys
import time
from typing import Any, Final

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey
from tests.support.axe import assert_clean
from tests.support.site import follow, told

WORDS: Final = "ein-langes-Kennwort-26"
LET_IN: Final = """
import sys
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.platform.accounts.models import User
user = User.objects.get(pk=sys.argv[1])
user.set_password(sys.argv[2])
user.save()
if sys.argv[3:]:
    from allauth.mfa.totp.internal.auth import TOTP
    TOTP.activate(user, sys.argv[3])
"""
APP_KEY: Final = "JBSWY3DPEHPK3PXP"
FORM: Final = f"e/{ENTERPRISE}/registers/teams/new/"
NAME: Final = "示例外包二队的名称"


def _open_form(journey: Journey, page: Any) -> Any:
    page.goto(f"{journey.site.address}{FORM}")
    return page.locator("main form [name=name]")


def _write(field: Any, text: str = NAME) -> None:
    field.fill(text)
    field.page.locator("main form [name=team_id]").fill("T-new")


def _let_in(journey: Journey, person: str, *secret: str) -> None:
    told(journey.site.environment, sys.executable, "-c", LET_IN, person, WORDS, *secret)


def _sign_in(page: Any, person: str) -> None:
    page.fill("[name=login]", person)
    page.fill("[name=password]", WORDS)
    follow(page.locator("main form button.primary").first)


def _count(journey: Journey, page: Any) -> int:
    page.goto(f"{journey.site.address}e/{ENTERPRISE}/registers/teams/")
    return int(page.locator("main tbody tr", has_text=NAME).count())


@pytest.mark.web
def test_a_draft_survives_reload_and_going_back_and_ends_with_the_act(journey: Journey) -> None:
    page = journey.begin()
    field = _open_form(journey, page)
    _write(field)
    page.wait_for_selector(".drafted")
    assert page.locator(".drafted").inner_text().startswith("草稿已存 ")
    page.reload()
    assert field.input_value() == NAME
    assert "已恢复草稿" in page.locator(".drafted").inner_text()
    page.goto(f"{journey.site.address}e/{ENTERPRISE}/")
    page.go_back()
    assert field.input_value() == NAME
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.wait_for_selector(".drafted")
    assert field.input_value() == NAME, "the server has it, too"
    follow(page.locator("main form button.primary"))
    assert _open_form(journey, page).input_value() == ""
    assert not page.locator(".drafted").count()
    _write(field)
    page.wait_for_selector(".drafted")
    page.reload()
    page.get_by_role("button", name="放弃草稿").click()
    assert field.input_value() == ""
    page.reload()
    assert field.input_value() == ""


@pytest.mark.web
def test_a_lost_session_sends_the_form_once_after_signing_in(journey: Journey) -> None:
    _let_in(journey, "demo")
    page = journey.begin()
    _write(_open_form(journey, page))
    page.context.clear_cookies(name="sessionid")
    follow(page.locator("main form button.primary"))
    assert "您写的内容已存为草稿" in page.inner_text("main")
    _sign_in(page, "demo")
    assert NAME in page.inner_text("main")
    follow(page.get_by_role("button", name="再提交一次"))
    assert _count(journey, page) == 1
    assert _open_form(journey, page).input_value() == "", "the draft has gone with it"


def _send_without_session(journey: Journey) -> tuple[Any, Any, Any]:
    """The page, its field and the dialog that asks to sign in: the session ended while somebody wrote."""
    page = journey.begin()
    page.clock.install()
    field = _open_form(journey, page)
    _write(field)
    page.clock.fast_forward("05:00")
    page.context.clear_cookies(name="sessionid")
    page.locator("main form button.primary").click()
    dialog = page.locator("#sign-in")
    return page, field, dialog


@pytest.mark.web
def test_whoever_wrote_for_long_signs_in_over_the_page_and_the_form_is_sent(journey: Journey) -> None:
    _let_in(journey, "demo")
    page, field, dialog = _send_without_session(journey)
    dialog.get_by_text("登录已过期；您写的内容已存为草稿，重新登录后继续。").wait_for()
    assert_clean(page)
    dialog.locator("[name=login]").fill("demo")
    dialog.locator("[name=password]").fill("not-the-word")
    dialog.locator("button.primary").click()
    dialog.locator(".errorlist, .notice.error, .refused").first.wait_for()
    assert field.input_value() == NAME, "the page still stands below"
    dialog.locator("[name=login]").fill("demo")
    dialog.locator("[name=password]").fill(WORDS)
    follow(dialog.locator("button.primary"))
    assert _count(journey, page) == 1


@pytest.mark.web
def test_a_second_factor_is_given_over_the_page_too(journey: Journey) -> None:
    _let_in(journey, "demo", APP_KEY)
    page, field, dialog = _send_without_session(journey)
    dialog.locator("[name=login]").fill("demo")
    dialog.locator("[name=password]").fill(WORDS)
    dialog.locator("button.primary").click()
    code = dialog.locator("[name=code]")
    code.wait_for()
    dialog.get_by_text("请输入验证器应用显示的六位数字").wait_for()
    assert_clean(page)
    code.fill("000000")
    dialog.locator("button.primary").click()
    dialog.locator(".errorlist, .notice.error, .refused").first.wait_for()
    assert field.input_value() == NAME, "the page still stands below"
    dialog.locator("[name=code]").fill(format_hotp_value(hotp_value(APP_KEY, int(time.time()) // 30)))
    follow(dialog.locator("button.primary"))
    assert _count(journey, page) == 1


@pytest.mark.web
def test_another_person_of_the_browser_gets_nothing_of_the_first(journey: Journey) -> None:
    page = journey.begin()
    journey.site.session("wang", "administrator", ENTERPRISE)
    _let_in(journey, "wang")
    _write(_open_form(journey, page))
    page.wait_for_selector(".drafted")
    page.context.clear_cookies(name="sessionid")
    follow(page.locator("main form button.primary"))
    _sign_in(page, "wang")
    assert NAME not in page.inner_text("main")
    assert _open_form(journey, page).input_value() == ""
    assert NAME not in page.evaluate("JSON.stringify(sessionStorage)")
    assert _count(journey, page) == 0


@pytest.mark.web
def test_an_old_page_says_so_and_sends_what_was_written(journey: Journey) -> None:
    page = journey.begin()
    _write(_open_form(journey, page))
    page.context.clear_cookies(name="csrftoken")
    follow(page.locator("main form button.primary"))
    assert "页面已过期，内容已保留；请再提交一次" in page.inner_text("main")
    assert NAME in page.inner_text("main")
    follow(page.get_by_role("button", name="再提交一次"))
    assert _count(journey, page) == 1
    assert _open_form(journey, page).input_value() == ""


@pytest.mark.web
def test_without_script_a_lost_session_loses_nothing_either(journey: Journey) -> None:
    _let_in(journey, "demo")
    page = journey.begin(java_script_enabled=False)
    _write(_open_form(journey, page))
    page.context.clear_cookies(name="sessionid")
    page.locator("main form button.primary").click()
    _sign_in(page, "demo")
    page.get_by_role("button", name="再提交一次").click()
    assert _count(journey, page) == 1

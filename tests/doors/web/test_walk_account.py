"""A walk of the first administrator in a real browser: link, password, passkey, out and in again by the passkey."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.site import PROGRAM, Site, environment, follow, serving, told

PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of a person of the tests
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving(tmp_path) as started:
        yield started


def test_the_first_administrator_comes_in_and_adds_a_passkey(site: Site, browser: Any, tmp_path: Path) -> None:
    made = json.loads(told(environment(tmp_path), *PROGRAM, "init", "--name", "boss", "--json"))
    base = site.address.replace("127.0.0.1", "localhost").rstrip("/")  # passkeys need a name
    path = made["link"].removeprefix("http://127.0.0.1:8000")
    faults: list[str] = []
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    device = tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    page.goto(base + path)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    follow(page.get_by_role("button", name="Set the password and sign in"))
    assert page.url == f"{base}/account/2fa/"
    follow(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Password").fill(PASSWORD)  # shown again before the change
    follow(page.get_by_role("button", name="Go on"))
    page.get_by_label("Name of the passkey").fill("laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/account/2fa/recovery-codes/")
    assert len(tools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]) == 1
    page.goto(f"{base}/account/2fa/webauthn/")
    assert "laptop" in page.inner_text("main")

    page.locator("details.person > summary").click()
    follow(page.get_by_role("button", name="Sign out"))
    assert page.url.startswith(f"{base}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/account/")
    assert "boss" in page.inner_text("main")
    assert faults == []

    tools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.locator("details.person > summary").click()
    follow(page.get_by_role("button", name="Sign out"))
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").wait_for()
    assert "No passkey was used" in page.get_by_role("alert").inner_text()
    context.close()


PAGES = (
    "/account/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/add/",
    "/account/sessions/",
    "/account/tokens/",
    "/account/password/change/",
    "/account/3rdparty/",
    "/people/",
    "/people/add/",
    "/people/of/boss/",
    "/e/demo/people/",
    "/e/demo/people/add/",
    "/enterprises/",
)


@pytest.mark.long
@pytest.mark.parametrize(("width", "scheme", "locale"), [(390, "dark", "zh-CN"), (1440, "light", "en-GB")])
def test_the_pages_of_accounts_are_accessible(  # noqa: PLR0917 -- fixtures
    site: Site, browser: Any, tmp_path: Path, width: int, scheme: str, locale: str
) -> None:
    told(environment(tmp_path), *PROGRAM, "enterprise", "add", "demo", "--name", "示范", "--province", "北京")
    made = json.loads(told(environment(tmp_path), *PROGRAM, "init", "--name", "boss", "--json"))
    base = site.address.rstrip("/")
    faults: list[str] = []
    context = browser.new_context(
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    for address in ("/account/login/", made["link"].removeprefix("http://127.0.0.1:8000")):
        page.goto(base + address)
        assert_clean(page)
    passwords = page.locator("input[type=password]")
    for number in range(2):
        passwords.nth(number).fill(PASSWORD)
    follow(page.locator("main button.primary"))
    page.goto(f"{base}/account/reauthenticate/?next=/account/")
    assert_clean(page)
    page.locator("input[type=password]").fill(PASSWORD)
    follow(page.locator("main button.primary"))
    page.goto(f"{base}/people/add/")
    page.locator("#new_name").fill("insp")
    page.locator("#new_role").select_option("inspector")
    follow(page.locator("form").filter(has=page.locator("#new_name")).locator("button.primary"))
    for address in (*PAGES, "/people/of/insp/"):
        page.goto(base + address)
        assert page.url == base + address
        assert_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    follow(page.locator("button[value=inspection]"))
    link = page.locator("code.secret").inner_text()
    assert_clean(page)
    page.goto(link)
    assert_clean(page)
    assert faults == []
    context.close()

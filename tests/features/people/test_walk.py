"""A walk of the first administrator in a real browser: link, password, passkey, out and in again by the passkey."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
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
    result = json.loads(told(environment(tmp_path), *PROGRAM, "init", "--name", "boss", "--json"))
    base = site.address.replace("127.0.0.1", "localhost").rstrip("/")  # passkeys need a name
    path = result["link"].removeprefix("http://127.0.0.1:8000")
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
    page.get_by_label("Repeat the password").fill(PASSWORD)
    follow(page.get_by_role("button", name="Set the password and sign in"))
    assert page.url == f"{base}/account/2fa/"
    follow(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("Password").fill(PASSWORD)  # shown again before the change
    follow(page.get_by_role("button", name="Continue"))
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

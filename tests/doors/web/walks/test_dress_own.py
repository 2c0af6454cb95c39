"""The pages of people and of one's own account, in every dress: first link, password, second factors, in and out.

And the inspection room, to which an inspector's link leads.
"""

import sys
import time
from dataclasses import replace
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from tests.doors.web.walks.looked_at import OWN, OWN_STEPS, ROOM
from tests.support.dresses import LANGUAGES, Looker, name_of
from tests.support.site import Site, follow, told

pytestmark = pytest.mark.long

PASSWORD = "eine lange Losung 47"  # noqa: S105 -- of people of the tests
WHO = dict(zip(LANGUAGES, ("auditor", "tester"), strict=True))  # each comes by a first link, which holds once
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
# Lets the room show these things of a day that is to come, and nothing else.
RELEASE = """
import sys
from datetime import date
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.features.inspection.operations import day, room
from nianjian.platform.accounts.query import Actor
actor, visit = Actor("firm"), date(2026, 11, 27)
day.save_visit(enterprise="demo", visit=day.VisitInput(visit), actor=actor)
room.release_items(enterprise="demo", day=visit, items=sys.argv[1:], actor=actor)
"""


@pytest.fixture(scope="module")
def named(home: tuple[Site, dict[str, str]]) -> tuple[Site, dict[str, str]]:
    """The site under a name, which passkeys need."""
    return replace(home[0], address=home[0].address.replace("127.0.0.1", "localhost")), home[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_and_accounts(named: tuple[Site, dict[str, str]], browser: Any, language: str) -> None:
    site, links = named
    boss = Looker(site, browser, language, site.session("boss"))
    for address in OWN:
        boss.go(address)
    boss.go("account/password/set/")
    invitation = _secrets(boss)
    boss.leave({name_of(f"/{address}") for address in OWN})
    one = Looker(site, browser, language)
    tools = one.context.new_cdp_session(one.page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    _room(site, browser, language, links["inspector"])
    _comes_in(one, links[WHO[language]])
    one.go(invitation)
    _app(one)
    _passkey(one)
    _goes_and_comes(one, WHO[language])
    one.leave(set(OWN_STEPS) - boss.seen)


def _room(site: Site, browser: Any, language: str, link: str) -> None:
    """What an inspector sees: the room while nothing is released, and rows of it."""
    one = Looker(site, browser, language)
    told(site.environment, sys.executable, "-c", RELEASE)
    one.go(link)
    follow(one.page.locator("main form button.primary"))
    one.look()
    told(site.environment, sys.executable, "-c", RELEASE, "check:S2", "register:seats", "register:numbers")
    for row in ("S2", "S3"):
        one.go(f"room/demo/{row}/")
    one.page.locator("details.ask > summary").click()
    one.page.locator("details.ask input[name=subject]").fill("S0001")
    follow(one.page.locator("details.ask form button"))
    one.look()
    one.leave(ROOM)
    boss = Looker(site, browser, language, site.session("boss"))
    for tail in ("", "room/", "room/preview/", "room/preview/S2/"):
        boss.go(f"e/demo/inspection/day/{tail}")
    boss.leave({"inspection-day-room-preview-row"})


def _secrets(boss: Looker) -> str:
    """What is shown once: an inspector's link, a token, an invitation, whose link is returned."""
    page = boss.page
    page.goto(f"{boss.site.address}people/of/inspector/")
    follow(page.locator("button[value=inspection]"))
    boss.look()
    page.goto(f"{boss.site.address}account/tokens/")
    page.locator("#id_name").fill(boss.language)
    follow(page.locator("main form button.primary"))
    boss.look()
    page.goto(f"{boss.site.address}e/demo/people/add/")
    follow(page.locator("form:has(input[value=invite]) button"))
    boss.look()
    return str(page.locator("code.secret").inner_text())


def _comes_in(one: Looker, link: str) -> None:
    page = one.page
    one.go(link)
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    follow(page.locator("main form button.primary"))
    one.go("account/2fa/")
    one.go("account/password/change/")
    one.go("account/reauthenticate/?next=/account/")
    page.locator("input[type=password]").fill(PASSWORD)
    follow(page.locator("main form button.primary"))


def _app(one: Looker) -> None:
    """An authenticator app and what comes with it."""
    page = one.page
    one.go("account/2fa/totp/activate/")
    secret = page.locator("main code").inner_text()
    page.locator("#id_code").fill("000000")
    follow(page.locator("main form button.primary"))
    one.look()
    secret = page.locator("main code").inner_text() or secret
    page.locator("#id_code").fill(str(format_hotp_value(hotp_value(secret, int(time.time()) // 30))))
    follow(page.locator("main form button.primary"))
    one.look()
    for tail in ("", "recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "reauthenticate/"):
        one.go(f"account/2fa/{tail}")


def _passkey(one: Looker) -> None:
    page = one.page
    one.go("account/2fa/webauthn/add/")
    page.locator("#id_name").fill("laptop")
    with page.expect_navigation():
        page.locator("main form[data-passkey] button").click()
    one.go("account/2fa/webauthn/")
    for tail in ("edit", "remove"):
        page.goto(f"{one.site.address}account/2fa/webauthn/")
        follow(page.locator(f"main a[href$='/{tail}/']"))
        one.look()
    one.go("account/2fa/webauthn/reauthenticate/")


def _goes_and_comes(one: Looker, name: str) -> None:
    """Out, and in again with the second factor; what those see who are not let in."""
    page = one.page
    one.go("account/logout/")
    follow(page.locator("main form button"))
    one.go("account/login/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill("not this one")
    follow(page.locator("main form button.primary").first)
    one.look()
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    follow(page.locator("main form button.primary").first)
    one.look()
    one.go("account/inactive/")
    one.go("account/3rdparty/login/cancelled/")
    one.go("account/3rdparty/login/error/", 401)
    one.go("account/first/nonsense/", 410)

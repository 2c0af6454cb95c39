"""What a Chinese page never says, and how many things it asks for first."""

import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.test import Client
from tests.doors.web.walks.looked_at import HOME, OWN, WORK
from tests.support.two_tenants import EVERYWHERE, OTHER, Persona, people, tenant
from tests.support.two_tenants import OWN as MINE

from nianjian.platform.accounts.roles import Role

pytestmark = pytest.mark.django_db
SILENT: Final = {"script", "style", "code", "pre"}
NEVER: Final = {
    "a command": re.compile(r"\bnianjian [a-z]+|(?<![\w-])--[a-z]{2,}"),
    "a variable of the server": re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b"),
    "an internal key": re.compile(
        r"\b[a-z]{3,}_?[a-z]*(?:\.[a-z]+_?[a-z_]*){1,3}\b(?![/@:])|\b[a-z]{3,}(?:_[a-z]+)+\b"
    ),
    "a login": re.compile(r"\b(?:user|os):\w+"),
    "English": re.compile(r"\b[a-z]{3,}(?: [a-z]{2,})+\b"),
}
#: Texts of which a part is meant as it is: names of files, formats, and what the enterprise typed itself.
MEANT: Final = re.compile(
    r"\S+\.(?:zip|csv|xlsx|docx|pdf|json|xml|gz|lua|conf|html|txt)\b|\S+@\S+|https?://\S+|\bsmtp\.example\.com\b"
)

#: The log of acts names the account and the act of an entry as they are stored, beside their words.
LOG: Final = {"English", "an internal key", "a login"}


class Page(HTMLParser):
    """Texts of a page that people read, and its primary buttons, those of dialogs that are shut left out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.primary: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in {"meta", "link", "input", "br", "img", "hr", "use", "path", "circle", "line", "rect"}:
            self.open.append("code" if values.get("translate") == "no" else tag)
        if "primary" in values.get("class", "").split() and not {"dialog", "details"}.intersection(self.open):
            self.primary.append(tag)
        self.texts += [values[name] for name in ("aria-label", "title", "placeholder") if values.get(name)]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() not in {tag, "code"}:
                pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not SILENT.intersection(self.open):
            self.texts.append(" ".join(data.split()))


@pytest.fixture
def boss(db: None, home: Any, keys: None, sample: dict[str, Any]) -> Client:
    """An administrator of the installation beside two enterprises."""
    del db, home, keys
    for code in (MINE, OTHER):
        tenant(code, sample)
    persona: Persona = next(people([(Role.ADMINISTRATOR, EVERYWHERE)]))
    persona.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return persona.client


@pytest.mark.long
def test_no_page_says_what_only_programs_say_or_asks_for_two_things_first(boss: Client) -> None:
    faults: dict[str, dict[str, str]] = {}
    for address in dict.fromkeys((*WORK, *OWN)):
        answer = boss.get(f"/{address.replace(HOME, f'e/{MINE}/')}", follow=True)
        page = Page(answer.content.decode())
        hits = {
            what: text[:120]
            for text in page.texts
            for what, pattern in NEVER.items()
            if not (address.endswith("audit/") and what in LOG)
            if pattern.search(MEANT.sub("", text))
        }
        if len(page.primary) > 1:
            hits["two primary buttons"] = str(page.primary)
        faults[f"/{address}"] = hits
    assert {address: hits for address, hits in faults.items() if hits} == {}

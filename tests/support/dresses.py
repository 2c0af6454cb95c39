"""A person in a browser who looks at pages in every theme and width, in one language.

By default Chinese is looked at light and wide, and dark and narrow; English in the two other pairs; with SOAK=1 both in
all four. A page is loaded once; theme and width change in place. What is wrong is collected and told at the end, so
that one walk tells of every page.
"""

import os
import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from tests.support.axe import violations
from tests.support.site import Site

from nianjian.engines.kernel.identifiers import PROVINCES

LANGUAGES: Final = ("zh-CN", "en-GB")
THEMES: Final = ("light", "dark")
WIDTHS: Final = (1440, 390)
HEIGHT: Final = 900
DRESSES: Final = (  # places in `THEMES` and `WIDTHS`
    dict.fromkeys(LANGUAGES, ((0, 0), (0, 1), (1, 1), (1, 0)))
    if os.environ.get("SOAK")
    else {"zh-CN": ((0, 0), (1, 1)), "en-GB": ((1, 0), (0, 1))}
)
# Work that is over reloads its page: before a script, between axe and its run, or over a menu that was open.
LED_ON: Final = ("Execution context was destroyed", "axe is not defined", "No elements found for include")
TURNS: Final = 4
# A phone's bar lies over what scrolls by; at the end of a page there is nothing under it.
END: Final = "scrollTo(0, document.documentElement.scrollHeight)"
OPEN: Final = """
for (const one of document.querySelectorAll("main details:not(.pop)")) {
  one.removeAttribute("name");  // of which the browser leaves only one open
  one.open = true;
}
"""
MENUS: Final = "main details.pop"  # lie over the page, so they are opened one after the other
# What stands in the page for people, data and code left out: texts of elements, and attributes that are read out.
# Words of somebody's file (`translate=no`) are data, too.
TEXTS: Final = """
() => {
  const found = new Set([document.title]);
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const inside = nodes.currentNode.parentElement;
    const left = inside.closest("script, style, code, pre, td, dd, svg, [lang]:not(html), [translate=no]");
    if (!left) found.add(nodes.currentNode.data);
  }
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder], img[alt]"))
    for (const name of ["aria-label", "title", "placeholder", "alt"])
      if (name !== "title" || !one.lang) found.add(one.getAttribute(name) || "");
  return [...found].map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}
"""
WORDS: Final = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
HAN: Final = re.compile(r"[\u4e00-\u9fff]")
# Names stay as they are in every language: the program's, those of the home walked through, of makers and texts.
NAMES: Final = re.compile(
    "年检|中文|示范呼叫中心有限公司|另一家客服有限公司|[一二]号中继|[一二]队|张三丰|张\\*+|省局口头要求|每周抽查白名单|王五|京通管改1号|话单|线路"
    "|账期\\+通话数|开始时间|统一社会信用代码|正本|副本"
    "|(?:阿里云|腾讯云) 云联络中心|华为云 云客服|天润融通|《[^》]+》[^A-Za-z]*"
    "|" + "|".join(PROVINCES)
)


def name_of(address: str) -> str:
    """Name of the page at an address, "" where there is none."""
    try:
        return str(resolve(urlsplit(address).path).url_name)
    except Resolver404:
        return ""


class Looker:
    """Somebody signed in, or, without a session, nobody in particular."""

    def __init__(self, site: Site, browser: Any, language: str, session: str = "") -> None:
        self.site, self.language = site, language
        self.faults: list[str] = []
        self.seen: set[str] = set()
        options = {"locale": language, "viewport": {"width": WIDTHS[0], "height": HEIGHT}, "reduced_motion": "reduce"}
        self.context = site.context(browser, session, **options) if session else browser.new_context(**options)
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))

    def _heard(self, message: Any) -> None:
        if "Failed to load resource" not in message.text:  # the status of an answer, which `go` looks at
            self.faults.append(f"{self.page.url}: {message.text}")

    def go(self, address: str, status: int = 200) -> None:
        """Open an address of the site and look at the page."""
        answer = self.page.goto(address if "://" in address else self.site.address + address)
        if answer.status != status:
            self.faults.append(f"{self.page.url}: {answer.status} instead of {status}")
        self.look()

    def open(self, address: str) -> None:
        """Open an address of the site and all that is folded in its page."""
        self.page.goto(self.site.address + address)
        self.page.evaluate(OPEN)

    def look(self) -> None:
        """Look at the page that is open, in its dresses; where it leads on by itself meanwhile, at what came."""
        for _turn in range(TURNS):
            try:
                self._look()
            except Exception as gone:  # playwright's own, which is not on every machine
                if not any(words in str(gone) for words in LED_ON):
                    raise
                self.page.wait_for_load_state()
            else:
                return
        pytest.fail(f"{self.page.url} never comes to rest")

    def _look(self) -> None:
        page = self.page
        self.seen.add(name_of(page.url))
        page.evaluate(OPEN)
        self.faults += [f"{page.url}: not translated: {text}" for text in self._foreign()]
        for theme, width in DRESSES[self.language]:
            page.set_viewport_size({"width": WIDTHS[width], "height": HEIGHT})
            page.emulate_media(color_scheme=THEMES[theme])
            page.evaluate(END)
            where = f"{page.url} ({self.language}, {THEMES[theme]}, {WIDTHS[width]}):"
            self.faults += [f"{where} {fault}" for fault in violations(page)]
            self._fits(where)
            for menu in page.locator(MENUS).all():
                if menu.is_visible():
                    menu.evaluate("one => one.open = true")
                    self.faults += [f"{where} {fault}" for fault in violations(page, f"{MENUS}[open]")]
                    self._fits(f"{where} an open menu")
                    menu.evaluate("one => one.open = false")

    def _fits(self, where: str) -> None:
        """Nothing reaches over either side of the window."""
        if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            self.faults.append(f"{where} runs over the side")

    def _foreign(self) -> list[str]:
        """Texts of the page that are in the other language."""
        texts = self.page.evaluate(TEXTS)
        if self.language == "zh-CN":
            return [text for text in texts if WORDS.search(text) and not HAN.search(text)]
        return [text for text in texts if HAN.search(NAMES.sub("", text))]

    def leave(self, expected: Collection[str]) -> None:
        """Fail with all that was found, and where a page of ``expected`` was not seen."""
        self.context.close()
        assert not self.faults, "\n".join(dict.fromkeys(self.faults))
        assert set(expected) <= self.seen, sorted(set(expected) - self.seen)

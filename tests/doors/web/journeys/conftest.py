"""The demo's enterprise in a browser: each test has a home of its own, and counts what a person clicks."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.site import PATIENCE, ROOT, Site, serving

ROWS: Final = "40000"
DAY: Final = "2026-11-25"
ENTERPRISE: Final = "DEMO"


# What takes the focus for an element: itself, what it lies in, or what it is the label of.
FOCUSABLE: Final = """
one => {
  const found = one.closest("a, button, summary, input, select, textarea, label");
  return found.matches("label") ? found.control : found;
}
"""
# "there", or "group" where another radio button of the same group has the focus.
STANDS: Final = """
one => {
  const has = document.activeElement;
  return one === has ? "there" : one.type === "radio" && one.name === has.name ? "group" : "";
}
"""
TABS: Final = 400


def press(what: Any) -> None:
    """Go to an element by Tab and the arrows, and choose it."""
    page, one = what.page, what.evaluate_handle(FOCUSABLE)
    chosen = one.evaluate("one => ['checkbox', 'radio'].includes(one.type)")
    for _tab in range(TABS):
        stands = one.evaluate(STANDS)
        if stands == "there":
            with _arriving(page):
                page.keyboard.press("Space" if chosen else "Enter")
            return
        page.keyboard.press("ArrowDown" if stands == "group" else "Tab")
    pytest.fail(f"{what} cannot be reached by the keyboard")


@contextmanager
def _arriving(page: Any) -> Iterator[None]:
    """Wait until the page has loaded, or the file has come, that a key asks for; a click does so by itself."""
    asked: list[Any] = []
    ended: list[Any] = []

    def hear(request: Any) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            asked.append(request)

    def end(what: Any) -> None:
        ended.append(what)

    listeners = {"request": hear, "load": end, "download": end}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    page.wait_for_timeout(50)
    until = time.monotonic() + PATIENCE
    while asked and not ended and time.monotonic() < until:
        page.wait_for_timeout(20)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@dataclass
class Journey:
    """A person at 今天; ``clicks`` counts what was clicked since."""

    site: Site
    browser: Any
    clicks: int = 0
    page: Any = None
    _contexts: list[Any] = field(default_factory=list)

    def begin(
        self, person: str = "demo", role: str = "administrator", *, width: int = 1366, height: int = 768, **wanted: Any
    ) -> Any:
        """Sign the person in, in Chinese unless ``locale`` says otherwise, and stand at 今天, nothing clicked yet."""
        session = self.site.session(person, role, ENTERPRISE)
        wanted = {"locale": "zh-CN", "viewport": {"width": width, "height": height}, **wanted}
        context = self.site.context(self.browser, session, **wanted)
        self._contexts.append(context)
        self.page = context.new_page()
        self.page.goto(f"{self.site.address}e/{ENTERPRISE}/")
        self.clicks = 0
        return self.page

    def click(self, what: Any) -> None:
        """Choose a link, a button or a choice, one click of the journey: a mouse could, the keyboard alone does."""
        what.click(trial=True)
        press(what)
        self.clicks += 1

    def close(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small demo, made once for all processes of a run; never served itself."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    folder = root / "demo-of-the-journeys"
    with (root / "demo-of-the-journeys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = folder.with_suffix(".begun")
            words = [sys.executable, "-m", "bench.demo", "--rows", ROWS, "--folder", str(begun), "--no-serve"]
            done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            begun.rename(folder)
    return folder


@pytest.fixture
def journey(demo_home: Path, browser: Any, tmp_path: Path) -> Iterator[Journey]:
    """A journey over a copy of the demo, served as on the demo's day."""
    folder = tmp_path / "demo"
    shutil.copytree(demo_home, folder)
    with serving(folder, NIANJIAN_TODAY=DAY, NIANJIAN_GATE_URL="http://127.0.0.1:9") as site:
        walk = Journey(site, browser)
        try:
            yield walk
        finally:
            walk.close()

"""The demo's enterprise in a browser: each test has a home of its own, and counts what a person clicks."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.keyboard import choose
from tests.support.site import ROOT, Site, serving

ROWS: Final = "40000"
DAY: Final = "2026-11-25"
ENTERPRISE: Final = "DEMO"


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
        choose(what)
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

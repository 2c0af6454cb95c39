"""The demo's enterprise in a browser: each test has a home of its own, and counts what a person clicks."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from tests.support.keyboard import choose
from tests.support.site import Site, serving

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
        self, person: str = "demo", role: str = "administrator", *, width: int = 1366, height: int = 768, **options: Any
    ) -> Any:
        """Sign the person in, in Chinese unless ``locale`` says otherwise, and stand at 今天, nothing clicked yet."""
        session = self.site.session(person, role, ENTERPRISE)
        options = {"locale": "zh-CN", "viewport": {"width": width, "height": height}, **options}
        context = self.site.context(self.browser, session, **options)
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

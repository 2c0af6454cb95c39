"""Pages are short until a reader unfolds something."""

from __future__ import annotations

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey

#: Pages below ``/e/CODE/`` that are at most two screens high at 1366 × 768, scroll bars and demo data included.
PAGES = ("", "start/", "dossier/2026/", "inspection/", "registers/")


@pytest.mark.web
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_no_page_is_longer_than_two_screens(journey: Journey, locale: str) -> None:
    page = journey.begin(locale=locale)
    long = {}
    for path in PAGES:
        page.goto(f"{journey.site.address}e/{ENTERPRISE}/{path}")
        height = page.evaluate("document.documentElement.scrollHeight")
        if height > 2 * 768:
            long[path] = height
    assert not long

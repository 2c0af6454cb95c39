"""Pages are short until a reader unfolds something."""

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey

SETTINGS = (
    "people/", "people/add/", "approvals/", "rules/", "rules/portrait.seat_vacancy.limit/overlay/", "webhooks/",
    "retention/", "audit/",
)  # fmt: skip
#: Pages below ``/e/CODE/`` that are at most two screens high at 1366 × 768, scroll bars and demo data included.
PAGES = (
    "dossier/2026/", "inspection/", "registers/", "portrait/", "2026/metric/complaint_rate/",
    "2026/metric/closing_rate/", "2026/metric/seat_vacancy/", "2026/metric/number_consistency/", "2026/simulate/",
    "2026/runs/",
    "2026/metric/complaint_rate/rows/?class=complaints&look=1", "2026/metric/complaint_rate/causes/", "2026/marketing/",
    *SETTINGS,
    "complaints/", "complaints/?state=closed", "complaints/t/TS00342/",
    "complaints/new/", "complaints/forwards/", "complaints/one-click/",
    "", "start/", "gate/", "gate/decisions/", "inspection/answers/", "inspection/callback/", "inspection/day/",
    "inspection/day/room/", "inspection/drill/", "inspection/screens/", "inspection/screens/sources/",
    "inspection/drill/run/", "inspection/day/keep/", "rectification/", "rectification/watch/",
    "dossier/2026/articles/", "dossier/2026/rounds/", "dossier/2026/sort/", "season/", "season/feeds/",
)  # fmt: skip


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

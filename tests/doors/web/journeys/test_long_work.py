"""A long job: no change of page, and its result within one click."""

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey
from tests.support.site import follow


@pytest.mark.web
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_long_job_runs_beside_the_page(journey: Journey, width: int, height: int) -> None:
    page = journey.begin(width=width, height=height)
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"{journey.site.address}e/{ENTERPRISE}/2026/run/")
    where = page.url
    follow(page.locator("main form button.primary"))
    assert page.url == where
    toast = page.locator("#toast")
    assert toast.is_visible()
    assert "合规画像" in toast.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    result = toast.get_by_role("link", name="查看")
    result.wait_for(timeout=150_000)
    quiet = len(urls)
    page.wait_for_timeout(3000)
    assert len(urls) == quiet, "nothing is asked once the work is done"
    journey.clicks = 0
    with page.expect_navigation():
        journey.click(result)
    assert journey.clicks == 1
    assert page.url.endswith(f"/e/{ENTERPRISE}/2026/")
    assert not page.locator("#toast").count()

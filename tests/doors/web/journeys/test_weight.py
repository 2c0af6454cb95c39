"""What a page weighs on the wire: the first time with all it needs, and again."""

from typing import Any, Final

import pytest
from tests.doors.web.journeys.conftest import ENTERPRISE, Journey

COLD: Final = 100 << 10
WARM: Final = 20 << 10
#: One page of each line of the menu and of the settings; below ``/e/CODE/``.
PAGES: Final = (
    "", "complaints/", "2026/", "2026/metric/complaint_rate/", "dossier/2026/", "season/", "inspection/",
    "rectification/", "gate/", "data/", "registers/", "registers/lines/", "rules/", "audit/", "retention/", "people/",
)  # fmt: skip


class Wire:
    """Counts the bytes of a page's answers, heads included, and holds what was loaded."""

    def __init__(self, page: Any) -> None:
        self.page, self.bytes = page, 0
        self.answers: list[dict[str, Any]] = []
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on("Network.responseReceived", lambda event: self.answers.append(event["response"]))
        client.on("Network.loadingFinished", self._add)

    def _add(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def load(self, address: str) -> int:
        """Bytes until nothing is loaded any more."""
        self.bytes, self.answers = 0, []
        self.page.goto(address, wait_until="networkidle")
        return self.bytes


@pytest.mark.web
def test_a_page_is_light_and_lighter_again(journey: Journey) -> None:
    page = journey.begin()
    heavy = {}
    for path in PAGES:
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        wire = Wire(page)
        address = f"{journey.site.address}e/{ENTERPRISE}/{path}"
        cold = wire.load(address)
        styles = [one["url"] for one in wire.answers if one["mimeType"] == "text/css"]
        assert len(styles) == 1, "one style sheet"
        loose = [
            one["url"]
            for one in wire.answers
            if one["mimeType"] in {"text/css", "text/javascript"} and "immutable" not in _headers(one)["cache-control"]
        ]
        assert loose == [], "addresses that change with the content"
        assert _headers(wire.answers[0])["content-encoding"] == "gzip"
        warm = wire.load(address)
        if cold > COLD or warm > WARM:
            heavy[path] = (cold, warm)
    assert not heavy


def _headers(answer: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in answer["headers"].items()}

"""Lines on the overview and on the page behind it: the worst of them, and all of them fifty at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nianjian.engines.kernel import clock
from nianjian.platform.registers.models import Line

NUMBER = 120
QUERIES = 32


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")


def _lines(home: Path, last: dict[str, str], number: int) -> None:
    rows = (
        Line(enterprise_id="demo", key=f"L{at:03}", line_id=f"L{at:03}", team="T1", recorded_at=clock.now(), file="")
        for at in range(number)
    )
    Line.objects.bulk_create(rows)
    told = {"counted": "2026-11-24", "last": last}
    (home / "portraits" / "demo" / "lines.json").write_text(json.dumps(told), encoding="utf-8")


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_only_the_worst_lines_stand_on_the_overview(site: Client, home: Path) -> None:
    busy = {f"L{at:03}": "2026-11-20" for at in range(10, NUMBER)}
    _lines(home, {**busy, "L009": "2026-11-01", "L008": "2026-10-01"}, NUMBER)
    text = _text(site, "/e/demo/")
    assert "核对 10 条无话务的线路" in text
    assert 'href="/e/demo/lines/"' in text
    assert [f"L00{at}" in text for at in range(5)] == [True] * 3 + [False] * 2, "never, then the oldest; three of them"


def test_the_page_behind_shows_every_line(site: Client, home: Path) -> None:
    _lines(home, {f"L{at:03}": "2026-11-20" for at in range(1, NUMBER)} | {"L003": "2026-11-02"}, NUMBER)
    with CaptureQueriesContext(connection) as queries:
        text = _text(site, "/e/demo/lines/")
    assert len(queries) <= QUERIES
    assert text.count("/registers/lines/L") == 50
    assert text.index(">L000<") < text.index(">L003<") < text.index(">L001<")
    assert text.count('class="badge warn"') == 2
    assert "从未" in text
    assert "?page=2" in text


def test_where_nothing_was_counted_the_page_says_what_to_do(site: Client) -> None:
    assert "/e/demo/registers/lines/" in _text(site, "/e/demo/lines/")
    assert "无话务" not in _text(site, "/e/demo/")

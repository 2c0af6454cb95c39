"""The portrait on paper: same bytes each time, nothing loaded, nothing personal, both languages."""

from __future__ import annotations

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.pictures import portrait_page
from nianjian.engines.paper.words import words
from nianjian.engines.paper.workbook import portrait_workbook


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_page_is_the_same_bytes_and_loads_nothing(sample: dict[str, Any], language: str) -> None:
    made = portrait_page(sample, language)
    assert made == portrait_page(sample, language)
    tags = _Tags()
    tags.feed(made.decode())
    assert not [tag for tag, _ in tags.tags if tag in {"script", "link", "img", "iframe", "object"}]
    assert not [attrs for _, attrs in tags.tags if any(name.startswith("on") or name == "style" for name in attrs)]
    assert sum(tag == "figure" for tag, _ in tags.tags) == 5


def test_page_speaks_its_language(sample: dict[str, Any]) -> None:
    chinese, english = portrait_page(sample, "zh_Hans").decode(), portrait_page(sample, "en").decode()
    assert "坐席空置率" in chinese
    assert "Seat vacancy rate" not in chinese
    assert "Seat vacancy rate" in english
    tags = _Tags()
    tags.feed(english)
    left = [text for text in tags.text if re.search(r"[\u4e00-\u9fff]", text) and "《" not in text]
    assert left == []


def test_mobile_numbers_are_masked(sample: dict[str, Any]) -> None:
    assert "13800138000" in str(sample)
    assert "13800138000" not in portrait_page(sample, "zh_Hans").decode()
    assert "138****8000" in portrait_page(sample, "zh_Hans").decode()
    assert "13800138000" not in str(mask_portrait(sample))


def test_text_from_data_is_escaped(sample: dict[str, Any]) -> None:
    evil = {**sample, "enterprise": "<script>alert(1)</script>"}
    assert "<script" not in portrait_page(evil, "en").decode()


def test_workbook_is_the_same_bytes_and_can_be_read(sample: dict[str, Any]) -> None:
    made = portrait_workbook(sample, "zh_Hans")
    assert made == portrait_workbook(sample, "zh_Hans")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames[0] == "合规画像"
    assert {"线路", "团队", "外显号码", "月份"} <= set(book.sheetnames)
    assert "13800138000" not in str([[cell.value for row in sheet for cell in row] for sheet in book])


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ({"slug": "seat_vacancy", "numerator": 30, "denominator": 100, "limit": "30.0000"}, "0 more vacant seats"),
        ({"slug": "seat_vacancy", "numerator": 31, "denominator": 100, "limit": "30.0000"}, "1 vacant seats too many"),
        ({"slug": "closing_rate", "numerator": 49, "denominator": 50, "limit": "98.0000"}, "0 closed tickets to spare"),
        ({"slug": "closing_rate", "numerator": 48, "denominator": 49, "limit": "98.0000"}, "1 closed tickets short"),
        ({"slug": "closing_rate", "numerator": 0, "denominator": 0, "limit": "98.0000"}, "–"),
    ],
)
def test_headroom_is_exact_at_the_limit(metric: dict[str, Any], expected: str) -> None:
    seats = {"filed": metric["denominator"], "opened_and_filed": metric["denominator"] - metric["numerator"]}
    assert figures.headroom_text({**metric, "components": seats}, words("en")) == expected


@pytest.mark.parametrize(("count", "expected"), [(699, "0 more"), (700, "1 landline or mobile calls too many")])
def test_headroom_of_evasion_is_red_at_the_limit_itself(count: int, expected: str) -> None:
    flag = {"code": "evasion", "count": count, "limit": "70.0000", "light": "green"}
    metric = {"slug": "number_consistency", "denominator": 1000, "components": {}, "flags": [flag]}
    assert figures.headroom_text(metric, words("en")).startswith(expected)


def test_every_split_has_a_grid_of_one_width(sample: dict[str, Any]) -> None:
    found = sections.list_splits(sample)
    assert {"line", "team", "display", "kind", "month"} <= set(found)
    for split in found:
        header, body = sections.split_grid(sample, split, words("en"))
        assert body
        assert {len(row) for row in body} == {len(header)}


def test_headroom_of_seats_is_that_of_the_worse_rate() -> None:
    """Two opened seats are not filed: the conservative rate is over the limit, and so is the head-room."""
    metric = {
        "slug": "seat_vacancy", "limit": "30", "operator": ">", "numerator": 29, "denominator": 100,
        "components": {"filed": 100, "opened_and_filed": 69},
    }  # fmt: skip
    assert figures.headroom_text(metric, words("en")) == "1 vacant seats too many"

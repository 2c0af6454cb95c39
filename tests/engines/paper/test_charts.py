"""Every kind of chart that the product draws: places from whole numbers, words, links, sizes, gaps."""

import re
import xml.etree.ElementTree as ET
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from nianjian.engines.paper import charts, pictures, sections
from nianjian.engines.paper.charts import Chart, Headroom, Limit, Point, Series, headroom_svg, page_svg, paper_svg
from nianjian.engines.paper.figures import find_headroom, headroom_text
from nianjian.engines.paper.reconciliation import sources_chart
from nianjian.engines.paper.rectification import days_chart, pareto_chart
from nianjian.engines.paper.words import CHINESE, ENGLISH, Words, words

ZH, EN = words(CHINESE), words(ENGLISH)
KIB = 1024
EVIL = '<b>&"x'


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own


def link(name: str, row: Any) -> str:
    return f"/e/demo/2026/metric/{name}/rows/?class=complaints&month={row['month']}"


def sources() -> dict[str, Any]:
    days = [f"2026-{7 + number // 30:02}-{number % 30 + 1:02}" for number in range(130)]
    return {
        "by_day": [{"day": day, "calls": {"platform": 1000 + n % 7, EVIL: 990 + n % 5}} for n, day in enumerate(days)]
    }


def measured() -> dict[str, Any]:
    before = [[f"2026-10-{day:02}", 200 + day] for day in range(1, 31)]
    after = [[f"2026-11-{day:02}", 10 + day] for day in range(1, 20)]
    parts = {name: {"channel": {"by_day": days}} for name, days in (("before", before), ("after", after))}
    return {"cap": 30, "key": "line", "channel": EVIL, **parts}


def located() -> dict[str, Any]:
    group = {"answered": 9, "rate": "1.0", "rest": {"rate": "1.0"}, "chance": "0.1", "so_far": "9", "low_volume": False}
    groups = [group | {"key": key, "complaints": n, "named": n == 8} for key, n in ((EVIL, 8), ("L2", 4), (None, 0))]
    return {"dimension": "line", "groups": groups}


def every_picture(portrait: dict[str, Any], _: Words) -> list[charts.Picture]:
    days = sources_chart(sources(), _)
    assert days is not None
    pareto = pareto_chart(located(), {}, _, lambda dimension, group: f"/t/?group={dimension}&key={group['key']}")
    return [*pictures.portrait_charts(portrait, _, link), days, days_chart(measured(), {}, _), pareto]


@pytest.mark.parametrize("_", [ZH, EN], ids=["zh", "en"])
def test_every_chart_is_small_obeys_the_policy_and_leads_somewhere(sample: dict[str, Any], _: Words) -> None:
    images = every_picture(sample, _)
    assert [one.name for one in images] == [
        "calls", "seat_vacancy", "complaint_rate", "number_consistency", "closing_rate", "sources", "days",
        "pareto-line",
    ]  # fmt: skip
    for one in images:
        svg = page_svg(one, _)
        root = read(svg)
        assert len(svg.encode()) <= 6 * KIB, one.name
        assert not re.search(r"<style|<script|\sstyle=|\son\w+=|#[0-9a-f]{6}", svg), one.name
        assert root.attrib["aria-label"]
        assert root.attrib["width"] == "100%"
        assert "<b>" not in sections.html_chart(one, _)
        targets = [node.attrib["href"] for node in root.iter("a")]
        assert targets
        assert all(node.itertext() for node in root.iter("a"))
        if one.name in {"sources", "days"}:
            assert set(targets) == {f"#figures-{one.name}"}
            assert f'id="figures-{one.name}"' in sections.html_chart(one, _)


@pytest.mark.parametrize("_", [ZH, EN], ids=["zh", "en"])
def test_on_paper_a_chart_has_its_looks_with_it(sample: dict[str, Any], _: Words) -> None:
    for one in every_picture(sample, _):
        svg = paper_svg(one, _, 312)
        root = read(svg)
        assert (root.attrib["width"], root.attrib["font-size"]) == ("312", "12")
        assert "class=" not in svg
        assert "%" not in "".join(re.findall(r' (?:x|y|width|d)="[^"]*"', svg))
        assert not [node for node in root.iter() if node.tag.endswith(("}a", "}style"))]
        assert "‱" not in svg


def test_a_month_leads_to_its_rows_and_says_what_it_is_made_of(sample: dict[str, Any]) -> None:
    rate = next(one for one in pictures.portrait_charts(sample, EN, link) if one.name == "closing_rate")
    svg = page_svg(rate, EN)
    assert 'href="/e/demo/2026/metric/closing_rate/rows/?class=complaints&amp;month=2026-03"' in svg
    (march,) = (node for node in read(svg).iter("a") if "month=2026-03" in node.attrib["href"])
    assert list(march.itertext()) == ["Mar 63.64 %", "7 of 11 tickets closed"]
    page = sections.html_chart(rate, EN)
    assert "<summary>View as table</summary>" in page
    assert re.search(r"<td>Mar</td><td class=\"n\">63.64 %</td><td class=\"n\">7 of 11 tickets closed</td>", page)


def test_the_limit_and_the_last_value_stand_at_their_places() -> None:
    svg = page_svg(rate_of([22, 19, 13, 14], limit=1), ZH)
    root = read(svg)
    words_of = {node.attrib.get("class"): node for node in root.iter("text")}
    assert words_of["limt"].text == "限值 1"
    assert words_of["last"].text == "14"
    line = next(node for node in root.iter("path") if node.attrib["class"] == "lim")
    place = charts.down(1, Decimal(25))
    assert line.attrib["d"] == f"M0 {place}h1000"
    assert float(words_of["limt"].attrib["y"]) == place // 10 - 6


def rate_of(values: list[int | None], *, limit: int | None = None, ahead: int = 0) -> Chart:
    points = tuple(Point(value, "" if value is None else str(value)) for value in values)
    edge = None if limit is None else Limit(limit, f"限值 {limit}")
    names = tuple(f"{number}月" for number in range(1, len(values) + 1))
    return Chart("rate", EVIL, "月", names, (Series("率", points),), limit=edge, ahead=ahead)


def test_no_data_is_a_frame_with_its_word_and_no_line() -> None:
    svg = page_svg(rate_of([None] * 12, limit=1), ZH)
    assert svg.count("未证明") > 1
    assert not re.search(r'class="(ln|dot|last")', svg)
    assert svg.count('class="grid"') == 1
    assert "未证明" in paper_svg(rate_of([None] * 12), ZH, 312)


def test_a_gap_ends_the_line_and_days_to_come_are_shaded() -> None:
    svg = page_svg(rate_of([5, 5, None, None, 5, 5, None], ahead=1), ZH)
    (line,) = re.findall(r'class="ln s1" d="([^"]*)"', svg)
    assert (line.count("M"), svg.count("<a ")) == (2, 6)
    assert re.findall(r'class="gap"[^>]*>([^<]*)<', svg) == ["未证明"]
    assert 'class="wait"' in svg
    assert ">未到<" in svg
    html = sections.html_chart(rate_of([5, None, None], ahead=1), ZH)
    assert re.findall(r'<td class="n">([^<]*)</td>', html) == ["5", "未证明", "未到"]


def test_what_is_to_come_is_told_from_the_as_of_day(sample: dict[str, Any]) -> None:
    document = deepcopy(sample)
    document["period"]["today"] = "2026-11-24"
    for metric in document["metrics"]:
        if metric["slug"] == "seat_vacancy":
            metric["months"] = metric["months"][:10]
        for row in metric["months"][11:]:
            row |= {"value": None, "denominator": 0}
    charts = pictures.portrait_charts(document, ZH)
    coming = {(one.name, line.name): line.points[len(one.steps) - one.ahead :] for one in charts for line in one.series}
    assert {name for name, points in coming.items() if any(point.value is not None for point in points)} == set()
    ahead = {one.name: one.ahead for one in charts}
    assert ahead == {
        "calls": 1, "seat_vacancy": 2, "complaint_rate": 1, "number_consistency": 1, "closing_rate": 1,
    }  # fmt: skip
    assert {one.ahead for one in pictures.portrait_charts(sample, ZH)} == {0}


def test_places_are_whole_numbers_that_never_leave_the_frame_and_no_figure_is_rounded_onto_the_limit() -> None:
    top, one = Decimal(7), Decimal(1)
    places = [charts.down(Decimal(number) / 1000, top) for number in range(-50, 8000, 7)]
    assert places == sorted(places, reverse=True)
    assert (places[0], places[-1]) == (charts.BOTTOM * 10, charts.TOP * 10)
    for highest in (Decimal("0.0003"), one, Decimal(98), Decimal("550.1"), Decimal(1_250_000)):
        scale = charts.ticks(highest)
        assert scale[0] == 0
        assert scale[-2] < highest <= scale[-1]
        assert len(scale) <= charts.TICKS + 1
    assert charts.ticks(0) == [0, 1]
    for value, text in (("17.7832", "17.78"), ("1.0040", "1.004"), ("0.99999", "0.99999"), ("1", "1.00")):
        assert charts.figure_text(Decimal(value), one) == text


@pytest.mark.parametrize(
    ("told", "bars"),
    [
        (Headroom(91, 5), {"used": "5.4%", "over": "94.6%"}),
        (Headroom(3, 5), {"used": "50%"}),
        (Headroom(5, 5), {"used": "83.3%"}),
        (Headroom(7, 11, least=True), {"used": "53.8%", "missing": "30.8%"}),
        (None, {}),
    ],
)
def test_headroom_is_told_in_things_that_can_be_counted(told: Headroom | None, bars: dict[str, str]) -> None:
    root = read(headroom_svg(told, "超 86 件"))
    assert root.attrib["aria-label"] == "超 86 件"
    widths = {one.attrib["class"]: one.attrib["width"] for one in root}
    assert widths.pop("bed") == "100%"
    assert (widths.pop("tick", None) is None) == (told is None)
    assert widths == bars


def test_headroom_is_reckoned_from_whole_numbers(sample: dict[str, Any]) -> None:
    proved = [metric | {"light": "yellow"} for metric in sample["metrics"]]
    headrooms = [find_headroom(metric) for metric in proved]
    assert headrooms == [Headroom(40, 30), Headroom(11, 0), Headroom(75, 419), Headroom(7, 11, least=True)]
    assert [headroom_text(metric, EN) for metric in proved] == [
        "10 vacant seats too many", "11 too many (allowance 0)", "344 more landline or mobile calls",
        "4 closed tickets short",
    ]  # fmt: skip
    assert find_headroom(proved[2] | {"light": "insufficient"}) is None, "what is not proved has no room"
    bar = sections.html_headroom(sample["metrics"][0], EN)
    assert 'aria-label="10 vacant seats too many"' in bar
    nothing = sections.html_headroom(sample["metrics"][0] | {"value": None}, ZH)
    assert "未证明" in nothing
    assert nothing.count("<rect") == 1


# The sentence before the light: an estimate, never what an authority sees; what is missing is named.


def _metric(slug: str, light: str, *flags: tuple[str, str, int], **components: int) -> dict[str, Any]:
    entries = [{"code": code, "light": colour, "count": number} for code, colour, number in flags]
    return {"slug": slug, "light": light, "flags": entries, "components": components}


UNDECIDED = [
    _metric("seat_vacancy", "yellow", ("over_limit", "yellow", 9)),
    _metric(
        "number_consistency", "insufficient", ("evasion", "insufficient", 9000), ("unknown_high", "insufficient", 1580),
        unknown=1580,
    ),
    _metric("closing_rate", "insufficient", ("undated", "insufficient", 3)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_", "light", "metrics", "sentence", "lines"),
    [
        (
            ZH, "red", [_metric("number_consistency", "red", ("evasion", "red", 80), unknown=1)], "按指南口径推算", (),
        ),
        (
            ZH, "insufficient", UNDECIDED, "按现有数据，灯色无法判定",
            ("号码一致率缺少：1,580 次已送达外呼的外显号码", "结案率缺少：3 件投诉的受理时间"),
        ),
        (
            EN, "insufficient", UNDECIDED, "On the present data no light can be determined",
            (
                "Number consistency rate – missing: the display number of 1,580 delivered calls",
                "Closing rate – missing: the day of acceptance of 3 complaints",
            ),
        ),
        (
            ZH, "insufficient", [_metric("seat_vacancy", "na"), _metric("closing_rate", "na")],
            "按现有数据，灯色无法判定", ("缺少：本数据年度的话单、坐席与投诉",),
        ),
    ],
)  # fmt: skip
def test_a_light_is_an_estimate_and_an_undecided_one_names_what_is_missing(
    _: Words, light: str, metrics: list[dict[str, Any]], sentence: str, lines: tuple[str, ...]
) -> None:
    data = {"light": light, "metrics": metrics}
    assert sections.lead_text(data, _) == sentence
    assert sections.missing_lines(data, _) == lines
    html = sections.headline_html(data, _)
    assert html.count("<li>") == len(lines)
    assert ("Estimated" in html or "推算" in html) == (light == "red")

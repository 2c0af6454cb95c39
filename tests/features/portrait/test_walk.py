"""The portrait's pages in a real browser: sliders that answer, rows that come, a reveal."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.support.axe import assert_clean
from tests.support.sample_portrait import fill
from tests.support.site import PROGRAM, Site, environment, follow, serving, told

from nianjian.engines.lake.tables import Lake

NEWER = "20260701-090000-000000"
OLDER = "20260601-090000-000000"
ROWS = "e/demo/2026/metric/number_consistency/rows/?class=mobile"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sample: dict[str, Any]) -> Iterator[Site]:
    """The program's own server over one enterprise with two runs and the rows behind them."""
    folder = tmp_path_factory.mktemp("site")
    told(
        environment(folder),
        *PROGRAM,
        "enterprise",
        "add",
        "demo",
        "--name",
        "示范呼叫中心有限公司",
        "--province",
        "北京",
    )
    fill(Lake(str(folder / "home" / "lake"), "demo"))
    store = folder / "home" / "portraits" / "demo"
    (store / "runs" / "2026").mkdir(parents=True)
    for name, portrait in ((OLDER, sample), (NEWER, _later(sample))):
        line = json.dumps(portrait, ensure_ascii=False)
        (store / "runs" / "2026" / f"{name}.json").write_text(f"{json.dumps(_run(name, portrait))}\n{line}\n", "utf-8")
    (store / "2026.json").write_text((store / "runs" / "2026" / f"{OLDER}.json").read_text("utf-8"), "utf-8")
    with serving(folder, NIANJIAN_TODAY="2026-11-25") as started:
        yield started


def _later(sample: dict[str, Any]) -> dict[str, Any]:
    later: dict[str, Any] = json.loads(json.dumps(sample))
    later["snapshot"]["calls"] += 1
    for metric in later["metrics"]:
        metric["numerator"] += 1
        for row in metric["splits"].get("kind", ()):
            row["numerator"] += 1
    next(rule for rule in later["rules"] if rule["key"] == "portrait.seat_vacancy.limit")["value"] = "0.25"
    return later


def _run(name: str, portrait: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name, "year": 2026, "moment": "2026-07-01T01:00:00.000000+00:00", "actor": "user:anna", "sha256": "0",
        "light": portrait["light"], "as_of": "2026-12-31", "today": None, "province": "北京",
        "rulebook": portrait["rulebook"], "snapshot": portrait["snapshot"], "code": "0.1.0",
        "metrics": [{key: one[key] for key in ("slug", "light", "value", "unit")} for one in portrait["metrics"]],
    }  # fmt: skip


@pytest.fixture(scope="module")
def session(site: Site) -> str:
    return site.session("anna")


def _watched(context: Any) -> tuple[Any, list[str]]:
    faults: list[str] = []
    page = context.new_page()
    # of a request that the next step of a slider replaces, htmx says so
    page.on("console", lambda message: None if message.text.startswith("htmx:") else faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    return page, faults


def test_sliders_answer_at_once(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session, locale="en-GB", viewport={"width": 1440, "height": 900})
    page, faults = _watched(context)
    page.goto(f"{site.address}e/demo/2026/simulate/")
    slider = page.locator("input[data-mirror=id_open_seats]")
    slider.focus()
    for _press in range(10):
        page.keyboard.press("ArrowRight")
    page.get_by_text("exactly at the limit").wait_for(timeout=30_000)
    assert page.locator("input[name=open_seats]").input_value() == "10"
    assert "30.00 %" in page.locator("#outcome").inner_text()
    page.locator("input[name=open_seats]").fill("11")
    page.get_by_text("1 more vacant seats allowed").wait_for(timeout=30_000)
    assert slider.input_value() == "11"
    assert page.locator("section#outcome").count() == 1
    assert faults == []
    context.close()


def test_rows_come_after_the_page_and_a_number_is_revealed(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session, locale="en-GB", viewport={"width": 1440, "height": 900})
    page, faults = _watched(context)
    page.goto(f"{site.address}e/demo/2026/metric/number_consistency/")
    page.locator(".causes a[href*='class=mobile']").first.click()
    page.locator("#rows tbody tr").first.wait_for(timeout=60_000)
    assert page.locator("#rows tbody tr").count() <= 20
    assert "138****8000" in page.locator("#rows").inner_text()
    page.get_by_role("button", name="Reveal").first.click()
    page.get_by_text("13800138000").wait_for(timeout=30_000)
    assert page.get_by_text("13800138000").count() == 1
    assert faults == []
    context.close()


def test_rows_and_steps_without_script(site: Site, session: str, browser: Any) -> None:
    context = site.context(browser, session, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + ROWS)
    follow(page.get_by_role("link", name="Show the rows"))
    assert page.locator("#rows tbody tr").count() > 0
    page.goto(f"{site.address}e/demo/2026/simulate/")
    page.locator("input[name=open_seats]").fill("10")
    follow(page.get_by_role("button", name="Simulate"))
    assert "30.00 %" in page.locator("#outcome").inner_text()
    page.goto(f"{site.address}e/demo/2026/runs/")
    follow(page.get_by_role("button", name="Compare"))
    assert page.get_by_role("heading", name="What changed").is_visible()
    assert "> 25 %" in page.locator("main").inner_text()
    with page.expect_download() as taken:
        page.goto(f"{site.address}e/demo/2026/")
        page.locator("details.pop summary", has_text="Export").click()
        page.get_by_role("button", name="Excel").click()
    assert taken.value.suggested_filename == "demo-2026.xlsx"
    context.close()


SIZES = "() => [...document.querySelectorAll('.chart text')].map(one => parseFloat(getComputedStyle(one).fontSize))"
SHOWN = (
    "() => [...document.querySelectorAll('.chart a > g')]"
    ".filter(one => getComputedStyle(one).opacity === '1').map(one => one.textContent)"
)


def test_a_point_of_a_chart_is_read_by_key_and_finger_and_leads_to_its_month(
    site: Site, session: str, browser: Any
) -> None:
    phone = {"width": 390, "height": 844}
    context = site.context(browser, session, locale="zh-CN", viewport=phone, has_touch=True)
    page, faults = _watched(context)
    page.goto(f"{site.address}e/demo/2026/metric/seat_vacancy/")
    assert len(page.evaluate(SIZES)) > 20
    assert min(page.evaluate(SIZES)) >= 11
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
    assert_clean(page)
    chart = page.locator(".chart")
    points = chart.locator("a")
    assert chart.locator("a[tabindex='0']").count() == 1, "one stop of the Tab key"
    points.last.focus()
    assert page.evaluate(SHOWN) == ["12月 40.00 %空置 40 席，备案 100 席"]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(SHOWN) == ["11月 40.00 %空置 40 席，备案 100 席"]
    page.keyboard.press("Escape")
    assert page.evaluate(SHOWN) == []
    points.nth(2).locator("rect").first.tap()
    assert page.evaluate(SHOWN) == ["3月 40.00 %空置 40 席，备案 100 席"]
    assert page.url.endswith("/metric/seat_vacancy/"), "the first tap only shows"
    points.nth(2).locator("rect").first.tap()
    page.wait_for_url("**/metric/seat_vacancy/rows/?class=idle&month=2026-03")
    page.go_back()
    page.locator("figure summary", has_text="看表格").first.click()
    assert page.locator("figure details[open] tbody tr").count() == 12
    assert faults == []
    context.close()

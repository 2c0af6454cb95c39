"""The portrait's pages: figures with the way to their rows, runs and what changed, steps tried, files taken along."""

import copy
import io
import json
import re
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import signed_in
from tests.support.sample_portrait import fill

from nianjian.engines.paper.words import words
from nianjian.features.portrait import causes, operations, portraits
from nianjian.features.portrait.remedies import list_remedies
from nianjian.features.season.pages import task_address
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue

ENGLISH = {"accept-language": "en"}
HOME = "/e/demo/2026/"
QUERIES = 40
ROWS = f"{HOME}metric/number_consistency/rows/"


@pytest.fixture
def lake(site: Client) -> Client:
    """The pages with the rows behind them."""
    fill(wiring.lake("demo"))
    return site


def text(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def metric(portrait: dict[str, Any], slug: str) -> dict[str, Any]:
    return next(one for one in portrait["metrics"] if one["slug"] == slug)


def test_each_metric_is_told_in_full(site: Client, sample: dict[str, Any]) -> None:
    parts = ("How it is computed", "Inputs", "Rules and where they come from", "guide (no official text)")
    for entry in sample["metrics"]:
        page = text(site, f"{HOME}metric/{entry['slug']}/", **ENGLISH)
        for said in (*parts, "since 2017-01-01", f"{entry['value']} {entry['unit']}"):
            assert said in page, (entry["slug"], said)
        assert "138001" not in page
        assert ("Guide and law disagree" in page) == (entry["slug"] in {"number_consistency", "closing_rate"})


def test_the_next_data_year_is_begun_from_the_last_ones_page(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run of a year: its address is offered, and the season's task leads there."""
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-02-01")
    page = text(site, HOME)
    assert 'href="/e/demo/2027/run/"' in page
    assert "计算 2027 年度" in page
    assert site.get("/e/demo/portrait/?year=2027").headers["location"] == "/e/demo/2027/run/"
    assert "/e/demo/2027/metric/" not in text(site, "/e/demo/2027/run/"), "a year without figures has no page of them"
    assert site.get("/e/demo/portrait/?year=2026").headers["location"] == HOME
    assert task_address("demo", 2027, "portrait") == "/e/demo/portrait/?year=2027"
    reader = signed_in("rita", "auditor", "demo")
    assert "/2027/run/" not in text(reader, HOME)
    assert reader.get("/e/demo/portrait/?year=2027").headers["location"] == HOME, "who may not run it reads the last"


def test_the_formula_has_its_numbers_put_in_and_limits_are_told_as_people_write_them(site: Client) -> None:
    page = text(site, f"{HOME}metric/seat_vacancy/")
    for said in ("(100 − 60) ÷ 100 = 40.0000 %", "40 × 10 = 400 &gt; 100 × 3 = 300", "多空置 10 席"):
        assert said in page
    assert "多空置 10 席" in text(site, HOME)
    assert "限值 1 ‱（0.01 %）" in text(site, f"{HOME}metric/complaint_rate/")


def test_rows_come_as_a_fragment_and_without_script_by_a_link(lake: Client, sample: dict[str, Any]) -> None:
    own = metric(sample, "number_consistency")["components"]["own_short"]
    page = text(lake, f"{ROWS}?class=own_short", **ENGLISH)
    assert f"the figure is {own}" in page
    assert 'hx-trigger="load"' in page
    assert "<tbody>" not in page
    assert "look=1" in page
    part = text(lake, f"{ROWS}?class=own_short", **{"hx-request": "true"})
    assert part.count("<tr>") == 21  # head and rows
    assert "<html" not in part
    assert f"1–20 / {own}" in part
    whole = text(lake, f"{ROWS}?class=own_short&look=1")
    assert whole.count("95013") >= 20
    assert "<html" in whole
    assert not re.search(r"1390000\d{4}", whole)


def test_rows_are_narrowed_and_paged(lake: Client, sample: dict[str, Any]) -> None:
    line = next(r for r in metric(sample, "number_consistency")["splits"]["line"] if r["key"] == "L1")
    last = (line["denominator"] - 1) // 20 + 1
    page = text(lake, f"{ROWS}?class=delivered&line=L1&look=1&page={last}")
    assert f"–{line['denominator']} / {line['denominator']}" in page
    assert re.search(r"<td>\s*L1\s*</td>", page)
    assert not re.search(r"<td>\s*L2\s*</td>", page)
    month = text(lake, f"{ROWS}?class=delivered&month=2026-03&look=1")
    assert "2026-03-" in month
    assert "2026-04-0" not in month


def test_a_displayed_number_is_no_part_of_an_address(lake: Client, sample: dict[str, Any]) -> None:
    page = text(lake, f"{HOME}metric/number_consistency/causes/?split=display")
    assert "13800138000" not in page
    links = re.findall(r' href="([^"]*display=[0-9a-f]{16}[^"]*)"', page)
    mobiles = next(r for r in metric(sample, "number_consistency")["splits"]["display"] if r["key"] == "13800138000")
    pages = [text(lake, link.replace("&amp;", "&") + "&look=1") for link in links if "class=mobile" in link]
    assert len(pages) == 1
    assert f"/ {mobiles['mobile']}" in pages[0]
    assert "138****8000" in pages[0]
    assert "13800138000" not in pages[0]


def test_what_is_not_there_is_not_found(lake: Client) -> None:
    for address in (
        f"{HOME}metric/nothing/", f"{HOME}metric/nothing/rows/?class=filed", f"{ROWS}?class=nothing", ROWS,
        f"{ROWS}?class=own_short&month=2026-13", f"{ROWS}?class=own_short&display=0000000000000000",
        f"{HOME}chart/complaint_rate.json", f"{HOME}?run=20260101-000000-000000", f"{HOME}?run=../../2026",
        f"{HOME}compare/?a=x&b=y", "/e/demo/2025/metric/seat_vacancy/", "/e/demo/2025/simulate/",
        f"{HOME}by/nothing/",
    ):  # fmt: skip
        assert lake.get(address).status_code == 404, address


def test_a_reveal_is_written_before_it_is_shown(lake: Client) -> None:
    part = text(lake, f"{ROWS}?class=mobile", **{"hx-request": "true"})
    fields = dict(re.findall(r'name="(kind|part|file|line)" value="([^"]+)"', part))
    answer = lake.post(f"{HOME}reveal/", fields, headers={"hx-request": "true"})
    assert "13800138000" in answer.content.decode()
    (entry,) = acts(verb="portrait.reveal")
    assert entry.actor == "user:anna"
    assert entry.data["line"] == fields["line"]
    assert "138" not in json.dumps({k: v for k, v in entry.data.items() if k != "file"})
    page = lake.post(f"{HOME}reveal/", fields).content.decode()
    assert "<html" in page
    assert "13800138000" in page
    assert lake.post(f"{HOME}reveal/", {"kind": "calls"}).status_code == 404
    assert signed_in("ivan", "tester", "demo").post(f"{HOME}reveal/", fields).status_code == 403
    assert "portrait-reveal" not in text(signed_in("ivan"), f"{ROWS}?class=mobile&look=1")
    assert len(list(acts(verb="portrait.reveal"))) == 2


def test_rows_that_are_gone_are_said_to_be_gone(lake: Client) -> None:
    version = wiring.lake("demo").version("calls")
    for file in wiring.lake("demo").files("calls", version):
        Path(file).unlink()
    portraits.note_deletion("demo", "calls", version=version + 1, day=date(2027, 2, 3), before=date(2026, 1, 1))
    answer = lake.get(f"{ROWS}?class=own_short&look=1", headers=ENGLISH)
    assert answer.status_code == 409
    assert "erased" in answer.content.decode()
    assert "2027-02-03" in text(lake, HOME)


def test_many_calls_are_looked_through_by_month(lake: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MANY", 10)
    page = text(lake, f"{ROWS}?class=own_short&look=1", **ENGLISH)
    assert 'value="2026-01" selected' in page
    assert "2026-01-" in page
    assert "2026-02-0" not in page
    assert "whole year" not in page
    assert 'value="2026-05"' in page
    seats = text(lake, f"{HOME}metric/seat_vacancy/rows/?class=filed&look=1", **ENGLISH)
    assert 'value="" selected' in seats


def test_nobody_waits_for_ever(lake: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "PATIENCE", 0.05)
    with ExitStack() as busy:
        for _turn in range(operations.AT_ONCE):
            busy.enter_context(operations._turn())
        answer = lake.get(f"{ROWS}?class=own_short", headers={"hx-request": "true", "accept-language": "en"})
    assert answer.status_code == 409
    assert "try again in a moment" in answer.content.decode()
    assert lake.get(f"{ROWS}?class=own_short", headers={"hx-request": "true"}).status_code == 200


def test_pages_are_cheap(site: Client) -> None:
    """`bench.pages` tells the time."""
    for address in (HOME, f"{HOME}metric/number_consistency/", f"{HOME}simulate/?open_seats=3"):
        text(site, address)
        with CaptureQueriesContext(connection) as queries:
            text(site, address)
        assert len(queries) <= QUERIES, address


def test_an_outsourcer_sees_the_own_team_alone(lake: Client, sample: dict[str, Any]) -> None:
    add_user(name="olga", role="outsourcer", enterprises=["demo"], actor=Actor("tester"), team="T1")
    olga = signed_in("olga")
    mine = next(r for r in metric(sample, "number_consistency")["splits"]["team"] if r["key"] == "T1")
    page = text(olga, HOME)
    assert f"{float(mine['value']):.2f} <small>%" in page
    assert metric(sample, "number_consistency")["value"] not in page
    assert "坐席空置率" not in page
    assert f"/ {mine['denominator']}" in text(olga, f"{ROWS}?class=delivered&look=1")
    other = text(olga, f"{ROWS}?class=delivered&team=T0&look=1")
    assert f"/ {mine['denominator']}" in other
    assert ">T0<" not in other
    assert olga.get(f"{HOME}metric/seat_vacancy/").status_code == 404
    assert olga.get(f"{HOME}metric/seat_vacancy/rows/?class=filed&look=1").status_code == 404
    for closed in ("by/line/", "metric/number_consistency/causes/", "runs/", "simulate/", "compare/"):
        assert olga.get(HOME + closed).status_code == 403
    assert olga.post(f"{HOME}take/pdf/").status_code == 403
    assert olga.post(f"{HOME}run/").status_code == 403


def test_runs_are_kept_and_compared(site: Client, sample: dict[str, Any]) -> None:
    later = json.loads(json.dumps(sample))
    later["snapshot"]["calls"] += 1
    rate = metric(later, "complaint_rate")
    rate["components"]["complaints_12321"] += 2
    rate["numerator"] += 2
    rule = next(one for one in later["rules"] if one["key"] == "portrait.seat_vacancy.limit")
    rule |= {"value": "0.25", "level": "internal", "overlay": {"who": "user:a + user:b", "when": "2026-11-02T01:00:00",
                                                               "reason": "省局要求"}}  # fmt: skip
    later["rulebook"]["sha256"] = "0" * 64
    with portraits.stage_portrait("demo", 2026, later, actor="user:anna") as put:
        put()
    new, old = portraits.list_runs("demo", 2026)
    listed = text(site, f"{HOME}runs/")
    assert old in listed
    assert new in listed
    ticked = text(site, f"{HOME}compare/?of={new}&of={old}", **ENGLISH)
    page = text(site, f"{HOME}compare/?a={old}&b={new}", **ENGLISH)
    assert "<td>&gt; 30 %" in re.sub(r"\s+", " ", ticked).split("&gt; 25 %")[0], "the older one comes first"
    assert site.get(f"{HOME}compare/?of={new}").headers["Location"] == f"{HOME}runs/"
    why = ("the data changed", "the rulebook changed", "call records")
    for said in (*why, "&gt; 30 %", "&gt; 25 %", "a + b", "省局要求", "+2"):
        assert said in page
    assert "Nothing that the portrait is computed from" in text(site, f"{HOME}compare/?a={new}&b={new}", **ENGLISH)
    assert "不是最新" in text(site, f"{HOME}?run={old}") or "saved run" in text(site, f"{HOME}?run={old}")


def test_steps_are_tried_with_and_without_script(site: Client) -> None:
    page = text(site, f"{HOME}simulate/")
    assert page.count('type="range"') == 7
    assert page.count("所有已开通坐席均已备案。") == 2, "a step without room says why"
    assert page.index('name="open_seats"') < page.index('name="close_unfiled"'), "what has room stands first"
    assert re.search(r'name="file_seats"[^>]* disabled aria-describedby="id_file_seats-why"', page)
    assert "<html" in page
    part = text(site, f"{HOME}simulate/?open_seats=10", **{"hx-request": "true", "accept-language": "en"})
    assert "<html" not in part
    assert "30.00 <small>%" in part
    assert "exactly at the limit" in part
    whole = text(site, f"{HOME}simulate/?open_seats=10")
    assert "30.00 <small>%" in whole
    assert 'value="10"' in whole
    outcome = whole.split('id="outcome"')[1]
    assert re.search(r"<b>整体</b>\s*<span\s+class=\"light", outcome), "whose each light is"
    assert re.search(r"固话与手机号占比\s*<span\s+class=\"light \w+\"\s*>(绿灯|黄灯|红灯)</span>", outcome)
    many = text(site, f"{HOME}simulate/?open_seats=1000", **ENGLISH)
    assert 'role="alert"' in many
    moved = text(site, f"{HOME}simulate/?move_line=L1", **ENGLISH)
    assert "the called persons must have consented" in moved
    assert "No line" not in moved
    assert 'role="alert"' in text(site, f"{HOME}simulate/?move_line=nothing")


def test_a_step_that_no_longer_changes_the_figures_cannot_be_tried(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-12-31")
    page = text(site, f"{HOME}simulate/")
    assert re.search(r'id="id_open_seats"(?![^>]* disabled)', page)
    assert page.count("今天前有效") > 1
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-01-01")
    page = text(site, f"{HOME}simulate/")
    for step in ("open_seats", "close_tickets", "move_line"):
        assert re.search(rf'id="id_{step}"[^>]* disabled aria-describedby="id_{step}-why"', page)
    assert "已过：此步骤不再改变数字" in page


def test_seats_open_beyond_the_filing_can_be_mended(site: Client, sample: dict[str, Any]) -> None:
    portrait = copy.deepcopy(sample)
    seats = portrait["metrics"][0]
    seats["components"] |= {"opened": seats["components"]["opened"] + 80, "unfiled_open": 80}
    seats["light"] = portrait["light"] = "red"
    seats["flags"] = [{"code": "unfiled_open", "light": "red", "count": 80}]
    with portraits.stage_portrait("demo", 2026, portrait) as put:
        put()
    page = text(site, f"{HOME}simulate/", **ENGLISH)
    assert 'max="80" name="close_unfiled"' in page
    assert page.index('name="close_unfiled"') < page.index('name="open_seats"')
    assert 'max="80" name="file_seats"' in page
    assert "opened seats that are not filed" in page.split('id="outcome"')[1]
    after = text(site, f"{HOME}simulate/?close_unfiled=80", **ENGLISH).split('id="outcome"')[1]
    assert "opened seats that are not filed" not in after.split("</article>")[0]
    both = text(site, f"{HOME}simulate/?close_unfiled=50&file_seats=31", **ENGLISH)
    assert "at most 30" in both


def test_a_single_run_is_compared_with_nothing_and_an_old_page_of_a_split_leads_to_the_metric(site: Client) -> None:
    ids = portraits.list_runs("demo", 2026)
    assert len(ids) == 1
    listed = text(site, f"{HOME}runs/")
    assert "只有一次计算结果" in listed
    assert "比较勾选的两次" not in listed
    same = text(site, f"{HOME}compare/?a={ids[0]}&b={ids[0]}")
    assert "两边是同一次计算" in same
    moved = site.get(f"{HOME}by/team/").headers["Location"]
    assert moved == f"{HOME}metric/complaint_rate/?split=team"
    assert site.get(f"{HOME}by/month/").headers["Location"] == HOME


def test_rows_are_searched_and_taken_along_masked(lake: Client) -> None:
    assert "1 do not concern a call" in text(lake, f"{HOME}metric/complaint_rate/", **ENGLISH)
    left_out = text(lake, f"{HOME}metric/complaint_rate/rows/?class=excluded.not_a_call&look=1&q=0004")
    assert "T4" in left_out
    assert "139****0004" in left_out
    assert "13900000004" not in left_out
    address = f"{HOME}metric/closing_rate/rows/?class=tickets&look=1"
    (first, *others) = re.findall(r"complaints/t/([^/]+)/", text(lake, address))
    assert others
    assert "没有符合条件的记录" in text(lake, f"{address}&q=13900000004"), "a whole number is not looked for"
    assert set(re.findall(r"complaints/t/([^/]+)/", text(lake, f"{address}&q={first.lower()}"))) >= {first}
    drawer = text(lake, address.removesuffix("&look=1"), **{"hx-request": "true", "hx-target": "panel-content"})
    assert 'role="search"' in drawer
    book = lake.post(f"{HOME}metric/closing_rate/rows/export/?class=tickets&q={first}")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets
    assert sheet["A2"].value == first
    assert not re.search(r"1390000\d{4}", str([[cell.value for cell in row] for row in sheet.rows]))
    (entry,) = acts(verb="portrait.export")
    assert (entry.data["form"], entry.data["part"]) == ("rows", "tickets")


def test_a_run_is_asked_for_and_waits_in_the_queue(site: Client) -> None:
    answer = site.post(f"{HOME}run/", {"as_of": "2026-06-30", "province": "浙江"})
    assert answer.status_code == 302
    (job,) = queue.jobs("demo")
    assert answer.headers["Location"] == f"/e/demo/data/jobs/{job.id}/"
    assert dict(job.payload) == {"year": 2026, "as_of": "2026-06-30", "province": "浙江"}
    assert site.post(f"{HOME}run/", {"as_of": "nonsense"}).status_code == 422
    assert "<form" in text(site, "/e/demo/2025/run/")
    assert signed_in("ivan", "tester", "demo").post(f"{HOME}run/").status_code == 403


def test_files_are_taken_along_and_written_down(site: Client, sample: dict[str, Any]) -> None:
    book = site.post(f"{HOME}take/xlsx/")
    assert openpyxl.load_workbook(io.BytesIO(book.content)).sheetnames
    page = site.post(f"{HOME}take/pdf/", headers=ENGLISH)
    assert page.headers["Content-Disposition"] == 'attachment; filename="demo-2026.pdf"'
    document = pypdfium2.PdfDocument(page.content)
    said = "".join(one.get_textpage().get_text_range() for one in document)
    assert "Seat vacancy rate" in said
    assert "(100 − 60) ÷ 100 = 40.0000 %" in said
    assert sample["rulebook"]["sha256"][:16] not in said, "a QR code carries it"
    assert "13800138000" not in said
    assert f"Page 1 of {len(document)}" in said
    picture = site.post(f"{HOME}take/png/")
    assert picture.content.startswith(b"\x89PNG")
    assert site.post(f"{HOME}take/html/").content.startswith(b"<!doctype html>")
    assert [act.data["form"] for act in acts(verb="portrait.export")] == ["html", "png", "pdf", "xlsx"]
    assert site.post(f"{HOME}take/docx/").status_code == 404
    assert site.get(f"{HOME}take/pdf/").status_code == 405


LINK = re.compile(
    r'<a\s+href="([^"]*/rows/\?[^"]*)"\s+hx-get="[^"]*"\s+hx-target="#panel-content"[^>]*?\s+aria-label="([^"]*)"\s*>([^<]*)</a>'
)
BARE = re.compile(r'<td class="n">\s*([\d,]+)(?: \w+)?\s*</td>')  # an integer that leads nowhere
COUNT = re.compile(r"[\d,]+")
TOTAL = re.compile(r"the figure is ([\d,]+)")


def _find_links(page: str) -> list[tuple[str, str, str]]:
    return [(unescape(a), unescape(said), unescape(figure)) for a, said, figure in LINK.findall(page)]


def _links(client: Client, address: str) -> list[tuple[str, str, str]]:
    return _find_links(text(client, address, **ENGLISH))


def _pages(sample: dict[str, Any]) -> list[str]:
    metrics = [f"{HOME}metric/{one['slug']}/" for one in sample["metrics"]]
    splits = [(one["slug"], split) for one in sample["metrics"] for split in causes.list_splits(one)]
    return [HOME, *metrics, *(f"{HOME}metric/{slug}/causes/?split={split}" for slug, split in splits)]


def test_every_link_says_its_figure_and_the_rows_say_the_same(site: Client, sample: dict[str, Any]) -> None:
    seen: dict[str, str] = {}
    for page in _pages(sample):
        body = text(site, page, **ENGLISH)
        if "/causes/" in page:
            assert set(BARE.findall(body.split("<tbody>")[1])) <= {"0"}, page
        for href, said, figure in _find_links(body):
            assert said.startswith("rows behind "), (page, said)
            assert said.endswith(f": {figure}"), (page, said, figure)
            if count := COUNT.match(figure):
                assert seen.setdefault(href, count[0]) == count[0], (page, href, said)
    assert len(seen) > 60
    links = {}  # one address of each metric, component and set of filters
    for href, figure in seen.items():
        links[re.sub(r"(?<!class)=[^&]*", "", href)] = href, figure
    for href, figure in links.values():
        match = TOTAL.search(text(site, href, **ENGLISH))
        assert match is not None, href
        assert match[1] == figure, href


def test_inputs_of_a_metric_lead_to_as_many_rows(lake: Client, sample: dict[str, Any]) -> None:
    """One of each metric, drawn; `test_rows_behind` counts the rows of every one."""
    for slug in (one["slug"] for one in sample["metrics"]):
        whole = {
            (href, figure)
            for href, _said, figure in _links(lake, f"{HOME}metric/{slug}/")
            if "&" not in href and re.fullmatch(r"[\d,]+", figure)
        }
        href, figure = Random(slug).choice(sorted(whole))
        body = text(lake, f"{href}&look=1", **ENGLISH).split("<tbody>")[1].split("</tbody>")[0]
        assert body.count("<tr>") == min(int(figure.replace(",", "")), 20), href


def test_two_numbers_that_look_alike_when_masked_keep_a_row_each(site: Client, sample: dict[str, Any]) -> None:
    rows = metric(sample, "number_consistency")["splits"]["display"]
    keys = {row["key"] for row in rows}
    page = text(site, f"{HOME}metric/number_consistency/causes/?split=display")
    body = page.split("<tbody>")[1].split("</tbody>")[0]
    assert body.count("<tr>") == len(keys)
    assert not any(str(key) in page for key in keys if key and str(key).startswith("1")), "masked"


@pytest.mark.usefixtures("lake")
def test_an_outsourcers_figures_lead_to_the_own_rows() -> None:
    add_user(name="olga", role="outsourcer", enterprises=["demo"], actor=Actor("tester"), team="T1")
    olga = signed_in("olga", language="en")
    links = _links(olga, HOME)
    assert links
    for href, said, figure in links:
        assert said == f"{said.rpartition(':')[0]}: {figure}"
        match = TOTAL.search(text(olga, href, **ENGLISH))
        assert match[1] == figure, href


def _remedies(sample: dict[str, Any], **values: Any) -> list[Any]:
    consistency = metric(sample, "number_consistency") | values
    return list_remedies(sample, consistency, {"line": {"L1": "中继1"}}, Fraction(1, 100), words("zh-hans"))


def test_an_unproven_number_consistency_says_which_numbers_would_prove_it(site: Client, sample: dict[str, Any]) -> None:
    del site
    parts = {"own_short": 80, "landline": 5, "mobile": 0, "unknown": 15}
    lines = [{"key": "L1", "unknown": 12}, {"key": None, "unknown": 3}]
    values = {"light": "insufficient", "denominator": 100, "components": parts, "splits": {"line": lines}, "flags": []}
    number, line, *_others = _remedies(sample, **values)
    assert "个通话的外显号码" in number.title
    assert "100" in number.effect
    assert (number.route, number.query) == ("portrait-rows", {"class": "unknown"})
    assert "L1 中继1" in line.title
    assert line.route == "data"


def test_without_any_call_it_asks_for_call_records(site: Client, sample: dict[str, Any]) -> None:
    del site
    empty = {"light": "na", "denominator": 0, "components": {}, "splits": {}, "flags": []}
    (only,) = _remedies(sample, **empty)
    assert only.route == "data"
    assert _remedies(sample, **empty, declared={"by": "x"}) == []

"""The overview and the portfolio: what each shows, to whom, and how little it asks of the machine."""

from __future__ import annotations

import copy
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.overview import pages
from nianjian.features.portrait import portraits
from nianjian.platform.accounts.models import Enterprise, Membership, User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.record import record
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.registers import storage as rows
from nianjian.platform.rulebook.rulebooks import rulebook

QUERIES = 55  # a third of them for the tasks of the season
RECEIPT = {
    "source": "asterisk",
    "rows": {"read": 10, "loaded": 7, "duplicate": 0, "rejected": 3},
    "days": ["2026-11-20", "2026-11-23", "2026-11-21"],
}


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")


def _batch(id_: str, enterprise: str = "demo", **changed: Any) -> None:
    receipt = {**RECEIPT, **changed}
    batches.add_batch_file(
        batch=id_, enterprise=enterprise, name="a.csv", sha256=id_, generation=1, receipt=receipt, actor=Actor("tester")
    )


def _text(client: Client, address: str = "/e/demo/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def _keep(enterprise: str, portrait: dict[str, Any]) -> None:
    with portraits.stage_portrait(enterprise, 2026, portrait, actor="user:anna") as put:
        put()


def _green(sample: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(sample)
    made["light"] = "green"
    for metric in made["metrics"]:
        metric |= {"light": "green", "attachments_required": []}
    made["quality"]["days_without_records"] = {"count": 0, "ranges": []}
    return made


def test_one_glance(site: Client) -> None:
    _batch("B1")
    text = _text(site)
    for words in (
        "灯色还无法判定：号码一致率缺少数据。",
        "40.0000 %",
        "多空置 10 席",
        "126",  # days to 31 March
        "第三十五条",
        "法律",
        "号码一致率缺少：37 次已送达外呼的外显号码",
        "坐席空置率：缺少说明材料（外包协议 / 扩容计划）",
        "2026 年有 257 天没有话单",
        "导入记录 B1 有 3 行未收",
        "Asterisk",
        "2 天前",
    ):
        assert words in text
    assert text.count('class="headroom"') == 4
    assert "示范&lt;b&gt;" in text
    assert "<b>" not in text


def test_a_good_day(site: Client, sample: dict[str, Any]) -> None:
    _keep("demo", _green(sample))
    _batch("B1", rows={**RECEIPT["rows"], "rejected": 0})  # type: ignore[dict-item]
    text = _text(site)
    assert "今天不错：没有要处理的事项，也没有等您办理的任务。" in text
    assert 'class="today good"' in text
    assert "没有障碍。" in text
    assert "anna" in text.split('id="runs"')[1], "who computed it"


def test_a_red_day_names_its_metrics(site: Client, sample: dict[str, Any]) -> None:
    made = _green(sample)
    made["light"] = made["metrics"][0]["light"] = made["metrics"][2]["light"] = "red"
    _keep("demo", made)
    text = _text(site)
    assert "今天不妙：坐席空置率、号码一致率亮红灯。" in text
    assert 'class="today act"' in text


def test_a_red_tile_says_why_before_its_head_room(site: Client, sample: dict[str, Any]) -> None:
    made = _green(sample)
    seats, numbers = made["metrics"][0], made["metrics"][2]
    made["light"] = seats["light"] = numbers["light"] = "red"
    seats["components"] |= {"unfiled_open": 7}
    seats["flags"] = [
        {"code": "over_limit", "light": "yellow", "count": 40},
        {"code": "unfiled_open", "light": "red", "count": 7},
    ]
    numbers["components"] |= {"other_short": 1234}
    numbers["flags"] = [{"code": "other_short", "light": "red", "count": 1234}]
    _keep("demo", made)
    tiles = _text(site).split('<article class="card">')
    for tile, slug, flag, count in (
        (tiles[1], "seat_vacancy", "unfiled_open", "7"),
        (tiles[3], "number_consistency", "other_short", "1,234"),
    ):
        rows = f"/e/demo/2026/metric/{slug}/rows/?class={flag}"
        assert f'<a href="{rows}">' in tile
        assert f"{count}</span>" in tile
        assert site.get(rows).status_code == 200
        card = _text(site, "/e/demo/2026/").split(f'id="{slug}"')[1].split("</article>")[0]
        assert card.count(f'href="{rows}"') == 2, "at the flag and at the figure"
        assert f'href="{rows}"' in _text(site, f"/e/demo/2026/metric/{slug}/").split("<h2>")[0]
    assert tiles[1].index("class=unfiled_open") < tiles[1].index("余量"), "the cause stands before the head-room"
    card = _text(site, "/e/demo/2026/").split('id="seat_vacancy"')[1].split('class="found"')[1]
    assert card.index("未备案") < card.index("超过限值"), "what makes it red comes first"
    assert "超过限值" not in tiles[1], "a yellow flag is not why it is red"


def test_an_undone_batch_is_neither_fresh_nor_in_the_way(site: Client) -> None:
    _batch("B1")
    batches.end_batch(batch="B1", state="undone")
    text = _text(site)
    assert not re.search(r"\bB1\b", text)
    assert "尚未导入话单。" in text


def test_what_waits_for_this_person_and_no_other(site: Client) -> None:
    asked = approvals.create_request(
        kind="overlay", subject="O1", digest="d", enterprise="demo", actor=Actor("berta", "user")
    ).id
    Job(
        id="J1", kind="calls.import", enterprise="demo", state=Job.FAILED, requested_by="user:anna",
        error={"code": "file_empty", "values": {"file": "leer.csv"}}, created_at="2026-11-24T00:00Z",
        finished_at=clock.now(),
    ).save()  # fmt: skip
    text = _text(site)
    assert f"berta 请您审批（{asked}）" in text
    assert "您的任务 J1 失败：" in text
    assert "leer.csv" in text
    officer = _text(signed_in("otto", role="data_officer", enterprise="demo"))
    assert asked not in officer
    assert not re.search(r"\bJ1\b", officer)
    assert f"（{asked}）" not in _text(signed_in("berta")), "nobody approves the own request"


def test_an_outsourcer_sees_the_own_team_only(site: Client, sample: dict[str, Any]) -> None:
    _batch("batch-of-all")  # longer than what a token may hold by chance
    made = copy.deepcopy(sample)
    for metric in made["metrics"]:
        rows = {"green": ("T-own", "1.1111"), "red": ("T-other", "77.7777")}
        metric["splits"] = {
            "team": [
                {"key": key, "light": light, "value": value, "numerator": 1, "denominator": 2}
                for light, (key, value) in rows.items()
            ]
        }
    _keep("demo", made)
    add_user(name="ou", role="tester", enterprises=["demo"], actor=Actor("tester"))
    Membership.objects.filter(user_id="ou").update(role="outsourcer", team="T-own")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(User.objects.get(pk="ou"))
    text = _text(client)
    assert "1.1111 %" in text
    for foreign in ("77.7777", "40.0000", "batch-of-all", "Asterisk", "障碍", "最近计算", "查看合规画像", "未证明"):
        assert foreign not in text
    assert "本团队数据" in text
    listed = _text(client, "/?all")
    assert 'class="light ' not in listed


def test_a_number_that_runs_out_is_named_with_its_row(site: Client, keys: None) -> None:
    for root, until in (("95013", "2026-12-31"), ("95014", "2026-11-20")):
        texts = {"root": root, "valid_until": until}
        rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=Actor("tester"), enterprise="demo")
    text = _text(site)
    assert (
        '<a href="/e/demo/registers/numbers/95013/">码号 95013：今天有效期满（应于 2026-10-02 前申请续期）</a>' in text
    )
    assert '<a href="/e/demo/registers/numbers/95014/">码号 95014：已过期，有效期止于 2026-11-20</a>' in text
    assert "36" in text.split('class="days"')[1][:20], "it is the nearest of all deadlines"
    assert "还有 36 天" in _text(site, "/?all")
    english = _text(signed_in("anna", language="en"))
    assert "95014: expired, the last valid day was 2026-11-20" in english


# ---- portfolio


def test_the_only_enterprise_is_shown_at_once(site: Client) -> None:
    assert site.get("/").headers["Location"] == "/e/demo/"
    assert site.get("/?all").status_code == 200


def test_the_most_urgent_enterprise_comes_first(site: Client, sample: dict[str, Any]) -> None:
    for code, name in (("calm", "平静"), ("bare", "空白"), ("red", "红火")):
        add_enterprise(code=code, name=name, province="上海", actor=Actor("tester"))
    _keep("calm", _green(sample))
    _keep("red", {**_green(sample), "light": "red"})
    _batch("B2", enterprise="calm")
    text = _text(site, "/").split("<main")[1]
    places = [text.index(f'/e/{code}/"') for code in ("red", "demo", "calm", "bare")]  # of no portrait no room is known
    assert text.index("</form>") < places[0]
    assert places == sorted(places)
    assert "尚无合规画像" in text
    assert "2 天前" in text
    one = _text(site, "/?light=red").split("<main")[1]
    assert "红火" in one
    assert "平静" not in one
    assert "平静" in _text(site, "/?q=CALM")
    assert "没有符合条件的企业" in _text(site, "/?q=nirgends")


def test_a_stranger_of_an_enterprise_does_not_find_it(site: Client) -> None:
    add_enterprise(code="other", name="另一家", province="上海", actor=Actor("tester"))
    only = signed_in("olaf", role="tester", enterprise="other")
    assert "示范" not in _text(only, "/?all&q=demo")
    assert only.get("/e/demo/").status_code == 404
    assert Client().get("/e/demo/").headers["Location"] == "/account/login/?next=/e/demo/"


@pytest.mark.django_db
def test_the_portfolio_of_an_empty_home_says_what_to_do_next(home: Path) -> None:
    text = _text(signed_in("anna", language="en-GB"), "/")
    assert "No enterprise yet" in text
    assert 'href="/enterprises/"' in text
    add_user(name="nobody", role="tester", enterprises=[], actor=Actor("tester"))
    Membership.objects.filter(user_id="nobody").delete()
    assert "Ask an administrator" in _text(signed_in("nobody", language="en-GB"), "/")


def test_a_thousand_enterprises_stand_on_one_page(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pages.PORTFOLIO == 1000
    Enterprise.objects.bulk_create(
        Enterprise(code=f"e{at:02}", name=f"企业{at:02}", province="上海", created_at=clock.now()) for at in range(60)
    )
    text = _text(site, "/")
    assert text.count('<li class="card ') >= 60
    assert "?page=2" not in text
    monkeypatch.setattr(pages, "PORTFOLIO", 50)
    text = _text(site, "/")
    assert text.count('<li class="card ') == 50
    assert "?page=2" in text
    assert text.split('class="sheet"')[1].count("/e/") <= 12
    with CaptureQueriesContext(connection) as queries:
        _text(site, "/")
    assert len(queries) <= QUERIES, "queries do not grow with the enterprises"


def test_what_changed_since_the_last_run_is_told(site: Client, sample: dict[str, Any]) -> None:
    portrait = copy.deepcopy(sample)
    now = rulebook(
        day=date.fromisoformat(portrait["period"]["as_of"]), province=portrait["province"], enterprise="demo"
    )
    portrait["rulebook"] = {"id": now.id, "version": now.version, "sha256": now.sha256}
    _keep("demo", portrait)
    assert "数据与规则此后均未变化" in _text(site)
    _batch("B1")
    record(verb="calls.import", enterprise="demo", actor=Actor("tester"), data={})
    record(verb="calls.import", enterprise="other", actor=Actor("tester"), data={})
    record(verb="registers.reveal", enterprise="demo", actor=Actor("tester"), data={})
    for verb, data in (
        ("complaints.warning", {}),
        ("complaints.respond", {"complaints": ["C1"]}),
        ("complaints.assign", {"complaints": ["C1"]}),
        ("complaints.add", {"complaint": "C2", "drill": True}),
        ("registers.import", {"kind": "consents"}),
        ("registers.change", {"kind": "wages", "fields": ["lines"]}),
        ("registers.create", {"kind": "staff"}),
    ):
        record(verb=verb, enterprise="demo", actor=Actor("tester"), data=data)
    rows.create_row(
        kind="lines", enterprise="demo", texts={"line_id": "L1"}, since=None, reason="", actor=Actor("tester")
    )
    text = _text(site)
    assert "话单：导入、撤销或删除 1 次" in text
    assert "台账（如坐席、码号）：变更 1 次" in text
    assert "投诉工单：" not in text
    record(verb="complaints.close", enterprise="demo", actor=Actor("tester"), data={"complaints": ["C1"]})
    record(verb="registers.import", enterprise="demo", actor=Actor("tester"), data={"kind": "complaints"})
    text = _text(site)
    assert "台账（如坐席、码号）：变更 1 次" in text
    assert "投诉工单：处理 2 次" in text
    assert "规则：" not in text
    assert 'href="/e/demo/2026/run/"' in text
    portrait["rulebook"]["sha256"] = "another"
    _keep("demo", portrait)
    text = _text(site)
    assert "规则：规则库版本或已批准的取值有变化" in text
    assert "话单：导入" not in text
    assert 'href="/e/demo/2026/run/"' not in _text(signed_in("carl", "auditor", "demo"))


# ---- cost


@pytest.mark.parametrize("address", ["/e/demo/", "/?all"])
def test_a_page_costs_little(site: Client, address: str) -> None:
    for number in range(30):
        _batch(f"B{number}")
    _text(site, address)
    with CaptureQueriesContext(connection) as queries:
        _text(site, address)
    assert len(queries) <= QUERIES

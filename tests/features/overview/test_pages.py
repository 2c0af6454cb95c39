"""The overview and the portfolio: what each shows, to whom, and how little it asks of the machine."""

import copy
import json
import re
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.features.complaints import operations as complaints
from nianjian.features.overview import portfolio_pages
from nianjian.features.overview.pages import MOST
from nianjian.features.overview.verdict import Trouble, find_cause
from nianjian.features.portrait import portraits
from nianjian.features.rectification import operations as rectification
from nianjian.features.rectification.storage import Notice
from nianjian.platform.accounts.models import Enterprise, Membership, User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.audit.models import Head
from nianjian.platform.audit.record import record
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.registers import storage as rows
from nianjian.platform.registers.models import Line
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
    portrait = copy.deepcopy(sample)
    portrait["light"] = "green"
    for metric in portrait["metrics"]:
        metric |= {"light": "green", "attachments_required": []}
    portrait["quality"]["days_without_records"] = {"count": 0, "ranges": []}
    return portrait


def _complaints(sample: dict[str, Any], **splits: list[dict[str, Any]]) -> dict[str, Any]:
    """A sample whose complaint rate is beyond its limit, 20 complaints where 5 are allowed; all else is green."""
    portrait = _green(sample)
    portrait["light"] = "yellow"
    metric = portrait["metrics"][1]
    metric |= {
        "light": "yellow", "numerator": 20, "denominator": 50_000, "value": "4.0000", "splits": splits,
        "flags": [{"code": "over_limit", "light": "yellow", "count": 20}],
        "attachments_required": ["anti_harassment_plan"], "attachments": [],
    }  # fmt: skip
    metric["components"] |= {"allowance": 5, "headroom": -15, "complaints": 20}
    return portrait


def _rows(**counts: int) -> list[dict[str, Any]]:
    row = {"denominator": 1000, "value": "1.0000", "light": "yellow"}
    return [{**row, "key": key, "numerator": count} for key, count in counts.items()]


def test_the_verdict_names_who_causes_it_and_leads_to_the_rows(site: Client, sample: dict[str, Any]) -> None:
    actor = Actor("tester")
    rows.create_row(
        kind="teams", enterprise="demo", texts={"team_id": "T03", "name": "速达"}, since=None, reason="", actor=actor
    )
    texts = {"line_id": "L23", "team": "T03"}
    rows.create_row(kind="lines", enterprise="demo", texts=texts, since=None, reason="", actor=actor)
    lines = [{**_rows(L23=11)[0], "denominator": 100}, *_rows(L01=9)]
    _keep("demo", _complaints(sample, team=_rows(T03=12, T01=8), line=lines, display=_rows(N1=2)))
    verdict = _text(site).split('class="verdict')[1].split("</section>")[0]
    isolation = "/e/demo/rectification/isolate/?key=line&amp;channel=L23"
    for words in (
        "黄灯",
        "投诉率超限：全年容许 5 件，已受理 20 件。",
        "其中 11 件（55 %）出自",
        "L23 速达",
        "去掉它仍有 9 件，仍超限",
        "防骚扰",
        f'class="button primary" href="{isolation}"',
        'href="/e/demo/2026/metric/complaint_rate/"',
    ):
        assert words in verdict
    evidence = "/e/demo/2026/metric/complaint_rate/rows/?class=complaints&line=L23"
    assert evidence.replace("&", "&amp;") in verdict
    assert site.get(evidence).status_code == 200
    assert "看原因" in _text(signed_in("rita", "auditor", "demo"))
    assert "rectification/isolate" not in _text(signed_in("rita", "auditor", "demo")).split('class="verdict')[1][:2000]
    metric = "/e/demo/2026/metric/complaint_rate/"
    assert f'href="{isolation}"' in _text(site, metric)
    assert f'href="{metric}papers/"' in _text(site, metric)
    seen = _text(signed_in("rita", "auditor", "demo"), metric)
    assert "rectification/isolate" not in seen
    assert f"{metric}papers/" not in seen, "no act that ends in a refusal"
    signed_in("bo", "compliance_lead", "demo")
    form = _text(site, isolation.replace("&amp;", "&"))
    assert 'name="channel" value="L23"' in form
    assert "L23 速达 投诉显著偏高：11 / 20 件" in form
    assert "拨前闸今天没有收到 L23 速达 的呼叫" in form, "what the request will really do"


def test_a_channel_that_chance_explains_is_not_blamed(site: Client, sample: dict[str, Any]) -> None:
    """11 of 20 complaints at as many calls as the other line: the largest share, and no cause to isolate."""
    _keep("demo", _complaints(sample, line=_rows(L23=11, L01=9)))
    verdict = _text(site).split('class="verdict')[1].split("</section>")[0]
    assert "占比最大的 11 件（55 %）涉及" in verdict
    for words in ("出自", "去掉它", "rectification/isolate"):
        assert words not in verdict


def test_a_cause_is_the_narrowest_channel_that_explains_most(sample: dict[str, Any]) -> None:
    metric = _complaints(sample, team=_rows(T1=10, T2=10), line=_rows(L1=5, L2=4), display=_rows(N1=1))["metrics"][1]
    cause = find_cause(metric)
    assert cause is not None
    assert (cause.split, cause.key, cause.percent) == ("line", "L1", 56)
    assert find_cause({**metric, "splits": {"line": [{"key": None, "numerator": 3, "denominator": 9}]}}) is None


def test_tiles_count_the_distance_in_things(site: Client) -> None:
    _batch("B1")
    text = _text(site).split('class="card tiles"')[1].split("</section>")[0]
    for words in ("40.00", "多空置 10 席", "未证明", "号码一致率"):
        assert words in text
    assert text.count('class="headroom"') == 4
    assert "40.0000" not in text


def test_a_good_day(site: Client, sample: dict[str, Any]) -> None:
    _keep("demo", _green(sample))
    _batch("B1", rows={**RECEIPT["rows"], "rejected": 0})  # type: ignore[dict-item]
    text = _text(site)
    assert "四项指标均在指南限值之内。" in text
    assert 'class="verdict green"' in text
    assert "这里没有要办的事。" in text
    assert "primary" not in text.split("<main")[1]


def test_red_stands_before_what_is_not_proved_and_before_yellow(site: Client, sample: dict[str, Any]) -> None:
    portrait = _complaints(sample)
    portrait["light"] = "red"
    portrait["metrics"][0] |= {"light": "red", "flags": [{"code": "unfiled_open", "light": "red", "count": 7}]}
    portrait["metrics"][2]["light"] = "insufficient"
    _keep("demo", portrait)
    verdict = _text(site).split('class="verdict')[1].split("</section>")[0]
    places = [verdict.index(words) for words in ("未备案", "号码一致率未证明", "投诉率超限")]
    assert places == sorted(places)
    assert verdict.startswith(" red")


@pytest.mark.parametrize(
    ("troubles", "first"),
    [
        ([("yellow", "1/2", None), ("insufficient", "0", None)], 1),
        ([("yellow", "9", "2025-12-31"), ("yellow", "1", None)], 1),  # the year is over
        ([("yellow", "9", None), ("yellow", "1", "2026-12-31")], 1),  # what ends first
        ([("yellow", "1", "2026-12-31"), ("yellow", "2", "2026-12-31")], 1),
    ],
)
def test_the_rank_of_verdicts(troubles: list[tuple[str, str, str | None]], first: int) -> None:
    today = date(2026, 11, 25)
    verdicts = [
        Trouble(str(at), light, Fraction(excess), day and date.fromisoformat(day), bool(day and day < f"{today}"))  # type: ignore[arg-type]
        for at, (light, excess, day) in enumerate(troubles)
    ]
    assert min(verdicts, key=lambda trouble: trouble.rank).slug == str(first)


def test_an_own_limit_never_hides_the_guides_light(site: Client, sample: dict[str, Any]) -> None:
    portrait = _complaints(sample)
    portrait["metrics"][1]["own"] = {
        "light": "green",
        "limit": "9",
        "operator": ">",
        "rules": ["portrait.complaint_rate.limit"],
    }
    _keep("demo", portrait)
    text = _text(site)
    assert 'class="verdict yellow"' in text
    assert "本企业口径（限值）：投诉率" in text
    assert text.split('class="card tiles"')[1].count("本企业口径") == 1


def test_a_stricter_limit_of_the_watch_list_is_a_second_light(site: Client, sample: dict[str, Any]) -> None:
    portrait = _green(sample)
    portrait["metrics"][0]["internal"] = {"light": "yellow", "limit": "24", "operator": ">"}
    _keep("demo", portrait)
    verdict = _text(site).split('class="verdict')[1].split("</section>")[0]
    assert verdict.startswith(" green")
    assert "本企业口径（重点监测许可证的更严限值）：坐席空置率" in verdict


def test_without_a_light_nothing_is_green(site: Client) -> None:
    add_enterprise(code="bare", name="空白", province="浙江", actor=Actor("tester"))
    text = _text(signed_in("rita", "auditor", "bare"), "/e/bare/").split("<main")[1]
    assert "四项指标均未证明：尚未计算。" in text
    assert text.count("light insufficient") == 5
    assert "light green" not in text
    assert "0 %" not in text
    assert "0.00" not in text


# ---- what is to be done


def _work(client: Client, query: str = "") -> str:
    return _text(client, f"/e/demo/{query}").split('id="work"')[1].split("</section>")[0]


def test_one_list_holds_all_that_is_to_be_done_the_most_overdue_first(site: Client, keys: None) -> None:
    actor = Actor("tester")
    for at, (ticket, assignee) in enumerate((("I1", ""), ("I2", "anna"), ("I3", ""))):
        texts = {"ticket_id": ticket, "source": "12321", "arrived_at": f"2026-0{at + 1}-02 10:00:00"}
        complaints.open_ticket(enterprise="demo", texts=texts, actor=actor)
        if assignee:
            complaints.assign(enterprise="demo", complaints=[ticket], assignee=assignee, team=None, actor=actor)
    texts = {"root": "95014", "valid_until": "2026-11-20"}
    rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=actor, enterprise="demo")
    _batch("B1")
    text = _work(site, "?whole")
    places = [text.index(words) for words in ("办结 3 张逾期投诉工单", "续期或停用：码号 95014", "处理 3 行未收话单")]
    assert places == sorted(places)
    assert "1 位负责人 · 无人认领 2" in text
    assert "未设期限" in text.split("处理 3 行")[0]
    mine = _work(site, "?who=me")
    assert "办结 1 张逾期投诉工单" in mine
    assert "95014" not in mine
    assert "assignee=anna" in mine
    unassigned = _work(site, "?who=nobody")
    assert "办结 2 张逾期投诉工单" in unassigned
    assert "unassigned=on" in unassigned
    assert "95014" in unassigned


def test_the_board_shows_a_few_rows_and_counts_them_all_as_the_menu_does(site: Client, keys: None) -> None:
    for at in range(8):
        texts = {"root": f"9501{at}", "valid_until": f"2026-11-1{at}"}
        rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=Actor("tester"), enterprise="demo")
    page = _text(site)
    (count,) = re.findall(r">全部 ([0-9]+)</a>", page)
    assert f"全部 {count} 件" in page
    assert int(count) > 8
    assert f'class="count"> {count}<' in page.split("<main")[0]
    assert _work(site).count('class="what"') == MOST
    assert _work(site, "?whole").count('class="what"') == int(count)


def test_what_an_isolation_asks_stands_in_the_verdict_of_whoever_may_decide(
    site: Client, sample: dict[str, Any], keys: None
) -> None:
    _keep("demo", _complaints(sample, line=_rows(L23=20, L01=0)))
    actor = Actor("berta", "user")
    add_user(name="berta", role="compliance_lead", enterprises=["demo"], actor=Actor("tester"))
    texts = {"line_id": "L23"}
    rows.create_row(kind="lines", enterprise="demo", texts=texts, since=None, reason="", actor=Actor("tester"))
    case = rectification.open_case(
        enterprise="demo", notice=Notice(date(2026, 11, 20)), paper=None, actor=Actor("tester")
    ).id
    approval = rectification.request_isolation(
        enterprise="demo", case=case, key="line", channel="L23", reason="骚扰", end="复核后", actor=actor
    ).approval
    address = f'href="/e/demo/approvals/{approval}/"'
    assert f'class="button primary" {address}' in _text(site)
    assert "审批隔离 L23" in _text(site)
    assert "L23" in _work(site)
    own = _text(signed_in("berta"))
    assert address not in own.split("<main")[1], "nobody decides on the own request"
    assert "待他人审批" in own


def test_an_undone_batch_is_neither_fresh_nor_in_the_way(site: Client) -> None:
    _batch("B1")
    batches.end_batch(batch="B1", state="undone")
    text = _text(site)
    assert not re.search(r"\bB1\b", text)
    assert "处理 3 行未收话单" not in text


def test_what_waits_for_this_person_and_no_other(site: Client) -> None:
    approval = approvals.create_request(
        kind="overlay", subject="O1", digest="d", enterprise="demo", actor=Actor("berta", "user")
    ).id
    Job(
        id="J1", kind="calls.import", enterprise="demo", state=Job.FAILED, requested_by="user:anna",
        error={"code": "file_empty", "values": {"file": "leer.csv"}}, created_at="2026-11-24T00:00Z",
        finished_at=clock.now(),
    ).save()  # fmt: skip
    text = _text(site)
    assert approval in text
    assert "您的任务失败" in text
    assert "leer.csv" in text
    officer = _text(signed_in("otto", role="data_officer", enterprise="demo"))
    assert approval not in officer
    assert not re.search(r"\bJ1\b", officer)
    assert approval not in _text(signed_in("berta")), "nobody approves the own request"


def _find_count(client: Client) -> int | None:
    """What stands at the line of the day on another page; None: the page leaves it to be asked for."""
    text = client.get("/e/demo/registers/").content.decode().partition("/e/demo/complaints/")[0]
    match = re.search(r'class="count">\s*(\d+)', text)
    assert (match is None) == ('hx-get="/e/demo/today/"' in text)
    return int(match[1]) if match else None


def test_the_count_of_the_day_stays_until_something_happens(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    otto = signed_in("otto", role="data_officer", enterprise="demo")
    assert _find_count(otto) is None, "nothing was counted yet"
    before = int(re.search(r"\d+", otto.get("/e/demo/today/").content.decode())[0])  # type: ignore[index]
    assert _find_count(otto) == before
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(hours=3))
    assert _find_count(otto) == before, "nothing has happened"
    add_enterprise(code="other", name="另一家", province="上海", actor=Actor("tester"))
    record(verb="registers.end", enterprise="other", actor=Actor("tester"), data={})
    assert _find_count(site) is None, "another person has another count"
    assert _find_count(otto) == before, "another enterprise's acts change nothing"


def test_a_count_that_may_be_another_by_now_is_not_shown(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An act, a failed job, a restore of an older backup, another day."""
    _batch("B1")
    failed = Job(
        id="J1", kind="calls.import", enterprise="demo", state=Job.FAILED, requested_by="user:anna",
        created_at="2026-11-24T00:00Z", finished_at=clock.now(),
    )  # fmt: skip
    for cause in (
        lambda: record(verb="calls.import", enterprise="demo", actor=Actor("tester"), data={}),
        failed.save,
        lambda: Head.objects.update(seq=F("seq") - 1),
        lambda: monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-26"),
    ):
        site.get("/e/demo/")
        assert _find_count(site) is not None
        cause()
        assert _find_count(site) is None


def test_time_alone_changes_the_count_when_a_clock_runs_on(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    texts = {"ticket_id": "I1", "source": "12321", "arrived_at": f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"}
    complaints.open_ticket(enterprise="demo", texts=texts, actor=Actor("tester"))
    site.get("/e/demo/")
    before = _find_count(site)
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=89))
    assert _find_count(site) == before
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(minutes=91))
    assert _find_count(site) is None, "it is to be warned of by now"


def test_an_outsourcer_sees_the_own_team_only(site: Client, sample: dict[str, Any]) -> None:
    _batch("batch-of-all")  # longer than what a token may hold by chance
    portrait = copy.deepcopy(sample)
    for metric in portrait["metrics"]:
        rows = {"green": ("T-own", "1.1111"), "red": ("T-other", "77.7777")}
        metric["splits"] = {
            "team": [
                {"key": key, "light": light, "value": value, "numerator": 1, "denominator": 2}
                for light, (key, value) in rows.items()
            ]
        }
    _keep("demo", portrait)
    add_user(name="ou", role="tester", enterprises=["demo"], actor=Actor("tester"))
    Membership.objects.filter(user_id="ou").update(role="outsourcer", team="T-own")
    client = Client(headers={"accept-language": "zh-CN"})
    client.force_login(User.objects.get(pk="ou"))
    text = _text(client)
    assert "1.11" in text
    for foreign in ("77.77", "40.00", "batch-of-all", "数据与系统", "导出", "未证明"):
        assert foreign not in text
    assert "本团队数据" in text
    assert "要办的事" in text
    listed = _text(client, "/?all")
    assert 'class="light ' not in listed


def test_a_number_that_runs_out_is_named_with_its_row(site: Client, keys: None) -> None:
    for root, until in (("95013", "2026-12-31"), ("95014", "2026-11-20")):
        texts = {"root": root, "valid_until": until}
        rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=Actor("tester"), enterprise="demo")
    text = _text(site)
    deadlines = text.split('id="deadlines"')[1].split("</ul>")[0]
    assert (
        '<a href="/e/demo/registers/numbers/95013/">码号 95013：有效期满（应于 2026-10-02 前申请续期）</a>' in deadlines
    )
    assert "还有 36 天" in deadlines.split("</li>")[0], "it is the nearest of all deadlines"
    assert '<a href="/e/demo/registers/numbers/95014/">续期或停用：码号 95014</a>' in text
    assert "有效期止于11月20日" in text
    assert "还有 36 天" in _text(site, "/?all")
    english = _text(signed_in("anna", language="en"))
    assert "the last valid day was 20 Nov" in english


# ---- portfolio


def test_the_only_enterprise_is_shown_at_once_and_found_by_no_stranger(site: Client) -> None:
    assert site.get("/").headers["Location"] == "/e/demo/"
    assert site.get("/?all").status_code == 200
    add_enterprise(code="other", name="另一家", province="上海", actor=Actor("tester"))
    only = signed_in("olaf", role="tester", enterprise="other")
    assert "示范" not in _text(only, "/?all&q=demo")


@pytest.fixture
def four(site: Client, sample: dict[str, Any]) -> Client:
    """One red, one green, two of which nothing was computed."""
    for code, name in (("calm", "平静"), ("bare", "空白"), ("red", "红火")):
        add_enterprise(code=code, name=name, province="上海", actor=Actor("tester"))
    _keep("calm", _green(sample))
    _keep("red", {**_green(sample), "light": "red"})
    _batch("B2", enterprise="calm")
    return site


def _listed(client: Client, query: str = "") -> str:
    return _text(client, f"/{query}").split('id="enterprises"')[1].split("<tbody")[1].split("</tbody")[0]


def test_the_most_urgent_enterprise_comes_first_and_the_board_says_how_many_stand_how(four: Client) -> None:
    text = _listed(four)
    places = [text.index(f'/e/{code}/"') for code in ("red", "demo", "calm", "bare")]  # of no portrait no room is known
    assert places == sorted(places)
    assert "尚无合规画像" in text
    assert "2 天前" in text
    one = _listed(four, "?light=red")
    assert "红火" in one
    assert "平静" not in one
    assert "平静" in _listed(four, "?q=CALM")
    assert "没有符合条件的企业" in _listed(four, "?q=nirgends")
    verdict = _text(four, "/").split('class="verdict red')[1].split("</section>")[0]
    assert "企业：红灯 1 家、未证明 2 家、绿灯 1 家；最急的是红火。" in verdict
    assert 'class="button primary" href="/e/red/"' in verdict
    assert "空白" in verdict, "what nobody has computed is unproven, by name"
    unproven = _listed(four, "?light=insufficient")
    assert unproven.count('name="enterprise"') == 2
    assert "平静" not in unproven


def test_what_is_to_be_done_at_several_enterprises_stands_in_one_list(four: Client, keys: None) -> None:
    actor = Actor("tester")
    for code, tickets in (("demo", ("I1", "I2")), ("calm", ("I1",))):
        for at, ticket in enumerate(tickets):
            texts = {"ticket_id": ticket, "source": "12321", "arrived_at": f"2026-0{len(tickets)}-0{at + 2} 10:00:00"}
            complaints.open_ticket(enterprise=code, texts=texts, actor=actor)
    texts = {"root": "95014", "valid_until": "2026-11-20"}
    rows.create_row(kind="numbers", texts=texts, since=None, reason="", actor=actor, enterprise="bare")
    page = _text(four, "/")
    work = page.split('id="work"')[1].split("</section>")[0]
    phrases = ("办结 1 张逾期投诉工单", "平静", "办结 2 张逾期投诉工单", "示范", "续期或停用：码号 95014", "空白")
    places = [work.index(words) for words in phrases]
    assert places == sorted(places), "the most overdue first, each with its enterprise"
    assert "逾期 4 件，涉及 3 家企业" in page
    of_one = _text(four, "/e/demo/").split('id="work"')[1]
    since = re.findall(r"已逾期 [0-9]+ 天", work)[1]
    assert since in of_one, "overdue since the same moment as on its own board"


@pytest.mark.django_db
def test_the_portfolio_of_an_empty_home_says_what_to_do_next(home: Path) -> None:
    text = _text(signed_in("anna", language="en-GB"), "/")
    assert "No enterprise yet" in text
    assert 'href="/enterprises/"' in text
    add_user(name="nobody", role="tester", enterprises=[], actor=Actor("tester"))
    Membership.objects.filter(user_id="nobody").delete()
    assert "Ask an administrator" in _text(signed_in("nobody", language="en-GB"), "/")


def test_a_thousand_enterprises_stand_on_one_page(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert portfolio_pages.PORTFOLIO == 1000
    Enterprise.objects.bulk_create(
        Enterprise(code=f"e{at:02}", name=f"企业{at:02}", province="上海", created_at=clock.now()) for at in range(60)
    )
    text = _text(site, "/")
    assert text.count('name="enterprise"') >= 60
    assert "?page=2" not in text
    monkeypatch.setattr(portfolio_pages, "PORTFOLIO", 50)
    text = _text(site, "/")
    assert text.count('name="enterprise"') == 50
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
    assert 'class="stale"' not in _text(site)
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


def test_a_page_costs_little(site: Client) -> None:
    for number in range(30):
        _batch(f"B{number}")
    for address in ("/e/demo/", "/?all"):
        _text(site, address)
        with CaptureQueriesContext(connection) as queries:
            _text(site, address)
        assert len(queries) <= QUERIES, address


LINES = 120
LINES_QUERIES = 32


def _lines(home: Path, last: dict[str, str], number: int) -> None:
    rows = (
        Line(enterprise_id="demo", key=f"L{at:03}", line_id=f"L{at:03}", team="T1", recorded_at=clock.now(), file="")
        for at in range(number)
    )
    Line.objects.bulk_create(rows)
    document = {"counted": "2026-11-24", "last": last}
    (home / "portraits" / "demo" / "lines.json").write_text(json.dumps(document), encoding="utf-8")


def test_only_the_worst_lines_stand_on_the_overview(site: Client, home: Path) -> None:
    assert "/e/demo/registers/lines/" in _text(site, "/e/demo/lines/"), "nothing was counted: what to do"
    assert "无话务" not in _text(site, "/e/demo/")
    busy = {f"L{at:03}": "2026-11-20" for at in range(10, LINES)}
    _lines(home, {**busy, "L009": "2026-11-01", "L008": "2026-10-01"}, LINES)
    text = _text(site, "/e/demo/")
    assert "核对 10 条无话务的线路" in text
    assert 'href="/e/demo/lines/"' in text
    assert [f"L00{at}" in text for at in range(5)] == [True] * 3 + [False] * 2, "never, then the oldest; three of them"


def test_the_page_behind_shows_every_line(site: Client, home: Path) -> None:
    _lines(home, {f"L{at:03}": "2026-11-20" for at in range(1, LINES)} | {"L003": "2026-11-02"}, LINES)
    with CaptureQueriesContext(connection) as queries:
        text = _text(site, "/e/demo/lines/")
    assert len(queries) <= LINES_QUERIES
    assert text.count("/registers/lines/L") == 50
    assert text.index(">L000<") < text.index(">L003<") < text.index(">L001<")
    assert text.count('class="badge warn"') == 2
    assert "从未" in text
    assert "?page=2" in text

"""The season's page, what is done on it, and the calendar that a secret address opens."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from tests.support.drawings import smallest_text
from tests.support.people import signed_in
from tests.support.written import licences

from nianjian.engines.kernel import clock
from nianjian.features.portrait import portraits
from nianjian.features.season.pages import WIDE
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.web.days import format_day

pytestmark = [pytest.mark.usefixtures("keys"), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, "2027-02-01")


def _store_filing_basis(sample: dict[str, Any]) -> None:
    """Keep the sample as the portrait as at the day of filing."""
    period = {**sample["period"], "as_of": "2027-02-01", "basis": "filing"}
    advice = [{**step, "last_day": "2027-03-31"} for step in sample["advice"]]
    with portraits.stage_portrait("demo", 2026, {**sample, "period": period, "advice": advice}) as put:
        put()


def test_the_page_tells_what_the_command_tells(site: Client, sample: dict[str, Any]) -> None:
    season = summarize_season(enterprise="demo", year=None, today=clock.today(), actor=Actor("anna", USER))
    assert not season.tasks[1].effects, "nothing changes 31 December any more"
    _store_filing_basis(sample)
    page = site.get("/e/demo/season/").content.decode()
    season = summarize_season(enterprise="demo", year=None, today=clock.today(), actor=Actor("anna", USER))
    assert season.year == 2026
    assert season.earliest is not None
    for text in (
        season.earliest.citation,
        *(flag.text for flag in season.risk_flags),
        *(one.date.isoformat() for track in season.tracks for one in track.deadlines),
        *(str(format_day(one.due)) for one in season.tasks),
        *(one.citation for track in season.tracks for one in track.deadlines),
    ):
        assert text in page
    assert season.tasks[1].effects, "D5 with its effect"
    panel = site.get(f"/e/demo/season/?task={season.tasks[1].task}").content.decode()
    assert season.tasks[1].effects[0] in panel
    assert '<svg class="gantt"' in page
    assert smallest_text("season.css", ".gantt", WIDE) >= 11
    assert page.count('<rect class="bar ') == len(season.tasks)
    assert not re.search(r"<svg.*?style=.*?</svg>", page, re.DOTALL), "no inline style: the policy forbids it"
    late = site.get("/e/demo/season/?year=2026&today=2027-05-02").content.decode()
    head = late.split('id="grave"')[1].split("</div>")[0]
    assert [words for words in ("年报系统在 2027-04-30 之后关闭", "属于补报", "不良名单") if words not in head] == []
    assert 'id="grave"' not in page, "nothing is late yet"
    assert site.get("/e/demo/season/?year=99&today=x").status_code == 200


def test_of_several_licences_one_alone_can_be_meant(site: Client) -> None:
    for number in ("B2-1", "B2-2"):
        assert 'name="licence"' not in site.get("/e/demo/season/?task=file_licence").content.decode()
        licences("demo", number)
    page = site.get("/e/demo/season/?task=file_licence").content.decode()
    assert '<option value="">每一张须年报的许可证</option><option value="B2-1">B2-1</option>' in page
    where, of = "/e/demo/season/reports/", {"year": "2026", "track": "licence", "text": "通知"}
    for licence, day in (("B2-1", "2027-02-26"), ("B2-2", "2027-03-02")):
        form = {**of, "act": "notice", "licence": licence, "day": day}
        assert site.post(where, form).status_code == 302
    assert site.post(where, {**of, "act": "file", "licence": "B2-9", "day": "2027-02-01"}).status_code == 404
    page = site.get("/e/demo/season/?year=2026").content.decode()
    assert {"通知 · B2-1", "通知 · B2-2"} <= set(re.findall("通知 · B2-[0-9]", page)), "both days of one name"


def test_what_is_done_on_it_and_whose_the_tasks_are(site: Client) -> None:
    year = {"year": "2026"}
    site.post("/e/demo/season/reports/", {**year, "act": "file", "track": "licence", "day": "2027-02-01"})
    site.post("/e/demo/season/tasks/", {**year, "act": "assign", "task": "items", "text": "王工"})
    site.post("/e/demo/season/tasks/", {**year, "act": "snooze", "task": "items", "day": "2027-02-09", "text": "等章"})
    refused = site.post("/e/demo/season/tasks/", {**year, "act": "snooze", "task": "items", "day": "2027-02-09"})
    assert refused.status_code == 400
    season = summarize_season(enterprise="demo", year=2026, today=clock.today(), actor=Actor("anna", USER))
    assert [one.state for one in season.tracks] == ["filed", "on_time"]
    items = {one.task: one for one in season.tasks}["items"]
    assert (items.owner, items.state, items.reason) == ("王工", "snoozed", "等章")
    acts = list(audit.acts(enterprise="demo", newest=3))
    assert [one.verb for one in acts] == ["season.task_snoozed", "season.task_assigned", "season.filed"]
    assert "王工" not in json.dumps([one.data for one in acts], ensure_ascii=False), "what people write stays sealed"
    site.post("/e/demo/season/tasks/", {"year": "2026", "act": "assign", "task": "items", "text": "anna"})
    page = site.get("/e/demo/season/?show=mine").content.decode()
    assert page.count("&amp;task=") == 1, "the one of hers"
    assert "task=items" not in site.get("/e/demo/season/?show=nobody").content.decode()
    late = site.post("/e/demo/season/tasks/", {"year": "2026", "act": "assign", "task": "items", "text": ""})
    assert late.headers["Location"].endswith("&task=items#task"), "one stays at the task"


def _feed(site: Client) -> str:
    page = site.post("/e/demo/season/feeds/", follow=True).content.decode()
    match = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", page)
    assert match
    return match[1]


def _events(body: bytes) -> dict[str, Any]:
    assert body.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n")), "lines are folded"
    assert b"\n" not in body.replace(b"\r\n", b"")
    calendar = Calendar.from_ical(body)
    assert not calendar.errors
    by_uid = {str(one["uid"]): one for one in calendar.walk("VEVENT")}
    assert len(by_uid) == len(calendar.walk("VEVENT")), "no UID twice"
    assert all({"DTSTAMP", "DTSTART", "SUMMARY"} <= set(one) for one in by_uid.values())
    return by_uid


def test_a_feed_keeps_its_uids_and_is_revoked(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address, program = _feed(site), Client()
    answer = program.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    before = _events(answer.content)
    assert program.get(address).content == answer.content, "the same to the byte"
    site.post(
        "/e/demo/season/reports/",
        {"year": "2026", "act": "notice", "track": "licence", "day": "2027-02-26", "text": "京通知"},
    )
    monkeypatch.setenv(clock.OVERRIDE, "2027-02-02")
    after = _events(program.get(address).content)
    assert set(before) < set(after), "a day that moves keeps its UID; the notice is one more"
    moved = [uid for uid in before if before[uid].decoded("dtstart") != after[uid].decoded("dtstart")]
    assert moved, "the plan moved before the notice's day"

    Membership.objects.filter(user_id="anna").delete()
    assert program.get(address).status_code == 404, "who may not read any more sees nothing"


def test_a_closed_feed_opens_nothing(site: Client) -> None:
    address = _feed(site)
    number = re.search(r'name="revoke" value="(F\w+)"', site.get("/e/demo/season/feeds/").content.decode())
    assert number
    site.post("/e/demo/season/feeds/", {"revoke": number[1]})
    assert Client().get(address).status_code == 404
    assert Client().get("/calendar/nonsense.ics").status_code == 404
    verbs = [one.verb for one in audit.acts(enterprise="demo", newest=2)]
    assert verbs == ["season.feed_revoked", "season.feed_added"]


def test_a_season_is_closed_and_the_next_begun(site: Client) -> None:
    end, year = "/e/demo/season/end/", {"year": "2026"}
    assert site.post(end, {"act": "close", **year}).status_code == 409
    for track in ("licence", "code_number"):
        site.post("/e/demo/season/reports/", {**year, "act": "file", "track": track, "day": "2027-02-01"})
    html = site.get("/e/demo/season/?year=2026").content.decode()
    assert '<details class="confirm"><summary class="button">将本季归档' in html, "a second click"
    assert "未登记材料包提交。仍要归档" in html
    refused = site.post(end, {"act": "close", **year})
    assert (refused.status_code, "未登记材料包提交" in refused.content.decode()) == (409, True)
    closed = site.post(end, {"act": "close", "without_package": "yes", **year})
    assert closed.headers["Location"] == "/e/demo/season/archive/2026/"
    assert "将本季归档" not in site.get("/e/demo/season/?year=2026").content.decode()
    page = site.get("/e/demo/season/archive/2026/").content.decode()
    assert "2027-02-01" in page
    assert "未登记材料包提交，归档中没有材料包。" in page
    assert not re.search(r"\dT\d{2}:|\+00:00", page), "moments are of Beijing"
    assert site.get("/e/demo/season/archive/2025/").status_code == 404
    assert site.post(end, {"act": "roll-over", "year": "2027"}).status_code == 302
    assert "/e/demo/season/archive/2026/" in site.get("/e/demo/season/").content.decode()


def test_a_closed_season_is_asked_to_be_opened_again(site: Client) -> None:
    end, year, archive = "/e/demo/season/end/", {"year": "2026"}, "/e/demo/season/archive/2026/"
    for track in ("licence", "code_number"):
        site.post("/e/demo/season/reports/", {**year, "act": "file", "track": track, "day": "2027-02-01"})
    site.post(end, {"act": "close", "without_package": "yes", **year})
    alone = site.get(archive).content.decode()
    assert "邀请同事" in alone
    assert 'value="reopen"' not in alone, "nothing is asked of who has nobody to decide it"
    second = signed_in("otto", "compliance_lead", "demo")
    page = site.get(archive).content.decode()
    assert "可批准的人：" in page
    assert 'value="reopen"' in page
    assert site.post(end, {"act": "reopen", **year}).status_code == 400
    html = site.post(end, {"act": "reopen", "text": "退回补正", **year}, follow=True).content.decode()
    match = re.search("A[0-9a-f]{8}", html)
    assert match
    one = f"/e/demo/approvals/{match[0]}/"
    page = site.get(archive).content.decode()
    assert f'href="{one}"' in page, "what waits is named"
    assert 'value="reopen"' not in page, "it is asked once"
    assert site.post(end, {"act": "reopen", "text": "再次", **year}).status_code == 409
    assert "退回补正" in site.get(one).content.decode()
    site.post(one, {"decision": "yes"})
    assert site.get(archive).status_code == 200, "who asked cannot say yes"
    assert "退回补正" in second.get(one).content.decode()
    second.post(one, {"decision": "yes"})
    assert site.get(archive).status_code == 404


def test_a_day_that_the_law_moves_is_shown_with_the_one_to_which_it_moves(site: Client) -> None:
    page = site.get("/e/demo/season/?year=2023&today=2024-03-30").content.decode()
    assert "截止日 → 2024-04-01" in page
    assert page.count(" → 2024-04-01") == 1, "the days of others stand as they are printed"
    assert "截止日 →" not in site.get("/e/demo/season/?year=2026&today=2027-03-30").content.decode()

"""Rulebook, approvals and audit: read, ask, see what it would do, decide as the second person, take out."""

import csv
import io
import re
from datetime import date
from html import escape

import pytest
from django.test import Client
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.models import Entry
from nianjian.platform.jobs import flow
from nianjian.platform.registers import overlays

KEY = "portrait.seat_vacancy.limit"
ASKED = {"value": "0.25", "reading": "0.25", "valid_from": "2026-01-01", "valid_to": "", "reason": "省局口头要求"}


def _read(page: str) -> str:
    """What a person reads of a page, without its addresses."""
    return re.sub(r"<[^>]*>", "", page)


def test_every_rule_shows_value_level_source_and_days(site: Client) -> None:
    text = site.get("/e/demo/rules/?q=portrait.seat_vacancy").content.decode()
    for words in ("坐席空置率", "不超过 30 %", "指南"):
        assert words in text
    one = site.get(f"/e/demo/rules/{KEY}/").content.decode()
    for words in ("不超过 30 %", "2017-01-01"):
        assert words in one
    for page in (text, one, site.get("/e/demo/rules/?topic=timeline").content.decode()):
        assert "portrait.seat_vacancy" not in re.sub(r'(href|value|action|hx-\w+)="[^"]*"', "", page), (
            "names, never keys"
        )
    assert site.get("/e/demo/rules/nothing.of.that/").status_code == 404
    assert site.get("/rules/").status_code == 200
    assert site.get("/rules/?on=2016-12-31").status_code == 400
    law = site.get("/rules/?level=law").content.decode()
    assert law.count("<tr") <= 50 + 1 + 5, "a page of rules, and the four limits"
    assert 'value="law" selected' in law
    assert "没有符合的规则" in site.get("/rules/?q=zzzz").content.decode()


def test_what_it_would_do_is_work_that_the_form_follows_and_can_stop(site: Client) -> None:
    address = f"/e/demo/rules/{KEY}/overlay/"
    signed_in("bob", "compliance_lead", "demo")
    tried = site.post(address, {**ASKED, "step": "try"}).content.decode()
    (fragment,) = set(re.findall(rf'hx-get="({address}J\w+/)"', tried))
    assert 'value="省局口头要求"' in tried or "省局口头要求" in tried
    assert 'value="send"' in tried
    htmx = {"HX-Request": "true"}
    waiting = site.get(fragment, headers=htmx).content.decode()
    assert "hx-get" in waiting
    assert "<html" not in waiting
    assert "<html" in site.get(fragment).content.decode()
    work()
    done = site.get(fragment, headers=htmx).content.decode()
    assert "hx-get" not in done
    assert "坐席空置率" in done
    assert ("30 %" in done, "25 %" in done) == (True, True)
    (other,) = set(
        re.findall(rf'hx-get="({address}J\w+/)"', site.post(address, {**ASKED, "step": "try"}).content.decode())
    )
    assert "hx-get" not in site.post(f"{other}stop/", headers=htmx).content.decode()
    assert site.post(f"{fragment}stop/").status_code == 302
    assert site.get(fragment.replace(KEY, "portrait.closing_rate.limit")).status_code == 404
    everywhere = f"/rules/{KEY}/overlay/"
    chief = signed_in("chief")
    page = chief.post(everywhere, {**ASKED, "province": "北京", "step": "try"}).content.decode()
    (whole,) = set(re.findall(rf'hx-get="({everywhere}J\w+/)"', page))
    assert "hx-get" in chief.get(whole, headers=htmx).content.decode()


def test_two_people_change_a_value(site: Client) -> None:
    address = f"/e/demo/rules/{KEY}/overlay/"
    assert "没有其他人可以批准" in site.get(address).content.decode(), "said before anything is filled in"
    other = signed_in("bob", "compliance_lead", "demo")
    page = site.get(address).content.decode()
    assert re.search(r'<input type="text" name="valid_from" value="\d{4}-\d\d-\d\d"', page)
    assert site.post(address, {**ASKED, "reason": ""}).status_code == 422
    wrong = site.post(address, {**ASKED, "value": "700", "step": "send"})
    assert (wrong.status_code, "请填 0 到 100 之间的百分数" in wrong.content.decode()) == (422, True)
    assert KEY not in _read(wrong.content.decode())
    tried = site.post(address, {**ASKED, "step": "try"})
    assert tried.status_code == 200
    assert overlays.list_overlays() == []
    sent = site.post(address, {**ASKED, "step": "send"})
    assert (sent.status_code, sent.headers["Location"]) == (302, address)
    assert "等同事批准" in site.get(address).content.decode()
    listed = site.get("/e/demo/approvals/").content.decode()
    approval = re.findall(r"/e/demo/approvals/(\w+)/", listed)[0]
    mine = site.get(f"/e/demo/approvals/{approval}/").content.decode()
    assert 'value="yes"' not in mine
    assert site.post(f"/e/demo/approvals/{approval}/", {"decision": "yes"}).status_code == 403
    assert "省局口头要求" in other.get(f"/e/demo/approvals/{approval}/").content.decode()
    assert other.post(f"/e/demo/approvals/{approval}/", {"decision": "yes"}).status_code == 302
    assert [one["value"] for one in overlays.list_overlays()] == ["0.25"]
    assert "不超过 25 %" in site.get(f"/e/demo/rules/{KEY}/").content.decode()
    assert other.post(f"/e/demo/approvals/{approval}/", {"decision": "no"}).status_code == 409
    site.post(address, {**ASKED, "value": "0.26", "reading": "0.26", "step": "send"})
    listed = site.get("/e/demo/approvals/").content.decode()
    (second,) = set(re.findall(r"/e/demo/approvals/(\w+)/", listed)) - {approval}
    assert site.post(f"/e/demo/approvals/{second}/", {"decision": "no"}).status_code == 302, "it can be withdrawn"
    assert "已拒绝" in site.get("/e/demo/approvals/").content.decode()


def test_a_reference_is_shown_with_its_source_and_takes_no_other_value(site: Client) -> None:
    address = "/e/demo/rules/inspection.logs.keep_days/"
    assert f'href="/e/demo/rules/{KEY}/overlay/"' in site.get(f"/e/demo/rules/{KEY}/").content.decode()
    page = site.get(address).content.decode()
    assert "本条为参考" in page
    assert "项目建议：保存190日以覆盖6个自然月" in page
    assert "overlay/" not in page
    for refused in (site.get(f"{address}overlay/"), site.post(f"{address}overlay/", {**ASKED, "step": "send"})):
        assert refused.status_code == 400
        assert "是参考条目（出处：项目建议：保存190日以覆盖6个自然月）" in refused.content.decode()


def test_a_value_approved_for_a_reference_is_shown_as_without_effect(site: Client) -> None:
    key = "inspection.logs.keep_days"
    proposal = overlays.OverlayProposal(key, "200", "", "demo", date(2026, 1, 1), None, "省局要求")
    approval = overlays.propose_overlay(overlay=proposal, actor=Actor("anna", "user"))
    signed_in("bob", "compliance_lead", "demo")
    overlays.approve_overlay(approval=approval.id, actor=Actor("bob", "user"))
    page = site.get(f"/e/demo/rules/{key}/").content.decode()
    assert "已批准但不起作用的取值：200。理由：省局要求" in page
    assert "190" in page
    assert "已批准的取值不生效" in site.get("/e/demo/rules/").content.decode()


@pytest.mark.parametrize("typed", ["40", "40 %", "40％", "0.4"])
def test_a_value_is_read_back_before_it_is_sent(site: Client, typed: str) -> None:
    signed_in("bob", "compliance_lead", "demo")
    address = f"/e/demo/rules/{KEY}/"
    echo = site.get(f"{address}reading/", {"value": typed}).content.decode()
    assert ("按 40 % 理解" in echo, "<html" in echo) == (True, False)
    data = {**ASKED, "value": typed, "reading": "", "approver": "bob", "step": "send"}
    unread = site.post(f"{address}overlay/", data)
    assert (unread.status_code, overlays.Overlay.objects.count()) == (422, 0)
    assert "按 40 % 理解" in unread.content.decode()
    (reading,) = re.findall('name="reading" value="([^"]+)"', unread.content.decode())
    assert site.post(f"{address}overlay/", {**data, "reading": reading}).status_code == 302
    assert overlays.Overlay.objects.get().value == "0.4"
    assert "等bob批准" in site.get(f"{address}overlay/").content.decode()


def test_the_chain_is_filtered_taken_out_and_checked(site: Client) -> None:
    text = site.get("/audit/").content.decode()
    assert "enterprise.add" in text
    assert "enterprise.add" not in site.get("/audit/?verb=calls").content.decode()
    before = Entry.objects.count()
    out = site.get("/audit/export.csv?verb=enterprise")
    lines = list(csv.DictReader(io.StringIO(b"".join(out.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [line["verb"] for line in lines] == ["enterprise.add"]
    assert Entry.objects.count() == before + 1
    auditor = signed_in("carl", "auditor", "demo")  # of one enterprise, who sees its entries
    assert "enterprise.add" in auditor.get("/e/demo/audit/").content.decode()
    assert auditor.get("/e/demo/audit/export.csv").status_code == 200


def test_the_worker_checks_the_chain(site: Client) -> None:
    response = site.post("/audit/verify/")
    assert response.status_code == 302
    assert site.post("/audit/verify/").headers["Location"] == response.headers["Location"], "one check for two clicks"
    text = site.get(response.headers["Location"]).content.decode()
    assert 'hx-get="' in text
    assert "链条完整" not in text
    work()
    text = site.get(response.headers["Location"]).content.decode()
    assert "链条完整" in text
    assert Entry.objects.order_by("-seq").values_list("hash", flat=True)[0] in text
    assert response.headers["Location"] in site.get("/audit/").content.decode()
    moved = site.get(f"{response.headers['Location']}progress/")
    assert (moved.status_code, moved.headers["HX-Refresh"]) == (200, "true")


def test_a_check_of_the_chain_is_stopped(site: Client) -> None:
    there = site.post("/audit/verify/").headers["Location"]
    assert site.post(f"{there}stop/").status_code == 302
    work()
    text = site.get(there).content.decode()
    assert "已停止" in text
    assert "链条完整" not in text
    other = flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise="demo", payload={"year": 2026}, actor=Actor("root", "os"))
    assert site.get(f"/audit/verify/{other}/").status_code == 404


def test_the_second_person_sees_what_the_value_means(site: Client) -> None:
    berta = signed_in("berta", "compliance_lead", "demo")
    there = f"/e/demo/rules/{KEY}/overlay/"
    data = {**ASKED, "valid_to": "2026-12-31", "step": "send"}
    assert berta.post(there, data).status_code == 302
    (waiting,) = set(re.findall(r'href="(/e/demo/approvals/[^"]+/)"', site.get("/e/demo/approvals/").content.decode()))
    text = " ".join(site.get(waiting).content.decode().split())
    rule = Rulebook.on(date(2026, 1, 1)).in_force[KEY]
    for words in (
        rule.title_zh, "不超过 30 %", "不超过 25 %", rule.citation, rule.text_zh, rule.note_zh,
        "省局口头要求", "berta", "2026-01-01 – 2026-12-31", "指南",
    ):  # fmt: skip
        assert escape(words) in text, words
    follow = site.post(waiting, {"decision": "look"})
    assert (follow.status_code, follow.headers["Location"].startswith(f"{there}J")) == (302, True)
    assert overlays.list_overlays() == [], "to look decides nothing"
    auditor = signed_in("carl", "auditor", "demo")
    assert 'value="look"' not in auditor.get(waiting).content.decode()
    assert auditor.post(waiting, {"decision": "look"}).status_code == 403

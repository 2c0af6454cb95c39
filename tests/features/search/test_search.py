"""What is found, by whom, in which order, and how few rows are read for it."""

import re
from datetime import date, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from tests.features.search.conftest import OPERATOR, Find, sign_in, write
from tests.support.asking import Ask

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.search import queries
from nianjian.features.search.queries import MOST, Fit, Reader, read_search, search
from nianjian.platform.accounts.models import Membership, User
from nianjian.platform.accounts.query import USER, Actor, enterprise
from nianjian.platform.registers import storage
from nianjian.platform.registers.models import Line, Seat, Team
from nianjian.platform.registers.queries import ReadScope, find_latest_version
from nianjian.platform.web.menu import get_menu

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


EVERY = (
    ("L23", "lines", "L23", "中继23", "中国联通 · T1 速达外包"),
    ("中继", "lines", "L23", "中继23", "中国联通 · T1 速达外包"),
    ("速达", "teams", "T1", "速达外包", "outsourced"),
    ("950", "numbers", "95013", "", "filed · 中国电信"),
    ("95013001", "numbers", "95013", "", "filed · 中国电信"),
    ("S0001", "seats", "S0001", "", "human · T1 速达外包"),
    ("E10", "staff", "E1001", "", "李* · T2 本部客服"),
    ("TS00003", "complaints", "TS00003", "骚扰", f"new · {clock.today()} · 138****8000"),
    ("jb-ts00004", "complaints", "TS00004", "骚扰", f"new · {clock.today()} · 137****8000"),
    ("营业执照", "materials", "M1", "business licence", "data year 2026"),
    ("audit rep", "materials", "M5", "audit report", "data year 2026"),
    ("投诉率偏高", "cases", "京通管〔2026〕7号", "Rectification case: 投诉率偏高", "case opened"),
    ("administrator-", "people", "", "administrator-", "administrator"),
    ("台账", "pages", "", "Registers", ""),
)


def test_every_kind_is_found(find: Find) -> None:
    for text, *expected in EVERY:
        kind, code, name, fact = expected
        hit = find(text)[kind][0]
        assert (hit.code, hit.name, hit.fact) == (code, name, fact), text
        assert hit.address.startswith("/e/demo/")


def test_a_line_of_the_menu_is_found_by_its_own_word(find: Find) -> None:
    for text in ("投诉", "合规画像", "年报与材料", "整改与隔离", "现场检查", "数据与台账", "设置"):
        with override("zh-hans"):
            word = next(word for word in get_menu().words.values() if gettext(word) == text)
        assert word in find(text)["pages"][0].name.split(" · "), "in the reader's language"


def test_rules_are_found_in_both_languages_and_enterprises_where_there_are_several(find: Find) -> None:
    rule = next(rule for rule in Rulebook.on(clock.today()).rules() if rule.key == "portrait.seat_vacancy.limit")
    for text in (rule.title_zh, rule.title_en, rule.key):
        assert find(text)["rules"][0].name == rule.title_en
    assert "enterprises" not in find("另一家")
    Membership.objects.create(user_id="administrator-", enterprise_id="other", role="auditor")
    assert [(hit.code, hit.address) for hit in find("另一家")["enterprises"]] == [("other", "/e/other/")]


def test_case_width_and_unseen_signs_are_folded_as_typed_and_as_stored(find: Find) -> None:
    for text in ("l23", "Ｌ２３", " L23 ", "L23\u200b", "ｌ23"):
        assert [hit.code for hit in find(text)["lines"]] == ["L23", "L230"], text
    assert [hit.code for hit in find("suda")["lines"]] == ["L230"]


def test_full_width_signs_are_found_by_their_beginning(find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    write("lines", line_id="L9", name="速达（外包）九号", team="T1")
    Line.objects.filter(key="L9").update(team="（一）组")
    Team.objects.filter(key="T1").update(name="（一）组")
    monkeypatch.setattr(queries, "SCANNED", 1)
    for reader in ((), ("outsourcer", "T1")):
        assert [hit.code for hit in find("速达（外", *reader).get("lines", [])] == ["L9"]


def test_signs_of_a_pattern_mean_themselves(find: Find) -> None:
    for text in ("%%", "__", "S%", "S____", "\\\\", "'--", "*S", "L[2]"):
        assert find(text) == {}, text


def test_the_exact_code_stands_first_whatever_its_kind(find: Find) -> None:
    write("lines", line_id="T1", name="与团队同号", team="T2")
    groups = find("T1")
    assert list(groups)[:2] == ["lines", "teams"], "both are whole codes; S0001 and pages with a T1 in them come behind"
    assert next(iter(find("S0002"))) == "seats"


def test_a_person_is_found_by_the_last_four_digits_alone(find: Find) -> None:
    groups = find("8000")
    assert [hit.code for hit in groups["consents"]] == ["138****8000"]
    assert [hit.code for hit in groups["do-not-call"]] == ["139****8000"]
    assert [hit.code for hit in groups["complaints"]] == ["TS00004", "TS00003"], "the newest first"
    for text in (
        "13800138000",
        "138001",
        "0138000",
        "138000",
        "800",
        "张三",
        "11010519491231002X",
        "002X",
        "13811112345",
    ):
        assert set(find(text)) <= {"pages", "rules"}, text
    assert "13800138000" not in str(groups)


def test_a_new_version_is_found_by_its_own_digits(find: Find) -> None:
    row = find_latest_version(
        "do-not-call", ReadScope("demo", clock.today()), write("do-not-call", number="13600001111")
    )
    assert row is not None
    assert row.number_tail != "1111"  # type: ignore[attr-defined]
    storage.end_rows(
        kind="do-not-call", enterprise="demo", versions=[row.pk], start=clock.today(), reason="误记", actor=OPERATOR
    )
    assert "no longer in use" in find("1111")["do-not-call"][0].fact


def rewrite(start: date, **texts: str) -> None:
    row = find_latest_version("lines", ReadScope("demo", clock.today()), "L23")
    assert row is not None
    storage.change_row(
        kind="lines", enterprise="demo", version=row.pk, texts=texts, start=start, over=False, reason="", actor=OPERATOR
    )


def test_a_row_is_shown_as_of_today_by_whichever_version_it_is_found(find: Find) -> None:
    today = clock.today()
    rewrite(today, name="新名")
    rewrite(today + timedelta(days=30), name="将来名", team="T2")
    expected = ("L23", "新名", "中国联通 · T1 速达外包")
    for text in ("中继23", "新名", "将来名", "L23"):
        hit = find(text)["lines"][0]
        assert (hit.code, hit.name, hit.fact) == expected, text
    assert find("L23", "outsourcer", "T1")["lines"][0].name == "新名"


def test_a_team_lead_is_not_told_that_a_row_is_over_that_goes_on_elsewhere(find: Find) -> None:
    rewrite(clock.today(), team="T2")
    assert "no longer in use" not in find("L23", "outsourcer", "T1")["lines"][0].fact


TEAM_ONE = {"lines": {"L23"}, "teams": {"T1"}, "seats": {"S0001"}, "numbers": {"95013"}, "complaints": {"TS00003"}}


def test_a_team_lead_finds_the_teams_own_alone(find: Find) -> None:
    words = ["L2", "T1", "T2", "S0", "E1", "950", "TS", "JB", "8000", "速达", "本部", "备用", "M1", "投诉率", "outs"]
    seen = {text: find(text, "outsourcer", "T1") for text in words}
    for text, groups in seen.items():
        for kind, hits in groups.items():
            if kind != "pages":
                assert {hit.code for hit in hits} <= TEAM_ONE.get(kind, set()), (text, kind)
    kinds = {"L2": "lines", "T1": "teams", "S0": "seats", "950": "numbers", "TS": "complaints", "8000": "complaints"}
    for text, kind in kinds.items():
        assert {hit.code for hit in seen[text][kind]} == TEAM_ONE[kind]


def test_own_rows_are_found_behind_many_of_others(find: Find) -> None:
    now = clock.now()
    Seat.objects.bulk_create(
        Seat(enterprise_id="demo", key=f"R{at:04}", seat_id=f"R{at:04}", team="T2", recorded_at=now, file="")
        for at in range(700)
    )
    write("seats", seat_id="R9999", kind="人工", team="T1")
    assert [hit.code for hit in find("R", "outsourcer", "T1").get("seats", [])] == [], "one sign finds pages alone"
    write("seats", seat_id="RX", kind="人工", team="速达外包")
    assert [hit.code for hit in find("RX", "outsourcer", "T1")["seats"]] == ["RX"], "named by the team's name"
    assert [hit.code for hit in find("R9", "outsourcer", "T1")["seats"]] == ["R9999"]
    assert len(find("R0")["seats"]) == MOST


def test_people_are_found_by_who_may_see_people(find: Find) -> None:
    for role, visible in (("administrator", True), ("tester", False), ("auditor", False), ("data_officer", False)):
        assert ("people" in find(f"{role}-", role)) is visible, role


def test_a_person_is_shown_by_the_name_that_was_found(find: Find) -> None:
    find("nobody")
    User.objects.filter(name="administrator-").update(display_name="周海安")
    hits = [find(text)["people"][0] for text in ("海安", "周海", "administrator-")]
    assert [(hit.fit, hit.code, hit.name) for hit in hits] == [
        (fit, "administrator-", "周海安") for fit in (Fit.PART, Fit.BEGINNING, Fit.EXACT)
    ]


def test_a_group_says_that_there_are_more_and_of_last_digits_shows_the_newest(find: Find) -> None:
    for at in range(MOST + 1):
        write("consents", number=f"13911{at:02}7777", purpose=f"回访{at}")
        write("seats", seat_id=f"ZS{at:04}", team="T2")
    assert [hit.fact for hit in find("7777")["consents"]] == [f"回访{at}" for at in range(MOST, 0, -1)]
    actor = Actor("administrator-", USER)
    for text, kind, more in (("7777", "consents", True), ("ZS0", "seats", True), ("ZS0001", "seats", False)):
        groups = search(Reader(actor, enterprise("demo"), None), read_search(text))
        assert [(group.kind, group.more) for group in groups] == [(kind, more)]


def test_another_enterprise_tells_nothing(find: Find) -> None:
    storage.create_row(
        kind="lines", enterprise="other", texts={"line_id": "L777"}, since=None, reason="", actor=OPERATOR
    )  # type: ignore[arg-type]
    assert "lines" not in find("L777")
    assert find("另一家", "tester") == {}, "who has one enterprise finds no other"


def test_a_short_text_finds_pages_alone_and_a_long_one_is_cut(find: Find) -> None:
    with CaptureQueriesContext(connection) as capture:
        assert all(set(find(text)) <= {"pages"} for text in ("", " ", "L", "\u200b", "8"))
    assert not [
        one["sql"] for one in capture if "complaints_complaint" in one["sql"] and one["sql"].startswith("SELECT")
    ]
    assert len(read_search("长" * 5000).plain) == 64


BIG = (
    "registers_seat",
    "registers_line",
    "registers_person",
    "registers_consent",
    "registers_donotcall",
    "complaints_",
)


def test_every_query_takes_a_few_rows_of_an_index(find: Find) -> None:
    statements = []
    for text, (role, team) in product(("S0", "8000", "中继", "TS0"), (("administrator", ""), ("outsourcer", "T1"))):
        with CaptureQueriesContext(connection) as capture:
            find(text, role, team)
        read = [one["sql"] for one in capture if one["sql"].startswith("SELECT")]
        statements += (selects := [sql for sql in read if any(name in sql for name in BIG)])
        assert selects, (text, role)
    assert [sql for sql in statements if " LIMIT " not in sql and '"id" IN (' not in sql] == []
    if connection.vendor != "sqlite":
        return  # PostgreSQL reads a small table whole, whatever indexes there are
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql.replace('%', '%%')}")
            steps = [row[3] for row in cursor.fetchall()]
            assert not [step for step in steps if step.startswith("SCAN ")], (sql, steps)
            assert '"id" IN (' not in sql or any("INTEGER PRIMARY KEY" in step for step in steps), (sql, steps)
            assert not [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step and " LIMIT " in sql], (sql, steps)


@pytest.mark.usefixtures("demo")
def test_the_page_works_without_script_and_its_part_alone_is_the_palettes() -> None:
    client = sign_in("anna", "administrator")
    whole = client.get("/e/demo/search/?q=L23")
    text = whole.content.decode()
    assert (whole.status_code, text.count("<h1>")) == (200, 1)
    assert '<a href="/e/demo/registers/lines/L23/">' in text
    part = client.get("/e/demo/search/?q=L23", headers={"hx-request": "true"}).content.decode()
    assert part.lstrip().startswith('<div class="hits" data-search="L23">')
    assert (
        re.findall(r'href="(/e[^"]+)"', part) == re.findall(r'href="(/e[^"]+)"', text[text.index('class="hits"') :])[:2]
    )
    assert "HX-Request" in whole.headers["Vary"]


@pytest.mark.usefixtures("demo")
def test_what_was_typed_is_shown_as_text() -> None:
    client = sign_in("anna", "administrator")
    text = client.get("/e/demo/search/", {"q": "<b>\"'&"}).content.decode()
    assert "<b>" not in text[text.index("<main") :]
    assert "个人号码只按后四位查找" in client.get("/e/demo/search/", {"q": "13800138000"}).content.decode()


def test_a_program_finds_what_its_person_finds(api: Ask) -> None:
    client = api("auditor", name="bo")
    for code, line in (("demo", "L23"), ("other", "L24")):
        storage.create_row(
            kind="lines", enterprise=code, texts={"line_id": line}, since=None, reason="", actor=Actor("tester")
        )
    groups = client.get("/api/v1/enterprises/demo/search?q=l2").json()["groups"]
    assert [(group["kind"], [hit["code"] for hit in group["hits"]]) for group in groups] == [("lines", ["L23"])]
    assert groups[0]["hits"][0]["address"] == "/e/demo/registers/lines/L23/"
    assert client.get("/api/v1/enterprises/other/search?q=L24").status_code == 404

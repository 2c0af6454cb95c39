"""The inspection day: kept with its agenda, its ten rows with their evidence, an inspector's way in, the copy."""

import io
import re
import zipfile
from datetime import date, timedelta

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from tests.features.inspection.conftest import begun
from tests.support.import_pages import work
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import inspection_day as texts
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.features.complaints import operations as acts
from nianjian.features.inspection import states as pure
from nianjian.features.inspection.documents import AgendaLine, Post
from nianjian.features.inspection.models import RoomEntry
from nianjian.features.inspection.operations import day, readiness, room
from nianjian.features.inspection.operations.day import VisitInput, build_sheet
from nianjian.features.inspection.states import NoticeState, format_lines, parse_lines
from nianjian.features.season import operations as season
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts import links
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.models import Entry
from nianjian.platform.registers import storage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]
TODAY = date(2026, 8, 31)
PLACE = "/e/demo/inspection/day/"
AGENDA = "10：30 ｜ 大屏 ｜ 运维\n9:00 | 见面 | 王芳"
POSTS = "前台 | 行政"


def test_before_anybody_has_looked_nothing_is_proved(demo: str, operator: Actor) -> None:
    sheet = build_sheet(enterprise=demo, actor=operator)
    assert (sheet.visit, sheet.looked_at, sheet.state, sheet.drill) == (None, None, "not_proved", None)
    assert [one.rule for one in sheet.rows] == [f"S{number}" for number in range(1, 11)]
    assert sheet.counts == {"passed": 0, "failed": 0, "not_proved": 10, "in_progress": 0}
    with pytest.raises(NianjianError, match="visit_unknown"):
        build_sheet(enterprise=demo, actor=operator, day=TODAY)


def test_a_day_is_kept_sealed_and_told_in_order(demo: str, operator: Actor) -> None:
    for ahead in (20, 3, -5):
        visit_input = VisitInput(
            TODAY + timedelta(days=ahead), "浙通管检〔2026〕7号", "浙江通管局", None, "三楼", AGENDA, POSTS
        )
        day.save_visit(enterprise=demo, visit=visit_input, actor=operator)
    sheet = build_sheet(enterprise=demo, actor=operator)
    assert sheet.visit is not None
    assert sheet.visit.day == "2026-09-03", "the next one"
    assert sheet.days == ["2026-09-20", "2026-09-03", "2026-08-26"]
    assert sheet.visit.agenda == [
        AgendaLine(at="09:00", what="见面", who="王芳"),
        AgendaLine(at="10:30", what="大屏", who="运维"),
    ]
    assert sheet.visit.posts == [Post(place="前台", who="行政", task="")]
    with connection.cursor() as cursor:
        cursor.execute("select agenda from inspection_visit")
        assert all("王芳" not in str(one) for one in cursor.fetchall())
    (newest, *_more) = audit.acts(enterprise=demo, verb="inspection.visit")
    assert "王芳" not in str(newest.data)
    assert newest.data["agenda"] == 2
    day.remove_visit(enterprise=demo, day=date(2026, 9, 3), actor=operator)
    day.remove_visit(enterprise=demo, day=date(2026, 9, 20), actor=operator)
    sheet = build_sheet(enterprise=demo, actor=operator)
    assert sheet.visit is not None
    assert sheet.visit.day == "2026-08-26", "none ahead: the last one"
    with pytest.raises(NianjianError, match="visit_unknown"):
        day.remove_visit(enterprise=demo, day=date(2026, 9, 3), actor=operator)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"agenda": "x | y"}, "visit_line_wrong"), ({"agenda": "24:00 | y"}, "visit_line_wrong"),
        ({"agenda": "09:00"}, "visit_line_wrong"), ({"agenda": "09:00 | a | b | c"}, "visit_line_wrong"),
        ({"posts": "前台 | 王芳 13800138000"}, "visit_line_wrong"),
        ({"posts": "前台 | 11010519491231002X"}, "visit_line_wrong"),
        ({"posts": f"x | {'y' * 121}"}, "visit_line_wrong"), ({"posts": "a | b\n" * 61}, "visit_lines_too_many"),
        ({"notice": "x" * 201}, "visit_text_too_long"), ({"place": "杭州 13800138000"}, "visit_text_number"),
        ({"authority": "联系人 0571-87654321 或 13900139000"}, "visit_text_number"),
        ({"received_on": TODAY + timedelta(days=1)}, "visit_received_late"),
    ],
)  # fmt: skip
def test_what_is_no_agenda_is_refused_and_nothing_kept(
    demo: str, operator: Actor, given: dict[str, object], code: str
) -> None:
    with pytest.raises(NianjianError, match=code):
        day.save_visit(enterprise=demo, visit=VisitInput(TODAY + timedelta(days=3), **given), actor=operator)  # type: ignore[arg-type]
    assert build_sheet(enterprise=demo, actor=operator).days == []


def test_lines_are_read_as_they_are_written() -> None:
    for timed, text in ((True, AGENDA), (False, "大屏旁\t运维\t95013009 的日志")):
        lines = parse_lines(text, timed=timed)
        assert parse_lines(format_lines(lines), timed=timed) == lines
    for language in (CHINESE, ENGLISH):
        agenda, posts = texts.proposed_agenda(words(language))
        assert len(parse_lines(agenda, timed=True)) == len(texts.AGENDA)
        assert len(parse_lines(posts, timed=False)) == len(texts.POSTS)


@pytest.mark.parametrize(
    ("received", "submitted", "today", "state"),
    [
        (None, None, date(2027, 3, 20), NoticeState.NOT_SUBMITTED),
        (None, date(2027, 3, 20), date(2027, 4, 3), NoticeState.AWAITED),
        (None, date(2027, 3, 20), date(2027, 4, 4), NoticeState.LATE),
        (date(2027, 4, 1), date(2027, 3, 20), date(2027, 4, 4), NoticeState.RECEIVED),
        (date(2026, 4, 1), date(2027, 3, 20), date(2027, 4, 4), NoticeState.LATE),  # the notice of the year before
        (date(2027, 4, 1), None, date(2027, 4, 4), NoticeState.RECEIVED),
    ],
)
def test_the_notice_comes_within_two_weeks(
    received: date | None, submitted: date | None, today: date, state: NoticeState
) -> None:
    notice = pure.expect_notice(received, submitted, 2, today)
    assert notice.state == state
    assert notice.by == (None if submitted is None else date(2027, 4, 3))


def test_the_page_shows_evidence_with_its_day_and_lets_an_inspector_in(demo: str, operator: Actor) -> None:
    client = signed_in("anna")
    season.note_report(enterprise=demo, year=2025, track="licence", licence=None, day=date(2026, 8, 20), actor=operator)
    assert client.post(f"{PLACE}look/").status_code == 302
    work()
    form = {"day": "2026-09-03", "notice": "通知书", "received_on": "2026-08-30", "agenda": AGENDA, "posts": POSTS}
    assert client.post(f"{PLACE}keep/", form).status_code == 302
    assert client.post(f"{PLACE}keep/", form | {"agenda": "x"}).status_code == 422
    page = client.get(PLACE).content.decode()
    for text in ("2026-09-03", "09:00", "见面", "S10", "通知书"):
        assert text in page
    assert ">今天</td>" in "".join(page.partition("检查内容与证据")[2].split())
    sheet = build_sheet(enterprise=demo, actor=operator)
    assert sheet.rows[0].state == "passed", "the notice is here"
    assert {row.rule: row.state for row in sheet.rows}["S9"] == "not_proved"
    assert [row.rule for row in sheet.rows if not row.evidence] == []

    end = (clock.now() + timedelta(days=3)).date()  # a link's time is real, whatever day is played
    response = client.post(f"{PLACE}admit/", {"user": "inspector-1", "until": str(end)})
    assert response.status_code == 200
    assert "/account/inspect/" in response.content.decode()
    again = client.post(f"{PLACE}admit/", {"user": "inspector-1", "until": str(end + timedelta(days=1))})
    assert again.status_code == 200, "a second link for the same inspector"
    (one,) = day.list_inspectors(enterprise=demo, actor=operator)
    assert one.until is not None
    assert (one.user, one.until[:10]) == ("inspector-1", str(end + timedelta(days=1)))
    assert client.post(f"{PLACE}admit/", {"user": "anna", "until": str(end)}).status_code == 422
    assert client.post(f"{PLACE}admit/", {"user": "i-2", "until": "2020-01-01"}).status_code == 422
    assert client.get(f"{PLACE}?day=2020-01-01").status_code == 404
    assert client.get(f"{PLACE}?day={'9' * 5000}").status_code == 404
    assert client.post(f"{PLACE}remove/", {"day": "2026-09-03"}).status_code == 302


def test_a_drill_from_before_the_plan_of_the_season_proves_nothing(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the season's own task counts it; until the next plan begins the one before still does."""
    began = clock.now().astimezone(clock.ZONE).date()
    begun(demo, operator)

    def why(on: date) -> str:
        monkeypatch.setenv(clock.OVERRIDE, on.isoformat())
        rows = [one for row in build_sheet(enterprise=demo, actor=operator).rows for one in row.evidence]
        return str(next(one.why for one in rows if one.check == "drill"))

    assert why(began) == "drill_in_progress"
    later = date(began.year + 3, 2, 1)
    assert why(later) == "drill_old"
    summary = summarize_season(enterprise=demo, year=None, today=later, actor=operator)
    assert next(one.status for one in summary.tasks if one.task == "drill") == "not_proved"


def test_the_copy_opens_without_a_network_and_is_the_same_bytes(demo: str, operator: Actor) -> None:
    signed_in("anna")
    ticket = begun(demo, operator, phone="13800138000")
    acts.callback(enterprise=demo, complaint=ticket, result="已回访", actor=operator)
    day.save_visit(
        enterprise=demo, visit=VisitInput(date(2026, 9, 3), "<b>", agenda=AGENDA, posts=POSTS), actor=operator
    )
    entries = Entry.objects.count()
    name, alone = day.build_bundle(enterprise=demo, actor=operator, language=CHINESE)
    assert name == "inspection-day-demo-2026-09-03.zip"
    with zipfile.ZipFile(io.BytesIO(alone)) as pack:
        assert pack.namelist() == ["SHA256SUMS", "index.html", "index.pdf"], "what nobody looked at is not there"
    for part, as_of in (("readiness", None), ("answers", date(2026, 3, 1)), ("retention", None)):
        readiness.look.enqueue(enterprise=demo, part=part, actor=operator, as_of=as_of)
    work()
    for language in (CHINESE, ENGLISH):
        _name, content = day.build_bundle(enterprise=demo, actor=operator, language=language)
        assert day.build_bundle(enterprise=demo, actor=operator, language=language)[1] == content
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            files = {one: pack.read(one) for one in pack.namelist()}
        assert {one for one in files if one.endswith((".html", ".pdf"))} == {
            f"{part}.{form}" for part in ("index", "answers", "retention") for form in ("html", "pdf")
        }
        page = files["index.html"].decode()
        assert ticket in page
        assert "&lt;b&gt;" in page
        assert "<b>" not in page
        assert "2026-08-31" in page
        for one, inside in files.items():
            assert b"http" not in inside if one.endswith(".html") else True, "nothing comes from elsewhere"
            assert b"13800138000" not in inside
        with pypdfium2.PdfDocument(io.BytesIO(files["index.pdf"])) as document:
            text = "".join(one.get_textpage().get_text_bounded() for one in document)
        assert "见面" in text
        assert "13800138000" not in text
        for printed in (text, re.sub(r"<[^>]+>", " ", page)):
            assert not re.search(r"\bS(10|[1-9])\b", printed), "a requirement has a name"
            assert "＿＿＿＿" in printed, "what nobody has entered is a blank"
            assert not re.search(r"(?m)^–$|> *– *<", printed)
    assert Entry.objects.count() == entries, "what only reads leaves no entry"
    room.release_items(enterprise=demo, day=VISIT, items=["card:consent"], actor=operator)
    seen = text_of(enter(demo, operator), "/room/demo/S7/")
    assert '<time datetime="2026-03-01">' in seen[seen.index('id="card-consent"') :], "the day that it is of"


# The inspection room: what is released is seen and recorded, everything else is not there; the firm's choice.

VISIT = date(2026, 9, 3)
PAGE = "/e/demo/inspection/day/room/"
SEATS = ["check:S2", "register:seats"]


@pytest.fixture
def visit(demo: str, operator: Actor) -> str:
    """An inspection day of the demo and a seat."""
    day.save_visit(enterprise=demo, visit=VisitInput(VISIT), actor=operator)
    texts = {"seat_id": "T00S001", "person": "赵云", "desk": "A-01", "kind": "人工", "employment": "自有"}
    storage.create_row(kind="seats", enterprise=demo, texts=texts, since=None, reason="", actor=operator)
    return demo


def enter(enterprise: str, operator: Actor) -> Client:
    """An inspector who has opened the link."""
    link = day.admit_inspector(
        enterprise=enterprise, user="insp", until=clock.now().date() + timedelta(days=2), actor=operator
    )
    client = Client(headers={"accept-language": "zh-CN"})
    assert accounts.enterprise(enterprise).name in client.get(link.path).content.decode(), "whose room it is"
    assert client.post(link.path).headers["Location"] == "/room/"
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_inspector_sees_what_is_released_and_each_opening_is_recorded(visit: str, operator: Actor) -> None:
    inspector = enter(visit, operator)
    assert "企业还没有为这个检查日放行任何内容" in text_of(inspector, "/")
    room.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    seen = text_of(inspector, "/")
    assert "T00S001" in seen
    assert "赵云" not in seen, "names are masked"
    assert "/room/demo/S3/" not in seen
    for address in (
        "/room/demo/S3/",
        "/room/demo/S2/?ledger=staff",
        "/room/demo/S99/",
        "/room/other/",
        "/room/other/S2/",
    ):
        assert inspector.get(address).status_code == 404, address
    assert [(entry.rule, entry.by, entry.subject) for entry in RoomEntry.objects.all()] == [("S2", "user:insp", None)]
    (entry,) = audit.acts(enterprise=visit, verb="inspection.room_look")
    assert entry.data["row"] == "S2"


def test_a_guessed_address_is_not_there_for_an_inspector(visit: str, operator: Actor) -> None:
    inspector = enter(visit, operator)
    for address in ("/e/demo/", "/e/demo/complaints/", PAGE, f"{PAGE}preview/", "/account/", "/inbox/", "/search/"):
        assert inspector.get(address).status_code == 404, address
    assert signed_in("boss").get("/room/demo/").status_code == 404, "the room is for whom a link has let in"
    page = text_of(signed_in("insp"), "/")
    assert "检查室须用检查链接打开" in page
    assert "还没有与您有关的企业" not in page


def test_the_room_closes_with_the_link_and_after_the_day(
    visit: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    inspector = enter(visit, operator)
    (link,) = links.list_links(["insp"])["insp"]
    monkeypatch.setenv("NIANJIAN_TODAY", str(VISIT + timedelta(days=1)))
    assert room.find_room_visit(visit) is None
    with pytest.raises(NianjianError, match="room_over"):
        room.release_items(enterprise=visit, day=VISIT, items=[], actor=operator)
    monkeypatch.setenv("NIANJIAN_TODAY", str(VISIT))
    links.revoke_link(link=link.id, actor=operator)
    assert inspector.get("/room/demo/S2/").headers["Location"].startswith("/account/login/")


def test_an_original_is_asked_for_and_shown(visit: str, operator: Actor) -> None:
    room.release_items(enterprise=visit, day=VISIT, items=SEATS, actor=operator)
    inspector, boss = enter(visit, operator), signed_in("boss")
    assert inspector.post("/room/demo/S2/ask/", {"subject": "  "}).status_code == 422
    assert inspector.post("/room/demo/S3/ask/", {"subject": "T00S001"}).status_code == 404
    answer = inspector.post("/room/demo/S2/ask/", {"subject": "T00S001"}, follow=True)
    assert "T00S001" in answer.content.decode()
    inspector.get("/room/demo/S2/")
    look = RoomEntry.objects.filter(asked=False).latest("at")
    RoomEntry.objects.bulk_create(
        RoomEntry(visit=look.visit, rule="S2", asked=False, at=look.at, by=look.by) for _ in range(room.LOG)
    )
    page = boss.get(PAGE).content.decode()
    assert "T00S001" in page, "however much was looked at since"
    work = boss.get("/e/demo/").content.decode()
    assert "向检查组出示 1 份原件" in work
    assert f'href="{PAGE}"' in work
    inbox = boss.get("/inbox/").content.decode()
    assert "检查组请出示原件：人：坐席工位、社保名单、工资流水" in inbox
    assert "T00S001" not in inbox, "what inspectors wrote may name a person"
    (entry,) = RoomEntry.objects.filter(asked=True)
    assert boss.post(f"{PAGE}shown/", {"entry": str(entry.pk)}).status_code == 302
    entry.refresh_from_db()
    assert entry.answered_by == "user:boss"
    (audit_entry,) = audit.acts(enterprise=visit, verb="inspection.room_shown")
    assert "T00S001" not in str(audit_entry.data), "the chain holds no value"
    assert "向检查组出示" not in boss.get("/e/demo/").content.decode()


def test_the_firm_chooses_item_by_item_and_sees_the_same_page(visit: str, operator: Actor) -> None:
    boss = signed_in("boss")
    assert boss.post(f"{PAGE}keep/", {"day": str(VISIT), "item": SEATS}).status_code == 302
    (entry,) = audit.acts(enterprise=visit, verb="inspection.room")
    assert entry.data == {"day": str(VISIT), "added": SEATS, "removed": []}
    seen = text_of(enter(visit, operator), "/room/demo/S2/")
    preview = text_of(boss, f"{PAGE}preview/S2/")
    begin, end = '<h2 id="ledger">', "</table>"
    assert seen[seen.index(begin) :].partition(end)[0] == preview[preview.index(begin) :].partition(end)[0]
    assert boss.get(f"{PAGE}preview/S3/").status_code == 404
    assert "/e/demo/inspection/answers/" not in preview, "the firm's own menus are not what inspectors see"
    assert RoomEntry.objects.count() == 1, "a preview leaves no line"
    with pytest.raises(NianjianError, match="room_item_unknown"):
        room.release_items(enterprise=visit, day=VISIT, items=["register:consents"], actor=operator)


def test_without_a_day_there_is_nothing_to_choose(demo: str) -> None:
    boss = signed_in("boss")
    assert "/e/demo/inspection/day/" in boss.get(PAGE).content.decode()
    assert clock.today() < VISIT
    assert room.find_room_visit(demo) is None

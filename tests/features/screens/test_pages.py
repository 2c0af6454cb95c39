"""The live screens: what stands on them, what turns grey, and what a kiosk's link opens, for whom and how long."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from tests.support.people import signed_in

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel import clock
from nianjian.features.complaints import operations
from nianjian.features.people.middleware import SEEN, UNATTENDED
from nianjian.features.screens import counts, posted
from nianjian.features.screens.models import ScreenLink
from nianjian.features.screens.operations import create_link
from nianjian.features.screens.sources import today
from nianjian.platform.accounts import tokens
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.models import Entry
from nianjian.platform.registers.storage import import_sheet

HERE = "/e/demo/inspection/screens/"
CALLEE, STRANGER = "13812345678", "13987654321"
OPERATOR = Actor("tester")
FRESH, OLD, RULE = 30, 31, 60  # seconds: a busy machine may take some for a page
TILE = re.compile(r'<section class="tile (?:log )?(\w+)" data-tile="(\w+)"')
VALUE = r'data-tile="{}".*?<p class="value[^>]*>(.*?)</p>'


def states(text: str) -> dict[str, str]:
    return {name: state for state, name in TILE.findall(text)}


def value(text: str, tile: str) -> str:
    match = re.search(VALUE.format(tile), text, re.DOTALL)
    assert match is not None
    return match[1]


def beat(home: Path, *, switch: int | None = 0, gate: int | None = 0, now: int = 3, problem: str | None = None) -> None:
    """Write what the watch would: the switch and the gate were heard of so many seconds ago; None: never."""
    at = clock.milliseconds()
    heard, lives = (None if ago is None else at - 1000 * ago for ago in (switch, gate))
    state = {"now": now, "now_at": heard, "records_at": heard, "problem": problem}
    beats = {"at": at, "gate": {"at": lives, "problem": None}, "switches": {"demo:pbx": state}}
    posted.write(posted.folder(home) / posted.BEATS, beats)


@pytest.fixture
def live(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two enterprises, decisions of both, and a switch of one."""
    for code in ("demo", "other"):
        add_enterprise(code=code, name=f"{code}企业", province="浙江", actor=OPERATOR)
    path = home / "numbers.csv"
    path.write_text("码号,批准总位长,备案状态,备案日期,呼出权限\n95013,8,已备案,2024-02-01,是\n", encoding="utf-8")
    import_sheet(kind="numbers", path=path, enterprise="demo", actor=OPERATOR)
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:pbx=asterisk:///x/Master.csv demo:pbx=ami://u:s@127.0.0.1:1")
    monkeypatch.setenv("NIANJIAN_LIVE_FRESH", str(FRESH))
    now = clock.milliseconds()
    journal = Journal(files.decisions_folder(home), "g1")
    journal.open(now)
    decisions = [
        ("demo", "95013001", CALLEE, "L01", "allow"),
        ("demo", "95013001", CALLEE, "L02", "cap"),
        ("demo", "13911112222", CALLEE, "L01", "hours"),
        ("other", "95588000", STRANGER, "X9.9", "no-consent"),
    ]
    for number, (code, display, callee, line, reason) in enumerate(decisions):
        verdict = Verdict(allow=reason == "allow", reason=reason, rule="r", decision_id=f"g-{number}")
        journal.note(Request(code, display, callee, line, f"c{number}", now), verdict, 1, now)
    journal.close()
    counted = counts.DecisionTotals(today())
    counted.read(files.decisions_folder(home))
    posted.write(posted.folder(home) / posted.GATE, counted.plain())
    calls = counts.AsteriskCounts(today())
    calls.counts.update(answered=1234, busy=5)
    posted.write(posted.folder(home) / posted.name("demo", "pbx"), {"calls": calls.plain(), "gap": None})
    beat(home)
    return home


@pytest.fixture
def admin(live: Path) -> Client:
    return signed_in("admin", "administrator", "demo")


def page(client: Client, part: str = "office", **query: str) -> str:
    answer = client.get(f"{HERE}{part}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def made(client: Client, days: str = "1") -> str:
    """The path of a new link."""
    answer = client.post(HERE, {"name": "大厅", "days": days})
    assert answer.status_code == 200
    match = re.search(r'id="made">http://testserver(/screens/[^<]+/office/)<', answer.content.decode())
    assert match is not None
    return match[1]


def test_the_figures_stand_on_the_screen_and_reading_writes_nothing(admin: Client, live: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in live.rglob("*") if path.is_file()}
    entries = Entry.objects.count()
    text = page(admin)
    assert set(states(text).values()) == {"fresh"}
    assert [value(text, tile) for tile in ("now", "calls", "answered", "blocked")] == ["3", "1,239", "1,234", "2"]
    assert "已达频次上限" in text
    assert "自有 95/96 号码" in text
    assert "手机号" in text
    assert "138****5678" in text
    assert CALLEE not in text
    assert "X9.9" not in text, "the other enterprise's"
    assert "95588000" not in text
    for query, rows in (
        ({}, 3), ({"reason": "refused"}, 2), ({"reason": "cap"}, 1), ({"channel": "L01"}, 2), ({"channel": "X9.9"}, 0),
        ({"reason": "nonsense"}, 3), ({"channel": "9" * 5000}, 3),
    ):  # fmt: skip
        assert page(admin, "gateway", **query).count('<td class="at">') == rows, query
    admin.get(HERE)
    assert {path: path.stat().st_mtime_ns for path in live.rglob("*") if path.is_file()} == before
    assert Entry.objects.count() == entries


def test_what_gives_no_sign_of_life_is_grey_and_says_since_when(
    admin: Client, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(live, switch=OLD)
    text = page(admin)
    by_tile = states(text)
    assert {by_tile[one] for one in ("now", "calls", "answered", "outcomes")} == {"stale"}
    assert {by_tile[one] for one in ("blocked", "reasons", "displays", "log", "complaints")} == {"fresh"}
    assert value(text, "now") == "–", "nobody knows how many there are now"
    assert value(text, "calls") == "1,239"
    assert re.search(r"自 \d\d:\d\d:\d\d 起无数据", text)
    monkeypatch.setenv("NIANJIAN_LIVE_FRESH", "3600")
    assert states(page(admin))["now"] == "fresh"
    beat(live, switch=RULE + 1)
    assert states(page(admin))["now"] == "stale", "the rule allows no more, whatever the server is set to"
    monkeypatch.setenv("NIANJIAN_LIVE_FRESH", str(FRESH))
    beat(live, gate=OLD)
    by_tile = states(page(admin))
    assert {by_tile[one] for one in ("blocked", "reasons", "displays", "log")} == {"stale"}
    assert by_tile["now"] == "fresh"


def test_a_watch_that_is_gone_leaves_nothing_live(admin: Client, live: Path) -> None:
    (posted.folder(live) / posted.BEATS).unlink()
    by_tile = states(page(admin))
    assert by_tile.pop("complaints") == "fresh"
    assert set(by_tile.values()) == {"stale"}
    assert value(page(admin), "calls") == "–", "nobody has said when it was true"
    (posted.folder(live) / posted.GATE).write_text("{broken")
    assert value(page(admin), "blocked") == "–"


def test_what_was_never_heard_of_is_not_set_up_or_is_silent_beside_others_is_said(
    admin: Client, live: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beat(live, switch=None, problem="No such file or directory")
    text = page(admin)
    assert states(text)["calls"] == "stale"
    assert "尚无数据" in text
    assert "No such file or directory" in text
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    assert states(page(admin))["calls"] == "absent"
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:pbx=asterisk:///x/Master.csv demo:fs1=post://u:s@freeswitch")
    beat(live)
    text = page(admin)
    assert states(text)["calls"] == "stale", "as old as the oldest"
    assert "没有动静：fs1" in text
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:pbx=asterisk:///x/Master.csv")
    beat(live, switch=OLD)
    assert "没有动静" not in page(admin), "there is one alone"


def test_counts_of_yesterday_are_not_todays(admin: Client, live: Path) -> None:
    before = today() - timedelta(days=1)
    posted.write(posted.folder(live) / posted.name("demo", "pbx"), {"calls": counts.AsteriskCounts(before).plain()})
    posted.write(posted.folder(live) / posted.GATE, counts.DecisionTotals(before).plain())
    text = page(admin)
    assert value(text, "calls") == value(text, "blocked") == "0"


def test_rows_that_could_not_be_read_and_a_gap_are_said(admin: Client, live: Path) -> None:
    calls = counts.AsteriskCounts(today())
    calls.damaged = 3
    gap = clock.now().isoformat(timespec="seconds")
    posted.write(posted.folder(live) / posted.name("demo", "pbx"), {"calls": calls.plain(), "gap": gap})
    text = page(admin)
    assert "3 行无法读取" in text
    assert "之前的记录可能缺失" in text


def test_open_complaints_show_their_clocks_and_nothing_of_the_person(admin: Client) -> None:
    arrived = clock.now() - timedelta(hours=3)
    wall = arrived.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")
    values = {"source": "12321", "complainant": STRANGER, "arrived_at": wall, "content": "骚扰"}
    ticket = operations.open_ticket(enterprise="demo", texts=values, actor=OPERATOR)
    text = page(admin)
    assert value(text, "complaints") == "未结 1，逾期 1"
    assert re.search(r"首次响应</span> <b>-1:00:\d\d<", text)
    assert re.search(r"办结</span> <b>2[01]:\d\d:\d\d<", text)
    assert "骚扰" not in text
    assert STRANGER not in text
    operations.respond(enterprise="demo", complaints=[ticket], actor=OPERATOR, text="致歉")
    text = page(admin)
    assert value(text, "complaints") == "未结 1，逾期 1"  # answered too late, so no clock of it goes on
    assert "首次响应</span> <b>" not in text
    assert re.search(r"办结</span> <b>2[01]:\d\d:\d\d<", text)


def test_a_screen_that_fetches_itself_is_no_use_of_the_session(admin: Client) -> None:
    page(admin)
    session = admin.session
    session[SEEN] = 0
    session.save()
    assert UNATTENDED in page(admin).replace("&quot;", '"'), "the page says so of itself"
    session = admin.session
    session[SEEN] = 0
    session.save()
    admin.get(f"{HERE}office/", headers={"HX-Request": "true", UNATTENDED: "yes"})
    assert admin.session[SEEN] == 0
    admin.get(f"{HERE}office/", headers={"HX-Request": "true"})
    assert admin.session[SEEN] > 0


def test_a_link_opens_both_screens_of_one_enterprise_without_signing_in(admin: Client) -> None:
    path = made(admin)
    kiosk = Client(headers={"accept-language": "zh-CN"})
    for part in ("office", "gateway"):
        answer = kiosk.get(path.replace("office", part))
        text = answer.content.decode()
        assert answer.status_code == 200
        assert "demo企业" in text
        assert CALLEE not in text
        assert "138****5678" in text
        assert "X9.9" not in text
    bare = kiosk.get(path.replace("office/", ""))  # as the API tells it
    assert (bare.status_code, bare.headers["Location"]) == (302, path)
    assert (bare.headers["Cache-Control"], bare.headers["Referrer-Policy"]) == ("no-store", "same-origin")
    assert not kiosk.cookies.get("sessionid")
    assert kiosk.get(HERE).status_code == 302, "it signs nobody in"
    assert kiosk.post(path).status_code == 405
    assert kiosk.get(path.replace("office", "nothing")).status_code == 404


def test_a_link_ends_by_time_by_hand_and_with_its_maker(admin: Client) -> None:
    kiosk = Client()
    for end in ("time", "hand", "maker"):
        path = made(admin)
        assert kiosk.get(path).status_code == 200
        row = ScreenLink.objects.latest("made_at")
        if end == "time":
            ScreenLink.objects.filter(pk=row.pk).update(expires_at=clock.now())
        elif end == "hand":
            assert admin.post(HERE, {"end": row.pk}).status_code == 302
        else:
            Membership.objects.filter(user_id="admin").update(role="auditor")
        gone = kiosk.get(path)
        assert gone.status_code == 410
        assert "已失效" in Client(headers={"accept-language": "zh-CN"}).get(path).content.decode()
    assert [kiosk.get(f"/screens/nonsense/{end}").status_code for end in ("office/", "")] == [410, 410]


def test_a_link_is_audited_without_its_secret_and_ended_by_its_own_enterprise_alone(admin: Client) -> None:
    path = made(admin)
    row = ScreenLink.objects.get()
    other = signed_in("else", "administrator", "other")
    assert other.post("/e/other/inspection/screens/", {"end": row.pk}).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
    admin.post(HERE, {"end": row.pk})
    one, two = Entry.objects.filter(verb__startswith="screen.").order_by("seq")
    assert (one.verb, two.verb) == ("screen.link", "screen.unlink")
    assert one.actor == "user:admin"
    secret = path.split("/")[2]
    assert secret not in one.data + two.data + row.sha256
    assert secret not in admin.get(HERE).content.decode(), "told once"


def test_a_link_that_cannot_be_made_says_why(admin: Client) -> None:
    for name, days in (("", "1"), ("x", "0"), ("x", "32"), ("x", "9" * 5000), ("x" * 61, "1")):
        assert admin.post(HERE, {"name": name, "days": days}).status_code == 422, (name, days)
    assert not ScreenLink.objects.exists()
    for _ in range(20):
        create_link(enterprise="demo", name="x", days=1, actor=OPERATOR)
    assert admin.post(HERE, {"name": "x", "days": "1"}).status_code == 422, "too many"
    assert ScreenLink.objects.count() == 20


def test_the_api_tells_the_same(admin: Client) -> None:
    token = tokens.create_token(user="admin", name="t", scopes=None, days=1, actor=OPERATOR).secret
    program = Client(headers={"authorization": f"Bearer {token}"})
    office = program.get("/api/v1/enterprises/demo/inspection/screens").json()["told"]
    assert office["now"]["count"] == 3
    assert office["calls"]["by"]["answered"] == 1234
    assert office["gate"]["blocked"] == 2
    assert CALLEE not in str(office)
    params = {"screen": "gateway", "reason": "cap"}
    log = program.get("/api/v1/enterprises/demo/inspection/screens", params).json()["told"]
    assert [one["reason"] for one in log["decisions"]] == ["cap"]

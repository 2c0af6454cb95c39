"""Test calls on their pages: ways set, numbers called as work, the ladder, the timer of one by hand, the evidence."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from cryptography import x509
from django.test import Client
from tests.support.answerer import Answerer, answered, back
from tests.support.certificates import root
from tests.support.drawings import smallest_text
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.tls import server

from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.message import Message
from nianjian.features.test_calls.documents import CallbackMessage
from nianjian.features.test_calls.models import Gateway, Route, Trial
from nianjian.features.test_calls.operations import calls
from nianjian.features.test_calls.pages import LADDER_WIDTH, MOST_ARROWS, build_ladder
from nianjian.features.test_calls.queries import CallBasis
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.registers.storage import import_sheet

pytestmark = pytest.mark.django_db
HOME = "/e/demo/inspection/callback/"
HEADER = "码号,批准总位长,备案状态,备案日期,指定落地网关"
BOSS = Actor("tester")
WAY = {"what": "way", "name": "移动线", "caller": "13800000001", "carrier": "中国移动", "witness": "address"}


@pytest.fixture
def admin(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=BOSS)
    path = home / "numbers.csv"
    path.write_text(f"{HEADER}\n95013,8,已备案,2024-02-01,HZ-GW\n", encoding="utf-8")
    import_sheet(kind="numbers", path=path, enterprise="demo", actor=BOSS)
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0))
    monkeypatch.setattr(calls, "HOLD_MS", 0)
    return signed_in("ada", "administrator", "demo")


def _does(_far: Answerer, request: Message) -> Iterable[Message]:
    if request.method == "INVITE":
        yield back(request, 180, "Ringing")
        yield answered(request)
    elif request.method == "BYE":
        yield back(request, 200, "OK")


def test_from_a_way_to_the_ladder(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CallBasis, "working", lambda _self, _moment: True)  # at whatever hour this runs
    assert "还没有拨打过" in admin.get(HOME).content.decode()
    refused = admin.post(f"{HOME}ways/", {**WAY, "via": "10.0.0.1"})
    assert refused.status_code == 422
    assert "不是回拨线路的写法" in refused.content.decode()
    with Answerer(_does) as far:
        way = {**WAY, "via": f"sip:127.0.0.1:{far.port}", "username": "u", "password": "geheim", "daily_at": "10:30"}
        near = admin.post(f"{HOME}ways/", way)
        assert near.status_code == 422
        assert "127.0.0.1 是本机" in near.content.decode()
        monkeypatch.setenv("NIANJIAN_CALL_HOSTS", "127.0.0.1")
        assert admin.post(f"{HOME}ways/", way).status_code == 302
        assert admin.post(f"{HOME}ways/", {"what": "gateway", "name": "HZ-GW", "hosts": "127.0.0.1"}).status_code == 302
        ways_page = admin.get(f"{HOME}ways/").content.decode()
        assert "geheim" not in ways_page
        assert "13800000001" not in ways_page
        response = admin.post(f"{HOME}ask/", {"number": "", "route": ""})
        assert response.status_code == 302
        work()
    job_page = admin.get(response.headers["Location"]).content.decode()
    assert "1 项通过" in job_page
    page = admin.get(HOME).content.decode()
    assert "进行中" in page  # two carriers are missing
    (one,) = set(re.findall(rf'href="({HOME}B[0-9a-f]+/)"', page))
    detail = admin.get(one).content.decode()
    assert "按时接通，落在指定落地网关" in detail
    assert detail.count("<polygon") == detail.count('<details class="message">') == 6  # INVITE, 180, 200, ACK, BYE, 200
    assert 'class="notice' not in detail
    assert "13800000001" not in detail
    assert "138****0001" in detail
    evidence = admin.post(f"{one}evidence/")
    assert b"13800000001" in evidence.content
    assert admin.post(f"{HOME}ways/", {"remove": "移动线"}).status_code == 302
    assert not Route.objects.exists()
    admin.post(f"{HOME}ways/", {"what": "gateway", "name": "HZ-GW", "hosts": ""})
    assert not Gateway.objects.exists()
    refused = admin.post(f"{HOME}ask/", {"number": "", "route": ""})
    assert refused.status_code == 422
    assert "尚未设置回拨线路" in refused.content.decode()


def test_the_own_certificate_of_a_way(admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = server(tmp_path, root(), "own", [x509.DNSName("caller.example")]).read_text()
    cut = own.index("-----BEGIN PRIVATE")
    way = {**WAY, "via": "sip:10.0.0.1;transport=tls", "certificate": own[:cut]}
    locked = own[cut:].replace("PRIVATE", "ENCRYPTED PRIVATE")
    refused = admin.post(f"{HOME}ways/", {**way, "key": locked})
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "私钥有口令保护" in text
    assert "BEGIN CERTIFICATE" in text
    assert "ENCRYPTED PRIVATE" not in text  # a key is never given back
    assert admin.post(f"{HOME}ways/", {**way, "key": own[cut:]}).status_code == 302
    assert admin.post(f"{HOME}ways/", {**way, "certificate": ""}).status_code == 302
    (route,) = Route.objects.all()
    assert "PRIVATE KEY" in (route.identity or "")
    page = admin.get(f"{HOME}ways/").content.decode()
    assert "PRIVATE" not in page
    assert 'class="badge bad"' not in page
    monkeypatch.setenv("NIANJIAN_TODAY", "2099-01-01")
    assert 'class="badge bad"' in admin.get(f"{HOME}ways/").content.decode()  # it is over
    assert admin.post(f"{HOME}ways/", {**way, "certificate": "", "no_certificate": "on"}).status_code == 302
    assert Route.objects.get().identity is None


def test_by_hand_the_page_runs_a_timer(admin: Client) -> None:
    officer = signed_in("olga", "data_officer", "demo")
    assert officer.post(f"{HOME}begin/", {"number": "x"}).status_code == 422
    begun = officer.post(f"{HOME}begin/", {"number": "95013", "carrier": "中国联通"})
    one = begun.headers["Location"]
    page = officer.get(one).content.decode()
    assert "data-gone=" in page
    assert "进行中" in page
    lacking = officer.post(one, {"outcome": "answered", "note": ""})
    assert lacking.status_code == 422
    assert "请写明听到的内容" in lacking.content.decode()
    done = officer.post(one, {"outcome": "answered", "note": "“示例欢迎您”"}, follow=True).content.decode()
    assert "已通过" in done
    assert "data-gone=" not in done
    assert Trial.objects.get().witness == "person"


def test_a_ladder_is_cut_where_it_is_too_long() -> None:
    assert smallest_text("callback.css", ".ladder", LADDER_WIDTH) >= 11
    ladder = build_ladder(
        [CallbackMessage(1, sent=True, first=f"INVITE sip:{'9' * 90}@h SIP/2.0", text="")] * (MOST_ARROWS + 2)
    )
    assert ladder is not None
    assert (len(ladder["arrows"]), ladder["more"]) == (MOST_ARROWS, 2)
    assert ladder["arrows"][0]["label"].endswith("…")
    assert build_ladder([]) is None


def test_looked_for_in_the_call_records(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_CALL_HOSTS", "127.0.0.1")
    with Answerer(_does) as far:
        assert admin.post(f"{HOME}ways/", {**WAY, "via": f"sip:127.0.0.1:{far.port}"}).status_code == 302
        assert admin.post(f"{HOME}ask/", {"number": "", "route": ""}).status_code == 302
        work()
    trial = Trial.objects.get()
    page = f"{HOME}{trial.pk}/"
    assert "尚未查找" in admin.get(page).content.decode()
    response = admin.post(f"{page}witness/")
    assert response.status_code == 302
    work()
    assert page in admin.get(response.headers["Location"]).content.decode()
    html = admin.get(page).content.decode()
    assert "没有覆盖当时的话单" in html
    assert "尚未查找" not in html

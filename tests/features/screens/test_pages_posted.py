"""The door at which a FreeSWITCH posts its records: every form it can post in, who may, what is kept, what is told."""

import base64
import json
import logging
import os
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from nianjian.engines.kernel import clock
from nianjian.features.calls.documents import ImportReceipt
from nianjian.features.calls.operations import import_calls
from nianjian.features.screens import posted, sources
from nianjian.features.screens.sources import today
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.models import Entry

HERE = "/live/demo/fs1/cdr"
USER, SECRET = "fs1", "a secret: with, signs"
CALLER, CALLEE, NAME = "8001", "13812345678", "王小明"
OPERATOR = Actor("tester")
A = "11111111-1111-1111-1111-111111111111"


def document(uuid: str = A, began: datetime | None = None) -> str:
    at = int((began or clock.now()).timestamp())
    profile = {"caller_id_name": NAME, "caller_id_number": CALLER, "destination_number": CALLEE, "context": "default"}
    times = {"created_time": f"{at}000000", "answered_time": f"{at + 1}000000", "hangup_time": f"{at + 9}000000"}
    variables = {
        "uuid": uuid, "call_uuid": uuid, "direction": "inbound", "originate_disposition": "SUCCESS",
        "effective_caller_id_number": "95013001", "hangup_cause": "NORMAL_CLEARING", "sip_auth_response": "secret",
    }  # fmt: skip
    flow = [{"caller_profile": {**profile, "uuid": uuid}, "times": times}]
    return json.dumps({"core-uuid": "c", "switchname": "fs1", "variables": variables, "callflow": flow})


def basic(user: str = USER, secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def send(body: str | bytes, kind: str = "application/json", **more: Any) -> Any:
    headers = {"Authorization": more.pop("who", basic())}
    return Client().post(more.pop("to", HERE) + "?uuid=x", body, content_type=kind, headers=headers, **more)


@pytest.fixture
def live(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    add_enterprise(code="demo", name="demo企业", province="浙江", actor=OPERATOR)
    address = f"post://{USER}:{quote(SECRET)}@freeswitch"
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:fs1={address} demo:pbx=asterisk:///x/Master.csv")
    monkeypatch.setattr(sources, "_SPOOLS", {})
    return posted.folder_of(posted.folder(home), "demo", "fs1")


def lines(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("*.jsonl")) for line in path.read_bytes().splitlines()]


FORM = "application/x-www-form-urlencoded"
B64 = "application/x-www-form-base64-encoded"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", document()),
        (FORM, document()),  # what curl calls it when it was told to send no Expect
        (FORM, "cdr=" + quote(document())),
        (FORM, "cdr=" + quote(document(), safe='{}":,') + "&more=1"),
        (B64, "cdr=" + base64.b64encode(document().encode()).decode()),
        (B64, "cdr=" + base64.encodebytes(document().encode()).decode()),
        (B64, "cdr=" + base64.b64encode(document().encode()).decode().rstrip("=")),
        (FORM, "cdr=" + quote(base64.b64encode(document().encode()).decode(), safe="")),
    ],
)
def test_every_form_is_taken(live: Path, kind: str, body: str) -> None:
    answer = send(body, kind)
    assert (answer.status_code, answer.content) == (200, b"kept\n")
    (line,) = lines(live)
    assert json.loads(line)["variables"]["uuid"] == A
    assert [path.name for path in live.iterdir()] == [f"{today()}.jsonl"]


def test_twice_changes_nothing_and_is_told_as_taken(live: Path) -> None:
    assert send(document()).content == b"kept\n"
    again = send(document())
    assert (again.status_code, again.content) == (200, b"known\n")
    assert len(lines(live)) == 1


def test_a_leg_stands_in_the_file_of_the_day_on_which_it_began(live: Path) -> None:
    began = clock.now() - timedelta(days=30)
    send(document(began=began))
    assert [path.stem for path in live.iterdir()] == [began.astimezone(clock.ZONE).date().isoformat()]


@pytest.mark.parametrize(
    ("who", "to"),
    [
        ("", HERE), (basic("fs1", "other"), HERE), (basic("", ""), HERE), ("Basic", HERE), ("Basic %%%", HERE),
        ("Bearer " + SECRET, HERE), (basic(), "/live/demo/pbx/cdr"), (basic(), "/live/demo/none/cdr"),
        (basic(), "/live/other/fs1/cdr"), (basic(secret=SECRET + "x"), HERE), ("Basic /////w==", HERE),
    ],
)  # fmt: skip
def test_who_is_not_that_switch_is_refused_alike(live: Path, who: str, to: str) -> None:
    answer = send(document(), who=who, to=to)
    assert (answer.status_code, answer.content) == (401, b"live_post_refused\n")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert not live.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"cdr=", b"cdr=%7B", b"cdr=!!!", b"\x00", b"[" * 100_000, b"cdr=\xff\xfe",
        document(uuid="").encode(), document(began=datetime(2001, 1, 1, tzinfo=clock.ZONE)).encode(),
        document(began=datetime(2400, 1, 1, tzinfo=clock.ZONE)).encode(), document()[:-9].encode(),
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_and_the_switch_keeps_it(live: Path, body: bytes) -> None:
    assert send(body).status_code == 400
    assert lines(live) == []


def test_a_large_body_is_not_read(live: Path) -> None:
    assert send(b" " * (sources.POST_LIMIT + 1)).status_code == 413
    assert send(document() + " " * (sources.POST_LIMIT - len(document().encode()))).status_code == 200


def test_the_example_for_freeswitch_posts_here() -> None:
    example = Path(__file__).parents[3] / "deploy/freeswitch/json_cdr.conf.xml"
    settings = {one.get("name"): str(one.get("value")) for one in ET.fromstring(example.read_text()).iter("param")}  # noqa: S314 -- our own
    assert resolve(urlsplit(settings["url"]).path).url_name == "screens-posted"
    assert (settings["auth-scheme"], settings["cred"].count(":")) == ("basic", 1)


def test_what_is_not_durable_is_not_told_as_kept(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("no space")))
        assert send(document()).status_code == 503
    assert send(document()).content == b"kept\n"


def test_a_setting_that_cannot_be_read_is_no_success(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "nonsense")
    assert send(document()).status_code == 503


def test_nothing_of_a_person_is_logged_or_kept_beyond_the_numbers(
    live: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = Entry.objects.count()
    with caplog.at_level(logging.DEBUG):
        send(document())
        send(document()[:-3])
        send(document(), who=basic("fs1", "wrong"))
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("no space")))
            send(document("22222222-2222-2222-2222-222222222222"))
    output = caplog.text + "".join(str(vars(one)) for one in caplog.records)
    for secret in (CALLEE, NAME, SECRET, A):
        assert secret not in output
    text = b"".join(lines(live)).decode()
    assert NAME not in text
    assert "secret" not in text
    assert Entry.objects.count() == entries


def imported(path: Path) -> ImportReceipt:
    return import_calls(
        enterprise="demo", patterns=[str(path)], source="auto", mapping_file=None, timezone=None, replace=None,
        actor=OPERATOR, progress=lambda *_figures: None,
    )  # fmt: skip


def test_an_ordinary_import_reads_the_lines_once(live: Path) -> None:
    for number in range(3):
        send(document(f"{number}{A[1:]}"))
    (path,) = live.iterdir()
    first = imported(path)
    send(document(f"3{A[1:]}"))
    second = imported(path)
    assert [(one.rows.loaded, one.rows.duplicate, one.rows.rejected) for one in (first, second)] == [
        (3, 0, 0),
        (1, 3, 0),
    ]

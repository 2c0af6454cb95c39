"""Test calls to a real Asterisk, and its Master.csv as a witness of where they landed: read as it stands, imported."""

import csv
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from tests.support.answerer import Answerer, pick_up
from tests.support.asterisk import Asterisk
from tests.support.fixtures import Import
from tests.support.placed_calls import (
    CALLER,
    LEDGER,
    import_file,
)

from nianjian.engines.kernel import clock
from nianjian.engines.sip import agent
from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.message import Plan, Via
from nianjian.features.inspection import claims
from nianjian.features.inspection.queries import open_calls
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.documents import Callback
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.operations.calls import CallWay
from nianjian.features.test_calls.queries import CallBasis
from nianjian.platform.accounts.query import Actor
from nianjian.platform.home import wiring

pytestmark = [pytest.mark.django_db, pytest.mark.long]
PLAN = """
[dialler](+)
exten => _9501X,1,ExecIf($["${PJSIP_HEADER(read,X-Nianjian-Test)}"="callback"]?Set(CDR(accountcode)=nianjian-test))
 same => n,Answer()
 same => n,Wait(5)
exten => 95015,1,Set(CDR(accountcode)=nianjian-test)
 same => n,Dial(Local/nobody@dialler,1)
 same => n,VoiceMail(95015@default,su)
 same => n,Hangup()
exten => 95016,1,Answer()
 same => n,Goto(mailbox,95016,1)
exten => nobody,1,Wait(20)
[mailbox]
exten => 95016,1,Playback(silence/1)
 same => n,Wait(5)
[dialler](+)
exten => 77777,1,Answer()
 same => n,Wait(0.1)
 same => n,Hangup(16)
"""
TRUNK = """
[HZ-GW-01]
type=endpoint
context=dialler
transport=udp
disallow=all
allow=alaw
direct_media=no
[from-here]
type=identify
endpoint=HZ-GW-01
match=127.0.0.1
"""
CSV = "[csv]\nusegmtime=no\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n"
BOX = "[general]\nformat=wav\n[default]\n95015 => 1234,Box\n"


@pytest.fixture
def switch(demo: str, load: Import, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Asterisk]:
    gateways = {"95013": "HZ-GW-01", "95014": "BJ-GW", "95015": "HZ-GW-01", "95016": "HZ-GW-01"}
    load("numbers", LEDGER, *((number, 8, "已备案", "2024-02-01", name) for number, name in gateways.items()))
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0))
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    more = {"pjsip.conf": TRUNK, "extensions.conf": PLAN, "cdr.conf": CSV, "voicemail.conf": BOX}
    with tempfile.TemporaryDirectory(prefix="wit-") as short, Asterisk(Path(short) / "a", 9, 9, more) as asterisk:
        monkeypatch.setenv("NIANJIAN_LIVE", f"{demo}:pbx=asterisk://{_master(asterisk)}")
        yield asterisk


def _master(switch: Asterisk) -> Path:
    return switch.folder / "log/cdr-csv/Master.csv"


def _other(switch: Asterisk) -> None:
    """A call of somebody else, recorded when this returns."""
    path = _master(switch)
    before = path.read_bytes().count(b"77777") if path.exists() else 0
    via = Via("127.0.0.1", switch.port)
    agent.place_calls(
        [(via, Plan("77777", "other", wait=4000))], pace=Pace(apart=0, linger=0), took=lambda _place, _seen: None
    )
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if path.exists() and path.read_bytes().count(b"77777") > before:
            return
        time.sleep(0.1)
    raise AssertionError(path)


def _tested(who: Actor, port: int, number: str) -> Callback:
    way = CallWay(Via("127.0.0.1", port), CALLER, witness="address")
    (row,) = calls.place_test_calls(enterprise="demo", numbers=(number,), ways=[way], actor=who).rows
    return row


def _zone(switch: Asterisk) -> str:
    """In which zone the switch has written: it knows no other than UTC where the machine has no zones for it."""
    with _master(switch).open(newline="") as file:
        row = next(csv.reader(file))
    began = datetime.fromtimestamp(float(row[16]), clock.ZONE)
    return "Asia/Shanghai" if datetime.fromisoformat(row[9]).hour == began.hour else "UTC"


def test_each_verdict_by_the_switchs_own_records(switch: Asterisk, anna: Actor, operator: Actor) -> None:
    for name in ("HZ-GW-01", "BJ-GW"):
        calls.save_gateway(enterprise="demo", name=name, hosts="127.0.0.1", actor=operator)
    _other(switch)
    right, wrong = (_tested(anna, switch.port, number) for number in ("95013", "95014"))
    time.sleep(1)
    with Answerer(pick_up) as far:
        foreign = _tested(anna, far.port, "95013")
    assert {one.verdict for one in (right, wrong, foreign)} == {"passed"}  # by its address each looks right
    (alone,) = landings.check_landings(enterprise="demo", trials=[foreign.trial], actor=anna).rows
    assert alone.landing.verdict == "silent"  # nothing has been recorded since
    time.sleep(1.1)
    _other(switch)
    result = landings.check_landings(enterprise="demo", trials=(), actor=anna)
    landed = {row.trial: row.landing for row in result.rows}
    said = {name: landed[one.trial].verdict for name, one in (("r", right), ("w", wrong), ("f", foreign))}
    assert said == {"r": "filed", "w": "elsewhere", "f": "unseen"}, _master(switch).read_text()
    assert landed[wrong.trial].seen == ["HZ-GW-01", "pbx"]
    counts = {one.trial: one.counts for one in queries.list_trials(enterprise="demo", actor=anna)}
    assert counts == {right.trial: "passed", wrong.trial: "failed", foreign.trial: "failed"}
    _imported(switch, anna, operator, right.trial)


def _imported(switch: Asterisk, who: Actor, operator: Actor, trial: str) -> None:
    """The marked calls are in the lake, count nowhere, and witness there too; a look writes nothing to the lake."""
    import_file(_master(switch), operator, _zone(switch))
    with open_calls("demo") as lake:
        table = lake.tables["calls"]
        ours = lake.engine.rows(table.filter(table.part != "rejected", table.callee.isin([95013, 95014])))
        assert [row["test"] for row in ours] == [True, True]
        today = clock.today()
        assert (
            lake.engine.rows(claims.select_delivered(table, today, today).filter(table.callee.isin([95013, 95014])))
            == []
        )
    version = wiring.lake("demo").version("calls")
    (row,) = landings.check_landings(enterprise="demo", trials=[trial], actor=who).rows
    assert {one.source for one in row.landing.records} == {"live:pbx", "lake:asterisk"}
    assert (row.landing.verdict, row.landing.sources["lake:asterisk"]) == ("filed", True)
    assert wiring.lake("demo").version("calls") == version


def test_a_voicemail_that_answered_by_the_switchs_own_records(switch: Asterisk, anna: Actor, operator: Actor) -> None:
    """SIP sees an answer in time at the right address; the record says who it was, by application and by context."""
    said = switch.tell("module load app_voicemail.so")
    assert "Running" in switch.tell("module show like app_voicemail.so"), said
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    tests = {number: _tested(anna, switch.port, number) for number in ("95013", "95015", "95016")}
    assert {one.verdict for one in tests.values()} == {"passed"}
    _other(switch)
    result = landings.check_landings(enterprise="demo", trials=(), actor=anna)
    landed = {row.trial: row.landing for row in result.rows}
    by_number = {number: landed[one.trial] for number, one in tests.items()}
    record = _master(switch).read_text()
    assert {number: one.verdict for number, one in by_number.items()} == {
        "95013": "filed", "95015": "voicemail", "95016": "voicemail",
    }, record  # fmt: skip
    signs = {number: [each.voicemail for each in one.records] for number, one in by_number.items()}
    assert signs == {"95013": [None], "95015": ["VoiceMail"], "95016": ["mailbox"]}, record
    counts = {one.number: (one.counts, one.counts_reason) for one in queries.list_trials(enterprise="demo", actor=anna)}
    assert counts == {
        "95013": ("passed", "answered"),
        "95015": ("failed", "voicemail"),
        "95016": ("failed", "voicemail"),
    }
    import_file(_master(switch), operator, _zone(switch))
    (row,) = landings.check_landings(enterprise="demo", trials=[tests["95015"].trial], actor=anna).rows
    assert {one.source: one.voicemail for one in row.landing.records} == {
        "live:pbx": "VoiceMail", "lake:asterisk": "VoiceMail",
    }, record  # fmt: skip
    (row,) = landings.check_landings(enterprise="demo", trials=[tests["95013"].trial], actor=anna).rows
    names = {one.source: one.named for one in row.landing.records}
    assert names == {"live:pbx": ["HZ-GW-01", "pbx"], "lake:asterisk": ["HZ-GW-01"]}, record

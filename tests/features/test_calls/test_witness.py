"""Where test calls have landed by the own call records: each verdict, from imported calls and from a switch's files."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.support.answerer import Answerer, answered, back
from tests.support.fixtures import Import

from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.test_calls import LANDINGS as WORDS
from nianjian.engines.sip.agent import Pace
from nianjian.engines.sip.call_trace import Via
from nianjian.engines.sip.message import Message
from nianjian.features.calls.operations import import_calls
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.models import Landing, Trial
from nianjian.features.test_calls.operations import calls, landings, routes
from nianjian.features.test_calls.operations.routes import CallWay
from nianjian.features.test_calls.queries import CallBasis
from nianjian.features.test_calls.states import LANDINGS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = pytest.mark.django_db
LEDGER = "码号,批准总位长,备案状态,备案日期,指定落地网关"
CALLS = "话单ID,方向,主叫号码,被叫号码,开始时间,接通时间,结束时间,结果,线路编号,用途"
CALLER = "13800000001"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _home(demo: str, load: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.delenv("NIANJIAN_LIVE", raising=False)
    load(
        "numbers",
        LEDGER,
        ("95013", 8, "已备案", "2024-02-01", "HZ-GW-01"),
        ("95014", 8, "已备案", "2024-02-01", "BJ-GW"),
    )
    monkeypatch.setattr(CallBasis, "pace", Pace(apart=0, linger=0))
    monkeypatch.setattr(CallBasis, "working", lambda _self, _moment: True)
    monkeypatch.setattr(CallBasis, "carriers", ("中国移动",))
    monkeypatch.setattr(calls, "HOLD_MS", 0)


def _does(_far: Answerer, request: Message) -> Iterable[Message]:
    if request.method == "BYE":
        yield back(request, 200, "OK")
    elif request.method == "INVITE":
        yield back(request, 486, "Busy") if "95014" in request.uri else answered(request)


@pytest.fixture
def far() -> Iterator[Answerer]:
    with Answerer(_does) as one:
        yield one


def _tested(far: Answerer, who: Actor, proof: str = "none", number: str = "95013") -> Trial:
    way = CallWay(Via("127.0.0.1", far.port), CALLER, witness=proof, carrier="中国移动")
    (row,) = calls.place_test_calls(enterprise="demo", numbers=(number,), ways=[way], actor=who)["rows"]
    return Trial.objects.get(pk=row["trial"])


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"


def _call(name: str, at: datetime, line: str = "", callee: str = "95013", **more: str) -> tuple[str, ...]:
    begin, end = _stamp(at), _stamp(at + timedelta(seconds=5))
    mark = more.get("mark", "")
    return (name, "呼入", more.get("caller", CALLER), callee, begin, begin, end, "接通", line, mark)


def _beside(at: datetime) -> list[tuple[str, ...]]:
    """Calls of others before and after: the records cover that time."""
    return [_call(f"x{step}", at + HOUR * step, "HZ-GW-01", caller="13911112222", mark="客服") for step in (-2, 2)]


def _import(path: Path, who: Actor, rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([CALLS.split(","), *rows])
    import_calls(
        enterprise="demo", patterns=[str(path)], source="auto", mapping_file=None, timezone="Asia/Shanghai",
        replace=None, actor=who, progress=lambda *_figures: None,
    )  # fmt: skip


def _look(trial: Trial, who: Actor) -> dict[str, Any]:
    (row,) = landings.check_landings(enterprise="demo", trials=[trial.pk], actor=who)["rows"]
    found: dict[str, Any] = row["landing"]
    return found


def _light(who: Actor) -> str:
    rows = queries.list_numbers(enterprise="demo", actor=who)
    return next(str(one["light"]) for one in rows if one["number"] == "95013")


def test_without_records_nothing_is_known(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = _tested(far, anna)
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"], found["sources"]) == ("silent", [], {})
    _import(tmp_path / "a.csv", operator, _beside(trial.begun_at)[:1])  # calls before it alone cover nothing
    found = _look(trial, anna)
    assert found["verdict"] == "silent"
    assert list(found["sources"].values()) == [False]
    told = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (told["counts"], told["counts_reason"], len(told["looks"])) == ("unproved", "gateway_unknown", 2)
    assert _light(anna) == "yellow"


def test_at_the_ledgers_gateway(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = _tested(far, anna)
    before = Trial.objects.filter(pk=trial.pk).values().get()
    rows = [*_beside(trial.begun_at), _call("t", trial.begun_at, "hz-gw-01", mark="拨测")]
    _import(tmp_path / "a.csv", operator, rows)
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"]) == ("filed", ["hz-gw-01"])
    assert len(found["records"]) == 1
    told = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (told["verdict"], told["reason"]) == ("unproved", "gateway_unknown")  # what was sealed stays
    assert (told["counts"], told["counts_reason"], told["counts_witness"]) == ("pass", "answered", "records")
    assert _light(anna) == "green"
    assert Trial.objects.filter(pk=trial.pk).values().get() == before


def test_at_another_gateway_the_worse_counts(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    routes.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = _tested(far, anna, "address")
    assert (trial.verdict, trial.witness, _light(anna)) == ("pass", "address", "green")
    _import(tmp_path / "a.csv", operator, [_call("t", trial.begun_at, "BJ-GW")])
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"], found["expected"]) == ("elsewhere", ["BJ-GW"], "HZ-GW-01")
    (told,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (told["verdict"], told["gateway_seen"]) == ("pass", "127.0.0.1")  # both are shown
    assert (told["counts"], told["counts_reason"], told["landing"]["seen"]) == ("fail", "wrong_gateway", ["BJ-GW"])
    assert _light(anna) == "red"


def test_not_recorded_though_that_time_is(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    routes.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = _tested(far, anna, "address")
    at = trial.begun_at
    strange = [_call("a", at, "HZ-GW-01", caller="13700000000"), _call("b", at, "HZ-GW-01", callee="95014"),
               _call("c", at + timedelta(minutes=3), "HZ-GW-01")]  # fmt: skip
    _import(tmp_path / "a.csv", operator, [*_beside(at), *strange])
    assert _look(trial, anna)["verdict"] == "unseen"
    (told,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (told["counts"], told["counts_reason"], _light(anna)) == ("fail", "record_missing", "red")
    # the call is imported later: the newer look counts
    _import(tmp_path / "b.csv", operator, [_call("t", at, "HZ-GW-01")])
    assert _look(trial, anna)["verdict"] == "filed"
    assert _light(anna) == "green"


def test_a_name_that_nobody_knows_proves_nothing(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = _tested(far, anna)
    _import(tmp_path / "a.csv", operator, [*_beside(trial.begun_at), _call("t", trial.begun_at, "L01")])
    assert (_look(trial, anna)["verdict"], _light(anna)) == ("unnamed", "yellow")
    routes.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="L01", actor=operator)  # the line is that gateway's
    assert (_look(trial, anna)["verdict"], _light(anna)) == ("filed", "green")


def test_two_tests_never_share_a_record(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    first, second = _tested(far, anna), _tested(far, anna)
    _import(tmp_path / "a.csv", operator, [*_beside(first.begun_at), _call("t", first.begun_at, "HZ-GW-01")])
    told = landings.check_landings(enterprise="demo", trials=(), actor=anna)
    said = {one["trial"]: one["landing"]["verdict"] for one in told["rows"]}
    assert sorted(said.values()) == ["filed", "unseen"]
    assert (told["verdict"], set(said)) == ("fail", {first.pk, second.pk})


def test_one_audit_entry_a_write_and_none_for_the_same(far: Answerer, anna: Actor) -> None:
    trial = _tested(far, anna)
    for _ in range(2):
        _look(trial, anna)
    assert Landing.objects.count() == 1
    assert [one.verb for one in acts()].count("callback.witness") == 1
    busy = _tested(far, anna, number="95014")
    with pytest.raises(NianjianError, match="callback_not_answered"):
        landings.check_landings(enterprise="demo", trials=[busy.pk], actor=anna)
    with pytest.raises(NianjianError, match="callback_trial_unknown"):
        landings.check_landings(enterprise="demo", trials=["B0"], actor=anna)


def test_the_sealed_evidence_stays_to_the_byte(far: Answerer, anna: Actor, operator: Actor) -> None:
    trial = _tested(far, anna)
    _name, sealed = calls.fetch_evidence(trial=trial.pk, actor=operator)
    assert hashlib.sha256(sealed).hexdigest() == trial.sha256
    _look(trial, anna)
    _name, document = calls.fetch_evidence(trial=trial.pk, actor=operator)
    told = json.loads(document)
    later = told["landings"]
    assert document[: later["sealed_bytes"]] + b"}" == sealed
    assert (told["seen"]["end"], later["sealed_sha256"]) == ("answered", trial.sha256)
    assert [one["verdict"] for one in later["looks"]] == ["silent"]


def test_as_work(far: Answerer, anna: Actor) -> None:
    trial = _tested(far, anna)
    job = landings.enqueue_landing_check(enterprise="demo", trial=trial.pk, actor=anna)
    assert Worker("w", Event()).step()
    assert Job.objects.get(pk=job).state == "done"
    assert queries.get_trial_detail(trial=trial.pk, actor=anna)["landing"]["verdict"] == "silent"


def _asterisk(at: datetime, channel: str, src: str = CALLER, dst: str = "95013", said: str = "ANSWERED") -> list[str]:
    unique, stamp = f"{int(at.timestamp())}.7", _stamp(at)
    row = ["", src, dst, "in", f'"" <{src}>', channel, "", "Answer", "", stamp, stamp, stamp, "1", "1", said, "3"]
    return [*row, unique, "", "", unique, "1"]


@pytest.mark.parametrize(
    "case",
    [
        ("PJSIP/HZ-GW-01-00000001", "ANSWERED", "filed"),
        ("PJSIP/BJ-GW-00000001", "ANSWERED", "elsewhere"),
        ("PJSIP/anonymous-00000001", "ANSWERED", "unnamed"),
        ("PJSIP/HZ-GW-01-00000001", "NO ANSWER", "unseen"),
    ],
)
def test_a_file_of_an_asterisk_under_watch(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[str, str, str]
) -> None:
    channel, said, verdict = case
    trial = _tested(far, anna)
    at = trial.begun_at
    rows = [_asterisk(at + HOUR * step, "PJSIP/HZ-GW-01-0000000a", "13911112222") for step in (-1, 1)]
    with (tmp_path / "Master.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([rows[0], _asterisk(at, channel, said=said), rows[1]])
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{tmp_path}/Master.csv")
    found = _look(trial, anna)
    assert (found["verdict"], found["sources"]) == (verdict, {"live:pbx": True})
    monkeypatch.setenv("NIANJIAN_LIVE", f"other:pbx=asterisk://{tmp_path}/Master.csv")  # another enterprise's switch
    assert _look(trial, anna)["verdict"] == "silent"
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{tmp_path}/gone.csv")
    assert _look(trial, anna)["sources"] == {"live:pbx": False}


def test_acc_of_a_kamailio_knows_the_call_by_its_id(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = _tested(far, anna)
    at = trial.begun_at.timestamp()
    call_id = json.loads(blobs.get(trial.blob))["seen"]["call_id"]
    lines = [f"INVITE|a|b|{key}|200|OK|{int(at + step)}\n" for key, step in (("x", -60), (call_id, 0), ("y", 60))]
    (tmp_path / "acc_1.log").write_text("".join(lines))
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:hz-gw-01=kamailio://{tmp_path}")
    assert _look(trial, anna)["verdict"] == "filed"  # the switch itself bears the gateway's name
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:edge=kamailio://{tmp_path}")
    assert _look(trial, anna)["verdict"] == "unnamed"


def test_records_that_a_freeswitch_has_posted(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = _tested(far, anna)
    at = int(trial.begun_at.timestamp() * 1_000_000)
    folder = tmp_path / "run" / "live" / "posted" / "demo" / "fs"
    folder.mkdir(parents=True)

    def leg(uuid: str, begun: int, caller: str) -> str:
        profile = {"caller_id_number": caller, "destination_number": "95013"}
        times = {"created_time": str(begun), "answered_time": str(begun), "hangup_time": str(begun + 9_000_000)}
        held = {"uuid": uuid, "direction": "inbound", "sip_gateway": "HZ-GW-01"}
        return json.dumps({"variables": held, "callflow": [{"caller_profile": profile, "times": times}]}) + "\n"

    legs = [leg("a", at - 60_000_000, "1"), leg("b", at, CALLER), leg("c", at + 60_000_000, "1")]
    day = trial.begun_at.astimezone(clock.ZONE).date()
    (folder / f"{day}.jsonl").write_text("".join(legs))
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:secret@freeswitch")
    found = _look(trial, anna)
    assert (found["verdict"], [one["call"] for one in found["records"]]) == ("filed", ["b"])


def test_every_landing_has_its_words() -> None:
    assert set(WORDS) == set(LANDINGS)

"""Where test calls have landed by the own call records: each verdict, from imported calls and from a switch's files."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.support.answerer import Answerer
from tests.support.placed_calls import (
    CALLER,
    HOUR,
    import_records,
    place_call,
    record,
    records_beside,
    stamp,
)

from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.test_calls import LANDINGS as WORDS
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.models import Landing, Trial
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.states import LANDINGS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_calls", "two_numbers")]


def _look(trial: Trial, who: Actor) -> dict[str, Any]:
    (row,) = landings.check_landings(enterprise="demo", trials=[trial.pk], actor=who)["rows"]
    found: dict[str, Any] = row["landing"]
    return found


def _light(who: Actor) -> str:
    rows = queries.list_numbers(enterprise="demo", actor=who)
    return next(str(one["light"]) for one in rows if one["number"] == "95013")


def test_without_records_nothing_is_known(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"], found["sources"]) == ("silent", [], {})
    import_records(
        tmp_path / "a.csv", operator, records_beside(trial.begun_at)[:1]
    )  # calls before it alone cover nothing
    found = _look(trial, anna)
    assert found["verdict"] == "silent"
    assert list(found["sources"].values()) == [False]
    told = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (told["counts"], told["counts_reason"], len(told["looks"])) == ("not_proved", "gateway_unknown", 2)
    assert _light(anna) == "yellow"


def test_at_the_ledgers_gateway(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    before = Trial.objects.filter(pk=trial.pk).values().get()
    rows = [*records_beside(trial.begun_at), record("t", trial.begun_at, "hz-gw-01", mark="拨测")]
    import_records(tmp_path / "a.csv", operator, rows)
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"]) == ("filed", ["hz-gw-01"])
    assert len(found["records"]) == 1
    told = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (told["verdict"], told["reason"]) == ("not_proved", "gateway_unknown")  # what was sealed stays
    assert (told["counts"], told["counts_reason"], told["counts_witness"]) == ("passed", "answered", "records")
    assert _light(anna) == "green"
    assert Trial.objects.filter(pk=trial.pk).values().get() == before


def test_at_another_gateway_the_worse_counts(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    assert (trial.verdict, trial.witness, _light(anna)) == ("passed", "address", "green")
    import_records(tmp_path / "a.csv", operator, [record("t", trial.begun_at, "BJ-GW")])
    found = _look(trial, anna)
    assert (found["verdict"], found["seen"], found["expected"]) == ("elsewhere", ["BJ-GW"], "HZ-GW-01")
    (told,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (told["verdict"], told["gateway_seen"]) == ("passed", "127.0.0.1")  # both are shown
    assert (told["counts"], told["counts_reason"], told["landing"]["seen"]) == ("failed", "wrong_gateway", ["BJ-GW"])
    assert _light(anna) == "red"


def test_not_recorded_though_that_time_is(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    at = trial.begun_at
    strange = [record("a", at, "HZ-GW-01", caller="13700000000"), record("b", at, "HZ-GW-01", callee="95014"),
               record("c", at + timedelta(minutes=3), "HZ-GW-01")]  # fmt: skip
    import_records(tmp_path / "a.csv", operator, [*records_beside(at), *strange])
    assert _look(trial, anna)["verdict"] == "unseen"
    (told,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (told["counts"], told["counts_reason"], _light(anna)) == ("failed", "record_missing", "red")
    # the call is imported later: the newer look counts
    import_records(tmp_path / "b.csv", operator, [record("t", at, "HZ-GW-01")])
    assert _look(trial, anna)["verdict"] == "filed"
    assert _light(anna) == "green"


def test_a_name_that_nobody_knows_proves_nothing(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    import_records(tmp_path / "a.csv", operator, [*records_beside(trial.begun_at), record("t", trial.begun_at, "L01")])
    assert (_look(trial, anna)["verdict"], _light(anna)) == ("unnamed", "yellow")
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="L01", actor=operator)  # the line is that gateway's
    assert (_look(trial, anna)["verdict"], _light(anna)) == ("filed", "green")


def test_two_tests_never_share_a_record(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    first, second = place_call(far, anna, "none"), place_call(far, anna, "none")
    import_records(
        tmp_path / "a.csv", operator, [*records_beside(first.begun_at), record("t", first.begun_at, "HZ-GW-01")]
    )
    told = landings.check_landings(enterprise="demo", trials=(), actor=anna)
    said = {one["trial"]: one["landing"]["verdict"] for one in told["rows"]}
    assert sorted(said.values()) == ["filed", "unseen"]
    assert (told["verdict"], set(said)) == ("failed", {first.pk, second.pk})


def test_one_audit_entry_a_write_and_none_for_the_same(far: Answerer, anna: Actor) -> None:
    trial = place_call(far, anna, "none")
    for _ in range(2):
        _look(trial, anna)
    assert Landing.objects.count() == 1
    assert [one.verb for one in acts()].count("callback.witness") == 1
    busy = place_call(far, anna, number="95014")
    with pytest.raises(NianjianError, match="callback_not_answered"):
        landings.check_landings(enterprise="demo", trials=[busy.pk], actor=anna)
    with pytest.raises(NianjianError, match="callback_trial_unknown"):
        landings.check_landings(enterprise="demo", trials=["B0"], actor=anna)


def test_the_sealed_evidence_stays_to_the_byte(far: Answerer, anna: Actor, operator: Actor) -> None:
    trial = place_call(far, anna, "none")
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
    trial = place_call(far, anna, "none")
    job = landings.enqueue_landing_check(enterprise="demo", trial=trial.pk, actor=anna)
    assert Worker("w", Event()).step()
    assert Job.objects.get(pk=job).state == "done"
    assert queries.get_trial_detail(trial=trial.pk, actor=anna)["landing"]["verdict"] == "silent"


def _asterisk(at: datetime, channel: str, src: str = CALLER, dst: str = "95013", said: str = "ANSWERED") -> list[str]:
    unique, moment = f"{int(at.timestamp())}.7", stamp(at)
    row = ["", src, dst, "in", f'"" <{src}>', channel, "", "Answer", "", moment, moment, moment, "1", "1", said, "3"]
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
    trial = place_call(far, anna, "none")
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
    trial = place_call(far, anna, "none")
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
    trial = place_call(far, anna, "none")
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

"""Where test calls have landed by the own call records, imported or a switch's, and that a voicemail has answered."""

import csv
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from tests.support.answerer import Answerer
from tests.support.placed_calls import (
    CALLER,
    HOUR,
    import_file,
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
from nianjian.features.inspection.operations import readiness
from nianjian.features.inspection.queries import CheckBasis
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.documents import CallbackLanding
from nianjian.features.test_calls.models import Landing, Trial
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.queries import CallBasis
from nianjian.features.test_calls.states import LANDINGS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.models import Number
from nianjian.platform.vault import blobs

GATEWAY = "PJSIP/HZ-GW-01-00000001"
VOICEMAIL = ("voicemail", "failed", "voicemail")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_calls", "two_numbers")]


def _look(trial: Trial, who: Actor) -> CallbackLanding:
    (row,) = landings.check_landings(enterprise="demo", trials=[trial.pk], actor=who).rows
    return row.landing


def _light(who: Actor) -> str:
    rows = queries.list_numbers(enterprise="demo", actor=who)
    return next(str(one.light) for one in rows if one.number == "95013")


def _row(  # noqa: PLR0917 -- the cells of a row
    at: datetime, caller: str = CALLER, channel: str = GATEWAY, app: str = "Answer", said: str = "ANSWERED",
    dst: str = "95013", context: str = "in",
) -> list[str]:  # fmt: skip
    unique, moment = f"{int(at.timestamp())}.7", stamp(at)
    row = ["", caller, dst, context, f'"" <{caller}>', channel, "", app, "", *[moment] * 3, "1", "1", said, "3"]
    return [*row, unique, "", "", unique, "1"]


def _master(path: Path, at: datetime, **cells: str) -> Path:
    """A file of an Asterisk: the call of that moment, and calls of others before and after it."""
    others = [_row(at + HOUR * step, "13911112222") for step in (-1, 1)]
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([others[0], _row(at, **cells), others[1]])
    return path


def _leg(uuid: str, at: datetime, caller: str, app: str, arg: str) -> str:
    begun = int(at.timestamp() * 1_000_000)
    profile = {"caller_id_number": caller, "destination_number": "95013", "context": "public"}
    times = {"created_time": str(begun), "answered_time": str(begun), "hangup_time": str(begun + 9_000_000)}
    variables = {"uuid": uuid, "direction": "inbound", "sip_gateway": "HZ-GW-01", "last_app": app, "last_arg": arg}
    return json.dumps({"variables": variables, "callflow": [{"caller_profile": profile, "times": times}]}) + "\n"


def _legs(at: datetime, app: str = "answer", arg: str = "") -> str:
    """Records of a FreeSWITCH: the call of that moment, and calls of others before and after it."""
    others = [_leg(uuid, at + HOUR * step, "13911112222", "answer", "") for uuid, step in (("a", -1), ("c", 1))]
    return others[0] + _leg("b", at, CALLER, app, arg) + others[1]


def _post(home: Path, at: datetime, legs: str) -> None:
    """Keep records as a FreeSWITCH has posted them on that day."""
    folder = home / "run" / "live" / "posted" / "demo" / "fs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{at.astimezone(clock.ZONE).date()}.jsonl").write_text(legs)


def test_without_records_nothing_is_known(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    landing = _look(trial, anna)
    assert (landing.verdict, landing.seen, landing.sources) == ("silent", [], {})
    import_records(
        tmp_path / "a.csv", operator, records_beside(trial.begun_at)[:1]
    )  # calls before it alone cover nothing
    landing = _look(trial, anna)
    assert landing.verdict == "silent"
    assert list(landing.sources.values()) == [False]
    detail = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (detail.counts, detail.counts_reason, len(detail.looks)) == ("not_proved", "gateway_unknown", 2)
    assert _light(anna) == "yellow"


def test_at_the_ledgers_gateway(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    before = Trial.objects.filter(pk=trial.pk).values().get()
    rows = [*records_beside(trial.begun_at), record("t", trial.begun_at, "hz-gw-01", mark="拨测")]
    import_records(tmp_path / "a.csv", operator, rows)
    landing = _look(trial, anna)
    assert (landing.verdict, landing.seen) == ("filed", ["hz-gw-01"])
    assert len(landing.records) == 1
    detail = queries.get_trial_detail(trial=trial.pk, actor=anna)
    assert (detail.verdict, detail.reason) == ("not_proved", "gateway_unknown")  # what was sealed stays
    assert (detail.counts, detail.counts_reason, detail.counts_witness) == ("passed", "answered", "records")
    assert _light(anna) == "green"
    assert Trial.objects.filter(pk=trial.pk).values().get() == before


def test_at_another_gateway_the_worse_counts(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    assert (trial.verdict, trial.witness, _light(anna)) == ("passed", "address", "green")
    import_records(tmp_path / "a.csv", operator, [record("t", trial.begun_at, "BJ-GW")])
    landing = _look(trial, anna)
    assert (landing.verdict, landing.seen, landing.expected) == ("elsewhere", ["BJ-GW"], "HZ-GW-01")
    (row,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (row.verdict, row.gateway_seen) == ("passed", "127.0.0.1")  # both are shown
    assert row.landing is not None
    assert (row.counts, row.counts_reason, row.landing.seen) == ("failed", "wrong_gateway", ["BJ-GW"])
    assert _light(anna) == "red"


def test_not_recorded_though_that_time_is(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    at = trial.begun_at
    strange = [record("a", at, "HZ-GW-01", caller="13700000000"), record("b", at, "HZ-GW-01", callee="95014"),
               record("c", at + timedelta(minutes=3), "HZ-GW-01")]  # fmt: skip
    import_records(tmp_path / "a.csv", operator, [*records_beside(at), *strange])
    assert _look(trial, anna).verdict == "unseen"
    (row,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (row.counts, row.counts_reason, _light(anna)) == ("failed", "record_missing", "red")
    # the call is imported later: the newer look counts
    import_records(tmp_path / "b.csv", operator, [record("t", at, "HZ-GW-01")])
    assert _look(trial, anna).verdict == "filed"
    assert _light(anna) == "green"


def test_a_name_that_nobody_knows_proves_nothing(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna, "none")
    import_records(tmp_path / "a.csv", operator, [*records_beside(trial.begun_at), record("t", trial.begun_at, "L01")])
    assert (_look(trial, anna).verdict, _light(anna)) == ("unnamed", "yellow")
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="L01", actor=operator)  # the line is that gateway's
    assert (_look(trial, anna).verdict, _light(anna)) == ("filed", "green")


def test_two_tests_never_share_a_record(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    first, second = place_call(far, anna, "none"), place_call(far, anna, "none")
    import_records(
        tmp_path / "a.csv", operator, [*records_beside(first.begun_at), record("t", first.begun_at, "HZ-GW-01")]
    )
    result = landings.check_landings(enterprise="demo", trials=(), actor=anna)
    said = {one.trial: one.landing.verdict for one in result.rows}
    assert sorted(said.values()) == ["filed", "unseen"]
    assert (result.verdict, set(said)) == ("failed", {first.pk, second.pk})


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
    evidence = json.loads(document)
    later = evidence["landings"]
    assert document[: later["sealed_bytes"]] + b"}" == sealed
    assert (evidence["seen"]["end"], later["sealed_sha256"]) == ("answered", trial.sha256)
    assert [one["verdict"] for one in later["looks"]] == ["silent"]


def test_as_work(far: Answerer, anna: Actor) -> None:
    trial = place_call(far, anna, "none")
    job = landings.enqueue_landing_check(enterprise="demo", trial=trial.pk, actor=anna)
    assert Worker("w", Event()).step()
    assert Job.objects.get(pk=job).state == "done"
    landing = queries.get_trial_detail(trial=trial.pk, actor=anna).landing
    assert landing is not None
    assert landing.verdict == "silent"


def test_a_file_of_an_asterisk_under_watch(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = place_call(far, anna, "none")
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{tmp_path}/Master.csv")
    for channel, said, verdict in (
        (GATEWAY, "ANSWERED", "filed"),
        ("PJSIP/BJ-GW-00000001", "ANSWERED", "elsewhere"),
        ("PJSIP/anonymous-00000001", "ANSWERED", "unnamed"),
        (GATEWAY, "NO ANSWER", "unseen"),
    ):
        _master(tmp_path / "Master.csv", trial.begun_at, channel=channel, said=said)
        landing = _look(trial, anna)
        assert (landing.verdict, landing.sources) == (verdict, {"live:pbx": True})
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{tmp_path}/gone.csv")
    assert _look(trial, anna).sources == {"live:pbx": False}
    monkeypatch.setenv("NIANJIAN_LIVE", f"other:pbx=asterisk://{tmp_path}/Master.csv")  # another enterprise's switch
    assert _look(trial, anna).verdict == "silent"


def test_acc_of_a_kamailio_knows_the_call_by_its_id(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = place_call(far, anna, "none")
    at = trial.begun_at.timestamp()
    call_id = json.loads(blobs.get(trial.blob))["seen"]["call_id"]
    lines = [f"INVITE|a|b|{key}|200|OK|{int(at + step)}\n" for key, step in (("x", -60), (call_id, 0), ("y", 60))]
    (tmp_path / "acc_1.log").write_text("".join(lines))
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:hz-gw-01=kamailio://{tmp_path}")
    assert _look(trial, anna).verdict == "filed"  # the switch itself bears the gateway's name
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:edge=kamailio://{tmp_path}")
    assert _look(trial, anna).verdict == "unnamed"


def _judge_landing(trial: Trial, who: Actor) -> tuple[str, str, str | None, str | None]:
    """Landing, what counts, why, and by what the record tells it."""
    result = landings.check_landings(enterprise="demo", trials=[trial.pk], actor=who)
    (one,) = queries.list_trials(enterprise="demo", actor=who)
    assert one.verdict == "passed", "what was sealed stays"
    landing = one.landing
    assert landing is not None
    assert result.verdict == ("passed" if landing.verdict == "filed" else "failed")
    return landing.verdict, one.counts, one.counts_reason, landing.records[0].voicemail


@pytest.fixture
def trial(far: Answerer, anna: Actor, operator: Actor) -> Trial:
    """A test that passed by all that SIP shows: answered at once, at the gateway's address."""
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)
    trial = place_call(far, anna)
    assert trial.verdict == "passed"
    return trial


def test_a_voicemail_by_an_asterisks_record(
    trial: Trial, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the file of a switch under watch, which is read anew for each look, and then in an imported one."""
    Number.objects.filter(key="95014").delete()  # its gateway proves nothing
    path = tmp_path / "Master.csv"
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{path}")
    basis = CheckBasis.of("demo", None, anna)
    for app, more, said in (
        ("Queue", {}, ("filed", "passed", "answered", None)),
        ("VoiceMail", {}, (*VOICEMAIL, "VoiceMail")),
        ("MinivmRecord", {}, (*VOICEMAIL, "MinivmRecord")),
        ("Return", {"context": "macro-vm", "dst": "vmu1000"}, (*VOICEMAIL, "macro-vm")),
    ):
        _master(path, trial.begun_at, app=app, **more)
        assert _judge_landing(trial, anna) == said
        assert readiness._callback_check(basis).state == said[1], "readiness does not count a voicemail as passed"
    number = next(one for one in queries.list_numbers(enterprise="demo", actor=anna) if one.number == "95013")
    assert (number.light, set(number.carriers.values())) == ("red", {"failed"})
    monkeypatch.delenv("NIANJIAN_LIVE")
    import_file(path, operator)
    assert _judge_landing(trial, anna) == said


def test_a_voicemail_by_a_freeswitchs_record(
    trial: Trial, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it has posted them, and imported; how its kind is kept in an import is the reader's own test."""
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:secret@freeswitch")
    for last, said in (
        (("bridge", "user/1000@10.0.0.1"), ("filed", "passed", "answered", None)),
        (("voicemail", "default 10.0.0.1 1000"), (*VOICEMAIL, "voicemail")),
        (("bridge", "loopback/app=voicemail:default 10.0.0.1 1000"), (*VOICEMAIL, "bridge")),
    ):
        _post(tmp_path, trial.begun_at, legs := _legs(trial.begun_at, *last))
        assert _judge_landing(trial, anna) == said
    (one,) = queries.list_trials(enterprise="demo", actor=anna)
    assert one.landing is not None
    assert [record.call for record in one.landing.records] == ["b"]
    monkeypatch.delenv("NIANJIAN_LIVE")
    (tmp_path / "legs.jsonl").write_text(legs)
    import_file(tmp_path / "legs.jsonl", operator)
    assert _judge_landing(trial, anna) == said


def test_an_enterprise_names_its_own_context_of_voicemail(
    trial: Trial, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _master(tmp_path / "Master.csv", trial.begun_at, app="Playback", context="our-boxes")
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{path}")
    assert _judge_landing(trial, anna)[0] == "filed"
    items: Callable[..., tuple[object, ...]] = CallBasis.of("demo", anna, Permission.READ).book.__class__.items

    def own(book: object, key: str) -> tuple[object, ...]:
        return ("Our-Boxes",) if key == "inspection.callback.voicemail_contexts" else items(book, key)

    monkeypatch.setattr("nianjian.engines.rules.rulebook.Rulebook.items", own)
    assert _judge_landing(trial, anna) == (*VOICEMAIL, "our-boxes")


def test_every_landing_has_its_words() -> None:
    assert set(WORDS) == set(LANDINGS)

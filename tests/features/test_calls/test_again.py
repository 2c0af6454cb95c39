"""Test calls looked for in the call records unasked: after an import, after a run; once, and only what is found."""

import json
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.db import OperationalError
from tests.support.answerer import Answerer, pick_up
from tests.support.placed_calls import (
    CALLER,
    HOUR,
    import_records,
    place_call,
    record,
    records_beside,
)

from nianjian.doors.site.worker import Worker
from nianjian.engines.kernel import clock
from nianjian.engines.sip.message import Message, Via
from nianjian.features.test_calls import queries
from nianjian.features.test_calls.models import Landing, Trial
from nianjian.features.test_calls.operations import calls, landings
from nianjian.features.test_calls.operations.calls import CallWay
from nianjian.features.test_calls.storage import RouteInput
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(quick_calls: None, two_numbers: None, operator: Actor) -> None:
    calls.save_gateway(enterprise="demo", name="HZ-GW-01", hosts="127.0.0.1", actor=operator)


def _jobs(*states: str) -> list[Job]:
    jobs = Job.objects.filter(kind="callback.witness").order_by("created_at", "id")
    return list(jobs.filter(state__in=states) if states else jobs)


def _run_jobs() -> list[str]:
    """Do all that waits; the states of the looks."""
    worker = Worker("w", Event())
    while worker.step():
        pass
    return [one.state for one in _jobs()]


def _audited() -> list[str]:
    return [one.actor for one in acts() if one.verb == "callback.witness"]


def test_an_import_looks_for_the_open_tests_once(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna)
    assert _jobs() == []  # no switch has files: nothing can have recorded it yet
    import_records(
        tmp_path / "a.csv", operator, [*records_beside(trial.begun_at), record("t", trial.begun_at, "BJ-GW")]
    )
    (job,) = _jobs("waiting")
    assert (job.requested_by, job.payload["unasked"]) == ("system:clock", True)
    assert _run_jobs() == ["done"]
    (row,) = queries.list_trials(enterprise="demo", actor=anna)
    assert (row.verdict, row.counts, row.counts_reason) == ("passed", "failed", "wrong_gateway")
    assert row.landing is not None
    assert row.landing.made_by == "system:clock"
    assert _audited() == ["system:clock"]
    # it is settled: another import has nothing to look for, and one who asks finds it said already
    import_records(tmp_path / "b.csv", operator, [record("y", trial.begun_at + HOUR, "HZ-GW-01", "13911113333")])
    assert _jobs("waiting") == []
    landings.check_landings(enterprise="demo", trials=[trial.pk], actor=anna)
    assert (Landing.objects.count(), len(_audited())) == (1, 1)


def test_what_can_tell_of_no_test_puts_nothing_and_what_fails_fails_no_import(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_records(tmp_path / "a.csv", operator, records_beside(clock.now() - timedelta(days=9)))
    assert _jobs() == []
    trial = place_call(far, anna)

    def broken(*_args: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr("nianjian.features.test_calls.operations.landings.list_open_trials", broken)
        import_records(tmp_path / "b.csv", operator, [record("t", trial.begun_at, "HZ-GW-01")])
    never_set = "0001-01-01 00:00:0"
    early = ("e", "呼入", CALLER, "95013", *(f"{never_set}{second}" for second in "005"), "接通", "L01", "客服")
    far_off = record("z", trial.begun_at - timedelta(days=3), "L01", "13911112222")
    for name, row in (("c", early), ("d", far_off)):
        import_records(tmp_path / f"{name}.csv", operator, [row])
    assert _jobs() == []
    near = record("y", trial.begun_at - timedelta(days=1), "L01", "13911112222")
    import_records(tmp_path / "e.csv", operator, [near])
    assert len(_jobs("waiting")) == 1


def test_a_test_that_no_longer_counts_is_left_alone(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path
) -> None:
    trial = place_call(far, anna)
    old = trial.begun_at - timedelta(days=31)
    Trial.objects.filter(pk=trial.pk).update(begun_at=old)
    import_records(tmp_path / "a.csv", operator, [*records_beside(old), record("t", old, "HZ-GW-01")])
    assert _jobs() == []
    Trial.objects.filter(pk=trial.pk).update(begun_at=old + timedelta(days=2))
    import_records(tmp_path / "b.csv", operator, [record("u", old + timedelta(days=2), "HZ-GW-01")])
    assert len(_jobs("waiting")) == 1


def test_what_is_not_found_leaves_nothing(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna)
    before, after = records_beside(trial.begun_at)
    import_records(tmp_path / "a.csv", operator, [before])
    assert _run_jobs() == ["done"]
    assert (Landing.objects.count(), _audited()) == (0, [])
    # with calls on both sides in every source the call is missing indeed, which is said once
    import_records(tmp_path / "b.csv", operator, [after])
    _run_jobs()
    assert list(Landing.objects.values_list("verdict", flat=True)) == ["unseen"]
    # still open: the file that holds it may come later
    import_records(tmp_path / "c.csv", operator, [record("z", trial.begun_at + HOUR, "HZ-GW-01", "13911113333")])
    _run_jobs()
    assert len(_audited()) == 1
    import_records(tmp_path / "d.csv", operator, [record("t", trial.begun_at, "HZ-GW-01")])
    _run_jobs()
    assert list(Landing.objects.order_by("at").values_list("verdict", flat=True)) == ["unseen", "filed"]
    assert Job.objects.filter(kind="callback.witness").count() <= 2, "the clock's own work is forgotten"


def test_nothing_is_missing_until_every_source_covers_it(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of a second switch ends before the test: what it recorded of it is not written yet."""
    (tmp_path / "acc_1.log").write_text(f"INVITE|a|b|x|200|OK|{int((clock.now() - HOUR).timestamp())}\n")
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:edge=kamailio://{tmp_path}")
    trial = place_call(far, anna)
    import_records(tmp_path / "a.csv", operator, records_beside(trial.begun_at))
    assert set(_run_jobs()) == {"done"}
    assert Landing.objects.count() == 0
    assert (
        landings.check_landings(enterprise="demo", trials=[trial.pk], actor=anna).counts["unseen"] == 1
    )  # who asks is told


def test_a_run_looks_into_the_files_of_a_switch(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", f"other:hz-gw-01=kamailio://{tmp_path}")
    first = place_call(far, anna)
    assert _jobs() == []  # the switch of another enterprise
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:hz-gw-01=kamailio://{tmp_path}")
    second = place_call(far, anna)
    assert len(_jobs("waiting")) == 1
    third = place_call(far, anna)
    assert len(_jobs("waiting")) == 1  # one of the day serves both
    _acc(tmp_path, first, second, third)
    assert _run_jobs() == ["done"]
    said = dict(Landing.objects.values_list("trial_id", "verdict"))
    assert said == dict.fromkeys((first.pk, second.pk, third.pk), "filed")
    assert len(_audited()) == 3


def test_one_waiting_look_serves_all(far: Answerer, anna: Actor, operator: Actor, tmp_path: Path) -> None:
    trial = place_call(far, anna)
    at = trial.begun_at
    for name in ("a", "b"):
        import_records(tmp_path / f"{name}.csv", operator, [record(name, at, "L01", "13911112222")])
    assert len(_jobs("waiting")) == 1
    Job.objects.update(state="running")  # it may have read already: what comes now needs another
    import_records(tmp_path / "d.csv", operator, [record("d", at, "HZ-GW-01")])
    assert (len(_jobs("waiting")), len(_jobs())) == (1, 2)


def test_a_stopped_run_is_looked_for_too(
    far: Answerer, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:edge=kamailio://{tmp_path}")
    way = CallWay(Via("127.0.0.1", far.port), CALLER, carrier="中国移动")

    def progress(_note: str, done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calls.place_test_calls(enterprise="demo", numbers=("95013",), ways=[way], actor=anna, progress=progress)
    assert len(_jobs("waiting")) == 1


def test_unnamed_records_are_told_once_whatever_else_is_imported(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path
) -> None:
    trial = place_call(far, anna)
    import_records(tmp_path / "a.csv", operator, [record("t", trial.begun_at, "L01")])
    _run_jobs()
    import_records(tmp_path / "b.csv", operator, records_beside(trial.begun_at))  # now it is covered, and says the same
    _run_jobs()
    assert list(Landing.objects.values_list("verdict", flat=True)) == ["unnamed"]
    assert len(_audited()) == 1


def _acc(folder: Path, *trials: Trial) -> Path:
    """A proxy's records of tests."""
    file = folder / "acc_1.log"
    with file.open("w") as out:
        for one in trials:
            call_id = json.loads(calls.fetch_evidence(trial=one.pk, actor=Actor("op"))[1])["seen"]["call_id"]
            out.write(f"INVITE|a|b|{call_id}|200|OK|{int(one.begun_at.timestamp())}\n")
    return file


def test_a_record_against_it_that_comes_later_is_not_missed(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One switch told that it landed rightly; another one, whose records come later, that it was there."""
    trial = place_call(far, anna)
    import_records(
        tmp_path / "a.csv", operator, [*records_beside(trial.begun_at), record("t", trial.begun_at, "HZ-GW-01")]
    )
    _run_jobs()
    (row,) = queries.list_trials(enterprise="demo", actor=anna)
    assert row.landing is not None
    assert (row.counts, row.landing.verdict) == ("passed", "filed")
    import_records(tmp_path / "b.csv", operator, [record("y", trial.begun_at + HOUR, "HZ-GW-01", "13911113333")])
    _run_jobs()
    assert Landing.objects.count() == 1  # nothing new
    _acc(tmp_path, trial)
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:bj-gw=kamailio://{tmp_path}")
    import_records(tmp_path / "c.csv", operator, [record("z", trial.begun_at + HOUR, "HZ-GW-01", "13911114444")])
    _run_jobs()
    (row,) = queries.list_trials(enterprise="demo", actor=anna)
    assert row.landing is not None
    assert (row.counts, row.landing.verdict) == ("failed", "elsewhere")
    assert _jobs("waiting") == []


def test_a_record_that_was_seen_is_not_unseen_because_its_file_has_gone(
    far: Answerer, anna: Actor, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = place_call(far, anna)
    file = _acc(tmp_path, trial)
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:edge=kamailio://{tmp_path}")
    import_records(tmp_path / "a.csv", operator, [record("y", trial.begun_at - HOUR, "HZ-GW-01", "13911113333")])
    _run_jobs()
    assert list(Landing.objects.values_list("verdict", flat=True)) == ["unnamed"]
    file.unlink()
    monkeypatch.delenv("NIANJIAN_LIVE")
    import_records(tmp_path / "b.csv", operator, [record("z", trial.begun_at + HOUR, "HZ-GW-01", "13911113333")])
    assert len(_jobs("waiting")) == 1
    _run_jobs()
    assert list(Landing.objects.values_list("verdict", flat=True)) == ["unnamed"]
    for _time in range(2):  # nor for who asks, however often
        assert landings.check_landings(enterprise="demo", trials=[trial.pk], actor=anna).counts["silent"] == 1


def test_a_worker_that_ends_does_not_have_the_same_numbers_called_again(anna: Actor, operator: Actor) -> None:
    leaving = Event()

    def does(_far: Answerer, request: Message) -> Iterable[Message]:
        leaving.set()
        return pick_up(_far, request)

    with Answerer(does) as far:
        route = RouteInput(name="w", via=f"sip:127.0.0.1:{far.port}", caller=CALLER, witness="address")
        calls.save_route(enterprise="demo", route=route, actor=operator)
        calls.enqueue_test_calls(enterprise="demo", numbers=("95013",), names=(), actor=anna)
        assert Worker("w", leaving).step()
        (job,) = Job.objects.filter(kind="callback.test")
        assert (job.state, job.error["code"]) == ("failed", "job_broken_off")
        assert Trial.objects.count() == far.methods().count("INVITE") == 1

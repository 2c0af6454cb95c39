"""The worker does what stands in the queue as the person who asked, stops between steps and survives every fault."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from nianjian.doors.site import worker as process
from nianjian.doors.site.worker import Worker
from nianjian.engines.intake import ledger
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import import_calls
from nianjian.features.maintenance import health
from nianjian.platform.accounts import models
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user, revoke
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow, query, service
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches
from nianjian.platform.registers.lines import Line
from nianjian.platform.registers.versions import current_versions

OPERATOR = Actor("tester")
ANNA = Actor("anna", "user")
HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "flows"))
    add_enterprise(code="demo", name="示范", province="北京", actor=OPERATOR)
    add_user(name="anna", role="data_officer", enterprises=["demo"], actor=OPERATOR)


@pytest.fixture
def worker() -> Worker:
    return Worker("w1", Event())


def _calls(folder: Path, name: str = "calls.csv", first: int = 0) -> str:
    times = "2026-03-02 10:00:00,2026-03-02 10:00:05,2026-03-02 10:01:00"
    rows = [f"c{first + n},呼出,02110000,95013,{13900000000 + n},{times},接通" for n in range(5)]
    path = folder / name
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(path)


def _import(*files: str, batch: str = "B20260302000000aaaa", replace: str | None = None) -> str:
    payload = {"files": list(files), "batch": batch, "replace": replace}
    return flow.enqueue(kind=flow.IMPORT_CALLS, enterprise="demo", payload=payload, actor=ANNA)


def _loaded() -> int:
    return sum(old.rows for old in wiring.lake("demo").old_files(ledger.CALLS_TABLE))


def test_an_import_runs_as_the_person_who_asked(worker: Worker, tmp_path: Path) -> None:
    job = _import(_calls(tmp_path))
    assert worker.step()
    assert not worker.step()
    status = query.job(job)
    assert (status.state, status.result["batch"]) == ("done", "B20260302000000aaaa")
    assert (status.done, status.total) == (status.total, status.total)
    assert status.total > 0
    (batch,) = batches.list_batches("demo")
    assert (batch.id, batch.created_by) == ("B20260302000000aaaa", "user:anna")
    assert [act.actor for act in acts(verb="calls.import")] == ["user:anna"]


def test_roles_are_asked_again_when_the_work_is_done(worker: Worker, tmp_path: Path) -> None:
    job = _import(_calls(tmp_path))
    revoke(user="anna", role="data_officer", enterprise="demo", actor=OPERATOR)
    worker.step()
    status = query.job(job)
    assert (status.state, status.error["code"]) == ("failed", "role_missing")
    assert batches.list_batches("demo") == []


def test_work_of_a_closed_account_is_not_done(worker: Worker, tmp_path: Path) -> None:
    job = _import(_calls(tmp_path))
    models.User.objects.filter(pk="anna").update(is_active=False)
    worker.step()
    assert query.job(job).error["code"] == "account_closed"
    assert batches.list_batches("demo") == []


def test_a_bad_file_fails_the_job_with_its_reason(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "letter.csv"
    path.write_text("dear,sir\nplease,find\n")
    job = _import(str(path))
    worker.step()
    status = query.job(job)
    assert (status.state, status.error["code"]) == ("failed", "source_unrecognised")
    assert status.error["values"]["file"] == "letter.csv"  # type: ignore[index]


def test_a_fault_ends_the_job_and_not_the_worker(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> dict[str, object]:
        message = "13800138000"
        raise RuntimeError(message)

    monkeypatch.setitem(process.KINDS, flow.IMPORT_CALLS, process.Kind(broken, again=True))  # type: ignore[arg-type]
    job = _import("x.csv")
    assert worker.step()
    status = query.job(job)
    assert status.error["code"] == "job_fault"
    assert "13800138000" not in str(status.error)


def test_a_stop_leaves_the_old_state(worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _import(_calls(tmp_path))
    real = service.progress
    monkeypatch.setattr(service, "progress", lambda **params: (service.stop(job=job), real(**params))[1])
    worker.step()
    status = query.job(job)
    assert (status.state, status.result) == ("stopped", {})
    assert (batches.list_batches("demo"), _loaded(), query.open_intents()) == ([], 0, [])


def test_a_register_import_stops_between_two_rows_and_writes_nothing(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "lines.csv", list[str]()
    path.write_text("\n".join(["线路编号,状态", *(f"L{number},启用" for number in range(1200))]) + "\n")
    job = flow.enqueue(
        kind=flow.IMPORT_REGISTER, enterprise="demo", payload={"kind": "lines", "file": str(path)}, actor=ANNA
    )
    real = service.progress

    def progress(**given: Any) -> bool:
        told.append(given["note"])
        if len(told) == 3:  # the file, its first rows, the rows after them
            service.stop(job=job)
        return real(**given)

    monkeypatch.setattr(service, "progress", progress)
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    worker.step()
    assert (query.job(job).state, told) == ("stopped", ["lines.csv"] * 3)
    assert not current_versions(Line, "demo").exists()
    assert list(acts(verb="registers.import")) == []


def test_a_stop_between_two_files_tells_what_stands(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _import(_calls(tmp_path), _calls(tmp_path, "more.csv", 100))
    real = service.progress

    def progress(**params: object) -> bool:
        if params["note"] == "more.csv":
            service.stop(job=job)
        return real(**params)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "progress", progress)
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    worker.step()
    status = query.job(job)
    assert (status.state, status.result) == ("stopped", {"batch": "B20260302000000aaaa"})
    (batch,) = batches.list_batches("demo")
    assert [file.name for file in batch.files] == ["calls.csv"]
    assert _loaded() == 5


def test_a_worker_that_is_told_to_leave_gives_its_job_back(worker: Worker, tmp_path: Path) -> None:
    job = _import(_calls(tmp_path))
    leaving = Event()
    leaving.set()
    Worker("w0", leaving).step()
    assert (query.job(job).state, _loaded()) == ("waiting", 0)
    worker.step()
    assert (query.job(job).state, _loaded()) == ("done", 5)


@pytest.mark.parametrize("replacing", [False, True])
def test_an_import_of_a_dead_worker_goes_on_in_its_own_batch(
    worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, replacing: bool
) -> None:
    """The first file was committed, then the worker died; the second goes into the same batch."""
    old = None
    if replacing:
        job = _import(_calls(tmp_path, "old.csv", 500), batch="B20260301000000aaaa")
        worker.step()
        old = "B20260301000000aaaa"
    first, second = _calls(tmp_path), _calls(tmp_path, "more.csv", 100)
    job = _import(first, second, replace=old)
    assert service.take(worker="dead", again=process.AGAIN) is not None
    import_calls(
        enterprise="demo", patterns=[first], source="auto", mapping_file=None, timezone=None, replace=old,
        actor=ANNA, progress=lambda *_told: None, batch="B20260302000000aaaa",
    )  # fmt: skip
    Job.objects.filter(pk=job).update(beat_at=clock.now() - service.SILENT * 2)
    assert worker.step()
    assert query.job(job).state == "done"
    batch = batches.get_batch("B20260302000000aaaa")
    assert [file.name for file in batch.files] == ["calls.csv", "more.csv"]
    assert _loaded() == 10
    if old:
        assert batches.get_batch(old).state == "replaced"


def test_an_undo_and_a_portrait_are_work_too(worker: Worker, tmp_path: Path) -> None:
    _import(_calls(tmp_path))
    worker.step()
    run = flow.enqueue(
        kind=flow.RUN_PORTRAIT, enterprise="demo", payload={"year": 2026, "as_of": "2026-06-30"}, actor=ANNA
    )
    undo = flow.enqueue(kind=flow.UNDO_CALLS, enterprise="demo", payload={"batch": "B20260302000000aaaa"}, actor=ANNA)
    worker.step()
    worker.step()
    assert query.job(run).result["year"] == 2026
    assert query.job(undo).result == {"batch": "B20260302000000aaaa", "rows": 5, "affected": []}
    assert _loaded() == 0


def test_every_kind_that_can_be_asked_for_can_be_done() -> None:
    assert set(process.KINDS) == set(flow.NEEDS)


def test_who_may_not_load_cannot_ask_and_sees_nothing() -> None:
    add_user(name="eve", role="tester", enterprises=["demo"], actor=OPERATOR)
    with pytest.raises(NianjianError, match="role_missing"):
        flow.enqueue(kind=flow.IMPORT_CALLS, enterprise="demo", payload={}, actor=Actor("eve", "user"))
    job = _import("x.csv")
    with pytest.raises(NianjianError, match="role_missing"):
        flow.stop(job=job, actor=Actor("eve", "user"))
    with pytest.raises(NianjianError, match="job_unknown"):
        flow.job_for(job, Actor("stranger", "user"))


def test_sessions_that_are_over_are_cleared() -> None:
    for name, over in (("old", clock.now() - timedelta(minutes=1)), ("new", clock.now() + timedelta(hours=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=over)
    process.tidy_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def _counts() -> list[tuple[str, str]]:
    return [(one.requested_by, one.state) for one in query.jobs("demo") if one.kind == flow.COUNT_OVER]


def test_what_is_over_its_time_is_counted_each_night_and_late_by_day(worker: Worker) -> None:
    process.tidy_up()
    process.tidy_up()
    assert _counts() == [("system:clock", "waiting")], "never counted: at once, and once"
    worker.step()
    assert health.get_retention_status(enterprise="demo", actor=ANNA).counted_at is not None
    now = clock.now().astimezone(clock.ZONE)
    day, night = (now.replace(hour=hour) + timedelta(days=1) for hour in (15, 2))
    assert health.enqueue_nightly_counts(day) == 0
    assert health.enqueue_nightly_counts(now + timedelta(hours=19)) == 0
    assert health.enqueue_nightly_counts(day + timedelta(days=2)) == 1
    Job.objects.filter(state="waiting").update(state="failed", finished_at=now, created_at=now + timedelta(hours=1))
    assert health.enqueue_nightly_counts(night + timedelta(days=1)) == 1
    assert _counts() == [("system:clock", "failed"), ("system:clock", "waiting"), ("system:clock", "done")]
    assert health.get_retention_status(enterprise="demo", actor=ANNA).counted_at is not None, (
        "a count that failed takes none away"
    )
    Job.objects.filter(state="waiting").update(state="failed", finished_at=now)
    assert health.enqueue_nightly_counts(night + timedelta(days=3)) == 1
    assert sorted(state for _by, state in _counts()) == ["done", "failed", "waiting"], "older ones are forgotten"


def test_one_fault_stops_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    leaving, looks = Event(), []

    def broken() -> None:
        looks.append("look")
        if len(looks) == 2:
            leaving.set()
        raise UnicodeEncodeError("ascii", "通知", 0, 2, "an odd row of one tenant")

    monkeypatch.setattr(process, "close_old_connections", lambda: None)
    monkeypatch.setattr(process.connection, "close", lambda: None)
    process._clock(leaving, broken, 0.0)
    assert looks == ["look"] * 2

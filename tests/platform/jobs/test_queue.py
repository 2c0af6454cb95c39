"""A job is taken by one worker, its progress and end are told by that worker alone, and a dead worker's job goes on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.jobs import query, service
from nianjian.platform.jobs.models import Job
from nianjian.platform.jobs.query import JobValue

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

AGAIN = frozenset({"calls.import"})


def _put(kind: str = "calls.import") -> str:
    return service.enqueue_job(kind=kind, enterprise="demo", payload={"a": 1}, requested_by="user:anna")


def _take(worker: str = "w1") -> JobValue | None:
    return service.take(worker=worker, again=AGAIN)


def _taken(worker: str = "w1") -> JobValue:
    job = _take(worker)
    assert job is not None
    return job


def _silence(job: str, by: timedelta = timedelta(seconds=61)) -> None:
    Job.objects.filter(pk=job).update(beat_at=clock.now() - by)


def test_jobs_are_taken_in_order_and_once() -> None:
    first, second = _put(), _put()
    assert (_taken("w1").id, _taken("w2").id, _take("w3")) == (first, second, None)
    status = query.job(first)
    assert (status.state, status.attempts, status.payload) == ("running", 1, {"a": 1})


def test_two_workers_that_see_the_same_job_do_not_both_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job = _put()
    real = clock.now

    def between() -> object:
        """The other worker is quicker, after this one has looked."""
        monkeypatch.setattr(service.clock, "now", real)
        assert _taken("w2").id == job
        return real()

    monkeypatch.setattr(service.clock, "now", between)
    assert service._take_waiting("w1") is None
    assert Job.objects.get(pk=job).worker == "w2"


def test_progress_is_told_and_answers_whether_to_stop() -> None:
    job = _put()
    _take()
    assert service.progress(job=job, worker="w1", done=3, total=10, note="a.csv") is False
    service.stop(job=job)
    assert service.progress(job=job, worker="w1", done=4, total=10) is True
    status = query.job(job)
    assert (status.done, status.total, status.stop_wanted, status.state) == (4, 10, True, "running")
    service.stopped(job=job, worker="w1", result={"batch": "B1"})
    status = query.job(job)
    assert (status.state, status.result, status.over) == ("stopped", {"batch": "B1"}, True)


def test_a_waiting_job_is_stopped_at_once_and_one_that_is_over_never() -> None:
    job = _put()
    service.stop(job=job)
    assert query.job(job).state == "stopped"
    assert _take() is None
    with pytest.raises(NianjianError, match="job_over"):
        service.stop(job=job)


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (lambda job, worker: service.finish(job=job, worker=worker, result={"x": 1}), "done"),
        (lambda job, worker: service.fail(job=job, worker=worker, error={"code": "file_empty"}), "failed"),
        (lambda job, worker: service.stopped(job=job, worker=worker, result={}), "stopped"),
        (lambda job, worker: service.give_back(job=job, worker=worker), "waiting"),
    ],
)
def test_only_the_worker_that_has_a_job_ends_it_and_once(end: Callable[[str, str], None], state: str) -> None:
    job = _put()
    _take("w1")
    with pytest.raises(NianjianError, match="job_lost"):
        end(job, "w2")
    end(job, "w1")
    assert query.job(job).state == state
    with pytest.raises(NianjianError, match="job_lost"):
        end(job, "w1")


def test_the_job_of_a_silent_worker_goes_on_with_another() -> None:
    job = _put()
    _take("w1")
    _silence(job, timedelta(seconds=55))
    assert _take("w2") is None
    _silence(job)
    claim = _taken("w2")
    assert (claim.id, claim.attempts, claim.done) == (job, 2, 0)
    for act in (
        lambda: service.progress(job=job, worker="w1", done=1, total=2),
        lambda: service.finish(job=job, worker="w1", result={}),
    ):
        with pytest.raises(NianjianError, match="job_lost"):
            act()


def test_a_worker_that_lives_keeps_its_job() -> None:
    job = _put()
    _take("w1")
    _silence(job)
    service.live(worker="w1")
    assert _take("w2") is None
    beat = query.last_beat()
    assert beat is not None
    assert clock.now() - beat < timedelta(seconds=30)
    service.leave(worker="w1")
    assert query.last_beat() is None


def test_a_broken_off_job_of_another_kind_fails_and_says_so() -> None:
    job = _put("calls.undo")
    _take("w1")
    _silence(job)
    assert _take("w2") is None
    status = query.job(job)
    assert (status.state, status.error["code"]) == ("failed", "job_broken_off")


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    job = _put()
    for worker in ("w1", "w2", "w3"):
        assert _taken(worker).id == job
        _silence(job)
    assert _take("w4") is None
    assert query.job(job).error["code"] == "job_broken_off"


def test_a_silent_job_that_was_to_stop_is_stopped() -> None:
    job = _put()
    _take("w1")
    service.stop(job=job)
    _silence(job)
    assert _take("w2") is None
    assert query.job(job).state == "stopped"


def test_what_is_under_way_is_listed_in_order() -> None:
    jobs = [_put() for _ in range(3)]
    _take()
    service.stop(job=jobs[1])
    assert [one.id for one in query.under_way("demo")] == [jobs[0], jobs[2]]
    assert query.under_way("other") == []
    assert query.waiting() == 1
    assert [one.id for one in query.jobs("demo", newest=2)] == [jobs[2], jobs[1]]

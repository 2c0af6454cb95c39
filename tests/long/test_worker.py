"""Real processes: `nianjian serve` with its worker, and workers that are killed in the middle of an import."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.dirty.generate import clean
from tests.support import call_files, databases
from tests.support.services import free_port
from tests.support.starter import started

from nianjian.engines.lake.tables import Lake

pytestmark = pytest.mark.long

BATCH = "B20260302000000aaaa"
ASK = """
import json, sys
from nianjian.platform.home import wiring
wiring.prepare()
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow as jobs
from nianjian.platform.jobs import query
verb, *rest = json.loads(sys.argv[1])
if verb == "put":
    print(jobs.enqueue(kind=rest[0], enterprise="demo", payload=rest[1], actor=Actor("tester")))
elif verb == "stop":
    jobs.stop(job=rest[0], actor=Actor("tester"))
"""


@dataclass(slots=True)
class House:
    """One home and the processes over it."""

    folder: Path
    environment: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environment = databases.own_environment(self.folder, LANG="C.UTF-8", TZ="Asia/Shanghai")
        databases.furnish(self.folder / "home")
        words = ["enterprise", "add", "demo", "--name", "示范", "--province", "北京"]
        result = started(words, env=self.environment, cwd=self.folder)
        assert result.returncode == 0, result.stderr

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "nianjian", *words],
            env={**self.environment, **environment}, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, *words: object) -> str:
        done = subprocess.run(
            [sys.executable, "-c", ASK, json.dumps(words)],
            env=self.environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def put_import(self, rows: int) -> str:
        path = self.folder / "calls.csv"
        path.write_bytes(b"\n".join(clean(rows, first=1)) + b"\n")
        return self.ask("put", "calls.import", {"files": [str(path)], "timezone": "Asia/Shanghai", "batch": BATCH})

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.folder / "home" / "nianjian.sqlite3", timeout=30)) as database:
            result = database.execute(sql, values).fetchall()
            database.commit()
        return result

    def state(self, job: str) -> str:
        return str(self.rows("select state from queue_job where id = ?", job)[0][0])

    def loaded(self) -> int:
        return len(call_files.good(call_files.rows(Lake(url=str(self.folder / "home" / "lake"), enterprise="demo"))))


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def served(house: House) -> Iterator[subprocess.Popen[str]]:
    server = house.start("serve", "--no-gate", "--listen", f"127.0.0.1:{free_port()}")
    assert server.stderr is not None
    server.stderr.readline()  # the address is said once the port is open
    yield server
    if server.poll() is None:
        server.terminate()
        server.communicate(timeout=30)


def _until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.1)


def _workers(house: House) -> list[int]:
    """Process numbers of the workers that say they live."""
    return [int(name.split(":")[1]) for (name,) in house.rows("select name from queue_worker")]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("point", ["after_intent", "mid_write", "after_commit", "before_close"])
def test_an_import_whose_worker_was_killed_is_done_by_the_next(house: House, point: str) -> None:
    job = house.put_import(2_000)
    killed = house.start("worker", NIANJIAN_CRASH_AT=point)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert house.state(job) == "running"
    house.rows("update queue_job set beat_at = '2026-01-01 00:00:00' where id = ?", job)
    next_one = house.start("worker")
    _until(lambda: house.state(job) != "running")
    next_one.terminate()
    next_one.communicate(timeout=30)
    assert (house.state(job), house.loaded(), next_one.returncode) == ("done", 2_000, 0)
    assert house.rows("select id, state from registers_batch") == [(BATCH, "active")]
    assert house.rows("select count(*) from queue_intent where state = 'open'") == [(0,)]


def test_two_workers_share_the_queue_and_do_nothing_twice(house: House) -> None:
    first = house.ask("put", "calls.undo", {"batch": "B1"})
    workers = [house.start("worker") for _ in range(2)]
    _until(lambda: len(_workers(house)) == 2 and house.state(first) == "failed")
    columns = "kind, enterprise, payload, done, total, note, stop_wanted, result, error, requested_by"
    numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 400)"
    house.rows(
        f"insert into queue_job (id, state, worker, attempts, created_at, {columns})"
        f" {numbers} select 'J' || i, 'waiting', '', 0, created_at, {columns} from queue_job, n where id = ?",
        first,
    )
    _until(lambda: house.rows("select count(*) from queue_job where state in ('waiting', 'running')") == [(0,)])
    for worker in workers:
        worker.terminate()
        worker.communicate(timeout=30)
    # the clock of the workers puts work of its own beside it
    rows = house.rows("select worker, attempts, state from queue_job where kind = 'calls.undo'")
    assert {(attempts, state) for _worker, attempts, state in rows} == {(1, "failed")}
    assert len({worker for worker, _attempts, _state in rows}) == 2


def test_serve_does_the_work_and_takes_its_worker_along(house: House, served: subprocess.Popen[str]) -> None:
    job = house.put_import(2_000)
    _until(lambda: house.state(job) == "done")
    _until(lambda: len(_workers(house)) == 1)
    (worker,) = _workers(house)
    served.terminate()
    served.communicate(timeout=30)
    assert not _alive(worker)
    assert _workers(house) == []


def test_a_worker_that_crashes_is_started_again(house: House, served: subprocess.Popen[str]) -> None:
    _until(lambda: len(_workers(house)) == 1)
    (first,) = _workers(house)
    os.kill(first, signal.SIGKILL)
    _until(lambda: len(_workers(house)) == 2)
    job = house.put_import(100)
    _until(lambda: house.state(job) == "done")


def test_a_worker_whose_server_was_killed_ends(house: House, served: subprocess.Popen[str]) -> None:
    _until(lambda: len(_workers(house)) == 1)
    (worker,) = _workers(house)
    served.kill()
    served.communicate(timeout=30)
    _until(lambda: not _alive(worker))


def test_a_stop_in_the_middle_of_an_import_leaves_nothing(house: House) -> None:
    job = house.put_import(400_000)
    worker = house.start("worker")
    _until(lambda: house.state(job) == "running")
    house.ask("stop", job)
    _until(lambda: house.state(job) != "running")
    worker.terminate()
    worker.communicate(timeout=30)
    assert (house.state(job), house.loaded()) == ("stopped", 0)
    assert house.rows("select count(*) from registers_batch") == [(0,)]

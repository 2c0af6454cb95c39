"""The watch over live sources: what it keeps, when a source is heard of, one watch a home, and a kill between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.switch_files import asterisk_row

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Request, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.engines.intake import tail
from nianjian.engines.kernel import clock
from nianjian.features.screens import posted
from nianjian.features.screens import watch as module
from nianjian.features.screens.connections import AsteriskManager
from nianjian.features.screens.watch import Watch


class Home:
    """A home with a file of records, and switches that answer as they are told."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = home
        self.master = home.parent / "Master.csv"
        self.master.write_text("")
        self.now: int | None = 0
        self.gate = True
        self._number = 0
        monkeypatch.setenv("NIANJIAN_HOME", str(home))
        monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{self.master} demo:pbx=ami://u:s@127.0.0.1:1")
        monkeypatch.setattr(module, "_health", lambda: (self.gate, None))
        monkeypatch.setattr(module, "REST", 0)
        monkeypatch.setattr(AsteriskManager, "calls", lambda _self: self._calls())

    def _calls(self) -> int:
        if self.now is None:
            raise OSError("gone")
        return self.now

    def call(self, disposition: str = "ANSWERED") -> None:
        self._number += 1
        with self.master.open("a") as file:
            file.write(asterisk_row(self._number, disposition))

    def beats(self) -> dict[str, Any]:
        found = json.loads((posted.folder(self.path) / posted.BEATS).read_text())
        assert isinstance(found, dict)
        return found

    def switch(self) -> dict[str, Any]:
        found = self.beats()["switches"]["demo:pbx"]
        assert isinstance(found, dict)
        return found

    def counts(self) -> dict[str, int]:
        found = posted.read(posted.folder(self.path) / posted.name("demo", "pbx"))
        assert found is not None
        return {name: count for name, count in found["calls"]["counts"].items() if count}


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "live").mkdir()
    return Home(tmp_path / "live", monkeypatch)


@pytest.fixture
def watch(home: Home) -> Iterator[Watch]:
    made = Watch()
    yield made
    made.close()


def test_calls_are_counted_once_over_restarts(home: Home, watch: Watch) -> None:
    home.call()
    assert watch.look()
    home.call("BUSY")
    watch.look()
    watch.close()
    home.call()
    again = Watch()
    again.look()
    again.close()
    assert home.counts() == {"answered": 2, "busy": 1}


def test_a_kill_before_the_counts_are_kept_counts_once(
    home: Home, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.call()
    watch.look()
    home.call()
    with monkeypatch.context() as broken:
        broken.setattr(posted, "write", lambda *_: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            watch.look()
    watch.close()
    again = Watch()
    again.look()
    again.close()
    assert home.counts() == {"answered": 2}


def test_a_switch_that_lives_keeps_a_quiet_file_fresh_and_a_dead_one_does_not(home: Home, watch: Watch) -> None:
    home.now = 3
    watch.look()
    first = home.switch()
    assert first["now"] == 3
    assert first["records_at"] is not None, "nothing was written, and the switch says that it lives"
    home.now = None
    watch.look()
    dead = home.switch()
    assert dead["silent"]
    assert (dead["records_at"], dead["now_at"]) == (first["records_at"], first["now_at"])


def test_a_file_without_a_manager_is_heard_of_only_when_it_grows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{home.master}")
    alone = Watch()
    alone.look()
    assert home.switch()["records_at"] is None
    home.call()
    alone.look()
    heard = home.switch()["records_at"]
    alone.look()
    assert heard is not None
    assert home.switch()["records_at"] == heard
    alone.close()


def test_a_file_that_is_gone_is_said_and_not_fresh(home: Home, watch: Watch) -> None:
    watch.look()
    before = home.switch()["records_at"]
    home.master.unlink()
    watch.look()
    assert home.switch()["problem"]
    assert home.switch()["records_at"] == before


def test_what_is_read_in_pieces_is_not_up_to_now(home: Home, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROUNDS", 1)
    real = tail.read_tail
    monkeypatch.setattr(tail, "read_tail", lambda path, place: real(path, place, 400))
    for _ in range(5):
        home.call()
    watch.look()
    assert home.switch()["problem"] == "behind"
    assert home.switch()["records_at"] is None
    for _ in range(10):
        watch.look()
    assert home.switch()["problem"] is None
    assert home.counts() == {"answered": 5}


def test_only_one_watches_a_home(home: Home, watch: Watch) -> None:
    assert watch.look()
    other = Watch()
    assert not other.look()
    watch.close()
    assert other.look()
    other.close()


def test_nothing_to_watch_makes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    assert not Watch().look()
    assert list(home.path.iterdir()) == []


def test_the_gate_is_watched_without_a_setting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    alone = Watch()
    now = clock.milliseconds()
    journal = Journal(files.decisions_folder(home.path), "g1")
    journal.open(now)
    journal.note(
        Request("demo", "95013001", "13800138000", "L01", "c", now),
        Verdict(allow=True, reason="allow", rule="r"),
        1,
        now,
    )
    journal.flush()
    assert alone.look()
    told = posted.read(posted.folder(home.path) / posted.GATE)
    assert told is not None
    assert told["asked"]["demo"]["allowed"] == 1
    heard = home.beats()["gate"]["at"]
    assert heard is not None
    home.gate = False
    alone.look()
    assert home.beats()["gate"] == {"at": heard, "silent": True, "problem": None}
    journal.close()
    alone.close()


def test_what_is_kept_is_private(home: Home, watch: Watch) -> None:
    watch.look()
    place = posted.folder(home.path)
    assert place.stat().st_mode & 0o777 == 0o700
    assert all(one.stat().st_mode & 0o077 == 0 for one in place.glob("*.json"))

"""The watch over a FreeSWITCH that posts and a Kamailio with a folder of files: counted once, fresh and stale."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nianjian.engines.intake import tail
from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import counts as asterisk
from nianjian.features.screens import posted
from nianjian.features.screens import watch as module
from nianjian.features.screens.connections import FreeSwitchSocket, KamailioSocket
from nianjian.features.screens.posted import Spool
from nianjian.features.screens.sources import Manager, Records, switches, today
from nianjian.features.screens.watch import Watch

Looks = Callable[[], None]


@pytest.fixture
def home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "live"
    folder.mkdir()
    monkeypatch.setenv("NIANJIAN_HOME", str(folder))
    monkeypatch.setattr(module, "_health", lambda: (True, None))
    monkeypatch.setattr(module, "REST", 0)
    return folder


@pytest.fixture
def looks(home: Path) -> Looks:
    """A look of a watch that knows what is kept alone, as after a kill."""

    def look() -> None:
        watch = Watch()
        assert watch.look()
        watch.close()

    return look


def beat(home: Path, name: str) -> dict[str, Any]:
    found = posted.read(posted.folder(home) / posted.BEATS)
    assert found is not None
    told: dict[str, Any] = found["switches"][f"demo:{name}"]
    return told


def counts(home: Path, name: str) -> dict[str, int]:
    told = posted.read(posted.folder(home) / posted.name("demo", name))
    return {} if told is None else {outcome: count for outcome, count in told["calls"]["counts"].items() if count}


def post(home: Path, number: int, began: datetime | None = None) -> None:
    at = began or clock.now()
    variables = {"uuid": f"leg-{number}", "start_epoch": str(int(at.timestamp())), "originate_disposition": "SUCCESS"}
    one = parse_leg(json.dumps({"variables": variables}))
    folder = posted.folder_of(posted.folder(home), "demo", "fs")
    Spool(folder).keep(at.astimezone(clock.ZONE).date(), one.uuid, one.line)


def test_posted_records_are_counted_once_and_heard_of(
    home: Path, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:s@freeswitch")
    looks()
    assert (beat(home, "fs")["records_at"], beat(home, "fs")["problem"]) == (None, None), "nothing was posted yet"
    post(home, 1)
    looks()
    heard = beat(home, "fs")["records_at"]
    assert heard is not None
    post(home, 1)
    looks()
    assert counts(home, "fs") == {"failed": 1}
    assert beat(home, "fs")["records_at"] == heard, "nothing new: it is not known whether it lives"
    post(home, 2)
    post(home, 3, clock.now() - timedelta(days=1))
    looks()
    assert counts(home, "fs") == {"failed": 2}


def test_a_freeswitch_that_answers_keeps_a_quiet_day_fresh(
    home: Path, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:s@freeswitch demo:fs=esl://:s@127.0.0.1:1")
    monkeypatch.setattr(FreeSwitchSocket, "calls", lambda _self: 2)
    looks()
    told = beat(home, "fs")
    assert (told["now"], told["problem"]) == (2, None)
    assert told["records_at"] is not None


def test_the_next_day_has_a_file_of_its_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:s@freeswitch")
    watch = Watch()
    post(home, 1)
    watch.look()
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(module, "today", lambda: tomorrow.astimezone(clock.ZONE).date())
    watch.look()
    assert counts(home, "fs") == {}
    post(home, 2, tomorrow)
    watch.look()
    assert counts(home, "fs") == {"failed": 1}
    told = posted.read(posted.folder(home) / posted.name("demo", "fs"))
    assert told is not None
    assert (told["gap"], len(told["places"])) == (None, 1)
    watch.close()


def acc(folder: Path, file: int, method: str, code: int, call: str) -> None:
    now = int(clock.now().timestamp())
    with (folder / f"acc_{file}.log").open("a") as out:
        out.write(f"{method}|f|t|{call}|{code}|x|{now}|{now}.5|95013|138|127.0.0.1|\n")


def test_a_folder_of_a_kamailio_is_read_through_rotation(
    home: Path, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home.parent / "acc"
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:kam=kamailio://{folder} demo:kam=jsonrpc:///x/rpc.sock")
    monkeypatch.setattr(KamailioSocket, "calls", lambda _self: 0)
    looks()
    assert beat(home, "kam")["problem"], "no folder"
    assert beat(home, "kam")["records_at"] is None
    folder.mkdir()
    (folder / "cdrs_1.log").write_text("1|2|3.0|x\n")
    looks()
    assert beat(home, "kam")["problem"] is None
    acc(folder, 7, "INVITE", 200, "a")
    acc(folder, 8, "INVITE", 486, "b")
    looks()
    assert counts(home, "kam") == {"busy": 1}
    acc(folder, 8, "INVITE", 480, "c")
    (folder / "acc_8.log").rename(folder / "acc_8.log.1")
    acc(folder, 8, "BYE", 200, "a")
    looks()
    looks()
    assert counts(home, "kam") == {"answered": 1, "busy": 1, "no_answer": 1}
    monkeypatch.setattr(KamailioSocket, "calls", lambda _self: (_ for _ in ()).throw(OSError("gone")))
    before = beat(home, "kam")["records_at"]
    looks()
    assert beat(home, "kam")["silent"]
    assert beat(home, "kam")["records_at"] <= before


def test_what_an_earlier_version_kept_goes_on(home: Path, looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    master = home.parent / "Master.csv"
    master.write_text("already counted\n")
    calls = asterisk.AsteriskCounts(today())
    calls.counts["answered"] = 9
    told = {"place": asdict(tail.read_tail(master, None).place), "calls": calls.plain(), "gap": None, "at": None}
    posted.write(posted.folder(home) / posted.name("demo", "pbx"), told)
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{master}")
    looks()
    assert counts(home, "pbx") == {"answered": 9}
    found = posted.read(posted.folder(home) / posted.name("demo", "pbx"))
    assert found is not None
    assert found["calls"]["damaged"] == 0


def test_a_name_that_is_another_kind_of_switch_now_begins_anew(
    home: Path, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fs=post://u:s@freeswitch")
    post(home, 1)
    looks()
    log = home.parent / "acc.log"
    log.write_text("")
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:fs=kamailio://{log}")
    looks()
    assert counts(home, "fs") == {}


def test_the_setting_names_what_is_read_and_what_is_asked() -> None:
    text = "a:x=asterisk:///var/log/My%20calls/Master.csv,a:x=ami://u:p%40ss@h, b:x=ami://u:s@h:5039 c:x=esl://:s@h"
    one, two, three = switches({"NIANJIAN_LIVE": text})
    assert (one.enterprise, one.name) == ("a", "x")
    assert one.records == Records("asterisk", Path("/var/log/My calls/Master.csv"))
    assert one.manager == Manager("ami", "h", 5038, "u", "p@ss")
    assert (two.records, two.manager) == (None, Manager("ami", "h", 5039, "u", "s"))
    assert three.manager == Manager("esl", "h", 8021, "", "s")
    assert "p@ss" not in repr(one)
    text = "a:k=kamailio:///var/log/acc a:k=jsonrpc:///run/kamailio/rpc.sock b:f=post://u%40x:p%2Fs@freeswitch"
    kamailio, freeswitch = switches({"NIANJIAN_LIVE": text, "NIANJIAN_HOME": "/h"})
    assert kamailio.records == Records("kamailio", Path("/var/log/acc"))
    assert kamailio.manager == Manager("jsonrpc", "/run/kamailio/rpc.sock", 0, "", "")
    assert freeswitch.records == Records("freeswitch", Path("/h/live/posted/b/f"), "u@x", "p/s")
    assert "p/s" not in repr(freeswitch)


@pytest.mark.parametrize(
    "text",
    [
        "a:k=kamailio://host/x", "a:k=jsonrpc://host/x", "a:k=jsonrpc:", "a:f=post://u:s@asterisk", "a:f=post://u@freeswitch",
        "a:f=post://:s@freeswitch", "a:f=post://u:s@freeswitch/x", "a:f=post://u:s@freeswitch a:f=asterisk:///x",
        "a:k=jsonrpc:///x a:k=esl://:s@h",
        "demo", "demo:x", "demo:x=", "demo=asterisk:///a", ":x=asterisk:///a", "demo:../x=asterisk:///a",
        "demo:x=/var/log/Master.csv", "demo:x=asterisk://host/a", "demo:x=ami://h", "demo:x=ami://u:s@h:port",
        "demo:x=file:///etc/passwd", "demo:x=asterisk:///a demo:x=asterisk:///b", "demo:x=ami://[::1",
        "demo:x=esl://u:s@h", "demo:x=esl://h", "demo:x=ami://:s@h", "demo:x=ami://u:s@h demo:x=esl://:s@h",
    ],
)  # fmt: skip
def test_another_setting_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(NianjianError) as refused:
        switches({"NIANJIAN_LIVE": text})
    assert refused.value.code == "live_malformed"
    assert "=" not in str(refused.value.values["entry"])

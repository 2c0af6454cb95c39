"""The watch over a FreeSWITCH that posts and a Kamailio with a folder of files: counted once, fresh and stale."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries
from tests.support.speaking import speaking
from tests.support.switch_files import asterisk_row

from nianjian.engines.intake import tail
from nianjian.engines.intake.formats.freeswitch_post import parse_leg
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.screens import connections, operations, posted, queries
from nianjian.features.screens import counts as asterisk
from nianjian.features.screens import watch as module
from nianjian.features.screens.connections import AsteriskManager, FreeSwitchSocket, KamailioSocket
from nianjian.features.screens.models import ScreenSource
from nianjian.features.screens.posted import Spool
from nianjian.features.screens.sources import Manager, Records, find_posting_folder, switches, today
from nianjian.features.screens.watch import PageWatch, Watch
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.models import Entry

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
    beats = posted.read(posted.folder(home) / posted.BEATS)
    assert beats is not None
    entry: dict[str, Any] = beats["switches"][f"demo:{name}"]
    return entry


def counts(home: Path, name: str) -> dict[str, int]:
    stored = posted.read(posted.folder(home) / posted.name("demo", name))
    return {} if stored is None else {outcome: count for outcome, count in stored["calls"]["counts"].items() if count}


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
    entry = beat(home, "fs")
    assert (entry["now"], entry["problem"]) == (2, None)
    assert entry["records_at"] is not None


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
    stored = posted.read(posted.folder(home) / posted.name("demo", "fs"))
    assert stored is not None
    assert (stored["gap"], len(stored["places"])) == (None, 1)
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
    document = {"place": asdict(tail.read_tail(master, None).place), "calls": calls.plain(), "gap": None, "at": None}
    posted.write(posted.folder(home) / posted.name("demo", "pbx"), document)
    monkeypatch.setenv("NIANJIAN_LIVE", f"demo:pbx=asterisk://{master}")
    looks()
    assert counts(home, "pbx") == {"answered": 9}
    stored = posted.read(posted.folder(home) / posted.name("demo", "pbx"))
    assert stored is not None
    assert stored["calls"]["damaged"] == 0


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


# Sources that people set on a page: what is kept, where they may lie, what a test says, and who sees them.

OPERATOR = Actor("tester")
WORD = "geheim-und-lang-7"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
LOGIN = b"Response: Success\r\nActionID: 1\r\nMessage: Authentication accepted\r\n\r\n"
CHANNELS = (
    b"Response: Success\r\nActionID: 2\r\nEventList: start\r\n\r\n"
    b"Event: CoreShowChannel\r\nActionID: 2\r\nLinkedid: 1.0\r\n\r\n"
    b"Event: CoreShowChannelsComplete\r\nActionID: 2\r\nEventList: Complete\r\nListItems: 1\r\n\r\n"
)
REFUSAL = b"Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n"


@pytest.fixture
def folder(db: None, home: Path, keys: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder below which ``demo`` may name files; this machine's address is allowed for it alone."""
    for code in ("demo", "other"):
        add_enterprise(code=code, name=code, province="浙江", actor=OPERATOR)
    path = tmp_path / "switch files"
    path.mkdir()
    monkeypatch.setenv("NIANJIAN_LIVE", "demo:fixed=asterisk:///x/Master.csv")
    monkeypatch.setenv("NIANJIAN_LIVE_FOLDERS", f"demo={str(path).replace(' ', '%20')}")
    monkeypatch.setenv("NIANJIAN_LIVE_HOSTS", "demo=127.0.0.1, demo=localhost")
    # a test that hangs goes on beside the next one
    monkeypatch.setattr("nianjian.features.screens.probes._Trial._enterprises", set())
    return path


def add(kind: str, place: str = "", *, name: str = "pbx", enterprise: str = "demo", **more: str) -> ScreenSource:
    options = {"user": "u", "secret": "s"} | more
    return operations.add_source(enterprise=enterprise, actor=OPERATOR, name=name, kind=kind, place=place, **options)


def look(row: ScreenSource) -> Any:
    return operations.test_source(enterprise="demo", actor=OPERATOR, source=row.pk)


def refused(act: Callable[[], object]) -> NianjianError:
    with pytest.raises(NianjianError) as caught:
        act()
    return caught.value


def test_a_source_is_kept_with_one_audit_entry_and_its_secret_sealed(folder: Path) -> None:
    before = Entry.objects.count()
    row = add("ami", "127.0.0.1", secret=WORD)
    assert Entry.objects.count() == before + 1
    assert WORD not in str(Entry.objects.order_by("-pk").values()[0])
    raw = ScreenSource.objects.raw("SELECT id, secret AS stored FROM inspection_screensource")[0]
    assert WORD not in raw.stored
    (entry,) = queries.find_sources("demo", [row.pk])
    assert (entry.secret, entry.fixed, entry.place, entry.state) == (True, False, "127.0.0.1", "stale")
    assert WORD not in str(entry)
    operations.change_source(enterprise="demo", actor=OPERATOR, source=row.pk, name="b", kind="ami", place="127.0.0.1",
                             user="u")  # fmt: skip
    assert ScreenSource.objects.get().secret == WORD, "nothing was typed: it stays"
    operations.remove_source(enterprise="demo", actor=OPERATOR, source=row.pk)
    verbs = list(Entry.objects.order_by("-pk").values_list("verb", flat=True)[:3])
    assert verbs == ["screens.remove", "screens.change", "screens.add"]


@pytest.mark.parametrize(
    ("kind", "place", "more", "code"),
    [
        ("asterisk", "/etc/passwd", {}, "live_path_refused"), ("asterisk", "../x.csv", {}, "live_path_refused"),
        ("kamailio", "out/acc.log", {}, "live_path_refused"), ("jsonrpc", "/run/other.sock", {}, "live_path_refused"),
        ("asterisk", "a\0b", {}, "live_path_refused"),
        ("ami", "10.1.2.3:5038", {}, "live_host_refused"), ("esl", "169.254.169.254:80", {}, "live_host_refused"),
        ("ami", "[::1]:5038", {}, "live_host_refused"), ("ami", "u@127.0.0.1", {}, "live_place_wrong"),
        ("ami", "127.0.0.1:x", {}, "live_place_wrong"), ("ami", "127.0.0.1/x", {}, "live_place_wrong"),
        ("ami", "", {}, "live_place_wrong"), ("freeswitch", "/x", {"secret": WORD}, "live_place_needless"),
        ("ami", "127.0.0.1", {"user": ""}, "live_user_missing"),
        ("esl", "127.0.0.1", {"secret": ""}, "live_secret_missing"),
        ("freeswitch", "", {"user": "a:b", "secret": WORD}, "live_user_missing"),
        ("freeswitch", "", {}, "live_secret_short"), ("file", "x", {}, "live_kind_wrong"),
        ("asterisk", "x", {"name": "../x"}, "live_name_wrong"),
        ("asterisk", "x", {"name": "fixed"}, "live_source_exists"),
    ],
)  # fmt: skip
def test_what_the_operator_has_not_allowed_is_neither_kept_nor_tried(
    folder: Path, kind: str, place: str, more: dict[str, str], code: str
) -> None:
    (folder / "out").symlink_to("/")
    assert refused(lambda: add(kind, place, **more)).code == code
    assert not ScreenSource.objects.exists()
    options = {"name": "pbx", "user": "u", "secret": "s"} | more
    if code != "live_source_exists":
        tried = refused(
            lambda: operations.try_source(enterprise="demo", actor=OPERATOR, kind=kind, place=place, **options)
        )
        assert tried.code == code


def test_another_enterprise_has_neither_folder_nor_hosts_nor_sources(folder: Path) -> None:
    assert refused(lambda: add("asterisk", "Master.csv", enterprise="other")).code == "live_folder_unset"
    assert refused(lambda: add("ami", "127.0.0.1", enterprise="other")).code == "live_host_refused"
    row = add("asterisk", "Master.csv")
    assert queries.find_sources("other") == []
    for act in (operations.test_source, operations.remove_source):
        error = refused(lambda act=act: act(enterprise="other", actor=OPERATOR, source=row.pk))  # type: ignore[misc]
        assert error.code == "live_source_unknown"


def test_the_setting_s_sources_are_listed_and_not_changed(folder: Path) -> None:
    (entry,) = queries.find_sources("demo")
    assert (entry.name, entry.kind, entry.fixed) == ("fixed", "asterisk", True)
    error = refused(lambda: operations.remove_source(enterprise="demo", actor=OPERATOR, source=entry.source))
    assert error.code == "live_source_fixed"
    error = refused(lambda: operations.test_source(enterprise="demo", actor=OPERATOR, source=entry.source))
    assert (error.code, error.values["file"]) == ("live_file_missing", "/x/Master.csv")


def test_a_switch_has_one_source_of_a_kind_and_an_enterprise_a_dozen(folder: Path) -> None:
    add("asterisk", "a.csv")
    assert refused(lambda: add("freeswitch", secret=WORD)).code == "live_source_exists"
    add("ami", "127.0.0.1")
    for number in range(operations.MOST_SOURCES - 2):
        add("asterisk", "a.csv", name=f"n{number}")
    assert refused(lambda: add("asterisk", "a.csv", name="more")).code == "live_sources_too_many"


def test_a_kept_secret_goes_to_no_other_place(folder: Path) -> None:
    with speaking(GREETING, LOGIN, CHANNELS) as port:
        row = add("ami", "127.0.0.1:1", secret=WORD)
        options = {"name": "pbx", "kind": "ami", "place": f"localhost:{port}", "user": "u"}
        for act in (operations.change_source, operations.try_source):
            error = refused(lambda act=act: act(enterprise="demo", actor=OPERATOR, source=row.pk, **options))  # type: ignore[misc]
            assert error.code == "live_secret_again"
    assert ScreenSource.objects.get().place == "127.0.0.1:1"


def test_names_are_resolved_while_nothing_is_locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    depths, outside = [], len(connection.savepoint_ids)

    def resolve(_host: str, _port: int, _allowed: object) -> str:
        depths.append(len(connection.savepoint_ids))
        return "127.0.0.1"

    monkeypatch.setattr("nianjian.platform.notifications.webhooks.place", resolve)
    row = add("ami", "slow.example")
    operations.change_source(
        enterprise="demo", actor=OPERATOR, source=row.pk, name="b", kind="ami", place="slower.example", user="u",
        secret=WORD,
    )  # fmt: skip
    assert depths == [outside, outside]


def test_a_test_counts_the_calls_of_a_switch_that_answers(folder: Path) -> None:
    with speaking(GREETING, LOGIN, CHANNELS) as port:
        result = look(add("ami", f"localhost:{port}"))
    assert (result.calls, result.lines, result.age_s) == (1, None, 0)


def test_a_test_says_what_stands_in_the_way(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    row = add("ami", f"127.0.0.1:{port}")
    closed = refused(lambda: look(row))
    assert (closed.code, closed.values["place"]) == ("live_port_closed", f"127.0.0.1:{port}")
    with speaking(GREETING, REFUSAL) as port:
        denied = refused(lambda: look(add("ami", f"127.0.0.1:{port}", name="b")))
    assert (denied.code, denied.values["said"]) == ("live_login_refused", "Authentication failed")
    with speaking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        strange = refused(lambda: look(add("esl", f"127.0.0.1:{port}", name="c")))
    assert (strange.code, strange.values["place"]) == ("live_answer_strange", f"127.0.0.1:{port}")
    gone = refused(lambda: look(add("jsonrpc", "rpc.sock", name="d")))
    assert gone.code == "live_unreached"
    assert str(folder) in str(gone.values["place"])


def test_a_test_ends_in_time_and_two_at_once_are_one_too_many(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row, over = add("ami", "127.0.0.1:1"), Event()
    monkeypatch.setattr("nianjian.features.screens.probes.WITHIN", 0.2)
    monkeypatch.setattr("nianjian.features.screens.probes._ask", lambda _manager: over.wait(20))
    begun = time.monotonic()
    assert refused(lambda: look(row)).code == "live_test_slow"
    assert time.monotonic() - begun < 5
    assert refused(lambda: look(row)).code == "live_test_running", "the first one still hangs"
    over.set()


def test_a_test_of_a_file_counts_and_names_the_first_line_that_cannot_be_read(folder: Path) -> None:
    master = folder / "Master.csv"
    row = add("asterisk", "Master.csv")
    missing = refused(lambda: look(row))
    assert (missing.code, missing.values["file"]) == ("live_file_missing", str(master))
    master.write_text(asterisk_row(1) + "no row\n" + asterisk_row(2, "BUSY"))
    result = look(row)
    assert (result.calls, result.lines, result.unreadable, result.file, result.line) == (2, 3, 1, str(master), 2)
    assert result.age_s < 60
    master.write_text("a,b\nc,d\n")
    wrong = refused(lambda: look(row))
    assert (wrong.code, wrong.values["line"]) == ("live_lines_unreadable", 1)
    (folder / "acc").mkdir()
    empty = look(add("kamailio", "acc", name="kam"))
    assert (empty.calls, empty.lines, empty.last_at) == (0, 0, None)


def test_a_switch_posts_to_a_source_of_the_page(
    folder: Path, home: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    row = add("freeswitch", name="fs", user="sender", secret=WORD)
    (entry,) = queries.find_sources("demo", [row.pk])
    assert entry.posts_to == "/live/demo/fs/cdr"
    assert look(row).last_at is None
    where = find_posting_folder(enterprise="demo", name="fs", credentials=f"sender:{WORD}")
    with django_assert_num_queries(0):
        for other in ("fixed", "f\0s"):
            error = refused(lambda name=other: find_posting_folder(  # type: ignore[misc]
                enterprise="demo", name=name, credentials=f"sender:{WORD}"
            ))  # fmt: skip
            assert error.code == "live_post_refused", "what the setting names is asked of no database, nor what none is"
    assert where == posted.folder_of(posted.folder(home), "demo", "fs")
    error = refused(lambda: find_posting_folder(enterprise="other", name="fs", credentials=f"sender:{WORD}"))
    assert error.code == "live_post_refused"
    variables = {"uuid": "leg-1", "start_epoch": str(int(clock.now().timestamp()))}
    leg = parse_leg(json.dumps({"variables": variables}))
    Spool(where).keep(today(), leg.uuid, leg.line)
    result = look(row)
    assert (result.calls, result.lines) == (1, 1)
    assert result.age_s < 60


def test_a_change_of_the_page_counts_from_the_next_look_on(folder: Path, home: Path) -> None:
    watch = PageWatch("demo", posted.folder(home), {"fixed"})
    assert not watch.look(), "nothing is set"
    (folder / "a.csv").write_text(asterisk_row(1))
    (folder / "b.csv").write_text(asterisk_row(2) + asterisk_row(3))
    row = add("asterisk", "a.csv")

    def count() -> int:
        assert watch.look()
        stored = posted.read(posted.folder(home) / posted.name("demo", "pbx"))
        assert stored is not None
        return sum(stored["calls"]["counts"].values())

    assert [count(), count()] == [1, 1]
    operations.change_source(
        enterprise="demo", actor=OPERATOR, source=row.pk, name="pbx", kind="asterisk", place="b.csv"
    )
    assert count() == 2, "the other file's calls are none of this one's"
    (folder / "b.csv").unlink()
    (folder / "b.csv").symlink_to(home.parent / "elsewhere.csv")
    (home.parent / "elsewhere.csv").write_text(asterisk_row(4) * 9)
    watch.look()
    assert watch.beats["demo:pbx"]["problem"] == "place_refused", "a link that came later leads nowhere"
    operations.remove_source(enterprise="demo", actor=OPERATOR, source=row.pk)
    assert not watch.look()
    assert watch.beats == {}


def test_the_watch_looks_at_what_pages_set_without_a_restart(
    committed: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    monkeypatch.setattr(module, "PAUSE", 0.05)
    watch = Watch()
    assert not watch.look()
    with speaking(GREETING, LOGIN, CHANNELS) as port:
        add("ami", f"127.0.0.1:{port}")
        assert queries.office_figures("demo").now.count is None, "nobody has looked yet: unknown, not nought"
        until = time.monotonic() + 20
        while queries.office_figures("demo").now.count != 1:
            assert time.monotonic() < until
            assert watch.look()
            time.sleep(0.05)
    watch.close()


def test_a_switch_that_never_answers_holds_up_its_own_enterprise_alone(
    committed: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANJIAN_LIVE", "")
    monkeypatch.setenv("NIANJIAN_LIVE_HOSTS", "demo=127.0.0.1, other=127.0.0.1")
    monkeypatch.setattr(module, "PAUSE", 0.05)
    monkeypatch.setattr("nianjian.features.screens.connections.PATIENCE", 60.0)
    watch = Watch()
    with socket.create_server(("127.0.0.1", 0)) as mute, speaking(GREETING, LOGIN, CHANNELS) as port:
        add("ami", f"127.0.0.1:{mute.getsockname()[1]}", enterprise="other")
        assert watch.look()
        peer, _address = mute.accept()
        add("ami", f"127.0.0.1:{port}")
        until = time.monotonic() + 20
        while queries.office_figures("demo").now.count != 1:
            assert time.monotonic() < until
            assert watch.look()
            time.sleep(0.05)
        peer.close()
        watch.close()


# Asking a switch how many calls it has: what it may say wrong, and that no fault stays.

EVENT = b"Event: FullyBooted\r\nStatus: Fully Booted\r\n\r\n"


def answer(number: int, *calls: str, items: int | None = None) -> bytes:
    """A list of channels; each of ``calls`` is the call that one belongs to."""
    blocks = [f"Response: Success\r\nActionID: {number}\r\nEventList: start\r\nMessage: Channels will follow\r\n\r\n"]
    blocks += [
        f"Event: CoreShowChannel\r\nActionID: {number}\r\nUniqueid: {place}.1\r\nLinkedid: {call}\r\n\r\n"
        for place, call in enumerate(calls)
    ]
    total = len(calls) if items is None else items
    end = f"Event: CoreShowChannelsComplete\r\nActionID: {number}\r\nEventList: Complete\r\nListItems: {total}\r\n\r\n"
    return "".join([*blocks, end]).encode()


HELLO = b"Content-Type: auth/request\n\n"
ACCEPTED = b"Content-Type: command/reply\nReply-Text: +OK accepted\n\n"
REFUSED = b"Content-Type: command/reply\nReply-Text: -ERR invalid\n\n"
BYE = b"Content-Type: text/disconnect-notice\nContent-Length: 12\n\nDisconnected"


def esl_answer(text: str) -> bytes:
    return f"Content-Type: api/response\nContent-Length: {len(text)}\n\n{text}".encode()


def ami(port: int, secret: str = WORD) -> AsteriskManager:
    return AsteriskManager("127.0.0.1", port, "u", secret)


def esl(port: int, secret: str = WORD) -> FreeSwitchSocket:
    return FreeSwitchSocket("127.0.0.1", port, secret)


Ask = Callable[..., AsteriskManager | FreeSwitchSocket]


@pytest.mark.parametrize(
    ("ask", "says", "found"),
    [
        (ami, (GREETING, LOGIN, EVENT + answer(2, "1", "1", "4"), answer(3), answer(4, *["9"] * 4000)), [2, 0, 1]),
        (esl, (HELLO, ACCEPTED, esl_answer("\n7 total.\n"), esl_answer("\n0 total.\n")), [7, 0]),
    ],
)  # fmt: skip
def test_it_asks_again_over_one_connection_and_passes_over_events(
    ask: Ask, says: tuple[bytes, ...], found: list[int]
) -> None:
    with speaking(*says) as port:
        switch = ask(port)
        assert [switch.calls() for _ in found] == found
        switch.close()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (ami, (GREETING, REFUSAL)),
        (ami, (GREETING, LOGIN, b"Response: Error\r\nActionID: 2\r\nMessage: Permission denied\r\n\r\n")),
        (ami, (GREETING, LOGIN, answer(2, "1.0", items=2))),
        (ami, (GREETING, LOGIN, answer(2, "1.0").replace(b"ListItems", b"Items"))),
        (ami, (GREETING, LOGIN, answer(2, "1.0")[:-30])), (ami, (GREETING, LOGIN, b"no such thing\r\n\r\n")),
        (ami, (GREETING, LOGIN, b"x" * 9000)), (ami, (GREETING, LOGIN)), (ami, (GREETING,)),
        (esl, (b"Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n",)),
        (esl, (HELLO, REFUSED)), (esl, (HELLO, ACCEPTED, BYE)),
        (esl, (HELLO, ACCEPTED, esl_answer("-ERR no reply"))),
        (esl, (HELLO, ACCEPTED, esl_answer("uuid,direction\n\n7 total."))),
        (esl, (HELLO, ACCEPTED, b"Content-Type: api/response\n\n")),
        (esl, (HELLO, ACCEPTED, b"Content-Type: api/response\nContent-Length: 99999999\n\n")),
        (esl, (HELLO, ACCEPTED, esl_answer("\n7 total.\n")[:-4])),
        (esl, (HELLO, ACCEPTED)), (esl, (b"SSH-2.0-OpenSSH_10\r\n",)), (esl, (b"",)),
    ],
)  # fmt: skip
def test_what_is_no_count_is_an_error_and_the_next_question_begins_anew(
    ask: Ask, says: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    monkeypatch.setattr(connections, "LONGEST", 4096)
    with speaking(*says) as port:
        switch = ask(port)
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011 -- each has another text
                switch.calls()


def test_a_switch_that_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OSError):  # noqa: PT011
        ami(port).calls()


def test_a_line_end_in_a_secret_says_nothing_more() -> None:
    with speaking(GREETING, LOGIN, answer(2)) as port, pytest.raises(OSError, match="line end"):
        ami(port, "s\r\nAction: Command").calls()
    with speaking(HELLO, ACCEPTED) as port, pytest.raises(OSError, match="line end"):
        esl(port, "s\n\napi shutdown").calls()


def test_who_speaks_on_and_on_holds_up_no_other_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece comes in time, and the answer never ends."""
    monkeypatch.setattr(connections, "WHOLE", 0.3)

    def drip(server: socket.socket) -> None:
        link, _from = server.accept()
        with link:
            link.sendall(GREETING + LOGIN)
            try:
                for _ in range(200):
                    link.sendall(EVENT)
                    time.sleep(0.02)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        far = Thread(target=drip, args=(server,))
        far.start()
        begun = time.monotonic()
        with pytest.raises(OSError, match="without end"):
            ami(server.getsockname()[1]).calls()
        took = time.monotonic() - begun
        far.join()
    assert took < 2  # seconds; the switch goes on for four

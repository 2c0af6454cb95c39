"""Acts over database and lake: what is left open is finished or dropped, a living writer is left alone."""

import re
import threading
from pathlib import Path

import pytest

from nianjian.engines.intake import ledger, load, read
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.documents import ImportReceipt
from nianjian.features.calls.operations import IMPORT, UNDO, import_calls, recover, undo_calls
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service
from nianjian.platform.registers import batches

ACTOR = Actor("tester")
HEADER = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果"
PAYLOAD = {"batch": "B1", "file": "calls.csv", "replaces": "", "actor": "os:tester"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "flows"))
    add_enterprise(code="demo", name="示范", province="北京", actor=ACTOR)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return Path(_written(tmp_path / "calls.csv", 0, 4))


def _take(*patterns: str, replace: str | None = None, enterprise: str = "demo") -> ImportReceipt:
    return import_calls(
        enterprise=enterprise, patterns=patterns, source="auto", mapping_file=None, timezone=None, replace=replace,
        actor=ACTOR, progress=lambda *_figures: None,
    )  # fmt: skip


def _states() -> dict[str, str]:
    return {one.id: one.state for one in batches.list_batches("demo")}


def test_an_import_leaves_batch_audit_entry_and_no_intent(calls: Path) -> None:
    receipt = _take(str(calls))
    assert receipt.rows.as_dict() == {"read": 5, "loaded": 5, "duplicate": 0, "rejected": 0}
    assert _states() == {receipt.batch: "active"}
    assert queue.open_intents() == []
    (act,) = acts(verb=IMPORT)
    assert (act.actor, act.data["batch"]) == ("os:tester", receipt.batch)
    again = _take(str(calls))
    assert (again.batch, again.rows.duplicate) == (receipt.batch, 5)
    assert len(list(acts(verb=IMPORT))) == 1


@pytest.mark.postgres
def test_an_intent_is_closed_or_dropped_once() -> None:
    one, other = (service.open(kind="calls.import", enterprise="demo", txn=t, payload={"batch": t}) for t in ("a", "b"))
    assert [(intent.txn, intent.payload) for intent in queue.open_intents()] == [
        ("a", {"batch": "a"}),
        ("b", {"batch": "b"}),
    ]
    service.close(intent=one)
    service.drop(intent=other)
    assert queue.open_intents() == []
    for act in (service.close, service.drop):
        with pytest.raises(NianjianError, match="intent_not_open"):
            act(intent=one)
    service.open(kind=IMPORT, enterprise="demo", txn="B1", payload=PAYLOAD)
    assert recover() == 1, "one without a commit"
    assert (queue.open_intents(), _states()) == ([], {})


@pytest.mark.postgres
def test_files_of_a_batch_keep_their_order_and_repeat_without_harm() -> None:
    batch = batches.new_batch_id()
    assert re.fullmatch(r"B\d{14}[0-9a-f]{4}", batch)
    for name in ("b.csv", "a.csv", "b.csv"):
        batches.add_batch_file(
            batch=batch, enterprise="demo", name=name, sha256=name * 2, generation=1,
            receipt={"rows": {"read": 3}}, actor="os:root", replaces="",
        )  # fmt: skip
    stored = batches.get_batch(batch)
    assert [file.name for file in stored.files] == ["b.csv", "a.csv"]
    assert (stored.state, stored.created_by, stored.files[0].receipt) == ("active", "os:root", {"rows": {"read": 3}})
    assert [one.id for one in batches.list_batches("demo")] == [batch]


def test_a_commit_without_its_rows_is_finished_once(calls: Path) -> None:
    intent = service.open(kind=IMPORT, enterprise="demo", txn="B1", payload=PAYLOAD)
    (item,) = read.list_items([calls])
    load.import_file(lake=wiring.lake("demo"), item=item, batch="B1", intent=intent)
    assert recover() == 1
    assert recover() == 0
    assert _states() == {"B1": "active"}
    assert batches.get_batch("B1").files[0].receipt["rows"]["loaded"] == 5
    assert verify_chain().valid


def test_an_undo_is_finished_when_the_files_are_gone(calls: Path) -> None:
    batch = _take(str(calls)).batch
    service.open(kind=UNDO, enterprise="demo", txn=batch, payload={"batch": batch, "actor": "os:tester"})
    assert recover() == 1
    assert _states() == {batch: "active"}
    service.open(kind=UNDO, enterprise="demo", txn=batch, payload={"batch": batch, "actor": "os:tester"})
    ledger.undo_batch(wiring.lake("demo"), batch)
    assert recover() == 1
    assert _states() == {batch: "undone"}


def test_a_living_writer_is_left_alone() -> None:
    service.open(kind=IMPORT, enterprise="demo", txn="B1", payload=PAYLOAD)
    entered, leave = threading.Event(), threading.Event()

    def write() -> None:
        with wiring.lake("demo").lock():
            entered.set()
            leave.wait(timeout=30)

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait(timeout=30)
    try:
        assert recover() == 0
        assert len(queue.open_intents()) == 1
    finally:
        leave.set()
        writer.join()
    assert recover() == 1


def test_an_interrupt_after_the_commit_loses_nothing(calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = load.import_file

    def interrupted(**options: object) -> None:
        real(**options)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(load, "import_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        _take(str(calls))
    assert queue.open_intents() == []
    assert list(_states().values()) == ["active"]


def test_a_failed_file_is_not_taken_for_a_loaded_one_of_the_same_name(calls: Path, tmp_path: Path) -> None:
    namesake = tmp_path / "other" / calls.name
    namesake.parent.mkdir()
    namesake.write_text("dear,sir\nplease,find\n")
    receipt = _take(str(calls), str(namesake))
    assert [(name, error.code) for name, error in receipt.failed] == [(calls.name, "source_unrecognised")]
    assert queue.open_intents() == []
    assert len(list(acts(verb=IMPORT))) == 1


def test_a_batch_is_undone_and_imported_again(calls: Path) -> None:
    add_enterprise(code="other", name="另一家", province="上海", actor=ACTOR)
    first = _take(str(calls)).batch
    with pytest.raises(NianjianError, match="batch_unknown"):
        _take(str(calls), replace=first, enterprise="other")
    assert undo_calls(batch=first, actor=ACTOR).rows == 5
    with pytest.raises(NianjianError, match="batch_not_active"):
        undo_calls(batch=first, actor=ACTOR)
    with pytest.raises(NianjianError, match="batch_not_active"):
        _take(str(calls), replace=first)
    second = _take(str(calls))
    assert (second.rows.loaded, second.files[0].generation) == (5, 2)
    assert _states() == {first: "undone", second.batch: "active"}


def test_when_no_file_can_be_read_the_first_error_is_raised(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("dear,sir\nplease,find\n")
    with pytest.raises(NianjianError) as raised:
        _take(str(tmp_path / "*.csv"))
    assert raised.value.code == "source_unrecognised"
    assert [finding["file"] for finding in raised.value.findings] == ["b.csv"]
    assert _states() == {}
    assert queue.open_intents() == []


def test_a_wrong_path_is_said_before_the_first_file_is_in(calls: Path) -> None:
    folder = calls.parent
    with pytest.raises(NianjianError, match="file_missing") as raised:
        _take(str(calls), str(folder / "nosuch.csv"), str(folder / "neither.csv"))
    assert raised.value.values == {"file": str(folder / "nosuch.csv")}
    assert raised.value.findings == ({"code": "file_missing", "file": str(folder / "neither.csv")},)
    assert wiring.lake("demo").version("calls") is None
    assert _states() == {}


def test_a_file_that_goes_away_holds_up_no_other(calls: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.csv"
    gone.write_bytes(calls.read_bytes())
    listed = read.list_items([calls, gone])
    next(listed)
    gone.unlink()
    (item,) = listed
    with pytest.raises(NianjianError, match="file_unreadable"):
        load.import_file(lake=wiring.lake("demo"), item=item, batch="B1")


def _written(path: Path, first: int, last: int, *, bad: int = 0) -> str:
    """Rows ``first`` to ``last``; those under ``bad`` have an unreadable start."""
    rows = []
    for number in range(first, last + 1):
        start = "soon" if number < bad else "2026-03-02 10:00:00"
        times = f"{start},2026-03-02 10:00:05,2026-03-02 10:01:00"
        rows.append(f"c{number},呼出,02110000,95013,{13900000000 + number},{times},接通")
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return str(path)


def _in_the_lake() -> tuple[int, int]:
    """Good rows and rejected ones."""
    files = wiring.lake("demo").old_files("calls")
    rejected = sum(one.rows for one in files if one.partition["part"] == "rejected")
    return sum(one.rows for one in files) - rejected, rejected


def test_an_undo_names_the_files_that_lack_rows_now_and_importing_them_restores_these(tmp_path: Path) -> None:
    """Rows 2 to 9 and the rejected 0 and 1 came in with the first file; the second holds them too, and ten more."""
    first, second = _written(tmp_path / "a.csv", 0, 9, bad=2), _written(tmp_path / "b.csv", 0, 19, bad=2)
    apart = _written(tmp_path / "c.csv", 100, 104)
    one, two = _take(first), _take(second, apart)
    three = _take(_written(tmp_path / "d.csv", 19, 24))
    assert (two.rows.as_dict(), three.rows.duplicate) == ({"read": 25, "loaded": 15, "duplicate": 10, "rejected": 0}, 1)
    assert undo_calls(batch=three.batch, actor=ACTOR).affected == ()
    undone = undo_calls(batch=one.batch, actor=ACTOR)
    assert (undone.rows, undone.affected) == (8, (ledger.RepeatingBatch(two.batch, ("b.csv",)),)), "not what is undone"
    assert _in_the_lake() == (15, 0)
    again = _take(second)
    assert again.rows.as_dict() == {"read": 20, "loaded": 8, "duplicate": 10, "rejected": 2}
    assert _in_the_lake() == (23, 2)
    assert undo_calls(batch=again.batch, actor=ACTOR).affected == ()


def test_an_undo_names_no_batch_that_was_undone_without_a_row_of_its_own(tmp_path: Path) -> None:
    one, two = _take(_written(tmp_path / "a.csv", 0, 9)), _take(_written(tmp_path / "b.csv", 0, 8))
    assert (two.rows.loaded, two.rows.duplicate) == (0, 9)
    undo_calls(batch=two.batch, actor=ACTOR)
    assert undo_calls(batch=one.batch, actor=ACTOR).affected == ()


def test_a_replacement_names_the_files_that_lack_rows_now(tmp_path: Path) -> None:
    one, two = _take(_written(tmp_path / "a.csv", 0, 9)), _take(_written(tmp_path / "b.csv", 0, 19))
    assert two.affected == ()
    three = _take(_written(tmp_path / "a2.csv", 0, 4), replace=one.batch)
    assert three.affected == (ledger.RepeatingBatch(two.batch, ("b.csv",)),)
    assert three.as_dict()["affected"] == [{"batch": two.batch, "files": ("b.csv",)}]
    assert _in_the_lake() == (15, 0)
    assert _take(str(tmp_path / "b.csv")).rows.loaded == 5
    assert _in_the_lake() == (20, 0)
    assert "affected" not in two.as_dict()

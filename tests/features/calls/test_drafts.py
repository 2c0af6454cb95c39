"""An import is prepared file by file, looked at, tried, checked in whole and handed to the worker; nothing is left."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.import_pages import calls, work

from nianjian.engines.intake import ledger, preview
from nianjian.engines.intake.format import FileMapping
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import drafts, register_sheets
from nianjian.features.calls import previews as checks
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import batches, mappings, uploads
from nianjian.platform.registers import drafts as query
from nianjian.platform.registers.drafts import Draft

OPERATOR, ANNA, BO = Actor("tester"), Actor("anna", "user"), Actor("bo", "user")

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    for code in ("demo", "other"):
        add_enterprise(code=code, name="示范", province="北京", actor=OPERATOR)
    for name in ("anna", "bo"):
        add_user(name=name, role="data_officer", enterprises=["demo", "other"], actor=OPERATOR)


def put(draft: str, content: bytes, name: str = "话单.csv") -> None:
    with uploads.Incoming(name) as incoming:
        incoming.write(content)
        drafts.add_file(draft=drafts.draft_for(draft, "demo", ANNA), incoming=incoming)


@pytest.fixture
def draft() -> str:
    return drafts.create_draft(kind="calls", enterprise="demo", actor=ANNA)


def own(draft: str) -> query.DraftValue:
    return drafts.draft_for(draft, "demo", ANNA)


def test_a_file_is_kept_closed_under_its_own_name(draft: str) -> None:
    put(draft, calls(), "../../etc/话单\n.csv")
    (file,) = own(draft).files
    assert (file.name, file.size, file.sha256) == ("话单.csv", len(calls()), hashlib.sha256(calls()).hexdigest())
    (path,) = uploads.paths(own(draft))
    assert path.read_bytes() == calls()
    assert path.is_relative_to(uploads.folder() / draft)
    assert [oct(one.stat().st_mode & 0o777) for one in (path, path.parent, path.parent.parent)] == [
        "0o600", "0o700", "0o700",
    ]  # fmt: skip
    assert list((uploads.folder() / uploads.INCOMING).iterdir()) == []
    names = ["..", ".", "/", "a/../..", "\x00", "", "…" * 400 + ".csv", "." * 300]
    for number, name in enumerate(names):
        put(draft, f"x{number}".encode(), name)
    _first, *paths = uploads.paths(own(draft))
    assert [path.read_bytes() for path in paths] == [f"x{number}".encode() for number in range(len(names))]
    assert {path.resolve().parent.parent for path in paths} == {(uploads.folder() / draft).resolve()}, "none leads out"


def test_what_is_too_large_or_there_already_is_refused(draft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(draft, calls())
    with pytest.raises(NianjianError, match="file_twice"):
        put(draft, calls(), "other.csv")
    with pytest.raises(NianjianError, match="file_empty"):
        put(draft, b"")
    monkeypatch.setenv("NIANJIAN_UPLOAD_MIB", "1")
    with pytest.raises(NianjianError, match="upload_too_large"):
        put(draft, b"x" * ((1 << 20) + 1))
    assert list((uploads.folder() / uploads.INCOMING).iterdir()) == []
    drafts.remove_file(draft=own(draft), number=1)
    assert own(draft).files == ()
    assert not any(path.is_file() for path in uploads.folder().rglob("*"))


def test_a_draft_is_its_makers_at_its_enterprise(draft: str) -> None:
    for code, actor in (("demo", BO), ("other", ANNA)):
        with pytest.raises(NianjianError, match="draft_unknown"):
            drafts.draft_for(draft, code, actor)
    with pytest.raises(NianjianError, match="role_missing"):
        drafts.draft_for(draft, "demo", Actor("eve", "user"))
    assert [one.id for one in query.list_drafts("demo", str(ANNA))] == [draft]
    assert query.list_drafts("demo", str(BO)) == []
    assert query.is_own_draft(draft, "demo", str(ANNA))
    assert not query.is_own_draft(draft, "demo", "user:berta")
    assert not query.is_own_draft(draft, "other", str(ANNA))
    for year in range(51):  # a page lists fifty of many drafts and jobs
        drafts.create_draft(kind="calls", enterprise="demo", actor=ANNA)
        flow.enqueue(kind=flow.RUN_PORTRAIT, enterprise="demo", payload={"year": year}, actor=ANNA)
    assert len(query.list_drafts("demo", str(ANNA))) == 50
    assert [one.payload["year"] for one in queue.under_way("demo")] == list(range(50))
    assert [one.payload["year"] for one in queue.under_way("demo", {"year": 50}, kind=flow.RUN_PORTRAIT)] == [50]
    assert queue.under_way("demo", kind=flow.ERASE_OVER) == []


def test_the_same_question_is_answered_once_and_another_anew(draft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put(draft, calls())
    names: list[str] = []
    real = preview.try_file
    monkeypatch.setattr(preview, "try_file", lambda item, *more: (names.append(item.name), real(item, *more))[1])
    (path,) = uploads.paths(own(draft))
    first = checks.try_calls([path], "auto", FileMapping(), None)
    assert checks.try_calls([path], "auto", FileMapping(), None) is first
    assert len(names) == 1
    checks.try_calls([path], "auto", FileMapping(), "Asia/Shanghai")
    checks.try_calls([path], "auto", FileMapping(columns={"callee": "被叫号码"}), None)
    assert len(names) == 3
    path.write_bytes(calls(rows=6))
    (changed,) = checks.try_calls([path], "auto", FileMapping(), None)
    assert changed.trial is not None
    assert changed.trial.receipt.rows.loaded == 6
    path.unlink()
    with pytest.raises(NianjianError):
        checks.try_calls([path], "auto", FileMapping(), None)


def test_a_check_of_the_whole_knows_the_lake_and_writes_nothing(draft: str) -> None:
    put(draft, calls(bad=0))
    drafts.enqueue_import(draft=own(draft), actor=ANNA)
    work()
    second = drafts.create_draft(kind="calls", enterprise="demo", actor=ANNA)
    put(second, calls(rows=8))
    version = wiring.lake("demo").version(ledger.CALLS_TABLE)
    job = drafts.enqueue_check(draft=own(second), actor=ANNA)
    assert own(second).check_job == job
    work()
    result = queue.job(job).result
    assert result["rows"] == {"read": 10, "loaded": 3, "duplicate": 5, "rejected": 2}
    assert wiring.lake("demo").version(ledger.CALLS_TABLE) == version
    assert own(second).files
    drafts.remove_file(draft=own(second), number=1)
    assert own(second).check_job == ""


def test_a_commit_takes_everything_and_tidies_up(draft: str) -> None:
    with pytest.raises(NianjianError, match="files_missing"):
        drafts.enqueue_import(draft=own(draft), actor=ANNA)
    put(draft, calls())
    put(draft, calls(first=100), "more.csv")
    job = drafts.enqueue_import(draft=own(draft), actor=ANNA)
    with pytest.raises(NianjianError, match="draft_running"):
        drafts.open_draft(draft, "demo", ANNA)
    assert drafts.enqueue_import(draft=own(draft), actor=ANNA) == job
    work()
    outcome = queue.job(job)
    assert (outcome.state, outcome.result["rows"]) == (
        "done",
        {"read": 14, "loaded": 10, "duplicate": 0, "rejected": 4},
    )
    (batch,) = batches.list_batches("demo")
    assert (batch.id, [file.name for file in batch.files]) == (outcome.result["batch"], ["话单.csv", "more.csv"])
    assert query.list_draft_ids() == frozenset()
    assert not (uploads.folder() / draft).exists()


def test_what_makes_no_sense_is_not_kept(draft: str) -> None:
    cases: list[tuple[str, dict[str, object], str]] = [
        ("Mars/Olympus", {}, "timezone_unknown"),
        ("", {"columns": {"nothing": "x"}}, "mapping_invalid"),
        ("", {"formats": {"start": "sometime"}}, "mapping_invalid"),
    ]
    for zone, data, code in cases:
        with pytest.raises(NianjianError, match=code):
            drafts.set_choices(draft=own(draft), source="auto", timezone=zone, data=data)
    assert own(draft).choices == {}


def test_old_drafts_and_lost_files_are_swept(draft: str) -> None:
    put(draft, calls())
    lost = uploads.folder() / "Dlost"
    lost.mkdir()
    piece = uploads.folder() / uploads.INCOMING / "piece"
    piece.write_bytes(b"x")
    os.utime(piece, (1_700_000_000, 1_700_000_000))
    assert drafts.delete_expired_drafts() == 0
    assert not lost.exists()
    assert not piece.exists()
    assert own(draft).files
    Draft.objects.update(changed_at=clock.now() - timedelta(days=8))
    assert drafts.delete_expired_drafts() == 1
    assert query.list_draft_ids() == frozenset()
    assert not (uploads.folder() / draft).exists()


def test_a_mapping_is_kept_under_a_name_and_audited() -> None:
    for word in ("拨打", "呼叫"):
        mappings.save_mapping(enterprise="demo", name=" crm ", data={"columns": {"start": word}}, actor=ANNA)
    assert mappings.list_mapping_names("demo") == ["crm"]
    assert mappings.get_mapping("demo", "crm") == {"columns": {"start": "呼叫"}}
    assert mappings.list_mapping_names("other") == []
    assert len(list(acts(enterprise="demo", verb="calls.mapping"))) == 2
    with pytest.raises(NianjianError, match="mapping_unknown"):
        mappings.get_mapping("other", "crm")
    for name in ("", "x" * 81, "a\nb"):
        with pytest.raises(NianjianError, match="mapping_name_malformed"):
            mappings.save_mapping(enterprise="demo", name=name, data={}, actor=ANNA)


def test_a_sheet_is_checked_in_whole(tmp_path: Path) -> None:
    path = tmp_path / "seats.csv"
    rows = ["坐席编号,类型,姓名,备注", "A1,人工,张三,x", "A2,机械,李四,y", "A3,人工,,"]
    path.write_text("\n".join(rows) + "\n", encoding="gb18030")
    check = register_sheets.check_register("seats", path, "demo")
    assert (check.read, check.faulty, check.encoding) == (3, 1, "gb18030")
    assert check.extra == ("备注",)
    assert check.rows[0] == ("A1", "人工", "张*")
    assert [one.code for one in check.findings] == ["choice_unknown"]
    target = tmp_path / "errors.xlsx"
    register_sheets.write_error_workbook("seats", path, target, lambda code, _values: code, enterprise="demo")
    assert target.read_bytes().startswith(b"PK")

"""Recordings by sample, end to end: calls in a lake, real files in a folder, and what each door says of them."""

import io
import wave
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.test import Client
from tests.features.inspection.conftest import printed
from tests.support.fixtures import lead
from tests.support.import_pages import work
from tests.support.people import signed_in
from tests.support.placed_calls import import_file

from nianjian.engines.kernel.encode import to_json
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection import commands as picture
from nianjian.features.inspection.documents import LogReach, RecordingSample
from nianjian.features.inspection.operations import day as inspection_day
from nianjian.features.inspection.operations import logs, readiness
from nianjian.features.maintenance import health
from nianjian.platform.accounts.query import Actor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]
TODAY, FIRST = date(2026, 8, 31), date(2026, 8, 1)
DAY = timedelta(days=1)
DAYS = [FIRST + DAY * step for step in range((TODAY - FIRST).days)]
A_DAY = 2
HEADER = (
    "话单ID,方向,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,坐席编号,坐席类型,线路编号,团队,录音地址,录音时长"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every call of every day with its recording; a talk of ten seconds."""
    root = tmp_path / "rec"
    for day in DAYS:
        for number in range(A_DAY):
            wav(root / name(day, number), 10)
    return root


def name(day: date, number: int) -> str:
    return f"{day:%Y/%m/%d}/q-1390000{number:04}-{day:%Y%m%d}-{number}.wav"


def wav(path: Path, seconds: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(800)
        file.writeframes(bytes(800 * seconds))


def said(of: str, day: date, number: int) -> str:
    return of.format(name=name(day, number), file=Path(name(day, number)).name)


def called(path: Path, operator: Actor, *, of: str = "/var/spool/asterisk/monitor/{name}", tag: str = "") -> None:
    """The calls of all days and an unanswered one a day, which needs no recording."""
    rows = [
        f"{tag}c{day}-{number},呼出,95013,1390000{number:04},{day} 10:0{number}:00,{day} 10:0{number}:05,"
        f"{day} 10:0{number}:15,接通,S1,人工,L1,T1,{said(of, day, number)},10"
        for day in DAYS
        for number in range(A_DAY)
    ]
    rows += [
        f"{tag}n{day},呼出,95013,13900009999,{day} 11:00:00,,{day} 11:00:20,未接,,,L1,T1,,"
        for day in DAYS
    ]  # fmt: skip
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    import_file(path, operator)


def looked(operator: Actor, folder: Path | None = None) -> tuple[LogReach, RecordingSample]:
    """The log of recordings and its sample."""
    result = logs.check_logs(enterprise="demo", as_of=None, actor=operator, folder=folder)
    return next(one for one in result.logs if one.log == "recordings"), result.sample


def drawn(operator: Actor, root: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files that the sample asks for."""
    names: list[str] = []
    below = logs.recordings.find_below

    def noted(at: Path, parts: tuple[str, ...]) -> Path | str:
        names.append(parts[-1])
        return below(at, parts)

    with monkeypatch.context() as patch:
        patch.setattr(logs.recordings, "find_below", noted)
        looked(operator, root)
    return set(names)


def test_references_alone_are_unknown_and_files_prove(
    demo: str, operator: Actor, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(tmp_path / "calls.csv", operator)
    log, sample = looked(operator)
    assert (log.state, log.why, sample.folder) == ("unknown", "references_only", "none")
    assert sample.calls == sample.days == 0
    monkeypatch.setenv("NIANJIAN_RECORDINGS", f"demo={folder}")
    log, sample = looked(operator)
    assert (log.state, log.why, log.missing_days) == ("ok", "files_kept", 0)
    assert (sample.folder, sample.calls, sample.days, sample.days_kept) == ("setting", 30, 30, 30)
    assert sample.verdicts["kept"] == 30
    assert (sample.failing, sample.searched) == ([], 0), "found by their paths: the folder is not gone through"
    _log, folder_sample = looked(operator, folder)
    assert folder_sample == replace(sample, folder="given")


def test_a_file_that_is_not_kept_is_a_hole(demo: str, operator: Actor, tmp_path: Path, folder: Path) -> None:
    called(tmp_path / "calls.csv", operator)
    for day in DAYS[3:5]:
        for number in range(A_DAY):
            (folder / name(day, number)).unlink()
    for number in range(A_DAY):
        (folder / name(DAYS[7], number)).write_bytes(b"")
        wav(folder / name(DAYS[9], number), 4)
        wav(folder / name(DAYS[11], number), 5)  # five seconds are tolerated
        wav(folder / name(DAYS[12], number), 99)
    log, sample = looked(operator, folder)
    assert (log.state, log.why, log.missing_days) == ("gap", "files_missing", 4)
    assert [(one.from_, one.to) for one in log.gaps] == [
        ("2026-08-04", "2026-08-05"), ("2026-08-08", "2026-08-08"), ("2026-08-10", "2026-08-10"),
    ]  # fmt: skip
    assert log.unbroken_since == "2026-08-11"
    counts = {one: count for one, count in sample.verdicts.items() if count}
    assert counts == {"kept": 26, "missing": 2, "empty": 1, "too_short": 1}
    short = next(one for one in sample.failing if one.verdict == "too_short")
    assert (short.talk_ms, short.length_ms, short.day) == (10_000, 4_000, "2026-08-10")
    assert "1390000" not in to_json(sample).replace("139****", ""), "numbers are masked in names, too"
    assert short.file.startswith("q-139****000")


def test_the_same_seed_draws_the_same_and_another_state_others(
    demo: str, operator: Actor, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(tmp_path / "calls.csv", operator)
    first, again = (drawn(operator, folder, monkeypatch) for _turn in range(2))
    seed = looked(operator, folder)[1].seed
    assert first == again
    assert len(first) == len(DAYS)
    numbers = Counter(one.rpartition("-")[2] for one in first)
    assert len(numbers) > 1, "not always the first call of a day"
    called(tmp_path / "more.csv", operator, tag="x")
    assert looked(operator, folder)[1].seed != seed
    assert drawn(operator, folder, monkeypatch) != first
    assert len({logs.seed_of(*one) for one in (
        ("demo", TODAY, 1), ("demo", TODAY, 2), ("demo", FIRST, 1), ("other", TODAY, 1),
    )}) == 4  # fmt: skip


def test_a_name_is_looked_for_in_the_whole_folder_once(
    demo: str, operator: Actor, tmp_path: Path, folder: Path
) -> None:
    called(tmp_path / "calls.csv", operator, of="http://pbx/rec/{file}")
    log, sample = looked(operator, folder)
    assert (log.state, sample.verdicts["kept"], sample.searched_whole) == ("ok", 30, True)
    assert sample.searched == 30 * A_DAY + 30 + 2, "files, days, month and year"


def test_a_folder_that_is_gone_stops_no_other_log(
    demo: str, operator: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(tmp_path / "calls.csv", operator)
    monkeypatch.setenv("NIANJIAN_RECORDINGS", f"demo={tmp_path}/gone")
    log, sample = looked(operator)
    assert (log.state, log.why, sample.folder) == ("unknown", "folder_unreadable", "unreadable")
    with pytest.raises(NianjianError, match="recordings_folder_wrong"):
        looked(operator, tmp_path / "gone")
    for wrong in ("demo", "demo=rel/dir", "=/x", f"demo={tmp_path},demo=/tmp", "de mo=/x", "demo=/x%00y"):
        monkeypatch.setenv("NIANJIAN_RECORDINGS", wrong)
        with pytest.raises(NianjianError, match="recordings_malformed"):
            looked(operator)


def test_the_doctor_looks_at_the_folders(demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a b").mkdir()
    monkeypatch.setattr(health, "CHECKS", {"recordings": health.CHECKS["recordings"]})
    for value, code in (
        ("", "recordings_unset"),
        (f"demo={tmp_path}/a%20b", "recordings_readable"),
        (f"nobody={tmp_path}", "recordings_strange"),
        (f"demo={tmp_path}/gone", "recordings_folder_wrong"),
        ("demo", "recordings_malformed"),
    ):
        monkeypatch.setenv("NIANJIAN_RECORDINGS", value)
        (finding,) = health.examine_installation()
        assert finding.code == code


def test_every_door_shows_the_sample_and_no_number(
    demo: str, operator: Actor, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(tmp_path / "calls.csv", operator)
    for number in range(A_DAY):
        (folder / name(DAYS[3], number)).unlink()
    monkeypatch.setenv("NIANJIAN_RECORDINGS", f"demo={folder}")
    signed = signed_in("anna")
    readiness.look.enqueue(enterprise="demo", part="retention", actor=operator)
    work()
    result = readiness.newest_check(enterprise="demo", part="retention", actor=operator)
    assert result is not None
    page = signed.get("/e/demo/inspection/retention/").content.decode()
    check = logs.check_logs(enterprise="demo", as_of=None, actor=operator)
    shell = printed(picture.render_retention, check)
    _name, copy = inspection_day.build_bundle(enterprise="demo", actor=operator, language="zh-hans")
    with zipfile.ZipFile(io.BytesIO(copy)) as pack:
        paper = pack.read("retention.html").decode()
        with pypdfium2.PdfDocument(io.BytesIO(pack.read("retention.pdf"))) as document:
            pdf = "".join(one.get_textpage().get_text_bounded() for one in document)
    for text in (page, shell, paper, pdf):
        assert result["sample"]["seed"] in text
        assert "139****000" in text
        assert "1390000" not in text
        assert str(folder) not in text, "where files lie on the server is told to nobody"
    assert "没有这个文件" in page
    assert "没有人听" in page
    bearer = {"Authorization": f"Bearer {lead('lea', operator)}"}
    api = Client().get("/api/v1/enterprises/demo/inspection?part=retention", headers=bearer).json()
    assert api["told"]["sample"] == result["sample"]

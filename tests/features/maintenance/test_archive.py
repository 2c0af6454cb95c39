"""The file of a backup: whole or not there, every byte held against the manifest, no member outside its folder."""

import io
import json
import os
import re
import tarfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

import nianjian
from nianjian.engines.gate.snapshot import files
from nianjian.engines.intake.ledger import RetentionLimits
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints import forwards
from nianjian.features.complaints.forwards import ForwardMapping
from nianjian.features.dossier.operations import checklist
from nianjian.features.maintenance import backup, retention
from nianjian.features.maintenance.archive import MANIFEST, check_archive, write_archive
from nianjian.features.maintenance.health import is_encrypted
from nianjian.features.maintenance.retention import first_kept_day, list_periods
from nianjian.features.maintenance.rows import files_once
from nianjian.platform.accounts.query import Actor
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.attachments import RowAttachment
from nianjian.platform.vault import blobs, keyring


def _build_archive(path: Path, **members: bytes) -> Path:
    with write_archive(path, lambda: {"program": "1"}) as writer:
        for name, content in members.items():
            writer.add_bytes(name, content)
    return path


def _by_hand(path: Path, members: dict[str, bytes], manifest: dict[str, object]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in [*members.items(), (MANIFEST, json.dumps(manifest).encode())]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_members_come_back_as_they_were(tmp_path: Path) -> None:
    sealed = tmp_path / "sealed"
    sealed.write_bytes(b"x" * 3_000_000)
    sealed.chmod(0o400)
    with write_archive(tmp_path / "b.tar", dict) as writer:
        writer.add("home/made/sealed", sealed)
        writer.add_bytes("home/空", "值".encode())
    archive = check_archive(tmp_path / "b.tar")
    assert (archive.size, archive.digest) == (3_000_003, writer.digest)
    archive.unpack(lambda name: tmp_path / "out" / name)
    assert (tmp_path / "out" / "home/made/sealed").read_bytes() == sealed.read_bytes()
    assert (tmp_path / "out" / "home/made/sealed").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "out/home/空").read_text(encoding="utf-8") == "值"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out/home").rglob("*") if path.is_dir()} == {0o700}


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert check_archive(_build_archive(tmp_path / "b.tar", a=b"1")).members
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar"]


def test_what_fails_leaves_nothing_and_another_backup_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), write_archive(tmp_path / "b.tar", dict) as writer:
        writer.add("a", tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NianjianError, match="backup_exists"), write_archive(tmp_path / "b.tar", dict):
        (tmp_path / "b.tar").write_bytes(b"theirs")
    assert (tmp_path / "b.tar").read_bytes() == b"theirs"


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "a\\..\\x"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    manifest = {"format": 1, "members": {name: {"size": 1, "sha256": digest}}}
    with pytest.raises(NianjianError, match="backup_damaged"):
        check_archive(_by_hand(tmp_path / "b.tar", {name: b"1"}, manifest))


def test_what_the_manifest_does_not_say_is_refused(tmp_path: Path) -> None:
    good = _build_archive(tmp_path / "good.tar", a=b"1", b=b"2")
    manifest = dict(check_archive(good).manifest)
    for number, members in enumerate(({"a": b"1"}, {"a": b"1", "b": b"3"}, {"a": b"1", "b": b"2", "c": b"4"})):
        with pytest.raises(NianjianError, match="backup_damaged"):
            check_archive(_by_hand(tmp_path / f"{number}.tar", members, manifest))
    with pytest.raises(NianjianError, match="backup_format_unknown"):
        check_archive(_by_hand(tmp_path / "later.tar", {}, {"format": 2, "members": {}}))


# Whether a disk is encrypted, on device trees as Linux shows them.


@pytest.fixture
def blocks(tmp_path: Path) -> Path:
    """`/sys/dev/block` with an empty tree of devices beside it."""
    place = tmp_path / "block"
    place.mkdir()
    return place


def _device(blocks: Path, number: str, where: str, uuid: str = "", *below: Path) -> Path:
    place = blocks.parent / "devices" / where
    place.mkdir(parents=True)
    if uuid:
        (place / "dm").mkdir()
        (place / "dm" / "uuid").write_text(f"{uuid}\n")
    if below:
        (place / "slaves").mkdir()
        for one in below:
            (place / "slaves" / one.name).symlink_to(one)
    (blocks / number).symlink_to(place)
    return place


def test_lvm_on_luks_is_encrypted_a_bare_disk_is_not_and_others_tell_nothing(blocks: Path) -> None:
    disk = _device(blocks, "8:2", "pci0000:00/ata1/sda2")
    luks = _device(blocks, "253:0", "virtual/block/dm-0", "CRYPT-LUKS2-0f0e-home", disk)
    _device(blocks, "253:1", "virtual/block/dm-1", "LVM-abc", luks)
    assert is_encrypted(os.makedev(253, 1), blocks) is True
    assert is_encrypted(os.makedev(253, 0), blocks) is True
    _device(blocks, "8:1", "pci0000:00/ata1/sda1")
    assert is_encrypted(os.makedev(8, 1), blocks) is False
    _device(blocks, "254:1", "pci0000:00/virtio2/block/vda1")
    assert is_encrypted(os.makedev(254, 1), blocks) is None
    assert is_encrypted(os.makedev(0, 42), blocks) is None


# The gate's files in a backup, while the feed goes on.


def test_a_generation_that_the_feed_prunes_meanwhile_is_gone(tmp_path: Path) -> None:
    root = files.snapshot_root(tmp_path)
    lists, generation = root / files.LISTS, root / files.GENERATIONS / "7"
    for folder in (lists, generation):
        folder.mkdir(parents=True)
    shared, own, pruned = (generation / f"{name}.list" for name in ("shared", "own", "pruned"))
    for path in (shared, own, pruned):
        path.write_text("1")
    (lists / "a.list").hardlink_to(shared)
    (lists / "b.list").symlink_to(lists / "none")  # as one that the glob has seen and the feed then deleted
    other = tmp_path / "vault" / "f"
    paths = files_once(tmp_path, [other, shared, own, pruned])
    assert next(paths) == other, "what is nothing of the gate's is not looked at"
    pruned.unlink()
    assert list(paths) == [own]


def test_a_folder_that_goes_while_it_is_listed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("1", "2", ".half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / "2" / ".lock").touch()
    scan = os.scandir

    def pruned(place: Path) -> object:
        if Path(place).name == "1":
            Path(place).rename(tmp_path / ".pruned")
        return scan(place)

    monkeypatch.setattr(os, "scandir", pruned)
    assert [str(path.relative_to(tmp_path)) for path in backup._visible(tmp_path)] == ["2/file"]
    assert backup._visible(tmp_path / "none") == []


# How long a class of records is kept: the longest of its own setting and of every rule it is measured by.

TODAY = date(2026, 8, 31)


def _overlay(key: str, value: object) -> dict[str, object]:
    return {
        "key": key, "value": value, "province": None, "enterprise": None, "valid_from": date(2026, 1, 1),
        "valid_to": None, "reason": "test", "when": "2026-01-01T00:00:00",
    }  # fmt: skip


def test_every_class_has_a_period_and_the_audit_chain_has_no_end() -> None:
    by_class = {one.record_class: one for one in list_periods(Rulebook.on(TODAY), TODAY)}
    assert set(by_class) == {"calls", "rejects", "complaints", "people", "audit", "portraits"}
    assert by_class["calls"].since == date(2023, 8, 31)
    assert by_class["rejects"].since == date(2025, 8, 31)
    assert (by_class["audit"].since, by_class["audit"].rule) == (None, "retention.data_provision")
    assert (by_class["audit"].value, by_class["audit"].unit) == (3, "years")


def test_a_shorter_setting_gives_way_to_the_law_and_a_longer_one_acts() -> None:
    book = Rulebook.on(TODAY, overlays=[_overlay("retention.keep.calls", 1)])
    (calls,) = (one for one in list_periods(book, TODAY) if one.record_class == "calls")
    assert (calls.rule, calls.level) == ("retention.network_logs", "law")
    assert calls.since == date(2026, 2, 28)  # six calendar months back from 31 August, not 180 days
    book = Rulebook.on(TODAY, overlays=[_overlay("retention.keep.rejects", 60)])
    (rejects,) = (one for one in list_periods(book, TODAY) if one.record_class == "rejects")
    assert (rejects.rule, rejects.since) == ("retention.keep.rejects", date(2021, 8, 31))
    days = Rulebook.on(TODAY).rule("retention.outbound_consented")
    assert first_kept_day(days, TODAY) == date(2026, 8, 1), "days are counted as days"


def test_calls_go_by_whole_months_and_rejects_by_their_import() -> None:
    limits = RetentionLimits("2026-03", date(2026, 3, 15))
    assert limits.over("part=2026-02/B202601011200001234-abc-1.parquet", "2026-02")
    assert not limits.over("part=2026-03/B202001011200001234-abc-1.parquet", "2026-03")
    assert limits.over("part=rejected/B202603142359591234-abc-0.parquet", "rejected")
    assert not limits.over("part=rejected/B202603150000001234-abc-0.parquet", "rejected")
    assert not limits.over("part=rejected/other.parquet", "rejected")
    assert not limits.over("part=__HIVE_DEFAULT_PARTITION__/x.parquet", "__HIVE_DEFAULT_PARTITION__")


# Sealed files that no row names go after a day; what a row names stays.

SOURCE = Path(nianjian.__file__).parent


def _aged(blob: str, age: timedelta = timedelta(days=2)) -> None:
    at = (clock.now() - age).timestamp()
    os.utime(keyring.home() / "vault" / blob[:2] / blob, (at, at))


def _enqueue_list(actor: Actor) -> str:
    forwards.enqueue_import(
        enterprise="demo",
        name="a.csv",
        content=b"x",
        mapping=ForwardMapping(),
        arrived=None,
        language="en",
        actor=actor,
    )
    return str(Job.objects.get().payload["list"])


def test_what_no_row_names_goes_after_a_day(demo: str, operator: Actor) -> None:
    _aged(blobs.put(b"of another").id)
    assert (retention.delete_strays(), len(list(blobs.blobs()))) == (0, 1), "the files of another database stay"
    blobs.remove(next(iter(blobs.blobs())))
    stray, fresh, paper, report = (blobs.put(word).id for word in (b"stray", b"fresh", b"paper", b"kept"))
    list_blob = _enqueue_list(operator)
    checklist.enqueue_check(enterprise=demo, year=2025, item="articles", name="a.pdf", content=b"y", actor=operator)
    waits = str(Job.objects.get(kind=flow.CHECK_PAPER).payload["paper"])
    Job.objects.create(
        id="J1", kind="rectify.report", result={"blob": report}, requested_by="x", created_at=clock.now()
    )
    RowAttachment.objects.create(
        enterprise_id=demo, register="lines", key="L1", name="a", media_type="image/png", sha256="0" * 64, size=5,
        blob=paper, recorded_at=clock.now(), recorded_by="x",
    )  # fmt: skip
    for blob in (stray, paper, report, list_blob, waits):
        _aged(blob)
    _aged(fresh, timedelta(hours=23))
    halves = [keyring.home() / "vault" / stray[:2] / name for name in (".new-old", ".new-fresh")]
    for half in halves:
        half.touch()
    os.utime(halves[0], (0, 0))
    assert retention.delete_strays() == 1
    assert [half.exists() for half in halves] == [False, True]
    assert set(blobs.blobs()) == {fresh, paper, report, list_blob, waits}


def test_a_file_goes_before_the_row_that_names_it(demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    list_blob = _enqueue_list(operator)
    Job.objects.update(state=Job.STOPPED, finished_at=clock.now() - forwards.KEPT)

    def killed(**_given: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(flow.service, "forget", killed)
        with pytest.raises(KeyboardInterrupt):
            forwards.delete_expired_files()
    assert list_blob not in set(blobs.blobs())
    assert forwards.delete_expired_files() == 1
    assert "list" not in Job.objects.get().payload


def test_whoever_puts_a_file_is_known_to_the_sweep() -> None:
    """Where another place puts sealed files, a column ``blob`` or a job must name them, lest they be deleted."""
    assert {"Attachment", "RowAttachment", "Paper", "Evidence", "NoticeScan"} <= {
        one.__name__ for one in retention.list_models_with_files()
    }
    puts = Counter(
        "/".join(path.relative_to(SOURCE).parts[:2])
        for path in SOURCE.rglob("*.py")
        for _put in re.findall(r"\bblobs\.put(?:_file|_undoable)?\(", path.read_text())
    )
    assert puts == {
        "features/calls": 1,
        "features/complaints": 1,
        "features/dossier": 10,
        "features/inspection": 1,
        "features/rectification": 2,
        "features/registers": 1,
        "features/season": 1,
        "features/test_calls": 1,
        "platform/jobs": 1,
        "platform/registers": 2,
    }

"""The file of a backup: whole or not there, every byte held against the manifest, no member outside its folder."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.maintenance.archive import MANIFEST, check_archive, write_archive


def _made(path: Path, **members: bytes) -> Path:
    with write_archive(path, lambda: {"program": "1"}) as writer:
        for name, content in members.items():
            writer.add_bytes(name, content)
    return path


def _by_hand(path: Path, members: dict[str, bytes], told: dict[str, object]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in [*members.items(), (MANIFEST, json.dumps(told).encode())]:
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
    found = check_archive(tmp_path / "b.tar")
    assert (found.size, found.digest) == (3_000_003, writer.digest)
    found.unpack(lambda name: tmp_path / "out" / name)
    assert (tmp_path / "out" / "home/made/sealed").read_bytes() == sealed.read_bytes()
    assert (tmp_path / "out" / "home/made/sealed").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "out/home/空").read_text(encoding="utf-8") == "值"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out/home").rglob("*") if path.is_dir()} == {0o700}


def test_what_fails_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), write_archive(tmp_path / "b.tar", dict) as writer:
        writer.add("a", tmp_path / "gone")
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert check_archive(_made(tmp_path / "b.tar", a=b"1")).members
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar"]


def test_another_backup_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(NianjianError, match="backup_exists"), write_archive(tmp_path / "b.tar", dict):
        (tmp_path / "b.tar").write_bytes(b"theirs")
    assert (tmp_path / "b.tar").read_bytes() == b"theirs"


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "a\\..\\x"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    digest = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
    told = {"format": 1, "members": {name: {"size": 1, "sha256": digest}}}
    with pytest.raises(NianjianError, match="backup_damaged"):
        check_archive(_by_hand(tmp_path / "b.tar", {name: b"1"}, told))


def test_what_the_manifest_does_not_say_is_refused(tmp_path: Path) -> None:
    good = _made(tmp_path / "good.tar", a=b"1", b=b"2")
    told = dict(check_archive(good).manifest)
    for number, members in enumerate(({"a": b"1"}, {"a": b"1", "b": b"3"}, {"a": b"1", "b": b"2", "c": b"4"})):
        with pytest.raises(NianjianError, match="backup_damaged"):
            check_archive(_by_hand(tmp_path / f"{number}.tar", members, told))
    with pytest.raises(NianjianError, match="backup_format_unknown"):
        check_archive(_by_hand(tmp_path / "later.tar", {}, {"format": 2, "members": {}}))

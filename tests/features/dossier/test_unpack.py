"""A package as a zip: unpacked within limits, and nothing outside the folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.receive import unpack

MARKER = "manifest.json"


def zipped(folder: Path, members: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> Path:
    path = folder / "p.zip"
    with zipfile.ZipFile(path, "w", how) as pack:
        for name, content in members.items():
            pack.writestr(name, content)
    return path


def out(folder: Path) -> Path:
    made = folder / "out"
    made.mkdir()
    return made


def test_the_folder_of_the_manifest_is_the_package(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"材料/manifest.json": b"{}", "材料/upload/a.pdf": b"x"})
    found = unpack(path, out(tmp_path), marker=MARKER)
    assert found == tmp_path / "out" / "材料"
    assert (found / "upload" / "a.pdf").read_bytes() == b"x"


def test_names_in_gbk_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"XXXX.pdf": b"x"})
    path.write_bytes(path.read_bytes().replace(b"XXXX", "材料".encode("gbk")))
    unpack(path, out(tmp_path), marker=MARKER)
    assert (tmp_path / "out" / "材料.pdf").is_file()


@pytest.mark.parametrize("name", ["../a.pdf", "/a.pdf", "a/../../b.pdf", "..\\a.pdf"])
def test_a_member_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NianjianError) as refused:
        unpack(zipped(tmp_path, {name: b"x"}), out(tmp_path), marker=MARKER)
    assert refused.value.code == "dossier_zip_path"
    assert list((tmp_path / "out").rglob("*")) == []


def test_bombs_and_broken_files_are_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path, {"a.pdf": bytes(50 << 20)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(NianjianError) as refused:
        unpack(bomb, out(tmp_path), marker=MARKER)
    assert refused.value.code == "dossier_zip_large"
    bomb.write_bytes(b"PK\x03\x04 nonsense")
    with pytest.raises(NianjianError) as broken:
        unpack(bomb, tmp_path / "out", marker=MARKER)
    assert broken.value.code == "dossier_zip_broken"

"""The manifest of a stored package: read from the front of its zip, whatever comes behind it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions.manifest import LIMIT, NAME, read_packed_manifest
from nianjian.features.dossier.operations.package import BLOB, store_zip
from nianjian.platform.vault import blobs

BODY = b'{"sha256": "0"}'
PIECE = 1 << 20


def _pack(*files: tuple[str, bytes], **how: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **how) as pack:  # type: ignore[call-overload] -- the compression
        for name, content in files:
            pack.writestr(name, content)
    return target.getvalue()


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[start : start + size] for start in range(0, len(content), size))


@pytest.mark.usefixtures("keys")
def test_a_stored_package_is_decrypted_only_as_far_as_its_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "large.pdf").write_bytes(b"%PDF-" + bytes(4 * PIECE))
    (folder / NAME).write_bytes(BODY)
    pieces = blobs.read(store_zip(folder, "package.zip")[BLOB])
    assert read_packed_manifest(pieces) == BODY
    assert sum(map(len, pieces)) >= 3 * PIECE, "most of it was not read yet"


@pytest.mark.parametrize("size", [1, 7, PIECE])
def test_what_lies_before_the_manifest_is_skipped(size: int) -> None:
    packed = _pack(("a/材料.pdf", b"PK\x03\x04 no entry"), (NAME, BODY), ("z.pdf", b"z"))
    assert read_packed_manifest(_pieces(packed, size)) == BODY


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"", "dossier_manifest_unreadable"),
        (_pack(("a.pdf", b"a")), "dossier_manifest_unreadable"),
        (_pack(("a.pdf", b"a"), (NAME, BODY))[:40], "dossier_manifest_unreadable"),
        (_pack((NAME, bytes(LIMIT + 1))), "file_too_large"),
    ],
    ids=["empty", "without", "cut", "large"],  # a zip holds the second at which it was made
)
def test_what_holds_no_manifest_is_refused(packed: bytes, code: str) -> None:
    with pytest.raises(NianjianError) as refused:
        read_packed_manifest(_pieces(packed, PIECE))
    assert refused.value.code == code

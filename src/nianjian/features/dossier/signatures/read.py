"""The signatures of a PDF, read by the limited child; the file itself is not changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import magic
from nianjian.features.dossier.ingest.limited import Ended, run
from nianjian.features.dossier.ingest.magic import Type
from nianjian.features.dossier.signatures import state
from nianjian.features.dossier.signatures.state import Signature

WALL: Final = 60.0  # seconds
TOGETHER: Final = 8  # files that one child reads


def read(path: Path, *, name: str = "", roots: Path | None = None) -> tuple[Signature, ...]:
    """Each signature, oldest first; ``roots``: PEM of the trusted certificates, None: trust is not known.

    ``signature_not_pdf``, ``signature_roots_unreadable``, ``signatures_many``, ``dossier_file_costly``,
    ``dossier_file_broken``, and those of `magic.type_of`.
    """
    called = name or path.name
    if magic.type_of(path, called) is not Type.PDF:
        raise NianjianError("signature_not_pdf", file=called)
    if roots is not None and not _readable(roots):
        raise NianjianError("signature_roots_unreadable", file=str(roots))
    return _told([path], called, "" if roots is None else str(roots))[0]


def several(paths: Sequence[Path]) -> list[tuple[Signature, ...]]:
    """The signatures of files of our own, a few in one child; as `read`."""
    found: list[tuple[Signature, ...]] = []
    for first in range(0, len(paths), TOGETHER):
        found += _told(paths[first : first + TOGETHER], paths[first].name, "")
    return found


def _told(paths: Sequence[Path], called: str, roots: str) -> list[tuple[Signature, ...]]:
    try:
        told = run("signatures", roots, *map(str, paths), wall=WALL)
    except Ended as end:
        if end.reason in {"time", "memory", "output"}:
            raise NianjianError("dossier_file_costly", file=called, reason=end.reason) from end
        raise NianjianError("dossier_file_broken", file=called) from end
    found: list[tuple[Signature, ...]] = []
    seen: list[Signature] = []
    for one in told:
        if "unreadable" in one:
            break
        if "count" not in one:
            seen.append(state.of(one))
            continue
        if one["count"] != len(seen):  # what was not read is not told as good
            raise NianjianError("signatures_many", file=called, most=len(seen))
        found.append(tuple(seen))
        seen = []
    if len(found) != len(paths):
        raise NianjianError("dossier_file_broken", file=called)
    return found


def _readable(roots: Path) -> bool:
    """Whether the file can be opened; what it holds, the child reads."""
    try:
        with roots.open("rb") as file:
            return bool(file.read(1))
    except OSError:
        return False

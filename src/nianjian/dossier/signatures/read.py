"""The signatures of a PDF, read by the limited child; the file itself is not changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nianjian.dossier.ingest import magic
from nianjian.dossier.ingest.limited import Ended, run
from nianjian.dossier.ingest.magic import Type
from nianjian.dossier.signatures import state
from nianjian.dossier.signatures.state import Signature
from nianjian.kernel.errors import NianjianError

WALL: Final = 60.0  # seconds


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
    try:
        told = run("signatures", str(path), *([] if roots is None else [str(roots)]), wall=WALL)
    except Ended as end:
        if end.reason in {"time", "memory", "output"}:
            raise NianjianError("dossier_file_costly", file=called, reason=end.reason) from end
        raise NianjianError("dossier_file_broken", file=called) from end
    if not told or "unreadable" in told[-1]:
        raise NianjianError("dossier_file_broken", file=called)
    *found, last = told
    if last["count"] != len(found):  # what was not read is not told as good
        raise NianjianError("signatures_many", file=called, most=len(found))
    return tuple(state.of(one) for one in found)


def _readable(roots: Path) -> bool:
    """Whether the file can be opened; what it holds, the child reads."""
    try:
        with roots.open("rb") as file:
            return bool(file.read(1))
    except OSError:
        return False

"""A file of others taken in: the original kept read-only under its sha256, a clean copy beside it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import magic
from nianjian.features.dossier.ingest.limited import Ended, run
from nianjian.features.dossier.ingest.magic import PICTURES, Type

_READ_ONLY: Final = 0o400
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Received:
    """``original`` is evidence and opened by nobody again. ``clean`` None: an OFD, kept and not read.

    ``active``: kinds of active content that the clean copy is free of; ``locked``: an owner's password that was
    dropped; ``signed``: the original carries an electronic signature; ``repaired``: it was damaged; ``rebuilt``: it
    could not be cleaned otherwise, so the clean copy has pictures of its pages alone.
    """

    name: str
    type: Type
    sha256: str
    size: int
    original: Path
    clean: Path | None
    pages: int
    active: tuple[str, ...] = ()
    locked: bool = False
    signed: bool = False
    repaired: bool = False
    rebuilt: bool = False
    ofd: dict[str, object] = field(default_factory=dict)


def receive(file: Path, folder: Path, *, name: str = "") -> Received:
    """Take ``file`` into ``folder``; ``name`` is what people call it. Refused with one NianjianError that names it."""
    called = name or file.name
    kind = magic.type_of(file, called)
    original = _kept(file, folder)
    size, sha256 = original.stat().st_size, original.stem
    if kind is Type.OFD:
        told = _asked("ofd", called, original)
        return Received(called, kind, sha256, size, original, None, 0, ofd=told["facts"])
    clean = folder / f"{sha256}.clean.pdf"
    if kind in PICTURES:
        told = _asked("picture", called, kind.value, original, clean)
    else:
        told = _cleaned(called, original, clean)
    return Received(
        called, kind, sha256, size, original, clean, told["pages"], tuple(told["active"]),
        locked=told["locked"], signed=told["signed"], repaired=told["repaired"],
        rebuilt=bool(told.get("left")),
    )  # fmt: skip


def _cleaned(name: str, original: Path, clean: Path) -> Any:  # noqa: ANN401 - JSON of the child
    """The clean copy; where active content is left in it, a copy made of pictures alone."""
    told = _asked("clean", name, original, clean)
    if not told["left"]:
        return told
    rebuilt = clean.with_suffix(".rebuilt")
    made = _asked("rebuild", name, clean, rebuilt)
    rebuilt.replace(clean)
    return {**told, "pages": made["pages"], "active": sorted({*told["active"], *told["left"]})}


def _asked(program: str, name: str, *words: object) -> Any:  # noqa: ANN401 - JSON of the child
    """The child's answer; whatever else it comes to is a refusal."""
    try:
        told = run(program, name, *map(str, words))
    except Ended as end:
        if end.reason in {"time", "memory", "output"}:
            raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
        raise NianjianError("dossier_file_broken", file=name) from end
    if not told:
        raise NianjianError("dossier_file_broken", file=name)
    return told[-1]


def _kept(file: Path, folder: Path) -> Path:
    """Copy once, hash what was copied: nobody changes it between the look and the keeping."""
    draft = folder / "incoming"
    shutil.copyfile(file, draft)
    with draft.open("rb") as copied:
        sha256 = hashlib.file_digest(copied, "sha256").hexdigest()
    draft.chmod(_READ_ONLY)
    return draft.rename(folder / f"{sha256}.original")

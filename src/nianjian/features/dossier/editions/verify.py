"""A package against its manifest: which page of which file was swapped, added, removed, re-ordered or changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.compare import Difference, Kind, compare
from nianjian.features.dossier.editions.look import inspect_file
from nianjian.features.dossier.editions.match import closeness
from nianjian.features.dossier.signatures.read import read
from nianjian.features.dossier.signatures.state import Standing
from nianjian.features.dossier.signatures.state import whole as whole_of

Watch = Callable[[int, int], None]
"""(files done, all files); what it raises ends the check there."""
ALIKE: Final = 0.9  # of two looks: the same page, drawn anew


@dataclass(frozen=True, slots=True)
class Note:
    """What is no fault of a page: ``resaved``, or what stands behind the file as it was made.

    ``signed`` (a signature that covers all of it), ``signature_broken`` or ``appended`` (something else).
    """

    file: str
    kind: str


@dataclass(frozen=True, slots=True)
class Result:
    """``digest``: the manifest's SHA-256, to be compared with the one that is kept elsewhere."""

    differences: tuple[Difference, ...]
    notes: tuple[Note, ...]
    digest: str
    files: int
    pages: int

    @property
    def intact(self) -> bool:
        """Nothing differs."""
        return not self.differences


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def verify(path: Path, *, listed: Path | None = None, digest: str = "", watch: Watch = _unwatched) -> Result:
    """A folder, or one file of it. ``listed``: the manifest, where it lies elsewhere; ``digest``: what it must hash to.

    ``dossier_path_unknown``; a manifest that is gone, broken or another one is a difference.
    """
    if not os.path.exists(path):  # noqa: PTH110 -- the other one raises where a name is too long
        raise NianjianError("dossier_path_unknown", path=str(path))
    found = listed or _manifest(path)
    if found is None:
        return Result((Difference(manifest.NAME, None, Kind.MANIFEST),), (), "", 0, 0)
    try:
        told = manifest.read(found)
    except NianjianError:
        return Result((Difference(found.name, None, Kind.MANIFEST),), (), "", 0, 0)
    differences: list[Difference] = []
    if not manifest.holds(told) or (digest and digest.lower() != told["sha256"]):
        differences.append(Difference(found.name, None, Kind.MANIFEST))
    single = path.is_file() and path.resolve() != found.resolve()
    root = found.parent if path.is_file() or listed is None else path
    entries, more = _one(path, root, told) if single else _folder(root, found, told)
    differences += more
    notes: list[Note] = []
    for done, (file, entry) in enumerate(entries):
        watch(done, len(entries))
        faults, said = _file(file, entry)
        differences += faults
        notes += said
    pages = sum(len(entry["pages"]) for _file_, entry in entries)
    return Result(tuple(differences), tuple(notes), str(told.get("sha256", "")), len(entries), pages)


def _manifest(path: Path) -> Path | None:
    """In the folder; beside a file or one above."""
    if path.is_file() and path.name == manifest.NAME:
        return path
    places = [path] if path.is_dir() else list(path.resolve().parents)[:2]
    return next((one / manifest.NAME for one in places if (one / manifest.NAME).is_file()), None)


Entries = Sequence[tuple[Path, dict[str, Any]]]


def _one(path: Path, root: Path, told: manifest.Json) -> tuple[Entries, list[Difference]]:
    """The entry of a single file, by its place or else its name."""
    try:
        place = path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        place = path.name
    found = [one for one in told["files"] if one["path"] == place]
    found = found or [one for one in told["files"] if Path(one["path"]).name == path.name]
    if not found:
        return [], [Difference(place, None, Kind.EXTRA_FILE)]
    return [(path, found[0])], []


def _folder(root: Path, listed: Path, told: manifest.Json) -> tuple[Entries, list[Difference]]:
    """Entries whose file is there; files too few and too many."""
    entries, faults, known = [], [], set()
    for entry in told["files"]:
        known.add(entry["path"])
        path = root / entry["path"]
        if path.is_file() and path.resolve().is_relative_to(root.resolve()):
            entries.append((path, entry))
        else:
            faults.append(Difference(entry["path"], None, Kind.MISSING_FILE))
    for path in sorted(root.rglob("*")):
        place = path.relative_to(root).as_posix()
        file = path.is_symlink() or not path.is_dir()  # a link to a folder hides what lies in it
        if file and place not in known and path.resolve() != listed.resolve():
            faults.append(Difference(place, None, Kind.EXTRA_FILE))
    return entries, faults


def _file(path: Path, entry: dict[str, Any]) -> tuple[list[Difference], list[Note]]:
    """One file: by its bytes, else page by page."""
    name = entry["path"]
    if path.stat().st_size == entry["bytes"] and manifest.digests(path) == (entry["sha256"], entry["sm3"]):
        return [], []
    seen = inspect_file("prints", path)
    if seen is None:
        return [Difference(name, None, Kind.CHANGED)], []
    wanted = [one["content"] for one in entry["pages"]]
    looks: dict[str, str] = {}
    if wanted != seen["pages"]:
        looks = (inspect_file("ink", path) or {"looks": {}})["looks"]

    def alike(old: int, now: int) -> bool:
        return str(now) in looks and closeness(entry["pages"][old]["look"], looks[str(now)]) >= ALIKE

    faults = compare(name, wanted, seen["pages"], alike)
    if faults:
        return faults, []
    if seen["document"] != entry["document"]:
        return [Difference(name, None, Kind.CHANGED)], []
    size = entry["bytes"]
    whole = path.stat().st_size > size and manifest.digests(path, size) == (entry["sha256"], entry["sm3"])
    return [], [Note(name, _behind(path) if whole else "resaved")]


def _behind(path: Path) -> str:
    """What was appended; only a signature over the whole file, with nothing behind it, is told as one."""
    try:
        found = read(path)
    except NianjianError:
        return "appended"
    if not found:
        return "appended"
    sound = whole_of(found) in {Standing.UNKNOWN, Standing.TRUSTED, Standing.UNTRUSTED} and found[-1].whole_file
    return "signed" if sound else "signature_broken"

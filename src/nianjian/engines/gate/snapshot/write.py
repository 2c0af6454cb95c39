"""Write a generation beside the others and put it in force by a rename; the lists come by hard links."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from nianjian.engines.gate.snapshot import files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import hold_lock, sync_folder

PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class TenantFiles:
    """An enterprise's part of a new generation: its JSON, and lists that stand in ``lists/``."""

    data: Mapping[str, Any]
    lists: Sequence[files.ListEntry]


@contextmanager
def snapshot_lock(root: Path) -> Iterator[None]:
    """Hold the snapshot's lock: two feeds go one after the other."""
    for folder in (root.parent, root, root / files.LISTS, root / files.GENERATIONS):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    with hold_lock(root / ".lock"):
        for left in root.glob(".list-*"):  # of a builder that was killed
            shutil.rmtree(left)
        yield


def current_manifest(root: Path) -> files.Manifest | None:
    """The manifest of the generation in force; None where there is none or it cannot be read."""
    return _read_manifest(root / files.CURRENT)


def _read_manifest(folder: Path) -> files.Manifest | None:
    try:
        return files.parse_manifest((folder / files.MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def read_tenant(root: Path, code: str) -> dict[str, Any] | None:
    """An enterprise's JSON of the generation in force; None where there is none or it was damaged."""
    try:
        data: dict[str, Any] = json.loads((root / files.CURRENT / f"{code}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return data


def write_snapshot(root: Path, manifest: files.Manifest, by_code: Mapping[str, TenantFiles]) -> files.Manifest:
    """Write and put in force; ``manifest`` brings moment, ages and rulebook, its number is chosen here.

    Inside `snapshot_lock`. What an interrupted write left lies in a folder with a dot before its name and is removed.
    ``gate_list_missing`` where a named list does not stand in ``lists/``.
    """
    home = root / files.GENERATIONS
    for left in home.glob(".*"):
        shutil.rmtree(left)
    newest = max((int(one.name) for one in home.iterdir() if one.name.isdecimal()), default=0)
    result = replace(manifest, generation=newest + 1)
    folder = home / f".{files.folder_name(result.generation)}"
    folder.mkdir(mode=PRIVATE)
    tenants = {code: _write_tenant(root, folder, code, one) for code, one in by_code.items()}
    result = replace(result, tenants=tenants)
    write_private(folder / files.MANIFEST, result.text().encode())
    sync_folder(folder)
    final = home / files.folder_name(result.generation)
    folder.rename(final)
    sync_folder(home)
    put_in_force(root, final)
    write_checked_at(root, result.generation, result.made_at)
    return result


def tenant_json(data: Mapping[str, Any]) -> bytes:
    """An enterprise's JSON as it stands in its file."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True).encode()


def write_checked_at(root: Path, generation: int, at: int) -> None:
    """Write down that the generation still holds at a moment (epoch seconds)."""
    write_private(root / ".checked", json.dumps({"generation": generation, "at": at}).encode())
    (root / ".checked").rename(root / files.CHECKED)


def prune_generations(root: Path, before: int) -> int:
    """Remove generations made before a moment, never the one in force, and lists that none holds; how many."""
    now = current_manifest(root)
    gone = 0
    for folder in sorted((root / files.GENERATIONS).iterdir()):
        if not folder.name.isdecimal() or now is None or int(folder.name) >= now.generation:
            continue
        if folder.stat().st_mtime < before:
            shutil.rmtree(folder)
            gone += 1
    return gone


def store_list(root: Path, path: Path) -> str:
    """Move a finished list into ``lists/`` under its sha256; the sha256."""
    sha256 = files.sha256_of(path)
    path.replace(root / files.LISTS / f"{sha256}.list")
    sync_folder(root / files.LISTS)
    return sha256


def restore_list(root: Path, code: str, entry: files.ListEntry) -> bool:
    """Whether a list stands in ``lists/``; one that is gone from there is taken from the generation in force."""
    place = root / files.LISTS / f"{entry.sha256}.list"
    if place.exists():
        return True
    left = root / files.CURRENT / f"{code}.{entry.name}.list"
    if not left.exists() or files.sha256_of(left) != entry.sha256:
        return False
    os.link(left, place)
    return True


def remove_lists(root: Path, keep: set[str]) -> None:
    """Remove lists that are in no generation and not ``keep`` (sha256)."""
    for path in (root / files.LISTS).glob("*.list"):
        if path.stem not in keep and path.stat().st_nlink == 1:
            path.unlink()


def _write_tenant(root: Path, folder: Path, code: str, tenant: TenantFiles) -> files.TenantEntry:
    text = tenant_json(tenant.data)
    path = folder / f"{code}.json"
    write_private(path, text)
    for one in tenant.lists:
        try:
            os.link(root / files.LISTS / f"{one.sha256}.list", folder / f"{code}.{one.name}.list")
        except FileNotFoundError as fault:
            raise NianjianError("gate_list_missing", enterprise=code, list=one.name, sha256=one.sha256) from fault
    return files.TenantEntry(files.sha256_of(path), len(text), tuple(tenant.lists))


def put_in_force(root: Path, folder: Path) -> None:
    """Put a generation's folder in force."""
    fresh = root / ".current"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(folder.relative_to(root))
    fresh.rename(root / files.CURRENT)
    sync_folder(root)


def write_private(path: Path, content: bytes) -> None:
    """Write a private file and have it on the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def relink_snapshot(root: Path) -> int:
    """Link lists into the generations that name them; the newest that is whole is in force. How many are whole.

    A generation whose list is nowhere stays as it is: it cannot be opened, and the next feed writes another.
    """
    whole = [folder for folder in sorted((root / files.GENERATIONS).glob("[0-9]*")) if _is_whole(root, folder)]
    if whole and not (root / files.CURRENT).exists():
        put_in_force(root, whole[-1])
    return len(whole)


def _is_whole(root: Path, folder: Path) -> bool:
    manifest = _read_manifest(folder)
    if manifest is None:
        return False
    missing = False
    for code, entry in manifest.tenants.items():
        for one in entry.lists:
            place = folder / f"{code}.{one.name}.list"
            if place.exists():
                continue
            try:
                os.link(root / files.LISTS / f"{one.sha256}.list", place)
            except FileNotFoundError:
                missing = True
    return not missing

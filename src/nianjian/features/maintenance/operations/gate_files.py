"""The gate's files in a backup: a list that several generations share is taken once, and linked again where it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import files as places
from nianjian.engines.gate.snapshot.write import relink_snapshot
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import gate_lists

SHARED: Final = f"{form.GENERATIONS}/*/*.list"


def once(home: Path, files: Iterable[Path]) -> Iterator[Path]:
    """The files without those generations' lists that stand in ``lists/`` too; hard links of one file.

    The feed deletes generations and lists meanwhile: what is gone is left out, nothing refers to it any more.
    """
    root = places.snapshot_root(home)
    kept = {None, *(_inode(path) for path in (root / form.LISTS).glob("*.list"))}
    for path in files:
        shared = path.is_relative_to(root) and path.relative_to(root).match(SHARED)
        if not shared or _inode(path) not in kept:
            yield path


def _inode(path: Path) -> int | None:
    """Which file it is; None: none any more."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def link_snapshot(home: Path, members: Mapping[str, Mapping[str, Any]]) -> int:
    """Put the snapshot of a staged home together; how many of its generations are whole.

    ``backup_damaged`` where a list is not the one that its name says.
    """
    for name, told in members.items():
        path = Path(name)
        if path.match(f"gate/snapshot/{form.LISTS}/*.list") and path.stem != told["sha256"]:
            raise NianjianError("backup_damaged", member=name)
    return relink_snapshot(places.snapshot_root(home))


def missing(home: Path) -> list[dict[str, str]]:
    """The lists in use by the database that are not among the files: to be built again from their files."""
    lists = places.snapshot_root(home) / form.LISTS
    return [
        {"enterprise": one.enterprise_id, "kind": one.kind, "file": one.file}
        for one in gate_lists.list_gate_lists()
        if not (lists / f"{one.sha256}.list").exists()
    ]

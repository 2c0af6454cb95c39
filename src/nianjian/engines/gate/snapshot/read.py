"""Open a generation: every file is held against its sha256 before the first question is asked of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.gate.snapshot import format as form
from nianjian.engines.gate.snapshot.lists import NumberList
from nianjian.engines.gate.snapshot.tenant import Tenant
from nianjian.engines.kernel.errors import NianjianError

FRESH: Final = "fresh"
ALARM: Final = "alarm"
STALE: Final = "stale"


@dataclass(slots=True)
class Snapshot:
    """One generation, open. ``checked_at``: when the feed last said that it still holds (epoch seconds).

    ``stale_from``: the first moment (epoch milliseconds) at which that is too long ago to decide by it.
    """

    manifest: form.Manifest
    tenants: dict[str, Tenant]
    checked_at: int
    lists: dict[str, NumberList] = field(default_factory=dict)
    stale_from: int = field(init=False)

    def __post_init__(self) -> None:
        """As old as its check."""
        self.seen(self.checked_at)

    def seen(self, at: int) -> None:
        """The feed has said at that moment (epoch seconds) that it holds."""
        self.checked_at, self.stale_from = at, (at + self.manifest.deny_age + 1) * 1000

    @property
    def generation(self) -> int:
        """The number of this generation: it grows."""
        return self.manifest.generation

    def age(self, now: int) -> int:
        """Seconds since the feed last looked; ``now`` epoch milliseconds."""
        return now // 1000 - self.checked_at

    def stale(self, now: int) -> bool:
        """Whether it is too old to decide by."""
        return now >= self.stale_from

    def state(self, now: int) -> str:
        """`FRESH`, `ALARM` (old, still in use) or `STALE` (decides nothing any more)."""
        if self.stale(now):
            return STALE
        return ALARM if self.age(now) > self.manifest.alarm_age else FRESH


def open_snapshot(root: Path, generation: int | None = None, before: Snapshot | None = None) -> Snapshot:
    """Open the generation in force (None) or an older one; lists that ``before`` has open are taken over unread.

    May take a second a gigabyte, as every new file is read through: run it in a thread. NianjianError
    ``gate_snapshot_missing``, ``gate_snapshot_damaged`` with the file's name.
    """
    folder = root / (form.CURRENT if generation is None else f"{form.GENERATIONS}/{form.folder_name(generation)}")
    try:
        folder = folder.resolve(strict=True)
        text = (folder / form.MANIFEST).read_text("utf-8")
    except OSError as fault:
        raise NianjianError("gate_snapshot_missing", folder=str(root)) from fault
    except UnicodeDecodeError as fault:
        raise NianjianError("gate_snapshot_damaged", file=form.MANIFEST) from fault
    try:
        manifest = form.read(text)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NianjianError("gate_snapshot_damaged", file=form.MANIFEST) from fault
    if folder.name != form.folder_name(manifest.generation):
        raise NianjianError("gate_snapshot_damaged", file=form.MANIFEST)
    known = {} if before is None else before.lists
    lists: dict[str, NumberList] = {}
    tenants = {code: _tenant(folder, code, entry, known, lists) for code, entry in manifest.tenants.items()}
    return Snapshot(manifest, tenants, checked(root, manifest), lists)


def checked(root: Path, manifest: form.Manifest) -> int:
    """When the feed last found this generation to hold; its own moment where nothing was written since."""
    try:
        told = json.loads((root / form.CHECKED).read_text("utf-8"))
        if told["generation"] == manifest.generation:
            return max(int(told["at"]), manifest.made_at)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or half written by hand: the generation's own moment is the older, strict answer
    return manifest.made_at


def _tenant(
    folder: Path, code: str, entry: form.TenantEntry, known: dict[str, NumberList], opened: dict[str, NumberList]
) -> Tenant:
    path = folder / f"{code}.json"
    _hold(path, entry.sha256, entry.size)
    lists: dict[str, list[NumberList]] = {kind: [] for kind in form.LIST_KINDS}
    for one in sorted(entry.lists, key=lambda one: one.built):  # the register's list before a built one
        found = known.get(one.sha256) or opened.get(one.sha256)
        if found is None or found.purposes != one.purposes:
            place = folder / f"{code}.{one.name}.list"
            _hold(place, one.sha256, one.size)
            found = NumberList(place, one.purposes)
        opened[one.sha256] = found
        lists[one.kind].append(found)
    try:
        told = json.loads(path.read_text("utf-8"))
        return Tenant(told, lists[form.DO_NOT_CALL], lists[form.CONSENTS])
    except (ValueError, KeyError, TypeError) as fault:
        raise NianjianError("gate_snapshot_damaged", file=path.name) from fault


def _hold(path: Path, sha256: str, size: int) -> None:
    """Raise ``gate_snapshot_damaged`` unless the file is there, of that size and content."""
    try:
        whole = path.stat().st_size == size and form.sha256_of(path) == sha256
    except OSError as fault:
        raise NianjianError("gate_snapshot_damaged", file=path.name) from fault
    if not whole:
        raise NianjianError("gate_snapshot_damaged", file=path.name)

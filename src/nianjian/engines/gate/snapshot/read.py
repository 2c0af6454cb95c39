"""Open a generation, each file held against its sha256, and notice a newer one; a damaged one is not taken."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.gate.snapshot import files
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

    manifest: files.Manifest
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
    folder = root / (files.CURRENT if generation is None else f"{files.GENERATIONS}/{files.folder_name(generation)}")
    try:
        folder = folder.resolve(strict=True)
        text = (folder / files.MANIFEST).read_text("utf-8")
    except OSError as fault:
        raise NianjianError("gate_snapshot_missing", folder=str(root)) from fault
    except UnicodeDecodeError as fault:
        raise NianjianError("gate_snapshot_damaged", file=files.MANIFEST) from fault
    try:
        manifest = files.parse_manifest(text)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NianjianError("gate_snapshot_damaged", file=files.MANIFEST) from fault
    if folder.name != files.folder_name(manifest.generation):
        raise NianjianError("gate_snapshot_damaged", file=files.MANIFEST)
    old_lists = {} if before is None else before.lists
    lists: dict[str, NumberList] = {}
    tenants = {code: _open_tenant(folder, code, entry, old_lists, lists) for code, entry in manifest.tenants.items()}
    return Snapshot(manifest, tenants, read_checked_at(root, manifest), lists)


def read_checked_at(root: Path, manifest: files.Manifest) -> int:
    """When the feed last found this generation to hold; its own moment where nothing was written since."""
    try:
        data = json.loads((root / files.CHECKED).read_text("utf-8"))
        if data["generation"] == manifest.generation:
            return max(int(data["at"]), manifest.made_at)
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or half written by hand: the generation's own moment is the older, strict answer
    return manifest.made_at


def _open_tenant(
    folder: Path, code: str, entry: files.TenantEntry, old_lists: dict[str, NumberList], opened: dict[str, NumberList]
) -> Tenant:
    path = folder / f"{code}.json"
    _require_intact(path, entry.sha256, entry.size)
    lists: dict[str, list[NumberList]] = {kind: [] for kind in files.LIST_KINDS}
    for one in sorted(entry.lists, key=lambda one: one.built):  # the register's list before a built one
        number_list = old_lists.get(one.sha256) or opened.get(one.sha256)
        if number_list is None or number_list.purposes != one.purposes:
            place = folder / f"{code}.{one.name}.list"
            _require_intact(place, one.sha256, one.size)
            number_list = NumberList(place, one.purposes)
        opened[one.sha256] = number_list
        lists[one.kind].append(number_list)
    try:
        data = json.loads(path.read_text("utf-8"))
        return Tenant(data, lists[files.DO_NOT_CALL], lists[files.CONSENTS])
    except (ValueError, KeyError, TypeError) as fault:
        raise NianjianError("gate_snapshot_damaged", file=path.name) from fault


def _require_intact(path: Path, sha256: str, size: int) -> None:
    """Raise ``gate_snapshot_damaged`` unless the file is there, of that size and content."""
    try:
        whole = path.stat().st_size == size and files.sha256_of(path) == sha256
    except OSError as fault:
        raise NianjianError("gate_snapshot_damaged", file=path.name) from fault
    if not whole:
        raise NianjianError("gate_snapshot_damaged", file=path.name)


class CurrentSnapshot:
    """``snapshot`` is what to decide by (None: nothing yet); ``problem`` why the newest could not be taken.

    `moved` is two cheap reads, for a timer of half a second; `load` reads through new files, for a thread; `take`
    puts what was loaded in force, a switch of one reference between two questions.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.snapshot: Snapshot | None = None
        self.problem: NianjianError | None = None
        self._refused = ""  # the generation that could not be opened: it is tried again only when the link moves

    def moved(self) -> bool:
        """Whether another generation than the held one is in force; renews the held one's age."""
        name = self._name()
        if self.snapshot is not None:
            if name == files.folder_name(self.snapshot.generation):
                self.snapshot.seen(read_checked_at(self.root, self.snapshot.manifest))
                self.problem = None
                return False
            if not name:
                return False  # the link is gone: what is held gets old
        return bool(name) and name != self._refused

    def load(self) -> Snapshot | None:
        """Open what is in force now; None, with ``problem`` set, where it is damaged or missing."""
        name = self._name()
        try:
            return open_snapshot(self.root, before=self.snapshot)
        except NianjianError as fault:
            self.problem, self._refused = fault, name
            return None

    def take(self, snapshot: Snapshot | None) -> bool:
        """Put a loaded snapshot in force; False for None."""
        if snapshot is None:
            return False
        self.snapshot, self.problem, self._refused = snapshot, None, ""
        return True

    def refresh(self) -> bool:
        """All three steps at once, for who has no event loop; whether another generation is in force."""
        return self.moved() and self.take(self.load())

    def _name(self) -> str:
        try:
            return (self.root / files.CURRENT).readlink().name
        except OSError:
            return ""

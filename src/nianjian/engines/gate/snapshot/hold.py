"""Hold the generation in force and notice a newer one; a damaged one is told and not taken."""

from __future__ import annotations

from pathlib import Path

from nianjian.engines.gate.snapshot import format as form
from nianjian.engines.gate.snapshot.read import Snapshot, checked, open_snapshot
from nianjian.engines.kernel.errors import NianjianError


class Held:
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
            if name == form.folder_name(self.snapshot.generation):
                self.snapshot.seen(checked(self.root, self.snapshot.manifest))
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
            return (self.root / form.CURRENT).readlink().name
        except OSError:
            return ""

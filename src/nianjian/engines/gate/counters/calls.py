"""Which call took what, until its outcome is told: bounded, the oldest are forgotten first."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

MOST: Final = 1_000_000
Took = TypeVar("Took")


class Calls(Generic[Took]):
    """Two generations: the older is dropped when a day begins or the younger of an enterprise is full.

    A call that is forgotten stays counted: its outcome is not known any more, which is the strict side.
    """

    def __init__(self, most: int = MOST) -> None:
        """``most`` calls of an enterprise are remembered at least, but for those of the day before yesterday."""
        self._most = most
        self._young: dict[str, dict[str, Took]] = {}
        self._old: dict[str, dict[str, Took]] = {}

    def note(self, enterprise: str, call_id: str, took: Took) -> None:
        """Remember what a call took; of two calls with the same id the later one counts."""
        young = self._young.get(enterprise)
        if young is None:
            young = self._young[enterprise] = {}
        elif len(young) >= self._most:
            self._old[enterprise] = young
            young = self._young[enterprise] = {}
        young[call_id] = took

    def pop(self, enterprise: str, call_id: str) -> Took | None:
        """What the call took, once."""
        older = self._old.get(enterprise, {}).pop(call_id, None)
        return self._young.get(enterprise, {}).pop(call_id, older)

    def turn(self) -> None:
        """Drop the older generation."""
        self._old, self._young = self._young, {}

    def __len__(self) -> int:
        """Calls remembered."""
        return sum(map(len, (*self._old.values(), *self._young.values())))

"""What goes back to the store: said again after a lost connection, because said twice it counts once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from nianjian.engines.gate.counters.store.resp import Heard, Word

MOST: Final = 20_000  # more are forfeited
Words = tuple[Word, ...]


class Debts:
    """Give-backs by a name of their own, kept until the store has answered."""

    def __init__(self, say: Callable[[Words, Heard], None]) -> None:
        """``say`` as `resp.Connection.say`."""
        self._say = say
        self._open: dict[str, Words] = {}

    def owe(self, name: str, words: Words, *, now: bool) -> None:
        """Say it ``now``, or when `pay` is called."""
        if len(self._open) < MOST:
            self._open[name] = words
            if now:
                self._tell(name, words)

    def pay(self) -> None:
        """The store is there again: say all that is open."""
        for name, words in list(self._open.items()):
            self._tell(name, words)

    def forget(self) -> None:
        """The store is another one: nothing is owed to it."""
        self._open.clear()

    def _tell(self, name: str, words: Words) -> None:
        def heard(reply: object) -> None:
            if not isinstance(reply, ConnectionError):
                self._open.pop(name, None)

        self._say(words, heard)

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)

"""What the gate asks of its counters: a port; `memory`, the lease journal and the store fill it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from nianjian.engines.gate.policy import Cap, Slot


class Reservation(NamedTuple):
    """The answer of `Counters.take`.

    Refused: ``slot`` is the counter that is full with its ``used`` and ``limit``, ``retry_at`` epoch seconds of the
    next chance (None: not known). Allowed: the fullest counter. ``unavailable``: the counters cannot know (neither).
    A tuple, because one is made for every call.
    """

    allowed: bool
    slot: Slot | None = None
    used: int = 0
    limit: int = 0
    retry_at: int | None = None
    unavailable: bool = False


Again: TypeAlias = tuple[Callable[[Any, str, int], tuple[int, int] | None], Any]
"""What takes a unit of one counter, and by what it knows the counter: ``take(counter, call_id, now)`` tells how much is
used then, and the limit; None: nothing has happened, `Counters.take` must be asked."""


class Counters(Protocol):
    """All calls are made on the event loop of the gate's process; none of them blocks."""

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Read what is kept, connect; an error with its remedy where the store is not fit to count."""

    async def stop(self) -> None:
        """Write what is open."""

    def policy(self, enterprise: str, caps: Sequence[Cap]) -> None:
        """These caps are in force from now on; tokens of an older epoch are dropped, the counts stay."""

    def at_once(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int) -> Reservation | None:
        """Take as `take` does, where memory is sure of the answer; None: nothing has happened, ask `take`."""

    def again(self, enterprise: str, slot: Slot) -> Again:
        """What takes of one slot as `at_once` does while the slot is in force: made once, for many calls.

        Who asks remembers what it took: counters that need not know which call has which unit do not note it.
        """
        ...

    def unused(self, enterprise: str, slot: Slot, at: int) -> bool:
        """Give a unit back that `again` took at that moment (epoch milliseconds) and `release` does not know of.

        The caller does so once. False: these counters note every call, it was done before or is too late.
        """
        ...

    def take(
        self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Callable[[Reservation], None]
    ) -> None:
        """Take one unit of every slot or of none; ``done`` is called once, at once where memory can answer.

        ``now`` is epoch milliseconds. Never more than the cap in force; every error errs to the strict side.
        """

    def settle(self, enterprise: str, call_id: str, *, answered: bool, now: int) -> bool:
        """Tell a call's outcome: not answered gives its unit of the answered-only counters back. False: not known."""
        ...

    def release(self, enterprise: str, call_id: str, now: int) -> bool:
        """Give a call that was never dialled back, once (idempotent); False: not known, done before or too late."""
        ...

    def used(self, enterprise: str, slot: Slot, now: int) -> int:
        """Units of the slot's present window that this process knows to be taken."""
        ...

    def state(self) -> dict[str, object]:
        """What the health page tells: ``kind``, ``available``, ``reason`` and figures of the kind's own."""
        ...

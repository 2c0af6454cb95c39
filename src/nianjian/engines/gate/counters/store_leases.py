"""Tokens of one gate process: what a call needs comes from memory; what is missing is asked for once per loop turn."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.policy import Cap

LOG: Final = logging.getLogger(__name__)
DRY: Final = 1.0  # seconds for which an exhausted lease is not asked for again
MANY: Final = 50_000


class Waiter(Protocol):
    """A call that waits for tokens."""

    over: bool

    def got(self, lease: Lease) -> None:
        """A token is reserved for it."""

    def full(self, lease: Lease) -> None:
        """There is none."""

    def fail(self) -> None:
        """Nobody can know."""


class TakenTokens:
    """What one call took: tokens with the version of their lease, and units of windows under one reservation."""

    __slots__ = ("reservation", "tokens", "windows")

    def __init__(self, tokens: tuple[tuple[Lease, int], ...], windows: tuple[tuple[str, bool], ...], name: str) -> None:
        """``windows``: the store's key, and whether it counts answered calls alone."""
        self.tokens, self.windows, self.reservation = tokens, windows, name


class Lease:
    """Tokens of one key and day. ``version`` moves when tokens are recalled: an older token never comes back here.

    ``have`` are free, ``held`` reserved for calls that are not decided yet; ``granted`` is the store's count for all.
    """

    __slots__ = (
        "asked", "cap", "day", "dry_until", "granted", "have", "held", "key", "limit", "one", "version", "waiting",
    )  # fmt: skip

    def __init__(self, key: Key, day: int, cap: Cap) -> None:
        self.key, self.day, self.cap, self.limit = key, day, cap, cap.limit
        self.have = self.held = self.granted = self.version = 0
        self.asked = False
        self.dry_until = 0.0
        self.waiting: deque[Waiter] = deque()
        self.one = TakenTokens(((self, 0),), (), "")

    @property
    def used(self) -> int:
        """Units that are taken, as far as this process knows."""
        return max(0, self.granted - self.have)

    @property
    def idle(self) -> bool:
        """Nothing would be lost with it."""
        return not (self.have or self.held or self.asked or self.waiting)

    def recall(self) -> int:
        """Take all free tokens out; how many there were."""
        gone, self.have = self.have, 0
        self.version += 1
        self.one = TakenTokens(((self, self.version),), (), "")
        return gone


class Leases:
    """All leases of a process."""

    def __init__(
        self, ask: Callable[[list[tuple[Lease, int]]], None], give: Callable[[Lease, int], None],
        block: Callable[[Cap], int], steady: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """``ask`` sends one question for all (lease, want); ``give`` returns recalled tokens to the store."""
        self.by_key: dict[tuple[str, str, str, int], Lease] = {}
        self.get = self.by_key.get
        self._ask, self._give, self._block, self._steady = ask, give, block, steady
        self._turn: list[Lease] = []
        self._serve: deque[Lease] = deque()
        self._serving = False
        self._broom: Iterator[tuple[str, str, str, int]] = iter(())

    def of(self, key: Key, day: int, cap: Cap) -> Lease:
        """The lease of a key and day."""
        lease = self.by_key.get((*key, day))
        if lease is None:
            lease = self.by_key[(*key, day)] = Lease(key, day, cap)
        elif lease.cap is not cap and cap.epoch >= lease.cap.epoch:
            lease.cap = cap
        return lease

    def dry(self, lease: Lease) -> bool:
        """Known to be exhausted: not even a call that is not decided yet could leave a token."""
        return not (lease.have or lease.held or lease.asked) and self._steady() < lease.dry_until

    def reserve(self, lease: Lease, call: Waiter) -> bool:
        """A token now (True), or the call waits for one."""
        if lease.have and not lease.waiting:
            lease.have -= 1
            lease.held += 1
            return True
        lease.waiting.append(call)
        self._want(lease)
        return False

    def decided(self, lease: Lease, version: int, *, used: bool) -> None:
        """A reserved token is used or free again."""
        lease.held -= 1
        if not used:
            self.put_back(lease, version)
        self.serve(lease)

    def put_back(self, lease: Lease, version: int) -> None:
        """A token that no call has used: free here, or the store's if this lease was recalled since."""
        if version == lease.version:
            lease.have += 1
            lease.dry_until = 0.0
        else:
            self._give(lease, 1)

    def serve(self, lease: Lease) -> None:
        """Hand free tokens to who waits, in order. Calls that this decides free others: one after the other."""
        self._serve.append(lease)
        if self._serving:
            return
        self._serving = True
        try:
            while self._serve:
                self._serve_one(self._serve.popleft())
        finally:
            self._serving = False

    def _serve_one(self, lease: Lease) -> None:
        waiting = lease.waiting
        while lease.have and waiting:
            call = waiting.popleft()
            if not call.over:
                lease.have -= 1
                lease.held += 1
                _safely(call.got, lease)
        if not waiting or lease.asked:
            return
        if self._steady() >= lease.dry_until:
            self._want(lease)
            return
        if lease.held:  # a call that is not decided yet may leave its token
            return
        while waiting:
            call = waiting.popleft()
            if not call.over:
                _safely(call.full, lease)

    def _want(self, lease: Lease) -> None:
        if lease.asked or (lease.held and self._steady() < lease.dry_until):
            return
        lease.asked = True
        self._turn.append(lease)
        if len(self._turn) == 1:
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        turn, self._turn = self._turn, []
        self._ask([(lease, max(self._block(lease.cap), len(lease.waiting))) for lease in turn])

    def granted(self, lease: Lease, want: int, got: int, count: int) -> None:
        """The store's answer: ``got`` tokens, ``count`` granted to all. Late ones stay here, they are not lost."""
        lease.asked = False
        lease.granted = count
        lease.have += got
        lease.dry_until = self._steady() + DRY if got < want else 0.0
        self.serve(lease)

    def outdated(self, lease: Lease, count: int) -> None:
        """The store's answer by a cap that holds no more, given back whole: who waits still asks anew."""
        lease.waiting = deque(call for call in lease.waiting if not call.over)
        self.granted(lease, 0, 0, count)

    def failed(self, lease: Lease) -> None:
        """No answer will come. What the store may have granted is forfeited, the question is never repeated."""
        lease.asked = False
        waiting, lease.waiting = lease.waiting, deque()
        for call in waiting:
            if not call.over:
                _safely(call.fail)

    def recall(self, chosen: Callable[[Lease], bool]) -> None:
        """Free tokens of the chosen leases go back to the store; who waits there asks anew."""
        for lease in self.by_key.values():
            if chosen(lease):
                lease.dry_until = 0.0
                if (gone := lease.recall()) > 0:
                    self._give(lease, gone)

    def renew(self, cap: tuple[str, str], limit: int, *, recall: bool) -> None:
        """A cap has another limit: nothing is known to be exhausted any more; where it sinks, tokens are recalled."""
        for lease in self.by_key.values():
            if lease.key[:2] == cap:
                lease.limit = limit
                lease.dry_until = 0.0
        if recall:
            self.recall(lambda lease: lease.key[:2] == cap)

    def sweep(self, today: int, most: int = 5_000) -> None:
        """Forget idle leases of days before yesterday; with very many, all idle ones."""
        many = len(self.by_key) > MANY
        for _ in range(most):
            name = next(self._broom, None)
            if name is None:
                self._broom = iter(list(self.by_key))
                return
            lease = self.by_key.get(name)
            if lease is None or not (lease.idle and self._steady() >= lease.dry_until):
                continue
            if many or lease.day < today - 1:
                del self.by_key[name]


def _safely(tell: Callable[..., None], *lease: Lease) -> None:
    try:
        tell(*lease)
    except Exception:
        LOG.exception("an answer could not be given")

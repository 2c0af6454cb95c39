"""Counters of several gate processes: leases and windows of one Valkey, all errors on the strict side."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import hiredis

from nianjian.engines.gate.counters import meters, store_client
from nianjian.engines.gate.counters.memory import UNAVAILABLE, Calls, Done, later_refusal
from nianjian.engines.gate.counters.meters import AHEAD, DAY, Again, Beat, Reservation, Watch, milliseconds
from nianjian.engines.gate.counters.store_client import (
    Address,
    Heard,
    Lease,
    Leases,
    StoreConnection,
    TakenTokens,
    Word,
)
from nianjian.engines.gate.policy import Cap, Slot

MOST_DEBTS: Final = 20_000  # more are forfeited
Command = tuple[Word, ...]


class Debts:
    """Give-backs by a name of their own, kept until the store has answered."""

    def __init__(self, say: Callable[[Command, Heard], None]) -> None:
        self._say = say
        self._open: dict[str, Command] = {}

    def owe(self, name: str, words: Command, *, now: bool) -> None:
        """Say it ``now``, or when `pay` is called."""
        if len(self._open) < MOST_DEBTS:
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

    def _tell(self, name: str, words: Command) -> None:
        def heard(reply: object) -> None:
            if not isinstance(reply, ConnectionError):
                self._open.pop(name, None)

        self._say(words, heard)

    def __len__(self) -> int:
        """How many are open."""
        return len(self._open)


_NONE: Final = -1


class StoreCall:
    """One question that memory alone could not answer. ``done`` is told once; what comes later is put back."""

    __slots__ = (
        "call_id", "deadline", "done", "enterprise", "holds", "leased", "missing", "now", "over", "owner",
        "reservation", "windows",
    )  # fmt: skip

    def __init__(
        self, owner: Store, enterprise: str, slots: Sequence[Slot], *, call_id: str, now: int, done: Done
    ) -> None:
        self.owner, self.enterprise, self.call_id, self.now, self.done = owner, enterprise, call_id, now, done
        self.windows = [slot for slot in slots if not slot.cap.leased]
        day = meters.day_number(now)
        self.leased = [
            (slot, owner.leases.of((enterprise, slot.cap.name, slot.value), day, slot.cap))
            for slot in slots
            if slot.cap.leased
        ]
        self.holds: list[tuple[Lease, int]] = []
        self.missing = 0
        self.over = False
        self.deadline = 0.0
        self.reservation = ""

    def begin(self) -> None:
        """Reserve tokens; refuse at once where a day is known to be exhausted."""
        leases = self.owner.leases
        dry = [(slot, lease) for slot, lease in self.leased if leases.dry(lease)]
        if dry:
            self._finish(self._refusal(*dry[0]), used=False)
            return
        missing = [lease for _, lease in self.leased if not leases.reserve(lease, self)]
        self.missing = len(missing)
        self.holds = [(lease, lease.version) for _, lease in self.leased if lease not in missing]
        if not self.missing:
            self._take_windows()

    def got(self, lease: Lease) -> None:
        """A token more."""
        self.holds.append((lease, lease.version))
        self.missing -= 1
        if not self.missing:
            self._take_windows()

    def full(self, lease: Lease) -> None:
        """A day is exhausted: nothing is burnt."""
        self._finish(self._refusal(next(slot for slot, one in self.leased if one is lease), lease), used=False)

    def fail(self) -> None:
        """The store is silent or gone: nobody can know."""
        self._finish(UNAVAILABLE, used=False)

    def _refusal(self, slot: Slot, lease: Lease) -> Reservation:
        retry = meters.whole_seconds(meters.day_end(lease.day)) if lease.limit > 0 else None
        return Reservation(allowed=False, slot=slot, used=lease.used, limit=lease.limit, retry_at=retry)

    def _take_windows(self) -> None:
        if self.windows:
            self.owner.take_windows(self, self._windows_taken)
        else:
            self._allow([])

    def _windows_taken(self, reply: Any) -> None:  # noqa: ANN401 - a reply
        """{1 or 0, then per window: count, cap, next chance in milliseconds}, or an exception."""
        valid = isinstance(reply, list)
        taken = valid and reply[0] == 1
        if self.over:  # the deadline is past: what was taken goes back
            if taken or not valid:
                self.owner.back(self._took(), attempts=True)
            return
        if not valid:
            self.owner.back(self._took(), attempts=True)  # it may have been done
            self.fail()
            return
        windows = [(slot, reply[3 * i + 1], reply[3 * i + 2], reply[3 * i + 3]) for i, slot in enumerate(self.windows)]
        if taken:
            self._allow(
                [Reservation(allowed=True, slot=slot, used=used, limit=limit) for slot, used, limit, _ in windows]
            )
            return
        refused: Reservation | None = None
        for slot, used, limit, chance in windows:
            if used >= limit:
                end = meters.day_end(meters.day_number(self.now)) if slot.cap.window == "calendar_day" else chance
                retry = meters.whole_seconds(end) if limit > 0 and end != _NONE else None
                full = Reservation(allowed=False, slot=slot, used=used, limit=limit, retry_at=retry)
                refused = full if refused is None else later_refusal(refused, full)
        self._finish(refused or UNAVAILABLE, used=False)

    def _allow(self, others: list[Reservation]) -> None:
        if any(version != lease.version for lease, version in self.holds):  # recalled while the windows were asked
            self.owner.back(self._took(), attempts=True)
            self.fail()
            return
        days = [Reservation(allowed=True, slot=slot, used=lease.used, limit=lease.limit) for slot, lease in self.leased]
        fullest = min((*days, *others), key=lambda one: one.limit - one.used, default=Reservation(allowed=True))
        self._finish(fullest, used=True)

    def _took(self) -> TakenTokens:
        key = store_client.window_key
        units = tuple(
            (key((self.enterprise, slot.cap.name, slot.value), slot.cap, self.now), slot.cap.counts == "answered")
            for slot in self.windows
        )
        return TakenTokens(tuple(self.holds), units, self.reservation)

    def _finish(self, taken: Reservation, *, used: bool) -> None:
        if self.over:
            return
        self.over = True
        took = self._took() if used else None
        self.owner.decided(self, taken, took)
        for lease, version in self.holds:
            self.owner.leases.decided(lease, version, used=used)


LOG: Final = logging.getLogger(__name__)
DEADLINE: Final = 0.25  # seconds for which a call may wait for the store
CROWD: Final = 20_000  # calls under way; more are refused at once
_made: Final = tuple.__new__


class Store:
    """Fills `meters.Counters` for one of several processes."""

    def __init__(
        self, url: str, *, generation: str | Callable[[], str] = "", moment: Callable[[], int] = milliseconds,
        block: Callable[[Cap], int] = meters.token_block, steady: Callable[[], float] = time.monotonic,
        deadline: float = DEADLINE,
    ) -> None:  # fmt: skip
        """``url`` as `Address.of` tells; ``generation``, or what names it, as `StoreConnection`.

        ``moment``: the wall clock, epoch milliseconds; ``steady``: a clock that never goes back, and ``deadline``: how
        long a call waits, both in seconds.
        """
        self._deadline = deadline
        get_name = generation if callable(generation) else lambda: generation
        self.gate = secrets.token_hex(6)  # of this process: no reservation is ever that of another
        self.keeper = StoreConnection(
            Address.of(url), get_name, changed=self._renew, foreign=self._forfeit, ready=self._pay, steady=steady
        )
        self.leases = Leases(self._ask, self._give, block, steady)
        self._steady = steady
        self._watch = Watch(moment)
        self._beat = Beat(self.look)
        self._calls: Calls[TakenTokens] = Calls()
        self._pairs: dict[tuple[str, str], tuple[int, int]] = {}
        self._under: deque[StoreCall] = deque()
        self._crowd = 0
        self._timer: asyncio.TimerHandle | None = None
        self._silent = False
        self._debts = Debts(self.keeper.say)
        self._giving = True
        self._dropped = False
        self._numbers = 0
        self._late = 0

    async def start(self, enterprise_caps: Mapping[str, Sequence[Cap]]) -> None:
        """Connect. NianjianError gate_store_unfit, gate_store_unread; all is refused until the store is fit."""
        for enterprise, caps in enterprise_caps.items():
            self.policy(enterprise, caps)
        self._beat.start()
        await self.keeper.start()

    async def stop(self) -> None:
        """Give free tokens back, if the store is there to take them."""
        self._beat.stop()
        self.leases.recall(lambda _: True)
        for _ in range(25):
            if not (len(self._debts) and self.keeper.ready):
                break
            await asyncio.sleep(0.01)
        await self.keeper.stop()
        if self._timer is not None:
            self._timer.cancel()

    def policy(self, enterprise: str, caps: Sequence[Cap]) -> None:
        """New limits: free tokens of a cap that sinks go back at once, and the store hears of it."""
        moved = self.keeper.know(enterprise, caps)
        for cap in moved:
            epoch, limit = self._pairs.get((enterprise, cap.name), (0, cap.limit))
            if cap.epoch > epoch or cap.limit < limit:
                self._renew((enterprise, cap.name), (max(epoch, cap.epoch), cap.limit))
        self.keeper.publish(enterprise, moved)

    def look(self) -> None:
        """What the beat does: the clock, the heartbeat; a process that is cut off drops its tokens."""
        if self._watch.look():
            self._calls.turn()
        self._drop_stale()
        self.keeper.beat()
        self.leases.sweep(self._watch.today)

    def _drop_stale(self) -> None:
        """Free tokens of a process that is cut off, or whose clock is wrong, go back to the store when it is there."""
        if not self._dropped and (self._watch.behind or self._steady() >= self.keeper.fresh_until):
            self._dropped = True
            self.leases.recall(lambda lease: lease.have > 0)

    def at_once(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int) -> Reservation | None:
        """From memory while a token is there."""
        if len(slots) != 1:
            return None
        counted = self._more((enterprise, slots[0]), call_id, now)
        return None if counted is None else _made(Reservation, (True, slots[0], *counted, None, False))

    def again(self, enterprise: str, slot: Slot) -> Again:
        """The lease is looked up each time: one that was forgotten is not recalled any more."""
        return self._more, (enterprise, slot)

    def _more(self, counter: tuple[str, Slot], call_id: str, now: int) -> tuple[int, int] | None:
        enterprise, slot = counter
        cap = slot.cap
        lease = self.leases.get((enterprise, cap.name, slot.value, (now + AHEAD) // DAY))
        if lease is None or lease.have < 1 or lease.cap is not cap or self._steady() >= self.keeper.fresh_until:
            return None
        lease.have -= 1
        self._calls.note(enterprise, call_id, lease.one)
        return lease.granted - lease.have, lease.limit

    def unused(self, enterprise: str, slot: Slot, at: int) -> bool:  # noqa: ARG002 - the port
        """Each call's lease is noted: a token goes back there, or to the store, by `release` alone."""
        return False

    def take(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Done) -> None:
        """From memory while a token is there; else by the store within the deadline, or unavailable."""
        taken = self.at_once(enterprise, slots, call_id, now)
        if taken is None:
            self._begin(enterprise, slots, call_id, now, done)
        else:
            done(taken)

    def _begin(self, enterprise: str, slots: tuple[Slot, ...], call_id: str, now: int, done: Done) -> None:
        self._drop_stale()
        for slot in slots:
            if (enterprise, slot.cap.name) not in self.keeper.caps:
                self.keeper.caps[enterprise, slot.cap.name] = slot.cap
                self.keeper.publish(enterprise, [slot.cap])
        call = StoreCall(self, enterprise, slots, call_id=call_id, now=now, done=done)
        alone = not call.windows and all(lease.have for _, lease in call.leased)
        shut = not self.keeper.ready or self._silent or self._crowd >= CROWD
        if self._watch.behind or (shut and not alone):
            done(UNAVAILABLE)
            return
        loop = asyncio.get_running_loop()
        call.deadline = loop.time() + self._deadline
        self._crowd += 1
        call.begin()
        if not call.over:
            self._under.append(call)
            if self._timer is None:
                self._timer = loop.call_at(call.deadline, self._overdue)

    def _overdue(self) -> None:
        loop = asyncio.get_running_loop()
        while self._under and (self._under[0].over or self._under[0].deadline <= loop.time()):
            call = self._under.popleft()
            if not call.over:
                self._late += 1
                self._silent = True  # until it says anything: who comes now is not made to wait
                call.fail()
        self._timer = loop.call_at(self._under[0].deadline, self._overdue) if self._under else None

    def decided(self, call: StoreCall, taken: Reservation, took: TakenTokens | None) -> None:
        """Answer the call; what ``done`` raises is logged."""
        self._crowd -= 1
        if took is not None:
            self._calls.note(call.enterprise, call.call_id, took)
        try:
            call.done(taken)
        except Exception:
            LOG.exception("an answer could not be given")

    def _ask(self, requests: list[tuple[Lease, int]]) -> None:
        keys: list[str] = [store_client.CANARY]
        words: list[str | int] = [self.keeper.generation]
        for lease, want in requests:
            keys += (store_client.policy_key(*lease.key[:2]), store_client.granted_key(lease.key, lease.day))
            words += (want, lease.cap.limit)
        self.keeper.say(
            ("FCALL", store_client.LEASE, len(keys), *keys, *words), lambda reply: self._granted(requests, reply)
        )

    def _granted(self, requests: list[tuple[Lease, int]], reply: Any) -> None:  # noqa: ANN401 - a reply
        if isinstance(reply, Exception):
            self._refused(reply)
            for lease, _ in requests:
                self.leases.failed(lease)
            return
        self._silent = self._dropped = False
        for (lease, want), (got, epoch, cap, count) in zip(requests, reply, strict=True):
            if not epoch:
                self.keeper.doubt(hiredis.ReplyError("POLICY unknown"))
                self.leases.failed(lease)
                continue
            pair = self._pairs.get(lease.key[:2])
            if pair is not None and int(epoch) < pair[0]:  # a cap that holds no more: it came after its recall
                if got:
                    self._give(lease, got)
                self.leases.outdated(lease, count - got)
                continue
            if pair is None or int(epoch) > pair[0]:
                self._renew(lease.key[:2], (int(epoch), cap))
            lease.limit = cap
            self.leases.granted(lease, want, got, count)
        self._drop_stale()

    def take_windows(self, call: StoreCall, heard: Callable[[Any], None]) -> None:
        """One FCALL for all windows of a call."""
        self._numbers += 1
        call.reservation = f"{self.gate}:{self._numbers}"
        keys: list[str] = [store_client.CANARY]
        words: list[str | int] = [self.keeper.generation, call.reservation, call.now]
        for slot in call.windows:
            cap = slot.cap
            keys += (
                store_client.policy_key(call.enterprise, cap.name),
                store_client.window_key((call.enterprise, cap.name, slot.value), cap, call.now),
            )
            words += (cap.window, cap.seconds * 1000, cap.limit)

        def told(reply: Any) -> None:  # noqa: ANN401 - a reply
            if isinstance(reply, Exception):
                self._refused(reply)
            else:
                self._silent = False
            heard(reply)

        self.keeper.say(("FCALL", store_client.TAKE, len(keys), *keys, *words), told)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, ConnectionError):
            self.keeper.doubt(error)

    def _renew(self, key: tuple[str, str], pair: tuple[int, int]) -> None:
        """A cap has another version or limit: where it sinks, free tokens go back at once. An older version is none."""
        before = self._pairs.get(key)
        if before is not None and (before == pair or pair[0] < before[0]):
            return
        self._pairs[key] = pair
        sinks = before is None or pair[1] < before[1]
        self.leases.renew(key, pair[1], recall=sinks)

    def _forfeit(self) -> None:
        """The store is another one: our tokens are worth nothing there, and nothing is given back to it."""
        self._debts.forget()
        self._pairs.clear()  # its versions need not be those of the other
        self._giving = False
        self.leases.recall(lambda lease: lease.have > 0)
        self._giving = True

    def _give(self, lease: Lease, tokens: int) -> None:
        if self._giving:
            self._numbers += 1
            name = f"{self.gate}:{self._numbers}"
            granted = store_client.granted_key(lease.key, lease.day)
            keys = (store_client.CANARY, granted, store_client.release_key(name))
            words: Command = ("FCALL", store_client.RELEASE, len(keys), *keys, self.keeper.generation, tokens)
            self._debts.owe(name, words, now=self.keeper.ready)

    def back(self, took: TakenTokens, *, attempts: bool) -> None:
        """Give units of windows back: all of them, or those alone that count answered calls."""
        keys = [key for key, answered in took.windows if attempts or answered]
        if keys:
            words: Command = ("FCALL", store_client.BACK, len(keys), *keys, took.reservation)
            self._debts.owe(f"back {took.reservation}", words, now=self.keeper.ready)

    def _pay(self) -> None:
        self._debts.pay()

    def settle(self, enterprise: str, call_id: str, *, answered: bool, now: int) -> bool:  # noqa: ARG002 - the port
        """Not answered: back with the units that count answered calls alone. Known to the process that took them."""
        took = self._calls.pop(enterprise, call_id)
        if took is not None and not answered:
            self.back(took, attempts=False)
        return took is not None

    def release(self, enterprise: str, call_id: str, now: int) -> bool:  # noqa: ARG002 - the port
        """Back with every unit: tokens to this process, or to the store if they were recalled since."""
        took = self._calls.pop(enterprise, call_id)
        if took is None:
            return False
        self.back(took, attempts=True)
        for lease, version in took.tokens:
            self.leases.put_back(lease, version)
            self.leases.serve(lease)
        return True

    def used(self, enterprise: str, slot: Slot, now: int) -> int:
        """Of a leased day what was handed out to all less what is free here; of other windows nothing is known here."""
        lease = self.leases.get((enterprise, slot.cap.name, slot.value, meters.day_number(now)))
        return 0 if lease is None else lease.used

    def state(self) -> dict[str, object]:
        """``fresh``: seconds for which free tokens are good still; ``changes``: the store's count of changed caps."""
        keeper = self.keeper
        fresh = max(0.0, keeper.fresh_until - self._steady())
        reason = "clock" if self._watch.behind else keeper.reason or ("store-silent" if self._silent else "")
        return {
            "kind": "store",
            "available": keeper.ready and not reason,
            "reason": reason,
            "address": str(keeper.address),
            "generation": keeper.generation,
            "fresh": round(fresh, 2),
            "changes": int(keeper.changes or 0),
            "under": self._crowd,
            "late": self._late,
            "owed": len(self._debts),
            "free": sum(lease.have for lease in self.leases.by_key.values()),
        }

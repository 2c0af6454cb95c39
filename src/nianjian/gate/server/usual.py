"""The usual call, decided in one piece: nearly all calls are of this kind, and each call of a function has its price.

`Gate.verdict` stays the rule. What it allowed is remembered here as a path: a display number, a channel, a team and a
purpose that went together at the gate's own moment, on a channel that is not isolated, for a purpose that needs no
consent, counted by one cap of the channel. Until the minute is over or the snapshot changes, only its age, the callee,
the lists of refused numbers and the counter are left to be asked. Whatever is not plainly allowed takes the whole way;
a property test holds the two ways equal.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container
from typing import Any, Final, Protocol

from nianjian.gate import telephone
from nianjian.gate.asked import ALLOWED, Request, Used, Verdict
from nianjian.gate.counters.port import Counters
from nianjian.gate.policy import Slot
from nianjian.gate.server.memory import Answers, Key, key
from nianjian.gate.snapshot.read import Snapshot

MINUTE: Final = 60_000
MOST: Final = 50_000  # paths; their texts come from outside, so there must be an end
Path = tuple[int, int, Snapshot, Container[int], tuple[Slot, ...]]
"""From and until (epoch milliseconds), the snapshot, the callees that take the whole way, and the one counter."""


class Shared(Protocol):
    """What the gate shares: its counters, the answers it gave, who waits, and where it counts, shows and writes."""

    counters: Counters
    answers: Answers
    open: dict[Key, Any]
    reasons: Counter[tuple[str, str]]
    recent: deque[tuple[int, Request, Verdict]]

    def number(self) -> str:
        """A decision's id that no other has."""
        ...

    def write(self, request: Request, verdict: Verdict, generation: int, now: int) -> None:
        """Into the decision journal, where one is kept."""
        ...


class Usual:
    """The short way of one gate."""

    def __init__(self, gate: Shared) -> None:
        self._at_once = gate.counters.at_once
        self._answers, self._reasons, self._recent, self._waiting = gate.answers, gate.reasons, gate.recent, gate.open
        self._number, self._write = gate.number, gate.write
        self.taken = 0
        """Questions that took the short way."""
        self._paths: dict[tuple[str, str, str, str, str], Path] = {}
        self._path = self._paths.get

    def learn(self, request: Request, snapshot: Snapshot, slots: tuple[Slot, ...], now: int) -> None:
        """A call was allowed the whole way: those like it may take the short one."""
        if request.at != now or len(slots) != 1:
            return
        tenant = snapshot.tenants[request.enterprise]
        way = tenant.way((request.display, request.channel, request.purpose))
        if way is None or way.slots is not slots or way.isolated or way.purpose.needs_consent:
            return
        if not way.channel.team and request.team in tenant.isolated_teams:
            return
        if len(self._paths) >= MOST:
            self._paths.clear()
        since = way.minute * MINUTE
        path = (since, since + MINUTE, snapshot, tenant.named, slots)
        self._paths[request.enterprise, request.display, request.channel, request.team, request.purpose] = path

    def ask(self, request: Request, held: Snapshot | None, now: int) -> Verdict | None:
        """The verdict, counted and written down; None: it is not known, the whole way must be taken.

        ``held``: the snapshot in force; ``now``: the wall clock, epoch milliseconds.
        """
        enterprise, display, channel, call_id = request.enterprise, request.display, request.channel, request.call_id
        path = self._path((enterprise, display, channel, request.team, request.purpose))
        if path is None:
            return None
        since, until, snapshot, named, slots = path
        if snapshot is not held or not since <= now < until or now >= snapshot.stale_from or request.at != now:
            return None
        called = telephone.key(request.callee)
        if not called or called in named or self._asked(request):
            return None
        taken = self._at_once(enterprise, slots, call_id, now)
        if taken is None:
            return None
        self.taken += 1
        slot = slots[0]
        cap = slot.cap
        counter = Used(slot.told, cap.semantics, taken[2], taken[3], cap.counts)
        verdict = Verdict(True, ALLOWED, cap.rule, None, counter, self._number())  # noqa: FBT003 - faster by place
        self._reasons[enterprise, ALLOWED] += 1
        self._recent.append((now, request, verdict))
        self._answers.put(request, verdict)
        self._write(request, verdict, snapshot.manifest.generation, now)
        return verdict

    def _asked(self, request: Request) -> bool:
        """Whether the call was asked about before, or cannot be told from others."""
        call_id = request.call_id
        if not call_id or self._answers.known(request.enterprise, call_id):
            return True
        return key(request) in self._waiting

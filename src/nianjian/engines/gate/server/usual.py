"""The usual call, decided in one piece: nearly all calls are of this kind, and each call of a function has its price.

`Gate.verdict` stays the rule. What it allowed is remembered here as a path: a display number, a channel, a team and a
purpose that went together at the gate's own moment, on a channel that is not isolated, for a purpose that needs no
consent, counted by one cap of the channel. Until the minute is over or the snapshot changes, only its age, the callee,
the lists of refused numbers and the counter are left to be asked. Whatever is not plainly allowed takes the whole way;
a property test holds the two ways equal.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Container
from itertools import count
from sys import intern
from typing import Any, Final, Protocol

from nianjian.engines.gate import decision_journal, question
from nianjian.engines.gate.counters.meters import Counters
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.policy import Slot
from nianjian.engines.gate.question import Alike, Brief, Request, Verdict
from nianjian.engines.gate.server import wire
from nianjian.engines.gate.server.answers import Answers, EnterpriseAnswers, Key
from nianjian.engines.gate.snapshot.read import Snapshot

LOG: Final = logging.getLogger(__name__)
MINUTE: Final = 60_000
LOOK: Final = 1024  # an enterprise's decisions between two looks at how many answers are remembered
MOST: Final = 50_000  # paths; their texts come from outside, so there must be an end
Like = tuple[str, str, str, str, str]
"""Enterprise, display number, channel, team and purpose of a question."""


class Shared(Protocol):
    """What the gate shares: its counters, the answers it gave, who waits, the decisions' numbers, where it tells."""

    counters: Counters
    answers: Answers
    open: dict[Key, Any]
    numbers: count[int]
    shown: deque[Brief | tuple[int, Request, Verdict]]
    journal: Journal | None

    @property
    def begun(self) -> str:
        """How the ids of decisions begin now."""
        ...

    def jot(self, usual: Brief, /) -> None:
        """Into the decision journal."""


Path = tuple[Alike, Callable[[Any, str, int], tuple[int, int] | None], Any, Container[int], EnterpriseAnswers]
"""What its calls share, what takes of its counter and the counter, the callees that take the whole way, the answers."""


def shared_part(like: Like, slot: Slot, generation: int, begun: str) -> Alike:
    """What calls of that kind share that this slot counts."""
    enterprise, display, channel, team, purpose = like
    cap = slot.cap
    answer = (cap.rule, cap.semantics, cap.counts)
    frame = decision_journal.decision_frame(answer, generation, (enterprise, display, team, purpose))
    if not (decision_journal.is_plain(channel) and decision_journal.is_plain(slot.counter_name)):
        frame = None
    pattern, key = wire.answer_pattern(*answer, begun), wire.to_json(slot.counter_name)
    return Alike(enterprise, display, channel, team, purpose, slot, generation, begun, pattern, key, frame)


class Usual:
    """The short way of one gate."""

    def __init__(self, gate: Shared) -> None:
        self._gate = gate
        self._answers = gate.answers
        self._waiting, self._numbers, self._shown = gate.open, gate.numbers, gate.shown.append
        self.owns: dict[str, EnterpriseAnswers] = {}
        self._alike: dict[Like, Alike] = {}
        self._paths: dict[Like, Path] = {}
        self._path = self._paths.get
        self._snapshot: Snapshot | None = None  # by which the paths were learnt, and in which minute
        self._since = self._until = 0

    @property
    def taken(self) -> int:
        """Questions that took the short way."""
        return sum(one.allowed for one in self.owns.values())

    def renewed(self) -> None:
        """Another snapshot is in force: a gate that nobody asks must not keep the old one's lists in memory."""
        self._paths.clear()
        self._snapshot, self._since, self._until = None, 0, 0

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
        since = way.minute * MINUTE
        if snapshot is not self._snapshot or since != self._since or len(self._paths) >= MOST:
            self._paths.clear()
            self._snapshot, self._since, self._until = snapshot, since, since + MINUTE
        enterprise, display, channel, team, purpose = (
            intern(text)
            for text in (request.enterprise, request.display, request.channel, request.team, request.purpose)
        )
        like = (enterprise, display, channel, team, purpose)
        take, counter = self._gate.counters.again(enterprise, slots[0])
        own = self.owns[enterprise] = self._answers.of(enterprise)
        self._paths[like] = (self._shared(like, slots[0], snapshot.generation), take, counter, tenant.named, own)

    def _shared(self, like: Like, slot: Slot, generation: int) -> Alike:
        """What the calls of a path share; the same for as long as it holds, as every answer kept refers to it."""
        alike = self._alike.get(like)
        begun = self._gate.begun
        if alike is None or alike.slot is not slot or alike.generation != generation or alike.begun != begun:
            if len(self._alike) >= MOST:
                self._alike.clear()
            alike = self._alike[like] = shared_part(like, slot, generation, begun)
        return alike

    def ask(
        self, like: Like, callee: str, call_id: str, now: int, snapshot: Snapshot | None, *, caller: str = ""
    ) -> Brief | None:
        """The decision that allows the call, counted and written down; None: the whole way must be taken.

        ``snapshot``: the snapshot in force; ``now``: the wall clock, epoch milliseconds, and the question's own moment.
        After an error the whole way is taken: a unit more than needed at most.
        """
        try:
            path = self._path(like)
            if (
                path is None
                or snapshot is None
                or snapshot is not self._snapshot
                or not self._since <= now < self._until
            ):
                return None
            alike, take, counter, do_not_call, own = path
            called = question.number_key(callee)
            if not called or called in do_not_call or not call_id or call_id in own.young or call_id in own.old:
                return None
            if now >= snapshot.stale_from or (self._waiting and self._waits(like, callee, call_id)):
                return None
            taken = take(counter, call_id, now)
            if taken is not None:
                number = next(self._numbers)
                own.allowed += 1
                own.young[call_id] = brief = (alike, now, callee, call_id, caller, number, *taken)
                self._shown(brief)
                if self._gate.journal is not None:
                    self._gate.jot(brief)
                if not own.allowed % LOOK:  # not of `number`: every such one may be another way's
                    self._answers.look()
                return brief
        except Exception:
            LOG.exception("a usual call could not be decided at once")
        return None

    def _waits(self, like: Like, callee: str, call_id: str) -> bool:
        """Whether the same question has no answer yet."""
        enterprise, display, channel, _team, _purpose = like
        return (enterprise, call_id, display, callee, channel) in self._waiting

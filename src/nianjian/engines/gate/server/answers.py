"""Answers of calls already asked about, and questions whose counters have not answered yet, each with a deadline."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from nianjian.engines.gate import question
from nianjian.engines.gate.question import Brief, Request, Verdict

MOST_ANSWERS: Final = 1_000_000
"""Calls in each of two generations; a million remembered answers are some 400 MB, of unusual calls twice as much."""

Answered = tuple[Request, Verdict] | Brief
PAIR: Final = 2
Key = tuple[str, str, str, str, str]


def question_key(request: Request) -> Key:
    """What makes two questions the same: the call's id, and what the call is.

    A switch that gives every call one id is not let through by an answer that another call has got.
    """
    return request.enterprise, request.call_id, request.display, request.callee, request.channel


class EnterpriseAnswers:
    """One enterprise's answers by call id, in two generations. ``lasting``: somebody holds on to it."""

    __slots__ = ("allowed", "lasting", "old", "young")

    def __init__(self) -> None:
        self.young: dict[str, Answered] = {}
        self.old: dict[str, Answered] = {}
        self.lasting = False
        self.allowed = 0
        """Usual calls, which the short way allowed."""

    def get(self, call_id: str) -> Answered | None:
        """What the call was answered."""
        return self.young.get(call_id) or self.old.get(call_id)


class Answers:
    """Two generations: when the younger is full the older is forgotten. A forgotten call takes a unit anew (strict).

    A usual call's answer also tells what the call took (`brief`), until its outcome is told.
    """

    def __init__(self, most: int = MOST_ANSWERS) -> None:
        """``most`` answers a generation, of all enterprises; a hundredth more before it is seen."""
        self._most = most
        self._step = max(1, most >> 7)
        self._kept = 0
        self._owns: dict[str, EnterpriseAnswers] = {}

    def of(self, enterprise: str) -> EnterpriseAnswers:
        """Those of an enterprise, to look into and add to for good; who adds to them calls `look` now and then."""
        own = self._owns.get(enterprise)
        if own is None:
            own = self._owns[enterprise] = EnterpriseAnswers()
        own.lasting = True
        return own

    def get(self, request: Request) -> Verdict | None:
        """The answer that this question has got; None: not asked, or forgotten."""
        entry = self._find_entry(request.enterprise, request.call_id)
        if entry is None:
            return None
        earlier, verdict = entry if len(entry) == PAIR else (question.request_of(entry), question.verdict_of(entry))
        same = (
            earlier.display == request.display
            and earlier.callee == request.callee
            and earlier.channel == request.channel
        )
        return verdict if same else None

    def known(self, enterprise: str, call_id: str) -> bool:
        """Whether this enterprise's call has got an answer, to this question or another."""
        return self._find_entry(enterprise, call_id) is not None

    def put(self, request: Request, verdict: Verdict) -> None:
        """Remember an answer; of two questions with one id the later one's."""
        own = self._owns.get(request.enterprise)
        if own is None:
            own = self._owns[request.enterprise] = EnterpriseAnswers()
        own.young[request.call_id] = (request, verdict)
        self._kept += 1
        if self._kept % self._step == 0:
            self.look()

    def look(self) -> None:
        """Begin a new generation if the younger is full; names come from outside: one without answers is dropped."""
        if sum(len(own.young) for own in self._owns.values()) < self._most:
            return
        for own in self._owns.values():
            own.old, own.young = own.young, {}
        self._owns = {name: own for name, own in self._owns.items() if own.old or own.lasting}

    def forget(self, enterprise: str, call_id: str) -> None:
        """Forget an answer: its call was given back and may be asked about anew."""
        own = self._owns.get(enterprise)
        if own is not None:
            own.young.pop(call_id, None)
            own.old.pop(call_id, None)

    def told(self, enterprise: str, call_id: str) -> Brief | None:
        """What a usual call took, once: its outcome is told. Its answer is remembered still."""
        own, entry = self._owns.get(enterprise), self._find_entry(enterprise, call_id)
        if own is None or entry is None or len(entry) == PAIR:
            return None
        generation = own.young if call_id in own.young else own.old
        generation[call_id] = (question.request_of(entry), question.verdict_of(entry))
        return entry

    def _find_entry(self, enterprise: str, call_id: str) -> Answered | None:
        own = self._owns.get(enterprise)
        return None if own is None else own.get(call_id)

    def __len__(self) -> int:
        """Answers remembered."""
        return sum(len(own.young) + len(own.old) for own in self._owns.values())


LOG: Final = logging.getLogger(__name__)
MOST_PENDING: Final = 10_000
PATIENCE: Final = 0.3  # seconds: the doors themselves give up then, and counters of a store before

Answer = Callable[[Verdict], None]


class WaitingQuestion(Protocol):
    """A question that its counters have."""

    def expire(self, answer: Answer) -> bool:
        """Say that there is no answer to one of those who wait; False: it has its answer."""
        ...


class PendingQuestions:
    """Tells whoever waits longer than ``patience`` that there is no answer. One timer for all: deadlines come in order.

    Those who have got their answer leave the line when their turn comes.
    """

    def __init__(self, patience: float = PATIENCE, most: int = MOST_PENDING) -> None:
        """``patience`` in seconds; ``most`` questions at a time are for the gate to hold to."""
        self._patience = patience
        self.most = most
        self._line: deque[tuple[float, WaitingQuestion, Answer]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.late = 0

    def join(self, question: WaitingQuestion, answer: Answer) -> None:
        """Wait for a question's answer, with a deadline of one's own."""
        loop = asyncio.get_running_loop()
        self._line.append((loop.time() + self._patience, question, answer))
        if self._timer is None:
            self._timer = loop.call_later(self._patience, self._sweep)

    def stop(self) -> None:
        """Tell all who wait that there is no answer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._expire(float("inf"))

    def _sweep(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        self._expire(loop.time())
        if self._line:
            self._timer = loop.call_later(max(0.0, self._line[0][0] - loop.time()), self._sweep)

    def _expire(self, now: float) -> None:
        while self._line and self._line[0][0] <= now:
            _due, question, answer = self._line.popleft()
            try:
                self.late += question.expire(answer)
            except Exception:  # the deadlines of the others hold
                LOG.exception("a question that waited too long could not be refused")

"""Questions whose counters have not answered yet, each with a deadline; a full room is refused at once."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from nianjian.engines.gate.asked import Verdict

LOG: Final = logging.getLogger(__name__)
MOST: Final = 10_000
PATIENCE: Final = 0.3  # seconds: the doors themselves give up then, and counters of a store before

Answer = Callable[[Verdict], None]


class Waiting(Protocol):
    """A question that its counters have."""

    def expire(self, answer: Answer) -> bool:
        """Say that there is no answer to one of those who wait; False: it has its answer."""
        ...


class Pending:
    """Tells whoever waits longer than ``patience`` that there is no answer. One timer for all: deadlines come in order.

    Those who have got their answer leave the line when their turn comes.
    """

    def __init__(self, patience: float = PATIENCE, most: int = MOST) -> None:
        """``patience`` in seconds; ``most`` questions at a time are for the gate to hold to."""
        self._patience = patience
        self.most = most
        self._line: deque[tuple[float, Waiting, Answer]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.late = 0

    def join(self, question: Waiting, answer: Answer) -> None:
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

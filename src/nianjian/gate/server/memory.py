"""The answers of the calls already asked about, so that the same question takes no second unit."""

from __future__ import annotations

from typing import Final

from nianjian.gate import brief
from nianjian.gate.asked import Request, Verdict
from nianjian.gate.brief import Brief

MOST: Final = 500_000
"""Calls in each of two generations; a million remembered answers are some 400 MB."""

Answered = tuple[Request, Verdict] | Brief
PAIR: Final = 2
_NONE: Final[dict[str, Answered]] = {}
Key = tuple[str, str, str, str, str]


def key(request: Request) -> Key:
    """What makes two questions the same: the call's id, and what the call is.

    A switch that gives every call one id is not let through by an answer that another call has got.
    """
    return request.enterprise, request.call_id, request.display, request.callee, request.channel


class Answers:
    """Two generations: when the younger is full the older is forgotten. A forgotten call takes a unit anew (strict).

    A usual call's answer also tells what the call took (`brief`), until its outcome is told.
    """

    def __init__(self, most: int = MOST) -> None:
        """``most`` answers a generation."""
        self._most = most
        self._young: dict[str, dict[str, Answered]] = {}
        self._old: dict[str, dict[str, Answered]] = {}
        self._left = most

    def get(self, request: Request) -> Verdict | None:
        """The answer that this question has got; None: not asked, or forgotten."""
        found = self._found(request.enterprise, request.call_id)
        if found is None:
            return None
        asked, verdict = found if len(found) == PAIR else (brief.request(found), brief.verdict(found))
        same = asked.display == request.display and asked.callee == request.callee and asked.channel == request.channel
        return verdict if same else None

    def known(self, enterprise: str, call_id: str) -> bool:
        """Whether this enterprise's call has got an answer, to this question or another."""
        return call_id in self._young.get(enterprise, _NONE) or call_id in self._old.get(enterprise, _NONE)

    def put(self, request: Request, verdict: Verdict) -> None:
        """Remember an answer; of two questions with one id the later one's."""
        self.keep(request.enterprise, request.call_id, (request, verdict))

    def keep(self, enterprise: str, call_id: str, answered: Answered) -> None:
        """The same of an answer as it is kept."""
        young = self._young.get(enterprise)
        if young is None or self._left < 1:
            if self._left < 1:
                self._old, self._young, self._left = self._young, {}, self._most
            young = self._young.setdefault(enterprise, {})
            self._left -= 1  # names come from outside, and a dictionary of its own is no less than an answer
        self._left -= 1
        young[call_id] = answered

    def forget(self, enterprise: str, call_id: str) -> None:
        """Forget an answer: its call was given back and may be asked about anew."""
        self._young.get(enterprise, {}).pop(call_id, None)
        self._old.get(enterprise, {}).pop(call_id, None)

    def told(self, enterprise: str, call_id: str) -> Brief | None:
        """What a usual call took, once: its outcome is told. Its answer is remembered still."""
        found = self._found(enterprise, call_id)
        if found is None or len(found) == PAIR:
            return None
        pair = (brief.request(found), brief.verdict(found))
        generation = self._young if call_id in self._young.get(enterprise, _NONE) else self._old
        generation[enterprise][call_id] = pair
        return found

    def _found(self, enterprise: str, call_id: str) -> Answered | None:
        return self._young.get(enterprise, _NONE).get(call_id) or self._old.get(enterprise, _NONE).get(call_id)

    def __len__(self) -> int:
        """Answers remembered."""
        return sum(map(len, (*self._young.values(), *self._old.values())))

"""The answers of the calls already asked about, so that the same question takes no second unit."""

from __future__ import annotations

from typing import Final

from nianjian.gate.asked import Request, Verdict

MOST: Final = 500_000
"""Calls in each of two generations; a million remembered answers are some 400 MB."""

Key = tuple[str, str, str, str, str]


def key(request: Request) -> Key:
    """What makes two questions the same: the call's id, and what the call is.

    A switch that gives every call one id is not let through by an answer that another call has got.
    """
    return request.enterprise, request.call_id, request.display, request.callee, request.channel


class Answers:
    """Two generations: when the younger is full the older is forgotten. A forgotten call takes a unit anew (strict)."""

    def __init__(self, most: int = MOST) -> None:
        """``most`` answers a generation."""
        self._most = most
        self._young: dict[tuple[str, str], tuple[Request, Verdict]] = {}
        self._old: dict[tuple[str, str], tuple[Request, Verdict]] = {}

    def get(self, request: Request) -> Verdict | None:
        """The answer that this question has got; None: not asked, or forgotten."""
        named = (request.enterprise, request.call_id)
        found = self._young.get(named) or self._old.get(named)
        if found is None:
            return None
        asked, verdict = found
        same = asked.display == request.display and asked.callee == request.callee and asked.channel == request.channel
        return verdict if same else None

    def known(self, enterprise: str, call_id: str) -> bool:
        """Whether this enterprise's call has got an answer, to this question or another."""
        named = (enterprise, call_id)
        return named in self._young or named in self._old

    def put(self, request: Request, verdict: Verdict) -> None:
        """Remember an answer; of two questions with one id the later one's."""
        young = self._young
        if len(young) >= self._most:
            self._old = young
            young = self._young = {}
        young[request.enterprise, request.call_id] = (request, verdict)

    def forget(self, enterprise: str, call_id: str) -> None:
        """Forget an answer: its call was given back and may be asked about anew."""
        self._young.pop((enterprise, call_id), None)
        self._old.pop((enterprise, call_id), None)

    def __len__(self) -> int:
        """Answers remembered."""
        return len(self._young) + len(self._old)

"""The answers of the calls already asked about, so that the same question takes no second unit."""

from __future__ import annotations

from typing import Final

from nianjian.gate.asked import Request, Used, Verdict

MOST: Final = 500_000
"""Calls in each of two generations; a million remembered answers are some 400 MB."""

Key = tuple[str, str, str, str, str]


def key(request: Request) -> Key:
    """What makes two questions the same: the call's id, and what the call is.

    A switch that gives every call one id is not let through by an answer that another call has got.
    """
    return request.enterprise, request.call_id, request.display, request.callee, request.channel


# display, callee, channel; then the verdict's fields, its counter's last. Nothing in it but texts and numbers: the
# garbage collector forgets such a tuple, so that a million of them do not make it pause.
_Kept = tuple[
    str, str, str, bool, str, str, int | None, str, str, str | None, str | None, int | None, int | None, str | None
]


class Answers:
    """Two generations: when the younger is full the older is forgotten. A forgotten call takes a unit anew (strict)."""

    def __init__(self, most: int = MOST) -> None:
        """``most`` answers a generation."""
        self._most = most
        self._young: dict[tuple[str, str], _Kept] = {}
        self._old: dict[tuple[str, str], _Kept] = {}

    def get(self, request: Request) -> Verdict | None:
        """The answer that this question has got; None: not asked, or forgotten."""
        named = (request.enterprise, request.call_id)
        found = self._young.get(named) or self._old.get(named)
        if found is None:
            return None
        display, callee, channel, allow, reason, rule, retry_at, number, observed, *counter = found
        if (display, callee, channel) != (request.display, request.callee, request.channel):
            return None
        key, window, used, limit, counts = counter
        # a counter is kept whole or not at all
        known = None if key is None else Used(str(key), str(window), int(used or 0), int(limit or 0), str(counts))
        return Verdict(allow, reason, rule, retry_at, known, number, observed)

    def put(self, request: Request, verdict: Verdict) -> None:
        """Remember an answer; of two questions with one id the later one's."""
        young = self._young
        if len(young) >= self._most:
            self._old = young
            young = self._young = {}
        used = verdict.counter
        young[request.enterprise, request.call_id] = (
            request.display,
            request.callee,
            request.channel,
            verdict.allow,
            verdict.reason,
            verdict.rule,
            verdict.retry_at,
            verdict.decision_id,
            verdict.observed,
            None if used is None else used.key,
            None if used is None else used.window,
            None if used is None else used.used,
            None if used is None else used.limit,
            None if used is None else used.counts,
        )

    def forget(self, enterprise: str, call_id: str) -> None:
        """Forget an answer: its call was given back and may be asked about anew."""
        self._young.pop((enterprise, call_id), None)
        self._old.pop((enterprise, call_id), None)

    def __len__(self) -> int:
        """Answers remembered."""
        return len(self._young) + len(self._old)

"""A usual decision as briefly as it can be kept: what it shares with others stands once, in `Alike`.

Such decisions are made, remembered and written down by the thousand each second, and few are ever read; who reads one
makes its question and its answer here.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from nianjian.engines.gate.asked import ALLOWED, Request, Used, Verdict
from nianjian.engines.gate.policy import Slot

Frame: TypeAlias = tuple[str, str, str, str]


class Alike(msgspec.Struct, frozen=True, gc=False):
    """What the calls of one path have in common: all of them were allowed, by one counter.

    ``begun``: how the ids of their decisions begin. ``told``: their answer as JSON, with places for what is each one's
    own (`server.wire.pattern`), and the counter's ``key`` as JSON; ``frame``: their line in the decision journal with
    such places (`decisions.record.frame`). Both are shared by channels: what a call touches must be little, or the
    processor waits for its memory. The garbage collector does not know this, so that it forgets the tuples too.
    """

    enterprise: str
    display: str
    channel: str
    team: str
    purpose: str
    slot: Slot
    generation: int
    begun: str
    told: bytes
    key: bytes
    frame: Frame | None


Brief: TypeAlias = tuple[Alike, int, str, str, str, int, int, int]
"""What they share, the moment (epoch milliseconds), callee, call id, caller, the decision's number, used and limit."""


def decision_id(begun: str, number: int) -> str:
    """The text by which a decision is named."""
    return f"{begun}{number:x}"


def request(of: Brief) -> Request:
    """What was asked."""
    alike, at, callee, call_id, caller, _number, _used, _limit = of
    return Request(
        alike.enterprise, alike.display, callee, alike.channel, call_id, at, caller, alike.team, alike.purpose
    )  # fmt: skip


def verdict(of: Brief) -> Verdict:
    """What was answered."""
    alike, _at, _callee, _call_id, _caller, number, used, limit = of
    slot = alike.slot
    cap = slot.cap
    counter = Used(slot.told, cap.semantics, used, limit, cap.counts)
    return Verdict(
        allow=True, reason=ALLOWED, rule=cap.rule, counter=counter, decision_id=decision_id(alike.begun, number)
    )

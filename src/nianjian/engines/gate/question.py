"""A question to the gate and its answer, and a usual decision in brief: what it shares with others stands once."""

from functools import lru_cache
from typing import Final, TypeAlias

import msgspec

from nianjian.engines.gate.policy import Slot
from nianjian.engines.kernel.numbers import Shape, normalise

# Why a call is refused, by the order in which the gate asks; the last is the answer of a gate that cannot know.
REASONS: Final = (
    "number-unknown",  # the display number is no filed number of the enterprise (备案)
    "number-expired",
    "number-not-outbound",
    "number-wrong-purpose",
    "no-channel",
    "hours",
    "callee-unreadable",  # no list can be asked about it
    "do-not-call",
    "no-consent",
    "not-on-white-list",
    "cap",
    "clock",  # the moment that the switch names is too far from the gate's own
    "gate-unavailable",
)
ALLOWED: Final = "allow"
FAIL_OPEN: Final = "fail-open"  # allowed though the gate could not know: an operator's switch, told and counted apart


# Made for every call, so as structs: a dataclass takes four times as long to make. The garbage collector does not know
# them, so that a million of them do not make it pause.


class Request(msgspec.Struct, frozen=True, gc=False):
    """A call that wants to leave: ``caller`` would show ``display`` and dial ``callee`` on ``channel``.

    All texts as the switch sent them; ``at`` is epoch milliseconds (the gate's own clock where a switch names none).
    """

    enterprise: str
    display: str
    callee: str
    channel: str
    call_id: str
    at: int
    caller: str = ""
    team: str = ""
    purpose: str = ""


class Used(msgspec.Struct, frozen=True, gc=False):
    """The counter that decided; ``window`` its semantics (``calendar_day``, ``anchored 3600s``, ``sliding 300s``)."""

    key: str
    window: str
    used: int
    limit: int
    counts: str = "attempts"


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """``reason`` is ``allow``, ``fail-open`` or one of `REASONS`; ``rule`` the rule's key; ``retry_at`` epoch seconds.

    ``observed`` is the reason that would have refused where the gate only looks on (试运行), else empty.
    """

    allow: bool
    reason: str
    rule: str = ""
    retry_at: int | None = None
    counter: Used | None = None
    decision_id: str = ""
    observed: str = ""


Frame: TypeAlias = tuple[str, str, str, str]


class Alike(msgspec.Struct, frozen=True, gc=False):
    """What the calls of one path have in common: all of them were allowed, by one counter.

    ``begun``: how ids of their decisions begin. ``pattern``: their answer as JSON, with places for what is each one's
    own (`wire.answer_pattern`), and the counter's ``key`` as JSON; ``frame``: their line in the decision journal with
    such places (as `decision_frame` makes it). Both are shared by channels: what a call touches must be little, or the
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
    pattern: bytes
    key: bytes
    frame: Frame | None


Brief: TypeAlias = tuple[Alike, int, str, str, str, int, int, int]
"""What they share, the moment (epoch milliseconds), callee, call id, caller, the decision's number, used and limit."""


def decision_id(begun: str, number: int) -> str:
    """The text by which a decision is named."""
    return f"{begun}{number:x}"


def request_of(of: Brief) -> Request:
    """What was asked."""
    alike, at, callee, call_id, caller, _number, _used, _limit = of
    return Request(
        alike.enterprise, alike.display, callee, alike.channel, call_id, at, caller, alike.team, alike.purpose
    )  # fmt: skip


def verdict_of(of: Brief) -> Verdict:
    """What was answered."""
    alike, _at, _callee, _call_id, _caller, number, used, limit = of
    slot = alike.slot
    cap = slot.cap
    counter = Used(slot.counter_name, cap.semantics, used, limit, cap.counts)
    return Verdict(
        allow=True, reason=ALLOWED, rule=cap.rule, counter=counter, decision_id=decision_id(alike.begun, number)
    )


# A telephone number as one unsigned 64-bit number, as the lists keep it and counters name it.
#
# The key is kind * 10**18 + value, with the value of `kernel.numbers` (no trunk 0, no 86; at most 18 digits). The kinds
# keep apart what has equal digits: a mobile number of China and a number abroad. A key of 0 is no number.

KIND: Final = 10**18
UNREADABLE: Final = 0

_KINDS: Final = {
    Shape.MOBILE: 0,
    Shape.LANDLINE: 1,
    Shape.SHORT_OR_LANDLINE: 1,  # +86951…: who is called there is a subscriber of Ningxia
    Shape.SHORT: 2,
    Shape.SHORT_LONG: 2,
    Shape.SHORT_OR_OTHER: 2,
    Shape.SERVICE_400_800: 3,
    Shape.INTERNATIONAL: 4,
    Shape.OTHER: 5,
}
_CODES_END: Final = 10**6
_MOBILE: Final = 11
_MOBILES, _MOBILES_END = 13_000_000_000, 20_000_000_000


def number_key(text: str) -> int:
    """Key of a called number as a switch or a list writes it; `UNREADABLE` for what is no whole number.

    Digits without the 0 of their area code are not repaired: they are unreadable.
    """
    # nearly all callees are mobile numbers written plainly: a tenth of the time of the whole reading
    if len(text) == _MOBILE and text.isdecimal() and text.isascii():
        number = int(text)
        if _MOBILES <= number < _MOBILES_END:
            return number
    return _read_key(text)


@lru_cache(maxsize=65_536)
def _read_key(text: str) -> int:
    number = normalise(text)
    return value_key(number.shape, number.value)


def value_key(shape: Shape, value: int | None) -> int:
    """Key of a number that was read before, as call records keep it; `UNREADABLE` for a shape that has none.

    Digits of no class are a short code (110, 10086) or an extension; longer ones are a number behind a dial prefix
    (17951…, 9…) or without its area code, whose own entry on a list would not be found by them.
    """
    kind = _KINDS.get(shape)
    if kind is None or value is None or (shape is Shape.OTHER and value >= _CODES_END):
        return UNREADABLE
    return kind * KIND + value


def number_text(of: int) -> str:
    """The canonical text of a key; "" for `UNREADABLE`. `key` reads it back to the same."""
    kind, value = divmod(of, KIND)
    if of == UNREADABLE:
        return ""
    return f"{_BEFORE.get(kind, '')}{value}"


_BEFORE: Final = {1: "0", 4: "00"}

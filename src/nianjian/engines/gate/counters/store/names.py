"""Names of the store's keys and functions; the functions are `functions.lua`."""

from __future__ import annotations

from typing import Final

from nianjian.engines.gate.counters import windows
from nianjian.engines.gate.counters.meters import Key
from nianjian.engines.gate.policy import Cap

CANARY: Final = "gate:epoch"
CHANGES: Final = "gate:policy"
LEASE, TAKE, CAPS, BACK, RELEASE, RAISE = (
    f"nianjian_{name}_1" for name in ("lease", "take", "caps", "back", "release", "raise")
)


def policy(enterprise: str, cap: str) -> str:
    """A hash of ``epoch`` and ``cap``: the cap's version and limit. Never expires."""
    return f"policy:{enterprise}:{cap}"


def granted(key: Key, day: int) -> str:
    """Tokens of a day that were handed out."""
    return f"cap:{windows.day_name(day)}:{':'.join(key)}"


def window(key: Key, cap: Cap, now: int) -> str:
    """Units that are taken one by one, by reservation and time."""
    day = f":{windows.day_name(windows.day(now))}" if cap.window == "calendar_day" else ""
    return f"window:{cap.window}{day}:{':'.join(key)}"


def released(name: str) -> str:
    """Marks a give-back of tokens that was done."""
    return f"released:{name}"

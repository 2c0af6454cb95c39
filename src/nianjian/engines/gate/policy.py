"""What one enterprise allows: caps with their meters, channels, purposes, hours (rules ``frequency.*``, R3, R4)."""

from dataclasses import dataclass, field
from typing import Final

KEYS: Final = ("channel", "display", "callee", "caller_callee", "team", "purpose")
WINDOWS: Final = ("calendar_day", "anchored", "sliding")
COUNTS: Final = ("attempts", "answered")
WHOLE_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``limit`` calls of one key in a window.

    ``key`` is one of `KEYS`, ``window`` one of `WINDOWS` with its ``seconds`` (a calendar day is one of
    Asia/Shanghai), ``counts`` one of `COUNTS`: a pending call counts as answered until its outcome is told. ``only``
    limits the cap to one value of its key (one channel), empty: to every value by itself. ``rule`` is the rule's key,
    ``epoch`` the number of this cap's version: a new limit is a new epoch, the counter goes on.
    """

    name: str
    key: str
    window: str
    limit: int
    rule: str
    seconds: int = WHOLE_DAY
    counts: str = "attempts"
    only: str = ""
    epoch: int = 1

    @property
    def semantics(self) -> str:
        """The meter in words of an answer: ``calendar_day``, ``anchored 3600s``, ``sliding 300s``."""
        return self.window if self.window == "calendar_day" else f"{self.window} {self.seconds}s"

    @property
    def leased(self) -> bool:
        """Leases serve attempts of a calendar day alone: other windows are taken one by one."""
        return self.window == "calendar_day" and self.counts == "attempts"


@dataclass(frozen=True, slots=True)
class Slot:
    """One counter that a call must pass: a cap and the value of its key (``trunk17``, ``95013001``, …).

    ``counter_name``: how an answer names it; given where a slot serves many calls, so that it is not written for each.
    """

    cap: Cap
    value: str
    counter_name: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """Unique among the enterprise's counters, the same over all versions of the cap."""
        return f"{self.cap.name}:{self.value}"


@dataclass(frozen=True, slots=True)
class Channel:
    """A line on which calls leave; ``isolated``: only white-listed callees (R4), whatever the purpose.

    ``observing``: a new line, whose calls all go; the answer says what enforcing would refuse.
    """

    name: str
    team: str = ""
    isolated: bool = False
    observing: bool = False


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a call is for; ``hours``: allowed minutes of the day as [from, to) pairs; ``fail_open``: a switch."""

    name: str
    needs_consent: bool = False
    hours: tuple[tuple[int, int], ...] = ((0, 1440),)
    hours_rule: str = ""
    fail_open: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """All of one enterprise; ``version`` grows with each change; ``enforce`` False: the gate looks on (试运行).

    ``tolerance``: milliseconds that a question's moment may lie off the gate's clock; None: no bound is known.
    """

    enterprise: str
    version: int
    enforce: bool
    caps: tuple[Cap, ...] = ()
    channels: dict[str, Channel] = field(default_factory=dict)
    purposes: dict[str, Purpose] = field(default_factory=dict)
    tolerance: int | None = None

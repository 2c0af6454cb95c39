"""What every test call stands on: the rulebook's limits, the filed numbers, the addresses of their gateways."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import time as time_of_day
from functools import cached_property
from typing import Any, Final, Self

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.workdays import Calendar
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.engines.sip.agent import Pace
from nianjian.features.test_calls import input_validation
from nianjian.features.test_calls.routes import query as routes
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.numbers.model import Number
from nianjian.platform.registers.versions.query import as_at
from nianjian.platform.rulebook.holidays import calendar
from nianjian.platform.rulebook.rulebooks import rulebook

RULE: Final = "inspection.callback."
FILED: Final = "filed"
Json = dict[str, Any]


@dataclass(frozen=True)
class Grounds:
    """An enterprise with today's rulebook. Times of the rules in milliseconds."""

    enterprise: str
    book: Rulebook

    @classmethod
    def of(cls, enterprise: str, actor: Actor, act: Act) -> Self:
        """``role_missing``, ``enterprise_unknown``."""
        require(actor, enterprise, act)
        tenant = accounts.enterprise(enterprise)
        return cls(enterprise, rulebook(day=None, province=tenant.province or None, enterprise=enterprise))

    @property
    def limit(self) -> int:
        """An answer within so many milliseconds is in time, this one included."""
        return int(self.book.decimal(f"{RULE}seconds") * 1000)

    @property
    def wait(self) -> int:
        """When a call is given up: later than the limit, so that "late" and "nobody" are two verdicts."""
        return self.limit + int(self.book.decimal(f"{RULE}wait") * 1000)

    @property
    def pace(self) -> Pace:
        """How many calls in which distance."""
        apart = self.book.decimal(f"{RULE}apart")
        return Pace(apart=float(apart), at_once=max(self.book.integer(f"{RULE}at_once"), 1))

    @property
    def days(self) -> int:
        """How long a test counts."""
        return self.book.integer(f"{RULE}days")

    @property
    def least(self) -> int:
        """How many tests of a number have to pass over each carrier within these days."""
        return self.book.integer(f"{RULE}tests")

    @cached_property
    def hours(self) -> tuple[tuple[time_of_day, time_of_day], ...]:
        """From when until when tests count on a working day; the ends are not included."""
        found = self.book.value(f"{RULE}hours")
        pairs = [tuple(one) for one in found if isinstance(one, tuple)] if isinstance(found, tuple) else []
        return tuple((time_of_day.fromisoformat(str(a)), time_of_day.fromisoformat(str(b))) for a, b in pairs)

    @cached_property
    def _days(self) -> Calendar:
        return calendar()

    def in_hours(self, at: time_of_day) -> bool:
        """Whether a time of a working day lies in working hours."""
        return any(begin <= at < end for begin, end in self.hours)

    def working(self, moment: datetime) -> bool:
        """Whether a test of this moment counts."""
        here = moment.astimezone(clock.ZONE)
        return self._days.is_workday(here.date()) and self.in_hours(here.time())

    @property
    def carriers(self) -> tuple[str, ...]:
        """Over whom each number is tested."""
        found = self.book.value(f"{RULE}carriers")
        return tuple(str(one) for one in found) if isinstance(found, tuple) else ()

    @property
    def stamp(self) -> dict[str, str]:
        """Which rules a test was judged by."""
        return {"id": self.book.id, "version": self.book.version, "sha256": self.book.sha256}

    @cached_property
    def ledger(self) -> dict[str, str]:
        """Filed numbers that are in force today -> the gateway that the ledger names, "" for none."""
        rows = as_at(Number, self.enterprise, clock.today()).filter(filing=FILED).order_by("key")
        found: dict[str, str] = {}
        for root, gateway, until in rows.values_list("root", "gateway", "valid_until"):
            if root and (until is None or until >= clock.today()):
                found[root] = (gateway or "").strip()
        return found

    def own(self, number: str) -> None:
        """``callback_number_unfiled`` for one that begins with no filed number."""
        if not number.startswith(tuple(self.ledger)):
            raise NianjianError("callback_number_unfiled", number=numbers.mask(number))

    @cached_property
    def known(self) -> dict[str, tuple[str, ...]]:
        """Gateway of the ledger -> its addresses."""
        return routes.hosts(self.enterprise)

    def addresses(self, gateway: str, *, told: bool = False) -> tuple[str, ...]:
        """From where a gateway answers: as it is kept, or the name itself where it is an address; () if unknown.

        ``told``: a person gives addresses for this test; ``callback_gateway_wrong``. Each is looked up once.
        """
        if gateway not in self._looked_up:
            if gateway in self.known:
                hosts = self.known[gateway]
            else:
                hosts = input_validation.hosts(gateway) if told or input_validation.looks_like_host(gateway) else ()
            self._looked_up[gateway] = resolved(hosts)
        return self._looked_up[gateway]

    @cached_property
    def _looked_up(self) -> dict[str, tuple[str, ...]]:
        return {}


def resolved(hosts: Sequence[str]) -> tuple[str, ...]:
    """The names with the addresses they stand for; one that nobody knows stands for itself alone."""
    found = list(hosts)
    for one in hosts:
        try:
            found += [str(place[4][0]).lower() for place in socket.getaddrinfo(one, None, type=socket.SOCK_DGRAM)]
        except OSError:
            continue
    return tuple(dict.fromkeys(found))


def source() -> Json:
    """Which clocks measure: durations a monotonic one, the beginning the system's, with what is known of its pace."""
    return {
        "durations": "CLOCK_MONOTONIC" if sys.platform == "linux" else "monotonic",
        "resolution_ns": round(time.get_clock_info("monotonic").resolution * 1e9),
        "begin": "system clock, UTC",
        "synchronised": True if clock.SYNCHRONISED.exists() else None,
    }

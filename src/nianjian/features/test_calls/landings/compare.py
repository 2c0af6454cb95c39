"""Which record of the own switches is the test call's, and where it says that the call landed. Pure.

A record belongs to one test at most: two tests of one number, a second apart over two carriers, never share one; so a
call that somebody else answered does not borrow the record of the call before.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from nianjian.engines.kernel.numbers import normalise
from nianjian.features.test_calls.verdict import ELSEWHERE, FILED_GATEWAY, SILENT, UNNAMED, UNSEEN, VOICEMAIL

REACH: Final = timedelta(minutes=2)  # how far the clocks of switches may be apart
BESIDE: Final = timedelta(days=1)  # a source covers a call if it has a record so long before, and one after
KNOWN: Final = timedelta(days=8)  # a source that had records so long before is waited for: it may be imported weekly
_NAMED: Final = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Record:
    """An answered call in the records of ``source``.

    ``at``: its beginning, or its answer where a switch knows no other moment; ``callee`` "": the switch wrote an
    extension of its own; ``told``: gateways that the record names as such; ``named``: other names that may be one's
    (trunk, line, the switch itself); ``sent``: hosts to which a proxy has sent it; ``marked``: as a test call;
    ``voicemail``: what tells that one answered.
    """

    source: str
    call: str
    at: datetime
    callee: str
    callers: tuple[str, ...]
    told: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    marked: bool = False
    voicemail: str = ""
    sent: tuple[str, ...] = ()

    def told_all(self) -> tuple[str, ...]:
        """Every name in it."""
        return tuple(dict.fromkeys((*self.told, *self.named, *self.sent)))

    def told_at(self) -> str:
        """Its moment as it is kept."""
        return self.at.isoformat(timespec="seconds")

    def told_dict(self) -> dict[str, Any]:
        """As it is kept: without numbers."""
        told = {"source": self.source, "call": self.call, "at": self.told_at(), "named": list(self.told_all())}
        return told | ({"voicemail": self.voicemail} if self.voicemail else {})


def joined(rows: Iterable[Record]) -> list[Record]:
    """One record a call of a source, of its answered rows: all their names, and whatever any of them tells.

    A test call is over within seconds, and nobody hands it on: a voicemail in any of its rows is who answered.
    """
    calls: dict[tuple[str, str], Record] = {}
    for row in rows:
        known = calls.get((row.source, row.call))
        calls[row.source, row.call] = row if known is None else _both(known, row)
    return list(calls.values())


def _both(one: Record, other: Record) -> Record:
    return replace(
        one,
        at=min(one.at, other.at),
        callee=one.callee or other.callee,
        callers=tuple(dict.fromkeys((*one.callers, *other.callers))),
        told=tuple(dict.fromkeys((*one.told, *other.told))),
        named=tuple(dict.fromkeys((*one.named, *other.named))),
        marked=one.marked or other.marked,
        voicemail=one.voicemail or other.voicemail,
        sent=tuple(dict.fromkeys((*one.sent, *other.sent))),
    )


@dataclass(frozen=True, slots=True)
class Called:
    """An answered test call: what its INVITE said, ``host`` where it asked for; when it began and was answered."""

    trial: str
    number: str
    caller: str
    call_id: str
    begun: datetime
    answered: datetime
    host: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What the records say: `verdict.LANDINGS`; ``sources``: name -> whether it covers the moment."""

    verdict: str
    seen: tuple[str, ...]
    records: tuple[Record, ...]
    sources: Mapping[str, bool]


def same(one: str, other: str) -> bool:
    """Whether two texts are one number, however it is written."""
    if one == other:
        return bool(one)
    left = _value(one)
    return left is not None and left == _value(other)


@lru_cache(maxsize=4096)
def _value(text: str) -> int | None:
    return normalise(text).value


def find_time_gap(record: Record, called: Called) -> timedelta | None:
    """How far a record is from a test call that it may be of; None: it is not of it. A SIP call-id leaves no doubt."""
    if called.call_id and record.call == called.call_id:
        return timedelta(-1)
    gap = max(called.begun - record.at, record.at - called.answered, timedelta())
    if gap > REACH:
        return None
    known = any(same(one, called.caller) for one in record.callers)
    if not ((same(record.callee, called.number) and (known or record.marked)) or (not record.callee and known)):
        return None
    return gap


def number(text: str) -> str:
    """A callee as written; "" for an extension of the dial plan's own (s, h, vmu1000): no number has a letter."""
    return "" if _NAMED.search(text) else text


def records_of(called: Called, others: Iterable[Called], records: Sequence[Record]) -> list[Record]:
    """The records of a test call, one a source: the nearest pair of test and record is taken first, each once."""
    pairs: list[tuple[timedelta, datetime, int, int]] = []
    tests = [called, *(one for one in others if one.trial != called.trial)]
    for place, record in enumerate(records):
        for number, test in enumerate(tests):
            gap = find_time_gap(record, test)
            if gap is not None:
                pairs.append((gap, test.begun, number, place))
    taken: set[int] = set()
    served: set[tuple[str, int]] = set()
    found: list[Record] = []
    for _gap, _begun, number, place in sorted(pairs):
        source = records[place].source
        if place in taken or (source, number) in served:
            continue
        taken.add(place)
        served.add((source, number))
        found += [records[place]] if number == 0 else []
    return found


def compared(
    found: Sequence[Record],
    *,
    expected: Collection[str],
    known: Collection[str],
    sources: Mapping[str, bool],
    host: str = "",
) -> Found:
    """Judge: ``expected``: names of the ledger's gateway; ``known``: names of all gateways. The worse record counts.

    A name that no gateway here bears is no other gateway: it says nothing, unless the record calls it the gateway.
    A record that names the ledger's gateway and another one too has passed both: where it landed is not known. That a
    proxy has sent it to ``host``, for which the test call asked itself, shows nothing.
    """
    right = {one.strip().casefold() for one in expected if one.strip()}
    others = {one.strip().casefold() for one in known if one.strip()} - right
    if not found:
        return Found(UNSEEN if any(sources.values()) else SILENT, (), (), sources)
    said = {_placed(one, right, others, host) for one in found}
    verdict = next(one for one in (VOICEMAIL, ELSEWHERE, FILED_GATEWAY, UNNAMED) if one in said)
    seen = tuple(dict.fromkeys(name for one in found for name in one.told_all()))
    return Found(verdict, seen, tuple(found), sources)


def _placed(record: Record, right: Collection[str], others: Collection[str], host: str) -> str:
    if record.voicemail:
        return VOICEMAIL
    sent = [one for one in record.sent if one.casefold() != host.casefold()]
    names = {one.strip().casefold() for one in (*record.told, *record.named, *sent)}
    here, there = bool(names & set(right)), bool(names & set(others))
    if not right or (here and there):
        return UNNAMED
    if here:
        return FILED_GATEWAY
    return ELSEWHERE if there or any(one.strip() for one in record.told) else UNNAMED

"""On which days a code number may be displayed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What the ledger says of a root from ``valid_from`` to ``valid_to`` (included; None: open)."""

    total_length: int
    filing: str | None
    filed_on: date | None
    since: date | None  # 有效期起
    until: date | None  # 有效期止, included
    outbound: bool | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days on which a root with its length is, or is not, filed, valid and permitted; None: not known."""

    total_length: int
    filed: bool | None
    valid_from: date | None
    valid_to: date | None


def spans(versions: Iterable[LedgerEntry]) -> list[Span]:
    """Cut the versions (in order of time) where the answer changes; equal neighbours become one."""
    found: list[Span] = []
    for one in (span for version in versions for span in _cut(version)):
        last = found[-1] if found else None
        joins = (
            last is not None
            and (last.total_length, last.filed) == (one.total_length, one.filed)
            and last.valid_to is not None
            and one.valid_from == last.valid_to + DAY
        )
        if joins and last is not None:
            found[-1] = replace(last, valid_to=one.valid_to)
        else:
            found.append(one)
    return found


def _cut(held: LedgerEntry) -> list[Span]:
    """One version: days before the permission, days of it, days after it.

    Filed without a filing day counts from 有效期起: the sheet says that it is filed (a warning was given). With no
    day at all nobody knows since when, and unknown is neither yes nor no. Without a known permission nothing
    counts: blank is not yes.
    """
    whole = Span(held.total_length, filed=False, valid_from=held.valid_from, valid_to=held.valid_to)
    if held.filing != "filed" or held.outbound is not True:
        return [whole]
    first = _latest(held.valid_from, held.since, held.filed_on)
    last = _earliest(held.valid_to, held.until)
    if first is not None and last is not None and first > last:
        return [whole]
    found = []
    if first is not None and (held.valid_from is None or held.valid_from < first):
        found.append(replace(whole, valid_to=first - DAY))
    found.append(replace(whole, filed=True if first else None, valid_from=first, valid_to=last))
    if last is not None and (held.valid_to is None or last < held.valid_to):
        found.append(replace(whole, valid_from=last + DAY))
    return found


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)

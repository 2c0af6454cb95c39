"""The limits of the tickets' clocks for an enterprise, whenever a ticket arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from nianjian.engines.rules.load import load
from nianjian.engines.rules.rulebook import FIRST_DAY, Overlay
from nianjian.features.complaints.clocks import UNDER, Promise, terms
from nianjian.platform.accounts import query as accounts
from nianjian.platform.rulebook.rulebooks import Rulebooks

DAY = timedelta(days=1)


def promise(enterprise: str) -> Promise:
    """One stretch from each day on which a rule or an approved overlay of the clocks begins or ends."""
    tenant = accounts.enterprise(enterprise)
    found, books = [], Rulebooks(province=tenant.province or None, enterprise=enterprise)
    starts = sorted({max(day, FIRST_DAY) for day in _turns(books.overlays)})
    for day in starts:
        book = books.on(day)
        if f"{UNDER}response" in book.in_force:
            found.append((day, terms(book)))
    return Promise(tuple(day for day, _terms in found), tuple(one for _day, one in found))


def _turns(overlays: Sequence[Overlay]) -> Iterator[date]:
    for rule in load().rules:
        if rule.key.startswith(UNDER):
            yield from _edges(rule.valid_from, rule.valid_to)
    for overlay in overlays:
        if str(overlay["key"]).startswith(UNDER):
            first, last = (str(overlay.get(name) or "") for name in ("valid_from", "valid_to"))
            yield from _edges(
                date.fromisoformat(first) if first else FIRST_DAY, date.fromisoformat(last) if last else None
            )


def _edges(first: date, last: date | None) -> Iterator[date]:
    yield first
    if last is not None and last < date.max:
        yield last + DAY

"""Seat, social insurance and wages of every person in every month of a period, kept as a run."""

from __future__ import annotations

import gc
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.periods import add_months
from nianjian.features.reconciliation import people
from nianjian.features.reconciliation.operations.grounds import Grounds, Json, summary
from nianjian.features.reconciliation.people import (
    Decisions,
    Insured,
    Match,
    Matched,
    Paid,
    Pair,
    PersonMonth,
    Terms,
    matched,
    plain,
)
from nianjian.features.reconciliation.runs import query, service
from nianjian.features.reconciliation.runs.model import Proposal
from nianjian.features.reconciliation.runs.results import Found, Proposed, Report
from nianjian.features.reconciliation.runs.states import EXPLAINED, OPEN
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.vault import keyring

PEOPLE: Final = "people"
LONGEST: Final = 24  # months of one run
PAIRS: Final = 5_000  # pairs of one run that are kept, the likeliest; more are counted
READ: Final = {"unpaid": "unpaid", "others": "other_memos"}  # what the tables are read by -> its rule
DAY: Final = timedelta(days=1)

Blind = Callable[[str], str]


def run(*, enterprise: str, first: date | None, last: date | None, actor: Actor, progress: Progress = silent) -> Json:
    """Match the months from that of ``first`` to that of ``last`` and keep the run.

    Without ``last`` it ends with last month, without ``first`` it begins with January of the last month's year. The
    answer holds the matrix, no persons. ``role_missing``, ``reconcile_months_wrong``.
    """
    with _at_rest():
        return _run(enterprise, first, last, actor, progress)


@contextmanager
def _at_rest() -> Iterator[None]:
    """Without Python's search for circles, which would walk every row held again and again: a third of the time.

    Rows hold no circles; what little Django makes of them is found afterwards.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _run(enterprise: str, first: date | None, last: date | None, actor: Actor, progress: Progress) -> Json:
    grounds = Grounds.of(enterprise, actor, Act.REPORT)
    months = span(first, last)
    terms = _terms(grounds)
    blind = _blind()
    given = _Decided(enterprise)
    said = {name: _words(grounds, f"reconcile.people.{key}") for name, key in READ.items()}
    lag = grounds.book.integer("reconcile.people.pay_lag")
    counts: Counter[str] = Counter()
    matrix: Json = {}
    found: list[Found] = []
    pairs: dict[tuple[str, str, str], Proposed] = {}
    cut = 0
    progress(f"{months[0]:%Y-%m}", 0, len(months))
    read = people.Tables(enterprise, months, lag=lag, **said)
    for place, month in enumerate(months):
        progress(f"{month:%Y-%m}", place, len(months))
        held = read.month(month)
        told = matched(held, given.of(held.paid, held.insured, blind), terms)
        matrix[told.month] = _matrix(told)
        counts.update({match.value: count for match, count in told.counts.items()})
        found += [_found(told.month, row, blind) for row in told.rows]
        pairs |= {one.key: one.proposed for one in _proposed(told.pairs, blind, given.dismissed)}
        cut += told.cut
    best = sorted(pairs.values(), key=lambda one: (-one.likeness, one.subject, one.person))
    sums = {match.value: counts[match.value] for match in Match}
    told_all: dict[str, object] = {
        "matrix": matrix,
        "proposals": len(best[:PAIRS]),
        "left_out": cut + max(0, len(best) - PAIRS),
        "rulebook": dict(grounds.stamp()),
    }
    end = add_months(months[-1], 1) - DAY
    report = Report(PEOPLE, end, sums, told_all, found, best[:PAIRS], first=months[0])
    kept = service.keep(enterprise=enterprise, report=report, actor=actor)
    return {**summary(kept, grounds), **told_all}


def span(first: date | None, last: date | None) -> list[date]:
    """First days of the months; ``reconcile_months_wrong`` for none, for too many, and for months to come."""
    today = clock.today()
    end = (last or add_months(today.replace(day=1), -1)).replace(day=1)
    month = (first or end.replace(month=1)).replace(day=1)
    months: list[date] = []
    while month <= end and len(months) <= LONGEST:
        months.append(month)
        month = add_months(month, 1)
    if not months or len(months) > LONGEST or end > today:
        raise NianjianError("reconcile_months_wrong", most=LONGEST)
    return months


def _terms(grounds: Grounds) -> Terms:
    book = grounds.book
    return Terms(
        new_days=book.integer("reconcile.people.new_days"),
        own=frozenset(plain(name) for name in (grounds.name, *people.own_names(grounds.enterprise)) if name),
        agreements=people.agreements(grounds.enterprise),
        other_posts=frozenset(plain(word) for word in _words(grounds, "reconcile.people.other_posts")),
        similar=book.integer("reconcile.people.similar"),
        slips=book.integer("reconcile.people.identity_slips"),
    )


def _words(grounds: Grounds, key: str) -> frozenset[str]:
    return frozenset(str(one) for one in grounds.book.items(key))


def _blind() -> Blind:
    ring = keyring.current()
    return lambda text: ring.blind(text, "reconcile.people")


def payment(name: str, account: str) -> str:
    """How a payee is named for its blind index."""
    return json.dumps([plain(name), account], ensure_ascii=False)


class _Decided:
    """What persons have decided, by blind index, and which pairs they have dismissed."""

    def __init__(self, enterprise: str) -> None:
        self._accounts = query.accounts(enterprise, Proposal.NAME)
        self._numbers = query.accounts(enterprise, Proposal.IDENTITY)
        self.dismissed = query.dismissed(enterprise)

    def of(self, paid: Sequence[Paid], insured: Sequence[Insured], blind: Blind) -> Decisions:
        """The decisions that concern the payees and numbers of a month."""
        accounts: dict[tuple[str, str], str] = {}
        for payee in paid if self._accounts else ():
            identity = self._accounts.get(blind(payment(payee.payee, payee.account or "")))
            if identity:
                accounts[plain(payee.payee), payee.account or ""] = identity
        numbers: dict[str, str] = {}
        for listed in insured if self._numbers else ():
            identity = self._numbers.get(blind(listed.identity))
            if identity:
                numbers[listed.identity] = identity
        return Decisions(accounts, numbers)


def _matrix(told: Matched) -> Json:
    return {
        match.value: {"count": told.counts.get(match, 0), "explained": told.explained.get(match, 0)} for match in Match
    }


def _found(month: str, row: PersonMonth, blind: Blind) -> Found:
    lacks = [one.value for one in row.lacks]
    return Found(
        key=blind(row.identity) if row.identity else f"seat:{row.seat_id}"[:200],
        result=row.match.value,
        month=month,
        label={"name": row.name, "identity": row.identity, "seat": row.seat_id},
        digest=blind(json.dumps([row.identity, row.seat_id, lacks, row.reasons])),
        reasons=[*lacks[1:], *row.reasons],
        state=EXPLAINED if row.explained else OPEN,
    )


class _Keyed:
    """A proposal with what makes it the same in another month."""

    def __init__(self, one: Pair, blind: Blind) -> None:
        subject = blind(one.written) if one.kind == Proposal.IDENTITY else blind(payment(one.name, one.account))
        told: Mapping[str, str] = {
            "name": one.name,
            "account": one.account,
            "written": one.written,
            "identity": one.identity,
            "person": one.person,
        }
        self.proposed = Proposed(one.kind, subject, blind(one.identity), told, one.likeness)
        self.key = (one.kind, self.proposed.subject, self.proposed.person)


def _proposed(pairs: Collection[Pair], blind: Blind, dismissed: set[tuple[str, str, str]]) -> Iterator[_Keyed]:
    for pair in pairs:
        one = _Keyed(pair, blind)
        if one.key not in dismissed:
            yield one

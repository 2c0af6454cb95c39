"""Read what the registers know of months: seats, staff, contributions and payments.

Opening sealed columns is most of the cost, so each is opened once and only where it is needed: seats and staff of
all months are read together, the name on a contribution only where no seat and nobody of the staff has named it.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.db.models import Q

from nianjian.engines.kernel.periods import add_months
from nianjian.features.reconciliation.people.values import Insured, Month, Paid, Seat, Staff
from nianjian.platform.registers import models
from nianjian.platform.registers.versions.query import believed

CHUNK: Final = 2000
ASKED: Final = 500  # keys of one question: databases bear no endless lists
DAY: Final = timedelta(days=1)


class Tables:
    """Seats and staff of a span of months, read at once; contributions and payments month by month.

    ``lag``: months by which pay lies after its month where the statement does not say; ``unpaid``: states of a
    contribution that do not count; ``others``: words of payments that are no wages.
    """

    def __init__(
        self, enterprise: str, months: Sequence[date], *, lag: int, unpaid: Collection[str], others: Collection[str]
    ) -> None:
        self._enterprise, self._lag, self._unpaid, self._others = enterprise, lag, unpaid, others
        ends = [_last(first) for first in months]
        self._seats = _seats(enterprise, min(months), max(ends))
        self._staff = _staff(enterprise, min(months), max(ends))

    def month(self, first: date) -> Month:
        """The month that begins on ``first``, one of the span."""
        last = _last(first)
        seats = [one for span, one in self._seats if span.hold(first, last)]
        staff = [one for span, one in self._staff if span.hold(first, last)]
        named = {one.identity for one in seats if one.identity and one.person}
        named |= {one.identity for one in staff if one.identity and one.person}
        return Month(
            first,
            last,
            seats,
            staff,
            _insured(self._enterprise, first, self._unpaid, named),
            _paid(self._enterprise, first, self._lag, self._others),
        )


class _Span(NamedTuple):
    """When a version holds, and from when to when it is in use; None: open. ``over``: the first day out of use."""

    valid_from: date | None
    valid_to: date | None
    begun: date | None
    over: date | None

    def hold(self, first: date, last: date) -> bool:
        """Whether it holds on the last day of a month and was in use on one of its days."""
        holds = (self.valid_from is None or self.valid_from <= last) and (
            self.valid_to is None or self.valid_to >= last
        )
        return holds and (self.begun is None or self.begun <= last) and (self.over is None or self.over > first)


def own_names(enterprise: str) -> set[str]:
    """Under which names the licences say the enterprise goes."""
    found = believed(models.Licence, enterprise).exclude(holder=None).order_by()
    return {str(name) for name in found.values_list("holder", flat=True)}


def agreements(enterprise: str) -> frozenset[str]:
    """Ids and names of outsourced teams whose agreement is registered."""
    found = believed(models.Team, enterprise).filter(kind="outsourced").exclude(agreement=None).exclude(agreement="")
    return frozenset(str(word) for pair in found.order_by().values_list("team_id", "name") for word in pair if word)


def _last(first: date) -> date:
    return add_months(first, 1) - DAY


def _holding(first: date, last: date) -> Q:
    """Versions that hold on the last day of a month between."""
    return (Q(valid_from=None) | Q(valid_from__lte=last)) & (Q(valid_to=None) | Q(valid_to__gte=_last(first)))


def _seats(enterprise: str, first: date, last: date) -> list[tuple[_Span, Seat]]:
    """Human seats that were in use on a day between; one that never opened is no place of work."""
    used = Q(opened_on__lte=last) & (Q(closed_on=None) | Q(closed_on__gt=first))
    rows = believed(models.Seat, enterprise).filter(_holding(first, last), used).exclude(kind="robot").order_by()
    fields = ("seat_id", "identity", "person", "staff_id", "employment", "team", "insured_by")
    found = rows.values_list("valid_from", "valid_to", "opened_on", "closed_on", *fields)
    return [(_Span(*row[:4]), Seat(*row[4:])) for row in found.iterator(chunk_size=CHUNK)]


def _staff(enterprise: str, first: date, last: date) -> list[tuple[_Span, Staff]]:
    """The staff between; the day on which somebody leaves is the last at work."""
    there = (Q(joined_on=None) | Q(joined_on__lte=last)) & (Q(left_on=None) | Q(left_on__gte=first))
    rows = believed(models.Person, enterprise).filter(_holding(first, last), there).order_by()
    fields = ("identity", "person", "staff_id", "employment", "team", "insured_by", "joined_on", "left_on", "post")
    found = rows.values_list("valid_from", "valid_to", *fields).iterator(chunk_size=CHUNK)
    told = ((row[0], row[1], Staff(*row[2:])) for row in found)
    return [
        (_Span(since, until, one.joined_on, None if one.left_on is None else one.left_on + DAY), one)
        for since, until, one in told
    ]


def _insured(enterprise: str, first: date, unpaid: Collection[str], named: Container[str]) -> list[Insured]:
    """One row a person: the insurances of a month are one month of insurance; the name of those not ``named``."""
    rows = believed(models.Contribution, enterprise).filter(month=f"{first:%Y-%m}").order_by()
    payers: dict[str, set[str | None]] = {}
    nameless: dict[int, str] = {}
    listed = rows.values_list("pk", "identity", "payer", "state").iterator(chunk_size=CHUNK)
    for pk, identity, payer, state in listed:
        if identity and (state or "").strip() not in unpaid:
            if identity not in payers:
                payers[identity] = set()
                if identity not in named:
                    nameless[pk] = identity
            payers[identity].add(payer)
    names = _names(nameless)
    return [Insured(identity, names.get(identity), frozenset(found)) for identity, found in payers.items()]


def _names(wanted: Mapping[int, str]) -> dict[str, str | None]:
    """Identity -> the name on its contribution, by the contributions' keys."""
    keys = list(wanted)
    found: dict[str, str | None] = {}
    for start in range(0, len(keys), ASKED):
        some = models.Contribution.objects.filter(pk__in=keys[start : start + ASKED])
        found |= {wanted[pk]: name for pk, name in some.values_list("pk", "person")}
    return found


def _paid(enterprise: str, first: date, lag: int, others: Collection[str]) -> list[Paid]:
    """Payments for the month: those that say so, and those of the month ``lag`` later that do not say for which."""
    begin = add_months(first, lag)
    later = Q(month=None, paid_on__gte=begin, paid_on__lt=add_months(begin, 1))
    rows = believed(models.Payment, enterprise).filter(Q(month=f"{first:%Y-%m}") | later).order_by()
    paid: dict[Paid, None] = {}
    listed = rows.values_list("payee", "account_tail", "amount", "memo").iterator(chunk_size=CHUNK)
    for payee, account, amount, memo in listed:
        if payee and (amount is None or amount > 0) and not (memo and any(word in memo for word in others)):
            paid[Paid(payee, account)] = None
    return list(paid)

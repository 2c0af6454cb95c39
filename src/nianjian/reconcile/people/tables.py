"""Read what the registers know of a month: seats, staff, contributions and payments, each row decrypted once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from nianjian.kernel.periods import add_months
from nianjian.reconcile.people.values import Insured, Month, Paid, Seat, Staff
from nianjian.registers import models
from nianjian.registers.versions.query import as_at, believed

CHUNK: Final = 2000
DAY: Final = timedelta(days=1)


def month(enterprise: str, first: date, *, lag: int, unpaid: Collection[str], others: Collection[str]) -> Month:
    """The month that begins on ``first``.

    ``lag``: months by which pay lies after its month where the statement does not say; ``unpaid``: states of a
    contribution that do not count; ``others``: words of payments that are no wages.
    """
    last = add_months(first, 1) - DAY
    return Month(
        first,
        last,
        _seats(enterprise, first, last),
        _staff(enterprise, first, last),
        _insured(enterprise, first, unpaid),
        _paid(enterprise, first, lag, others),
    )


def own_names(enterprise: str) -> set[str]:
    """Under which names the licences say the enterprise goes."""
    found = believed(models.Licence, enterprise).exclude(holder=None).order_by()
    return {str(name) for name in found.values_list("holder", flat=True)}


def agreements(enterprise: str) -> frozenset[str]:
    """Ids and names of outsourced teams whose agreement is registered."""
    found = believed(models.Team, enterprise).filter(kind="outsourced").exclude(agreement=None).exclude(agreement="")
    return frozenset(str(word) for pair in found.order_by().values_list("team_id", "name") for word in pair if word)


def _seats(enterprise: str, first: date, last: date) -> list[Seat]:
    """Human seats that were in use on a day of the month; one that never opened is no place of work."""
    used = Q(opened_on__lte=last) & (Q(closed_on=None) | Q(closed_on__gt=first))
    rows = as_at(models.Seat, enterprise, last).filter(used).exclude(kind="robot").order_by()
    fields = ("seat_id", "identity", "person", "staff_id", "employment", "team", "insured_by")
    return [Seat(*row) for row in rows.values_list(*fields).iterator(chunk_size=CHUNK)]


def _staff(enterprise: str, first: date, last: date) -> list[Staff]:
    there = (Q(joined_on=None) | Q(joined_on__lte=last)) & (Q(left_on=None) | Q(left_on__gte=first))
    rows = as_at(models.Person, enterprise, last).filter(there).order_by()
    fields = (
        "identity", "person", "staff_id", "employment", "team", "insured_by", "joined_on", "left_on", "post",
    )  # fmt: skip
    return [Staff(*row) for row in rows.values_list(*fields).iterator(chunk_size=CHUNK)]


def _insured(enterprise: str, first: date, unpaid: Collection[str]) -> list[Insured]:
    """One row a person: the insurances of a month are one month of insurance."""
    rows = believed(models.Contribution, enterprise).filter(month=f"{first:%Y-%m}").order_by()
    payers: dict[str, set[str | None]] = defaultdict(set)
    names: dict[str, str | None] = {}
    listed = rows.values_list("identity", "person", "payer", "state").iterator(chunk_size=CHUNK)
    for identity, person, payer, state in listed:
        if identity and (state or "").strip() not in unpaid:
            payers[identity].add(payer)
            names.setdefault(identity, person)
    return [Insured(identity, names[identity], frozenset(found)) for identity, found in payers.items()]


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

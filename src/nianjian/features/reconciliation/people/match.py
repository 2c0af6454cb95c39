"""Seat, social insurance and wages of each person in a month (S2). Pure.

Seats and insurance meet by identity number, wages by name, and by the accounts that persons have decided. A name of
several persons, or of one person with several accounts, is never matched by the program: it goes to a person.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from nianjian.features.reconciliation.people.pairs import proposals
from nianjian.features.reconciliation.people.values import Given, Match, Matched, Month, PersonMonth, Seat, Terms

HOMONYM: Final = "homonym"
SEVERAL: Final = "several_accounts"
DOTS: Final = str.maketrans(dict.fromkeys("·•・‧∙.．"))  # between the parts of a name, or left out
EXPLAINS: Final = frozenset({"new", "dispatched", "outsourced", "other_post"})


@dataclass(slots=True)
class Person:
    """What a month knows of one person; ``wage`` None: there are payments of that name, and whose is not known."""

    identity: str
    name: str = ""
    seat_id: str = ""
    employment: str | None = None
    team: str | None = None
    insured_by: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    post: str | None = None
    payers: frozenset[str | None] | None = None
    wage: bool | None = False
    doubt: str = ""


@dataclass(slots=True)
class Known:
    """Persons by identity, their names, seats that name nobody, and payees that nobody is."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    nobody: list[PersonMonth] = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)
    doubtful: list[tuple[str, str, str]] = field(default_factory=list)  # payee, account, kind of doubt

    def person(self, identity: str) -> Person:
        """The person of a number, new if need be."""
        found = self.people.get(identity)
        if found is None:
            found = self.people[identity] = Person(identity)
        return found


def plain(text: str | None) -> str:
    """A name as it is compared: one width, without blanks and the dots inside."""
    if not text:
        return ""
    if not text.isascii() and text.isalpha() and unicodedata.is_normalized("NFKC", text):
        return text  # nearly every name
    folded = unicodedata.normalize("NFKC", text).translate(DOTS)
    return "".join(sign for sign in folded if not sign.isspace())


def matched(month: Month, given: Given, terms: Terms) -> Matched:
    """Match a month: counts of every result, and the rows that are not consistent."""
    known = _gathered(month, given)
    _pay(known, month, given)
    counts: Counter[Match] = Counter()
    explained: Counter[Match] = Counter()
    rows = []
    for one in known.people.values():
        if not (one.seat_id or one.payers is not None or one.wage is not False):
            continue  # of the staff alone: none of the three tables speaks of this person
        row = _judged(one, month, terms)
        counts[row.match] += 1
        if row.match is not Match.CONSISTENT:
            explained[row.match] += row.explained
            rows.append(row)
    for row in known.nobody:
        counts[row.match] += 1
        rows.append(row)
    pairs, cut = proposals(
        payees=known.strangers,
        doubtful=[
            (payee, account, kind, [(one, known.people[one].name) for one in known.names[plain(payee)]])
            for payee, account, kind in known.doubtful
        ],
        unpaid=[(one.identity, one.name) for one in known.people.values() if one.seat_id and one.wage is False],
        uninsured=[(one.identity, one.name) for one in known.people.values() if one.seat_id and one.payers is None],
        unseated=[(one.identity, one.name) for one in known.people.values() if not one.seat_id and one.payers],
        terms=terms,
    )
    return Matched(month.name, counts, explained, rows, pairs, cut)


def _gathered(month: Month, given: Given) -> Known:
    known = Known()
    by_staff = {one.staff_id: one.identity for one in month.staff if one.staff_id and one.identity}
    for one in month.staff:
        if one.identity:
            person = known.person(given.numbers.get(one.identity, one.identity))
            person.name = one.person or person.name
            person.employment, person.team, person.insured_by = one.employment, one.team, one.insured_by
            person.joined_on, person.left_on, person.post = one.joined_on, one.left_on, one.post
    for seat in month.seats:
        identity = seat.identity or by_staff.get(seat.staff_id or "")
        if not identity:
            lacks = (Match.NEEDS_PERSON,)
            row = PersonMonth(
                "", seat.person or "", seat.seat_id, lacks[0], lacks, ("identity_missing",), explained=False
            )
            known.nobody.append(row)
            continue
        person = known.person(given.numbers.get(identity, identity))
        person.name = person.name or seat.person or ""
        person.seat_id = person.seat_id or seat.seat_id
        person.employment = person.employment or seat.employment
        person.team, person.insured_by = person.team or seat.team, person.insured_by or seat.insured_by
    for listed in month.insured:
        person = known.person(given.numbers.get(listed.identity, listed.identity))
        person.name = person.name or listed.person or ""
        person.payers = (person.payers or frozenset()) | listed.payers
    for person in known.people.values():
        if person.name:
            known.names[plain(person.name)].append(person.identity)
    return known


def _nobody(seat: Seat) -> PersonMonth:
    lacks = (Match.NEEDS_PERSON,)
    name = seat.person or ""
    return PersonMonth("", name, seat.seat_id, lacks[0], lacks, ("identity_missing",), explained=False)


def _pay(known: Known, month: Month, given: Given) -> None:
    """Give each payment to its person; a payment of several possible persons leaves all of them in doubt."""
    left: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in month.paid:
        name, account = plain(one.payee), one.account or ""
        decided = given.accounts.get((name, account)) if given.accounts else None
        if decided is not None:
            known.person(decided).wage = True
        else:
            left[name].append((one.payee, account))
    for name, payments in left.items():
        persons = known.names.get(name, [])
        accounts = dict.fromkeys(payments)
        if not persons:
            known.strangers.extend(accounts)
        elif len(persons) == 1 and len(accounts) == 1:
            known.people[persons[0]].wage = True
        else:
            doubt = HOMONYM if len(persons) > 1 else SEVERAL
            for identity in persons:
                person = known.people[identity]
                if person.wage is not True:
                    person.wage, person.doubt = None, doubt
            known.doubtful.extend((payee, account, doubt) for payee, account in accounts)


def _judged(one: Person, month: Month, terms: Terms) -> PersonMonth:
    lacks, reasons = [], []
    insurance = _insurance(one, terms)
    if one.wage is None:
        lacks.append(Match.NEEDS_PERSON)
        reasons.append(one.doubt)
    if insurance is Match.NEEDS_PERSON:
        if Match.NEEDS_PERSON not in lacks:
            lacks.append(Match.NEEDS_PERSON)
        reasons.append("payer_unknown")
    elif insurance is not None:
        lacks.append(insurance)
    if one.wage is False:
        lacks.append(Match.LACKS_WAGE)
    if not one.seat_id:
        lacks.append(Match.LACKS_SEAT)
    if not lacks:
        return PersonMonth(one.identity, one.name, one.seat_id, Match.CONSISTENT, (), (), explained=False)
    told = [_reason(one, lack, month, terms) for lack in lacks if lack is not Match.NEEDS_PERSON]
    reasons += [reason for reason in told if reason]
    if one.left_on is not None and month.first <= one.left_on <= month.last:
        reasons.append("left_this_month")
    explained = Match.NEEDS_PERSON not in lacks and all(reason in EXPLAINS for reason in told)
    return PersonMonth(
        one.identity, one.name, one.seat_id, lacks[0], tuple(lacks), tuple(dict.fromkeys(reasons)), explained=explained
    )


def _insurance(one: Person, terms: Terms) -> Match | None:
    """None where the enterprise itself paid; what is lacking otherwise."""
    if one.payers is None:
        declared = plain(one.insured_by)
        return Match.INSURED_ELSEWHERE if declared and declared not in terms.own else Match.LACKS_INSURANCE
    if any(plain(payer) in terms.own for payer in one.payers):
        return None
    return Match.NEEDS_PERSON if None in one.payers else Match.INSURED_ELSEWHERE


def _reason(one: Person, lack: Match, month: Month, terms: Terms) -> str:
    """Why something is lacking, "" where nothing is known that would explain it."""
    if lack is Match.LACKS_SEAT:
        return "other_post" if one.post is not None and plain(one.post) in terms.other_posts else ""
    if one.employment == "dispatched":
        return "dispatched"
    if one.employment == "outsourced":
        return "outsourced" if one.team in terms.agreements else "outsourced_without_agreement"
    if lack is not Match.INSURED_ELSEWHERE and one.joined_on is not None:
        days = (month.last - one.joined_on).days
        if 0 <= days <= terms.new_days:
            return "new"
    return ""

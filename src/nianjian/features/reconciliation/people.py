"""Seat, social insurance and wages of each person in each month (三对照)."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from django.db.models import Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import add_months
from nianjian.platform.registers import models
from nianjian.platform.registers.versions import current_versions


class Match(StrEnum):
    """The result matrix (S2)."""

    CONSISTENT = "consistent"  # 三方一致
    LACKS_INSURANCE = "lacks_insurance"  # 缺社保
    LACKS_WAGE = "lacks_wage"  # 缺工资
    LACKS_SEAT = "lacks_seat"  # 缺工位
    INSURED_ELSEWHERE = "insured_elsewhere"  # 他单位缴纳
    NEEDS_PERSON = "needs_person"  # 待人工
    NOT_DUE = "not_due"  # 未到期: the month in which it is paid is not over


@dataclass(frozen=True, slots=True)
class Seat:
    """A human seat that is in use in the month."""

    seat_id: str
    identity: str | None
    person: str | None
    staff_id: str | None
    employment: str | None
    team: str | None
    insured_by: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of the staff in the month."""

    identity: str | None
    person: str | None
    staff_id: str | None
    employment: str | None
    team: str | None
    insured_by: str | None
    joined_on: date | None
    left_on: date | None
    post: str | None


@dataclass(frozen=True, slots=True)
class Insured:
    """All contributions of a person in the month, one row: who paid (None: the list does not say)."""

    identity: str
    person: str | None
    payers: frozenset[str | None]


@dataclass(frozen=True, slots=True)
class Paid:
    """Payments of the month's wages to one name and account."""

    payee: str
    account: str | None


@dataclass(frozen=True, slots=True)
class Month:
    """Everything known of a month; ``first`` and ``last`` day included; ``pending``: what may still be paid for it."""

    first: date
    last: date
    seats: Sequence[Seat] = ()
    staff: Sequence[Staff] = ()
    insured: Sequence[Insured] = ()
    paid: Sequence[Paid] = ()
    pending: frozenset[Match] = frozenset()

    @property
    def name(self) -> str:
        """``YYYY-MM``."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What rulebook and registers say. ``own``: names under which the enterprise itself pays, as `fold_name`.

    ``agreements``: ids and names of outsourced teams with an agreement; ``similar`` in percent; ``slips``: digits.
    """

    new_days: int
    own: frozenset[str]
    agreements: frozenset[str]
    other_posts: frozenset[str]
    similar: int
    slips: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What persons have decided: (name, account) -> identity, and miswritten number -> the right one."""

    accounts: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonMonth:
    """One person in one month. ``lacks``: everything that is not there, the result's first; ``explained``: all of it.

    ``identity`` is "" for a seat that names nobody: ``seat_id`` then tells which.
    """

    identity: str
    name: str
    seat_id: str
    match: Match
    lacks: tuple[Match, ...]
    reasons: tuple[str, ...]
    explained: bool


@dataclass(frozen=True, slots=True)
class PossiblePair:
    """Two that may be one person: payee and account, or a written number, and the person it may be."""

    kind: str  # homonym | name | identity
    name: str
    account: str
    written: str
    identity: str
    person: str
    likeness: int


@dataclass(frozen=True, slots=True)
class MonthMatch:
    """A month's outcome: ``rows`` without those consistent or not due, whose number stands in ``counts``.

    ``cut``: pairs were not looked for among so many that found no partner.
    """

    month: str
    counts: Mapping[Match, int]
    explained: Mapping[Match, int]
    rows: Sequence[PersonMonth]
    pairs: Collection[PossiblePair]
    cut: int


MOST: Final = 20_000  # of each side; more without a partner is no slip of the pen but a missing table
BEST: Final = 5  # candidates of one payee
BLOCK: Final = 2_000  # names compared at once: the table of distances stays small
WHOLE: Final = 100

Named = tuple[str, str]  # (identity or account, name), or (payee, account)
Doubt = tuple[str, str, str, list[Named]]  # payee, account, kind, candidates


def proposals(
    *,
    payees: Sequence[Named],
    doubtful: Sequence[Doubt],
    unpaid: Sequence[Named],
    uninsured: Sequence[Named],
    unseated: Sequence[Named],
    terms: Terms,
) -> tuple[list[PossiblePair], int]:
    """All pairs of a month, and how many of either side were not looked at."""
    pairs = [
        PossiblePair("homonym", payee, account, "", identity, name, WHOLE)
        for payee, account, _kind, people in doubtful[:MOST]
        for identity, name in people[: BEST * BEST]
    ]
    pairs += _by_name(payees[:MOST], unpaid[:MOST], terms.similar)
    pairs += _by_number(unseated[:MOST], uninsured[:MOST], terms.slips)
    sides = (payees, doubtful, unpaid if payees else (), unseated, uninsured if unseated else ())
    return pairs, sum(max(0, len(side) - MOST) for side in sides)


def _by_name(payees: Sequence[Named], people: Sequence[Named], least: int) -> list[PossiblePair]:
    names = [name for _identity, name in people]
    candidates: dict[int, dict[int, int]] = defaultdict(dict)
    for mine, others in _blocks([payee for payee, _account in payees], names):
        for start in range(0, len(mine), BLOCK):
            some = mine[start : start + BLOCK]
            for at, other, percent in _alike([payees[one][0] for one in some], [names[one] for one in others], least):
                candidates[some[at]][others[other]] = percent
    pairs = []
    for at in sorted(candidates):
        payee, account = payees[at]
        best = sorted(candidates[at].items(), key=lambda pair: (-pair[1], pair[0]))[:BEST]
        pairs += [PossiblePair("name", payee, account, "", *people[one], percent) for one, percent in best]
    return pairs


def _blocks(left: Sequence[str], right: Sequence[str]) -> Iterable[tuple[list[int], list[int]]]:
    """Places of names that share their first sign, then of those that share their last."""
    for place in (0, -1):
        mine, others = _by_sign(left, place), _by_sign(right, place)
        for sign, places in mine.items():
            if sign in others:
                yield places, others[sign]


def _by_sign(names: Sequence[str], place: int) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(names):
        if name:
            places[name[place]].append(at)
    return places


def _alike(left: Sequence[str], right: Sequence[str], least: int) -> Iterable[tuple[int, int, int]]:
    """(place, place, percent) of all that are alike enough, compared in whole numbers; equal names are no proposal."""
    away = process.cdist(left, right, scorer=OSA.distance, dtype=np.int32)
    longest = np.maximum.outer([len(one) for one in left], [len(one) for one in right])
    likeness = (longest - away) * WHOLE
    for one, other in np.argwhere((likeness >= least * longest) & (away > 0)):
        yield int(one), int(other), int(likeness[one, other] // longest[one, other])


def _by_number(written: Sequence[Named], people: Sequence[Named], slips: int) -> list[PossiblePair]:
    """Numbers of one name that differ in a few digits, or in two that changed places."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for identity, name in people:
        if name:
            by_name[name].append(identity)
    pairs = []
    for number, name in written:
        for identity in by_name.get(name, ()):
            away = OSA.distance(number, identity, score_cutoff=slips)
            if 0 < away <= slips:
                percent = (len(identity) - away) * WHOLE // len(identity)
                pairs.append(PossiblePair("identity", name, "", number, identity, name, percent))
    return pairs


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
        people: Sequence[Seat | Staff] = [*seats, *staff]
        identities = {one.identity for one in people if one.identity and one.person}
        insured = _insured(self._enterprise, first, self._unpaid, identities)
        paid = _paid(self._enterprise, first, self._lag, self._others)
        return Month(first, last, seats, staff, insured, paid, self._list_pending(first, paid=bool(paid)))

    def _list_pending(self, first: date, *, paid: bool) -> frozenset[Match]:
        """What nobody can call missing today: all of a month that lasts, wages until the month of pay is over.

        Once a payment of that month is known its statement is there, and who is not on it was not paid by it.
        """
        today = clock.today()
        if today <= _last(first):
            return frozenset({Match.LACKS_INSURANCE, Match.LACKS_WAGE})
        waits = not paid and today < add_months(first, self._lag + 1)
        return frozenset({Match.LACKS_WAGE}) if waits else frozenset()


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


def list_own_names(enterprise: str) -> set[str]:
    """Under which names the licences say the enterprise goes."""
    licences = current_versions(models.Licence, enterprise).exclude(holder=None).order_by()
    return {str(name) for name in licences.values_list("holder", flat=True)}


def list_agreements(enterprise: str) -> frozenset[str]:
    """Ids and names of outsourced teams whose agreement is registered."""
    teams = current_versions(models.Team, enterprise).filter(kind="outsourced").exclude(agreement=None)
    teams = teams.exclude(agreement="")
    return frozenset(str(word) for pair in teams.order_by().values_list("team_id", "name") for word in pair if word)


def _last(first: date) -> date:
    return add_months(first, 1) - DAY


def _holding(first: date, last: date) -> Q:
    """Versions that hold on the last day of a month between."""
    return (Q(valid_from=None) | Q(valid_from__lte=last)) & (Q(valid_to=None) | Q(valid_to__gte=_last(first)))


def _seats(enterprise: str, first: date, last: date) -> list[tuple[_Span, Seat]]:
    """Human seats that were in use on a day between; one that never opened is no place of work."""
    used = Q(opened_on__lte=last) & (Q(closed_on=None) | Q(closed_on__gt=first))
    rows = current_versions(models.Seat, enterprise).filter(_holding(first, last), used).exclude(kind="robot")
    fields = ("seat_id", "identity", "person", "staff_id", "employment", "team", "insured_by")
    records = rows.order_by().values_list("valid_from", "valid_to", "opened_on", "closed_on", *fields)
    return [(_Span(*row[:4]), Seat(*row[4:])) for row in records.iterator(chunk_size=CHUNK)]


def _staff(enterprise: str, first: date, last: date) -> list[tuple[_Span, Staff]]:
    """The staff between; the day on which somebody leaves is the last at work."""
    there = (Q(joined_on=None) | Q(joined_on__lte=last)) & (Q(left_on=None) | Q(left_on__gte=first))
    rows = current_versions(models.Person, enterprise).filter(_holding(first, last), there).order_by()
    fields = ("identity", "person", "staff_id", "employment", "team", "insured_by", "joined_on", "left_on", "post")
    records = rows.values_list("valid_from", "valid_to", *fields).iterator(chunk_size=CHUNK)
    staff = ((row[0], row[1], Staff(*row[2:])) for row in records)
    return [
        (_Span(since, until, one.joined_on, None if one.left_on is None else one.left_on + DAY), one)
        for since, until, one in staff
    ]


def _insured(enterprise: str, first: date, unpaid: Collection[str], identities: Container[str]) -> list[Insured]:
    """One row a person: the insurances of a month are one month of insurance; the name of those not ``identities``."""
    rows = current_versions(models.Contribution, enterprise).filter(month=f"{first:%Y-%m}").order_by()
    payers: dict[str, set[str | None]] = {}
    nameless: dict[int, str] = {}
    listed = rows.values_list("pk", "identity", "payer", "state").iterator(chunk_size=CHUNK)
    for pk, identity, payer, state in listed:
        if identity and (state or "").strip() not in unpaid:
            if identity not in payers:
                payers[identity] = set()
                if identity not in identities:
                    nameless[pk] = identity
            payers[identity].add(payer)
    names = _names(nameless)
    return [Insured(identity, names.get(identity), frozenset(paid_by)) for identity, paid_by in payers.items()]


def _names(identities: Mapping[int, str]) -> dict[str, str | None]:
    """Identity -> the name on its contribution, by the contributions' keys."""
    keys = list(identities)
    names: dict[str, str | None] = {}
    for start in range(0, len(keys), ASKED):
        some = models.Contribution.objects.filter(pk__in=keys[start : start + ASKED])
        names |= {identities[pk]: name for pk, name in some.values_list("pk", "person")}
    return names


def _paid(enterprise: str, first: date, lag: int, others: Collection[str]) -> list[Paid]:
    """Payments for the month: those that say so, and those of the month ``lag`` later that do not say for which."""
    begin = add_months(first, lag)
    later = Q(month=None, paid_on__gte=begin, paid_on__lt=add_months(begin, 1))
    rows = current_versions(models.Payment, enterprise).filter(Q(month=f"{first:%Y-%m}") | later).order_by()
    paid: dict[Paid, None] = {}
    listed = rows.values_list("payee", "account_tail", "amount", "memo").iterator(chunk_size=CHUNK)
    for payee, account, amount, memo in listed:
        if payee and (amount is None or amount > 0) and not (memo and any(word in memo for word in others)):
            paid[Paid(payee, account)] = None
    return list(paid)


HOMONYM: Final = "homonym"
DOTS: Final = str.maketrans(dict.fromkeys("·•・‧∙.．"))  # between the parts of a name, or left out
EXPLAINS: Final = frozenset({"new", "dispatched", "outsourced", "other_post"})


@dataclass(slots=True)
class Person:
    """What a month knows of one person; ``wage`` None: there are payments of that name, and whose is not known.

    ``insurers``: who is said to pay the social insurance; a person of two employers has two.
    """

    identity: str
    name: str = ""
    seat_id: str = ""
    employment: str | None = None
    team: str | None = None
    insurers: set[str] = field(default_factory=set)
    joined_on: date | None = None
    left_on: date | None = None
    post: str | None = None
    payers: frozenset[str | None] | None = None
    wage: bool | None = False
    doubt: str = ""


@dataclass(slots=True)
class PeopleIndex:
    """Persons by identity, their names, seats that name nobody, and payees that nobody is."""

    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    nobody: list[PersonMonth] = field(default_factory=list)
    strangers: list[tuple[str, str]] = field(default_factory=list)
    doubtful: list[tuple[str, str, str]] = field(default_factory=list)  # payee, account, kind of doubt

    def person(self, identity: str) -> Person:
        """The person of a number, new if need be."""
        person = self.people.get(identity)
        if person is None:
            person = self.people[identity] = Person(identity)
        return person


def fold_name(text: str | None) -> str:
    """A name as it is compared: one width, without blanks and the dots inside."""
    if not text:
        return ""
    if not text.isascii() and text.isalpha() and unicodedata.is_normalized("NFKC", text):
        return text  # nearly every name
    folded = unicodedata.normalize("NFKC", text).translate(DOTS)
    return "".join(sign for sign in folded if not sign.isspace())


def match_month(month: Month, decisions: Decisions, terms: Terms) -> MonthMatch:
    """Match a month: counts of every result, and the rows that are not consistent."""
    index = _gather(month, decisions)
    _pay(index, month, decisions)
    counts: Counter[Match] = Counter()
    explained: Counter[Match] = Counter()
    rows = []
    for one in index.people.values():
        if not (one.seat_id or one.payers is not None or one.wage is not False):
            continue  # of the staff alone: none of the three tables speaks of this person
        row = _judge(one, month, terms)
        counts[row.match] += 1
        if row.match not in {Match.CONSISTENT, Match.NOT_DUE}:
            explained[row.match] += row.explained
            rows.append(row)
    rows += index.nobody
    counts.update(row.match for row in index.nobody)
    seated = [one for one in index.people.values() if one.seat_id]
    pairs, cut = proposals(
        payees=index.strangers,
        doubtful=[
            (payee, account, kind, [(one, index.people[one].name) for one in index.names[fold_name(payee)]])
            for payee, account, kind in index.doubtful
        ],
        unpaid=[(one.identity, one.name) for one in seated if one.wage is False],
        uninsured=[(one.identity, one.name) for one in seated if one.payers is None],
        unseated=[(one.identity, one.name) for one in index.people.values() if not one.seat_id and one.payers],
        terms=terms,
    )
    return MonthMatch(month.name, counts, explained, rows, pairs, cut)


def _gather(month: Month, decisions: Decisions) -> PeopleIndex:
    index = PeopleIndex()
    by_staff = {one.staff_id: one.identity for one in month.staff if one.staff_id and one.identity}
    for one in month.staff:
        if one.identity:
            _add_staff(index, decisions.numbers.get(one.identity, one.identity), one)
    declared = {identity for identity, person in index.people.items() if person.insurers}
    for seat in month.seats:
        identity = seat.identity or by_staff.get(seat.staff_id or "")
        if not identity:
            need, why = Match.NEEDS_PERSON, ("identity_missing",)
            row = PersonMonth("", seat.person or "", seat.seat_id, need, (need,), why, explained=False)
            index.nobody.append(row)
            continue
        person = index.person(decisions.numbers.get(identity, identity))
        person.name = person.name or seat.person or ""
        person.seat_id = person.seat_id or seat.seat_id
        person.employment = person.employment or seat.employment
        person.team = person.team or seat.team
        if seat.insured_by and person.identity not in declared:
            person.insurers.add(seat.insured_by)
    for listed in month.insured:
        person = index.person(decisions.numbers.get(listed.identity, listed.identity))
        person.name = person.name or listed.person or ""
        person.payers = (person.payers or frozenset()) | listed.payers
    for person in index.people.values():
        if person.name:
            index.names[fold_name(person.name)].append(person.identity)
    return index


def _add_staff(index: PeopleIndex, identity: str, one: Staff) -> None:
    """A row of the staff; of a person's several rows the first that tells something says it, all say who insures."""
    new = identity not in index.people
    person = index.person(identity)
    person.name = person.name or one.person or ""
    person.employment, person.team = person.employment or one.employment, person.team or one.team
    person.post = person.post or one.post
    person.joined_on = one.joined_on if new else min(filter(None, (person.joined_on, one.joined_on)), default=None)
    gone = (person.left_on, one.left_on)
    person.left_on = one.left_on if new else None if None in gone else max(filter(None, gone))
    if one.insured_by:
        person.insurers.add(one.insured_by)


def _pay(index: PeopleIndex, month: Month, decisions: Decisions) -> None:
    """Give each payment to its person; a payment of several possible persons leaves all of them in doubt."""
    left: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for one in month.paid:
        name, account = fold_name(one.payee), one.account or ""
        decided = decisions.accounts.get((name, account)) if decisions.accounts else None
        if decided is not None:
            index.person(decided).wage = True
        else:
            left[name].append((one.payee, account))
    for name, payments in left.items():
        persons = index.names.get(name, [])
        accounts = dict.fromkeys(payments)
        if not persons:
            index.strangers.extend(accounts)
        elif len(persons) == 1:  # with one card or several
            index.people[persons[0]].wage = True
        else:
            for identity in persons:
                person = index.people[identity]
                if person.wage is not True:
                    person.wage, person.doubt = None, HOMONYM
            index.doubtful.extend((payee, account, HOMONYM) for payee, account in accounts)


def _judge(one: Person, month: Month, terms: Terms) -> PersonMonth:
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
    waits = not month.pending.isdisjoint(lacks)
    lacks = [lack for lack in lacks if lack not in month.pending]
    if waits and not lacks:
        return PersonMonth(one.identity, one.name, one.seat_id, Match.NOT_DUE, (Match.NOT_DUE,), (), explained=False)
    if not lacks:
        return PersonMonth(one.identity, one.name, one.seat_id, Match.CONSISTENT, (), (), explained=False)
    causes = [_reason(one, lack, month, terms) for lack in lacks if lack is not Match.NEEDS_PERSON]
    reasons += [reason for reason in causes if reason]
    if one.left_on is not None and month.first <= one.left_on <= month.last:
        reasons.append("left_this_month")
    explained, why = Match.NEEDS_PERSON not in lacks and EXPLAINS.issuperset(causes), tuple(dict.fromkeys(reasons))
    lacks += [Match.NOT_DUE] * waits
    return PersonMonth(one.identity, one.name, one.seat_id, lacks[0], tuple(lacks), why, explained=explained)


def _insurance(one: Person, terms: Terms) -> Match | None:
    """None where the enterprise itself paid; what is lacking otherwise."""
    if one.payers is None:
        declared = {fold_name(name) for name in one.insurers}
        return Match.INSURED_ELSEWHERE if declared and not declared & terms.own else Match.LACKS_INSURANCE
    if any(fold_name(payer) in terms.own for payer in one.payers):
        return None
    return Match.NEEDS_PERSON if None in one.payers else Match.INSURED_ELSEWHERE


def _reason(one: Person, lack: Match, month: Month, terms: Terms) -> str:
    """Why something is lacking, "" where nothing is known that would explain it."""
    if lack is Match.LACKS_SEAT:
        return "other_post" if one.post is not None and fold_name(one.post) in terms.other_posts else ""
    if one.employment == "dispatched":
        return "dispatched"
    if one.employment == "outsourced":
        return "outsourced" if one.team in terms.agreements else "outsourced_without_agreement"
    if lack is not Match.INSURED_ELSEWHERE and one.joined_on is not None:
        days = (month.last - one.joined_on).days
        if 0 <= days <= terms.new_days:
            return "new"
    return ""

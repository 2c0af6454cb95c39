"""Each cell of the matrix, each reason, and what is left to a person."""

from dataclasses import replace
from datetime import date

import pytest

from nianjian.features.reconciliation.people import (
    Decisions,
    Insured,
    Match,
    Month,
    MonthMatch,
    Paid,
    Seat,
    Staff,
    Terms,
    match_month,
)

OWN = "示例公司"
TERMS = Terms(30, frozenset({OWN}), frozenset({"T1"}), frozenset({"财务"}), 60, 2)
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
NOBODY = Staff(None, None, None, None, None, None, None, None, None)


def seat(identity: str | None, name: str | None, **more: str | None) -> Seat:
    return replace(Seat(f"S-{identity}", identity, name, None, None, None, None), **more)


def staff(identity: str, name: str, **more: object) -> Staff:
    return replace(NOBODY, identity=identity, person=name, **more)  # type: ignore[arg-type] # fields of the class


def insured(identity: str, payer: str | None = OWN, name: str = "") -> Insured:
    return Insured(identity, name or None, frozenset({payer}))


def match(decisions: Decisions | None = None, **parts: list[object]) -> MonthMatch:
    month = Month(FIRST, LAST, **parts)  # type: ignore[arg-type] # each test gives what it needs
    return match_month(month, decisions or Decisions(), TERMS)


def only(outcome: MonthMatch) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    (row,) = outcome.rows
    return row.match.value, tuple(one.value for one in row.lacks), row.reasons, row.explained


@pytest.mark.parametrize(
    ("parts", "result", "lacks"),
    [
        ({"seats": [seat("1", "张三")], "paid": [Paid("张三", "1")]}, "lacks_insurance", ("lacks_insurance",)),
        ({"seats": [seat("1", "张三")], "insured": [insured("1")]}, "lacks_wage", ("lacks_wage",)),
        ({"insured": [insured("1", name="张三")], "paid": [Paid("张三", "1")]}, "lacks_seat", ("lacks_seat",)),
        ({"seats": [seat("1", "张三")]}, "lacks_insurance", ("lacks_insurance", "lacks_wage")),
        ({"seats": [seat("1", "张三")], "insured": [insured("1", "别家公司")], "paid": [Paid("张三", "1")]},
         "insured_elsewhere", ("insured_elsewhere",)),
        ({"seats": [seat("1", "张三", insured_by="别家公司")], "paid": [Paid("张三", "1")]},
         "insured_elsewhere", ("insured_elsewhere",)),
    ],
)  # fmt: skip
def test_what_is_lacking(parts: dict[str, list[object]], result: str, lacks: tuple[str, ...]) -> None:
    assert only(match(**parts)) == (result, lacks, (), False)
    outcome = match(seats=[seat("1", "张三")], insured=[insured("1")], paid=[Paid("张 三", "1234")])
    assert (outcome.counts, outcome.rows) == ({Match.CONSISTENT: 1}, []), "all three agree"


@pytest.mark.parametrize(
    ("pending", "parts", "lacks"),
    [
        ({Match.LACKS_WAGE}, {"seats": [seat("1", "张三")], "insured": [insured("1")]}, None),
        ({Match.LACKS_WAGE}, {"seats": [seat("1", "张三")]}, ("lacks_insurance", "not_due")),
        ({Match.LACKS_WAGE, Match.LACKS_INSURANCE}, {"seats": [seat("1", "张三")]}, None),
        ({Match.LACKS_WAGE, Match.LACKS_INSURANCE},
         {"seats": [seat("1", "张三")], "insured": [insured("1", "别家公司")]}, ("insured_elsewhere", "not_due")),
    ],
)  # fmt: skip
def test_what_may_still_be_paid_is_not_missing(
    pending: set[Match], parts: dict[str, list[object]], lacks: tuple[str, ...] | None
) -> None:
    month = Month(FIRST, LAST, **parts, pending=frozenset(pending))  # type: ignore[arg-type] # each gives what it needs
    outcome = match_month(month, Decisions(), TERMS)
    assert outcome.counts == ({Match.NOT_DUE: 1} if lacks is None else {Match(lacks[0]): 1})
    assert [tuple(one.value for one in row.lacks) for row in outcome.rows] == ([] if lacks is None else [lacks])


def test_own_and_another_payer_is_own_and_one_that_nobody_names_goes_to_a_person() -> None:
    both = Insured("1", None, frozenset({OWN, "别家公司"}))
    assert match(seats=[seat("1", "张三")], insured=[both], paid=[Paid("张三", None)]).rows == []
    outcome = match(seats=[seat("1", "张三")], insured=[insured("1", None)], paid=[Paid("张三", "1")])
    assert only(outcome) == ("needs_person", ("needs_person",), ("payer_unknown",), False)


@pytest.mark.parametrize(
    ("joined", "reasons", "explained"),
    [
        (date(2026, 3, 1), ("new",), True),  # 30 days to the 31st: still new
        (date(2026, 2, 28), (), False),  # 31 days
        (date(2026, 3, 31), ("new",), True),
    ],
)
def test_thirty_days_are_new(joined: date, reasons: tuple[str, ...], explained: bool) -> None:  # noqa: FBT001 -- a case
    outcome = match(seats=[seat("1", "张三")], staff=[staff("1", "张三", joined_on=joined)], paid=[Paid("张三", "1")])
    assert only(outcome) == ("lacks_insurance", ("lacks_insurance",), reasons, explained)


@pytest.mark.parametrize(
    ("more", "reasons", "explained"),
    [
        ({"employment": "dispatched"}, ("dispatched",), True),
        ({"employment": "outsourced", "team": "T1"}, ("outsourced",), True),
        ({"employment": "outsourced", "team": "T2"}, ("outsourced_without_agreement",), False),
        ({"employment": "own"}, (), False),
    ],
)
def test_employment_explains(more: dict[str, str], reasons: tuple[str, ...], explained: bool) -> None:  # noqa: FBT001 -- a case
    elsewhere = match(seats=[seat("1", "张三", **more)], insured=[insured("1", "派遣公司")], paid=[Paid("张三", "1")])
    assert only(elsewhere) == ("insured_elsewhere", ("insured_elsewhere",), reasons, explained)


def test_a_post_that_needs_no_seat_and_the_staff_alone() -> None:
    outcome = match(staff=[staff("1", "张三", post="财务")], insured=[insured("1")], paid=[Paid("张三", "1")])
    assert only(outcome) == ("lacks_seat", ("lacks_seat",), ("other_post",), True)
    assert match(staff=[staff("1", "张三")]).counts == {}, "nobody of the three tables"


def test_a_seat_finds_its_person_by_staff_number_or_goes_to_a_person() -> None:
    by_staff = match(
        seats=[seat(None, "张三", staff_id="7")],
        staff=[staff("1", "张三", staff_id="7")],
        insured=[insured("1")],
        paid=[Paid("张三", "1")],
    )
    assert by_staff.counts == {Match.CONSISTENT: 1}
    assert only(match(seats=[seat(None, "张三")])) == ("needs_person", ("needs_person",), ("identity_missing",), False)


# ------------------------------------------------------------------ wages: names and accounts


TWINS = {
    "seats": [seat("1", "张三"), seat("2", "张三")],
    "insured": [insured("1"), insured("2")],
    "paid": [Paid("张三", "1111"), Paid("张三", "2222")],
}


def test_homonyms_go_to_a_person_whose_decision_holds() -> None:
    outcome = match(**TWINS)  # type: ignore[arg-type] # lists of rows
    assert outcome.counts == {Match.NEEDS_PERSON: 2}
    assert {row.reasons for row in outcome.rows} == {("homonym",)}
    pairs = {(one.kind, one.account, one.identity) for one in outcome.pairs}
    assert pairs == {("homonym", account, who) for account in ("1111", "2222") for who in "12"}
    half = match(Decisions({("张三", "1111"): "1"}), **TWINS)  # type: ignore[arg-type] # lists of rows
    assert {row.identity: row.match for row in half.rows} == {"2": Match.NEEDS_PERSON}
    both = match(Decisions({("张三", "1111"): "1", ("张三", "2222"): "2"}), **TWINS)  # type: ignore[arg-type] # the same
    assert both.counts == {Match.CONSISTENT: 2}


def test_one_person_with_two_cards_two_seats_and_two_employers_is_one_person() -> None:
    seats = [seat("1", "张三"), seat("1", "张三", seat_id="S-2", insured_by="别家公司")]
    both = Insured("1", None, frozenset({OWN, "别家公司"}))
    outcome = match(seats=seats, insured=[both], paid=[Paid("张三", "1111"), Paid("张三", "2222")])
    assert (outcome.counts, outcome.rows) == ({Match.CONSISTENT: 1}, [])
    two = [staff("1", "张三", insured_by=name, joined_on=FIRST) for name in ("别家公司", OWN)]
    for rows in (two, two[::-1]):  # that one of two employers is another explains nothing
        outcome = match(staff=rows, seats=seats, paid=[Paid("张三", "1111")])
        assert only(outcome) == ("lacks_insurance", ("lacks_insurance",), ("new",), True)
    assert only(match(staff=two[:1], seats=seats, paid=[Paid("张三", "1")]))[0] == "insured_elsewhere"


def test_who_left_one_of_two_posts_is_still_there() -> None:
    rows = [staff("1", "张三", left_on=date(2026, 3, 9)), staff("1", "张三")]
    for order in (rows, rows[::-1]):
        assert only(match(staff=order, seats=[seat("1", "张三")], insured=[insured("1")]))[2] == ()


def test_a_name_nearly_equal_is_proposed_and_never_matched() -> None:
    outcome = match(
        seats=[seat("1", "欧阳晓华"), seat("2", "李四")],
        insured=[insured("1"), insured("2")],
        paid=[Paid("欧阳小华", "1111"), Paid("王五", "9999")],
    )
    assert outcome.counts == {Match.LACKS_WAGE: 2}
    (pair,) = outcome.pairs
    assert (pair.kind, pair.name, pair.identity, pair.likeness) == ("name", "欧阳小华", "1", 75)


@pytest.mark.parametrize(("least", "proposed"), [(66, 1), (67, 0)])
def test_likeness_is_compared_in_whole_numbers(least: int, proposed: int) -> None:
    month = Month(FIRST, LAST, [seat("1", "张小三")], [], [insured("1")], [Paid("张晓三", "1")])  # 2 of 3: 66.7 %
    assert len(match_month(month, Decisions(), replace(TERMS, similar=least)).pairs) == proposed


def test_a_miswritten_number_is_proposed_and_holds_once_decided() -> None:
    right, wrong = "11010519491231002X", "11010519491231020X"  # two digits changed places
    parts: dict[str, list[object]] = {
        "seats": [seat(right, "张三")],
        "insured": [insured(wrong, name="张三")],
        "paid": [],
    }
    outcome = match(**parts)
    assert [(one.kind, one.written, one.identity) for one in outcome.pairs] == [("identity", wrong, right)]
    fixed = match(Decisions(numbers={wrong: right}), **{**parts, "paid": [Paid("张三", "1")]})
    assert fixed.counts == {Match.CONSISTENT: 1}

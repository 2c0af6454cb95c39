"""People three ways from the registers: matrix, pairs decided by a person, several months, what is erased."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import ric
from tests.support import portrait_data as data
from tests.support.fixtures import Import

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.maintenance import retention
from nianjian.features.reconciliation import comparisons, operations
from nianjian.features.reconciliation.comparisons import BillInput
from nianjian.features.reconciliation.documents import Comparison
from nianjian.features.reconciliation.models import Account, Difference, Proposal, Run
from nianjian.features.reconciliation.people import Tables
from nianjian.features.reconciliation.queries import DifferenceFilter
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.vault import keyring

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
FROM = TO = date(2026, 3, 1)


def person(number: int) -> str:
    """An identity number with a right check digit."""
    plain = f"1101051990{number % 12 + 1:02d}{number % 28 + 1:02d}{number:03d}"
    return plain + ric.calc_check_digit(plain + "0")


Z, L, W, T1, T2 = (person(number) for number in (1, 2, 3, 4, 5))


@pytest.fixture
def march(demo: str, load: Import, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """张三 is consistent, 李四 lacks wages by a miswritten payee, 王五 is new; two 陈静."""
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-05-10")
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    people_of = [("S1", "张三", Z), ("S2", "李四海", L), ("S3", "王五", W), ("S4", "陈静", T1), ("S5", "陈静", T2)]
    load(
        "seats",
        "坐席编号,类型,姓名,证件号,备案状态,备案日期,开通日期",
        *((seat, "人工", name, who, "已备案", "2025-01-01", "2025-01-01") for seat, name, who in people_of),
        ("S9", "机器人", "", "", "已备案", "2025-01-01", "2025-01-01"),
    )
    load("staff", "工号,姓名,证件号,入职日期", ("3", "王五", W, "2026-03-10"))
    load(
        "social-insurance",
        "单位名称,姓名,社会保障号码,险种,费款所属期,状态",
        *(
            ("示例", name, who, kind, "202603", "已到账")
            for _s, name, who in people_of
            for kind in ("养老", "医疗")
            if who != W
        ),
        ("示例", "王五", W, "养老", "202603", "欠缴"),
    )
    load(
        "wages",
        "收款人,账号尾号,金额,付款日期,摘要,所属月",
        ("张三", "1111", 6500, "2026-04-15", "工资", ""),  # paid a month later
        ("李泗海", "2222", 6500, "2026-04-15", "工资", ""),
        ("王五", "3333", 6500, "2026-03-31", "工资", "202603"),
        ("陈静", "4444", 6500, "2026-04-15", "工资", ""),
        ("陈静", "5555", 6500, "2026-04-15", "工资", ""),
        ("李四海", "2222", 100, "2026-04-15", "报销", ""),  # no wage
    )
    return demo


def made(who: Actor) -> Comparison:
    return comparisons.match_people(enterprise="demo", first=FROM, last=TO, actor=who)


def test_the_matrix_of_a_month(march: str, anna: Actor) -> None:
    result = made(anna)
    assert result.counts == {
        "consistent": 1, "lacks_insurance": 1, "lacks_wage": 1, "lacks_seat": 0, "insured_elsewhere": 0,
        "needs_person": 2,
    }  # fmt: skip
    assert result.figures["matrix"]["2026-03"]["lacks_insurance"] == {"count": 1, "explained": 1}
    assert (result.open, result.verdict) == (3, "failed")
    rows = operations.list_differences(run=result.run, filters=DifferenceFilter(), actor=anna)
    assert {(one.about["name"], one.result, tuple(one.reasons), one.state) for one in rows} == {
        ("李**", "lacks_wage", (), "open"),
        ("王*", "lacks_insurance", ("new",), "explained"),
        ("陈*", "needs_person", ("homonym",), "open"),
    }
    assert all(who not in str(rows) for who in (L, W, T1))
    (entry,) = [one for one in acts() if one.verb == "reconcile.run"]
    assert "李四海" not in str(entry.data)


@pytest.mark.parametrize(
    ("day", "found"),  # not due; not proved; open
    [
        ("2026-02-15", (5, 5, 0)),
        ("2026-02-28", (5, 5, 0)),
        ("2026-03-01", (4, 5, 1)),  # the one without insurance waits for pay as well
        ("2026-03-31", (4, 5, 1)),
        ("2026-04-01", (0, 0, 5)),
    ],
)
def test_a_month_of_pay_that_is_not_over_makes_nobody_lack(
    load: Import, anna: Actor, monkeypatch: pytest.MonkeyPatch, day: str, found: tuple[int, int, int]
) -> None:
    """Of February four are insured and nobody has been paid, which may come until the end of March."""
    monkeypatch.setenv("NIANJIAN_TODAY", day)
    whose = [person(number) for number in range(1, 6)]
    seats = [(f"S{one}", "人工", one, "已备案", "2025-01-01", "2025-01-01") for one in whose]
    load("seats", "坐席编号,类型,证件号,备案状态,备案日期,开通日期", *seats)
    load(
        "social-insurance",
        "单位名称,社会保障号码,险种,费款所属期",
        *(("示例", one, "养老", "202602") for one in whose[:4]),
    )
    month = date(2026, 2, 1)
    result = comparisons.match_people(enterprise="demo", first=month, last=month, actor=anna)
    assert (result.counts.get("not_due", 0), result.unclear, result.open) == found
    assert (result.verdict, result.as_of.isoformat()) == (
        "failed" if found[2] else "not_proved",
        min(day, "2026-02-28"),
    )


def test_what_was_explained_of_a_month_that_lasts_is_carried_over(
    march: str, anna: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, state in (("2026-03-20", "open"), ("2026-03-25", "explained"), ("2026-04-02", "explained")):
        monkeypatch.setenv("NIANJIAN_TODAY", day)
        run = made(anna).run
        rows = operations.list_differences(run=run, filters=DifferenceFilter(), actor=anna)
        (one,) = [row for row in rows if row.result == "needs_person"][:1]
        assert one.state == state
        said = {"owner": "anna", "cause": "同名", "action": ""}
        operations.settle_difference(run=run, difference=one.id, state="explained", said=said, actor=anna)


def test_wages_that_are_known_end_the_waiting(march: str, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-04-20")  # before the month of pay is over: its statement is there
    assert made(anna).counts["lacks_wage"] == 1


def test_a_person_decides_and_the_next_match_knows(march: str, anna: Actor) -> None:
    run = made(anna).run
    pairs = operations.list_pairs(run=run, actor=anna)
    assert sorted(one.kind for one in pairs) == ["homonym"] * 4 + ["name"]  # two accounts of two persons
    by_full = {}
    for one in pairs:
        full = operations.reveal_values(run=run, proposal=one.id, actor=anna)
        by_full[full.values["account"], full.values["identity"]] = one.id
    for who, account in ((L, "2222"), (T1, "4444"), (T2, "5555")):
        pair = operations.decide_pair(run=run, proposal=by_full[account, who], confirmed=True, actor=anna)
        assert pair.state == "confirmed"
    with pytest.raises(NianjianError, match="reconcile_proposal_decided"):
        operations.decide_pair(run=run, proposal=by_full["2222", L], confirmed=False, actor=anna)
    with pytest.raises(NianjianError, match="reconcile_subject_taken"):
        operations.decide_pair(run=run, proposal=by_full["4444", T2], confirmed=True, actor=anna)
    assert Account.objects.count() == 3
    again = made(anna)
    assert again.counts["consistent"] == 4
    assert (again.open, again.figures["proposals"], again.verdict) == (0, 0, "passed")


def test_what_was_dismissed_is_not_proposed_again(march: str, anna: Actor) -> None:
    run = made(anna).run
    (name,) = [one for one in operations.list_pairs(run=run, actor=anna) if one.kind == "name"]
    operations.decide_pair(run=run, proposal=name.id, confirmed=False, actor=anna)
    again = made(anna).run
    assert {one.kind for one in operations.list_pairs(run=again, actor=anna)} == {"homonym"}


def _over(operator: Actor) -> int:
    standings = retention.list_class_statuses(actor=operator, enterprise="demo")
    (people,) = [one for one in standings if one.period.record_class == "people"]
    return people.over


def test_old_runs_and_decisions_go_when_the_time_of_people_is_over(
    march: str, anna: Actor, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(anna).run
    pair = Proposal.objects.filter(kind="name").get()
    operations.decide_pair(run=run, proposal=pair.pk, confirmed=True, actor=anna)
    assert _over(operator) == 0
    long_ago = clock.now() - timedelta(days=366 * 30)
    Run.objects.update(made_at=long_ago)
    Account.objects.update(decided_at=long_ago)
    assert _over(operator) == 2
    retention.run_retention(actor=operator, enterprise="demo", dry_run=False)
    assert not Run.objects.exists()
    assert not Difference.objects.exists()
    assert not Account.objects.exists()


def test_months_that_make_no_sense(demo: str, anna: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-05-10")
    for first, last in ((date(2026, 4, 1), date(2026, 3, 1)), (date(2020, 1, 1), date(2026, 3, 1))):
        with pytest.raises(NianjianError, match="reconcile_months_wrong"):
            comparisons.match_people(enterprise=demo, first=first, last=last, actor=anna)


def test_call_sources_from_the_lake(demo: str, anna: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-03-10")
    at = datetime(2026, 3, 2, 9)  # noqa: DTZ001 -- wall time
    rows = [
        {"source": source, "call_id": f"{source}{n}", "start_ts": at, "line_id": "L1", "answered": n < 2,
         "direction": "out", "test": False, "leg": "customer", "part": "2026-03"}
        for source, count in (("asterisk", 4), ("crm", 2)) for n in range(count)
    ]  # fmt: skip
    data.append(wiring.lake("demo"), rows, "b0")
    result = comparisons.compare_call_sources(enterprise="demo", first=None, last=None, actor=anna)
    assert (result.figures["sources"], result.counts, result.verdict) == (
        ["asterisk", "crm"],
        {"same": 0, "parted": 1},
        "failed",
    )
    (one,) = result.rows
    assert (one.calls, one.likely) == ({"asterisk": 4, "crm": 2}, "answered_only")
    assert result.figures["by_day"] == [{"day": "2026-03-02", "calls": {"asterisk": 4, "crm": 2}}]
    alone = comparisons.compare_call_sources(enterprise="demo", first=None, last=None, only=("crm",), actor=anna)
    assert alone.verdict == "not_proved"
    with pytest.raises(NianjianError, match="reconcile_source_unknown"):
        comparisons.compare_call_sources(enterprise="demo", first=None, last=None, only=("bill",), actor=anna)
    with pytest.raises(NianjianError, match="reconcile_source_unknown"):
        comparisons.compare_call_sources(enterprise="demo", first=None, last=None, beside=("crm", "bill"), actor=anna)
    for options in ({"beside": ("crm", "asterisk")}, {"against": BillInput(together=True)}):
        one = comparisons.compare_call_sources(enterprise="demo", first=None, last=None, actor=anna, **options)
        assert (len(one.figures["sources"]), one.counts, one.verdict) == (1, {"same": 0, "parted": 0}, "not_proved")
    with pytest.raises(NianjianError, match="reconcile_days_wrong"):
        comparisons.compare_call_sources(
            enterprise="demo", first=at.date(), last=at.date() - timedelta(days=1), actor=anna
        )


FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def spring(demo: str, load: Import, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of three seats one is closed on March's first day, one opens in March; one person leaves on March's first day."""
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-05-10")
    load(
        "seats",
        "坐席编号,类型,姓名,证件号,备案状态,备案日期,开通日期,停用日期",
        ("S1", "人工", "张三", Z, "已备案", "2025-01-01", "2025-01-01", ""),
        ("S2", "人工", "李四海", L, "已备案", "2025-01-01", "2025-01-01", "2026-03-01"),
        ("S3", "人工", "王五", W, "已备案", "2025-01-01", "2026-03-05", ""),
    )
    load(
        "staff",
        "工号,姓名,证件号,入职日期,离职日期",
        ("2", "李四海", L, "2025-01-01", "2026-03-01"),
        ("4", "陈静", T1, "2025-01-01", "2026-02-28"),
    )
    load(
        "social-insurance",
        "单位名称,姓名,社会保障号码,险种,费款所属期,状态",
        *(
            ("示例", name, who, kind, month, "已到账")
            for name, who in (("张三", Z), ("李四海", L), ("赵无座", T2))
            for kind in ("养老", "医疗")
            for month in ("202602", "202603")
        ),
    )
    load("wages", "收款人,账号尾号,金额,付款日期,摘要,所属月", ("张三", "1111", 6500, "2026-03-15", "工资", "202602"))
    return demo


def tables(*months: date) -> Tables:
    return Tables("demo", months, lag=1, unpaid=(), others=())


def test_a_month_of_a_span_is_what_it_is_alone(spring: str) -> None:
    span = tables(FEBRUARY, MARCH)
    assert {month: span.month(month) for month in (FEBRUARY, MARCH)} == {
        month: tables(month).month(month) for month in (FEBRUARY, MARCH)
    }
    seats = {month: sorted(one.seat_id for one in span.month(month).seats) for month in (FEBRUARY, MARCH)}
    assert seats == {FEBRUARY: ["S1", "S2"], MARCH: ["S1", "S3"]}  # closed on the first day: not in use in March
    staff = {month: sorted(str(one.staff_id) for one in span.month(month).staff) for month in (FEBRUARY, MARCH)}
    assert staff == {FEBRUARY: ["2", "4"], MARCH: ["2"]}  # the day on which one leaves is the last at work


def test_a_version_that_ended_within_a_month_does_not_hold_at_its_end(
    spring: str, load: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(
        "seats",
        "坐席编号,类型,姓名,证件号,备案状态,备案日期,开通日期,变更日期",
        ("S1", "人工", "陈静", T1, "已备案", "2025-01-01", "2025-01-01", "2026-03-20"),
    )
    by_month = {month: {one.seat_id: one.person for one in tables(FEBRUARY, MARCH).month(month).seats}
            for month in (FEBRUARY, MARCH)}  # fmt: skip
    assert (by_month[FEBRUARY]["S1"], by_month[MARCH]["S1"]) == ("张三", "陈静")


def test_who_has_no_seat_keeps_the_name_of_the_contribution(spring: str, anna: Actor) -> None:
    result = comparisons.match_people(enterprise="demo", first=FEBRUARY, last=MARCH, actor=anna)
    rows = operations.list_differences(run=result.run, filters=DifferenceFilter(), actor=anna)
    bare = [one for one in rows if "lacks_seat" in {one.result, *one.reasons}]
    assert {(one.month, one.about["name"]) for one in bare} == {
        ("2026-02", "赵**"), ("2026-03", "赵**"), ("2026-03", "李**"),
    }  # fmt: skip


def test_seats_are_opened_once_and_names_only_where_nobody_told_them(
    spring: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bytes] = []
    whole = keyring.decrypt

    def counted(sealed: bytes, context: bytes) -> bytes:
        opened.append(context)
        return whole(sealed, context)

    monkeypatch.setattr(keyring, "decrypt", counted)
    span: Any = tables(FEBRUARY, MARCH)
    for month in (FEBRUARY, MARCH):
        span.month(month)
    count = {name: sum(one.decode().endswith(name) for one in opened) for name in
             ("seat.identity", "seat.person", "contribution.identity", "contribution.person")}  # fmt: skip
    assert count == {
        "seat.identity": 3, "seat.person": 3, "contribution.identity": 12, "contribution.person": 2,
    }  # fmt: skip

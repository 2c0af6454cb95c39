"""Rows written by hand: versions, ends, stale forms, refusals, one audit entry an act."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.teams import standing

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import cells, entries, kinds, queries, storage, workbooks
from nianjian.platform.registers.models import Consent, Line, Payment, Seat, Team
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.registers.storage import ImportReceipt, import_sheet
from nianjian.platform.registers.versions import versions_on

pytestmark = pytest.mark.postgres

Import = Callable[..., ImportReceipt]
IDENTITY = "11010519491231002X"


def _sight(day: str | None = None, team: str | None = None) -> ReadScope:
    return ReadScope("demo", date.fromisoformat(day) if day else clock.today(), team)


def _create(kind: str, operator: Actor, since: date | None = None, **texts: str) -> str:
    if kind != "teams":
        standing("demo", texts.get("team", ""))
    return storage.create_row(kind=kind, enterprise="demo", texts=texts, since=since, reason="", actor=operator)


def _change(kind: str, operator: Actor, version: int, start: date | None, *, over: bool = False, **texts: str) -> None:
    if kind != "teams":
        standing("demo", texts.get("team", ""))
    storage.change_row(
        kind=kind, enterprise="demo", version=version, texts=texts, start=start, over=over, reason="why", actor=operator
    )


def _end(kind: str, operator: Actor, versions: list[int], start: date, reason: str = "sold") -> int:
    return storage.end_rows(kind=kind, enterprise="demo", versions=versions, start=start, reason=reason, actor=operator)


def _code(error: pytest.ExceptionInfo[NianjianError]) -> str:
    return error.value.code


def _standing(kind: str, key: str) -> Any:
    version = queries.find_latest_version(kind, _sight(), key)
    assert version is not None
    return version


def _list_teams(day: str) -> list[tuple[str | None, str | None]]:
    return [(row.line_id, row.team) for row in versions_on(Line, "demo", date.fromisoformat(day))]


def _entries(verb: str) -> list[dict[str, Any]]:
    return [dict(act.data) for act in acts(verb=verb)]


def test_a_new_row_holds_since_ever_or_from_its_day(demo: str, operator: Actor) -> None:
    assert _create("lines", operator, line_id="L1", team="T1") == "L1"
    _create("lines", operator, date(2026, 5, 1), line_id="L2", team="T1")
    assert _list_teams("2020-01-01") == [("L1", "T1")]
    assert _list_teams("2026-05-01") == [("L1", "T1"), ("L2", "T1")]
    assert [one["key"] for one in _entries("registers.create")] == ["L2", "L1"]
    assert Line.objects.get(key="L2").changed_on == date(2026, 5, 1)
    assert verify_chain().valid


def test_a_faulty_row_is_refused_with_the_reasons_of_the_sheet(demo: str, operator: Actor) -> None:
    wrong = {"number": "浙B2-20240001", "credit_code": "91110000600037341X", "issued_on": "2026-01-02"}
    with pytest.raises(NianjianError) as error:
        _create("licences", operator, valid_until="2025-01-02", **wrong)
    assert _code(error) == "register_row_faulty"
    findings = {(one["field"], one["code"]) for one in error.value.findings}
    assert findings == {("credit_code", "credit_code_check_digit"), ("valid_until", "valid_until_before_since")}
    with pytest.raises(NianjianError) as error:
        _create("staff", operator, staff_id="1", identity="110105194912310021")
    assert [one["code"] for one in error.value.findings] == ["identity_check_digit"]
    with pytest.raises(NianjianError) as error:
        _create("lines", operator, team="T1")
    assert [(one["field"], one["code"]) for one in error.value.findings] == [("line_id", "key_missing")]
    assert _entries("registers.create") == []


def test_the_same_key_twice_is_refused_but_two_equal_payments_are_two(demo: str, operator: Actor) -> None:
    _create("teams", operator, team_id="T1", name="一队")
    with pytest.raises(NianjianError, match="register_row_exists"):
        _create("teams", operator, team_id="T1")
    paid = {"payee": "张三", "paid_on": "2026-03-15", "amount": "6500"}
    keys = {_create("wages", operator, **paid) for _ in range(3)}
    assert len(keys) == Payment.objects.count() == 3


def test_a_change_holds_from_its_day_and_keeps_what_was(demo: str, operator: Actor) -> None:
    _create("lines", operator, line_id="L1", team="T1", carrier="电信")
    first = _standing("lines", "L1")
    _change("lines", operator, first.pk, date(2026, 3, 1), team="T2")
    assert [_list_teams(day) for day in ("2026-02-28", "2026-03-01")] == [[("L1", "T1")], [("L1", "T2")]]
    second = _standing("lines", "L1")
    assert (second.carrier, second.changed_on, second.reason) == ("电信", date(2026, 3, 1), "why")
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert (first.team, first.valid_to) == ("T1", None)
    assert _entries("registers.change") == [
        {"kind": "lines", "key": "L1", "start": "2026-03-01", "fields": ["team"], "version": first.pk}
    ]


def test_a_correction_holds_for_the_whole_span(demo: str, operator: Actor) -> None:
    _create("seats", operator, seat_id="S1", filing="未备案", person="张三")
    _change("seats", operator, _standing("seats", "S1").pk, None, filing="已备案")
    [row] = versions_on(Seat, "demo", date(2000, 1, 1))
    assert (row.filing, row.person) == ("filed", "张三")


def test_a_stale_form_is_refused(demo: str, operator: Actor) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    seen = _standing("lines", "L1").pk
    _change("lines", operator, seen, None, team="T2")
    for act in (
        lambda: _change("lines", operator, seen, None, team="T3"),
        lambda: _end("lines", operator, [seen], clock.today()),
    ):
        with pytest.raises(NianjianError, match="register_row_stale"):
            act()
    assert _standing("lines", "L1").team == "T2"
    assert len(_entries("registers.change")) == 1


def test_a_change_that_changes_nothing_or_the_key_is_refused(demo: str, operator: Actor) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    seen = _standing("lines", "L1").pk
    with pytest.raises(NianjianError, match="register_row_unchanged"):
        _change("lines", operator, seen, None, team="T1")
    with pytest.raises(NianjianError, match="register_key_changed"):
        _change("lines", operator, seen, None, line_id="L2")


def test_a_change_before_the_standing_version_must_be_meant(demo: str, operator: Actor) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    _change("lines", operator, _standing("lines", "L1").pk, date(2026, 6, 1), team="T2")
    seen = _standing("lines", "L1").pk
    with pytest.raises(NianjianError, match="register_change_reaches_back"):
        _change("lines", operator, seen, date(2026, 2, 1), team="T3")
    _change("lines", operator, seen, date(2026, 2, 1), over=True, team="T3")
    days = ("2026-01-31", "2026-02-01", "2026-06-01", "2027-01-01")
    assert [_list_teams(day) for day in days] == [[("L1", "T1")], *[[("L1", "T3")]] * 3]


@pytest.mark.parametrize(("kind", "key"), [("seats", "seat_id"), ("lines", "line_id"), ("staff", "staff_id")])
def test_no_row_names_a_team_that_is_not_there(demo: str, operator: Actor, kind: str, key: str) -> None:
    def refused(act: Callable[[], object]) -> list[tuple[str, str, str]]:
        with pytest.raises(NianjianError) as error:
            act()
        return [(one["field"], one["code"], one["value"]) for one in error.value.findings]

    _create("teams", operator, team_id="T1", name="一队")
    params = {"kind": kind, "enterprise": demo, "reason": "", "actor": operator}
    wrong = {key: "R1", "team": "T9"}
    assert refused(lambda: storage.create_row(texts=wrong, since=None, **params)) == [("team", "team_unknown", "T9")]
    stored = storage.create_row(texts={key: "R1", "team": "一队"}, since=None, **params)  # its name will do
    storage.create_row(texts={key: "R2"}, since=None, **params)
    more = {"version": _standing(kind, stored).pk, "start": None, "over": False}
    assert refused(lambda: storage.change_row(texts={"team": "T9"}, **more, **params)) == [
        ("team", "team_unknown", "T9")
    ]
    model = kinds.register(kind).model
    model._default_manager.filter(key=stored).update(team="T9")  # as an older program let it in
    storage.change_row(texts={"workplace" if kind != "lines" else "name": "别处"}, **more, **params)
    assert _standing(kind, stored).team == "T9"


def test_an_end_closes_and_says_why(demo: str, operator: Actor) -> None:
    for line in ("L1", "L2", "L3"):
        _create("lines", operator, line_id=line, team="T1")
    chosen = [_standing("lines", line).pk for line in ("L1", "L3")]
    assert _end("lines", operator, chosen, date(2026, 4, 1)) == 2
    assert _list_teams("2026-03-31") == [("L1", "T1"), ("L2", "T1"), ("L3", "T1")]
    assert _list_teams("2026-04-01") == [("L2", "T1")]
    assert Line.objects.get(key="L1", superseded_at=None).reason == "sold"
    [entry] = _entries("registers.end")
    assert entry == {"kind": "lines", "keys": ["L1", "L3"], "start": "2026-04-01"}
    for versions, reason, code in (
        ([], "x", "register_nothing_chosen"),
        ([1], " ", "register_reason_missing"),
        (list(range(51)), "x", "register_too_many"),
    ):
        with pytest.raises(NianjianError, match=code):
            _end("lines", operator, versions, date(2026, 4, 1), reason)


def test_an_end_before_the_beginning_means_that_it_never_held(demo: str, operator: Actor) -> None:
    _create("lines", operator, date(2026, 5, 1), line_id="L1", team="T1")
    _end("lines", operator, [_standing("lines", "L1").pk], date(2026, 5, 1))
    assert _list_teams("2026-05-01") == _list_teams("2026-04-30") == []
    assert queries.find_latest_version("lines", _sight(), "L1") is None


def test_what_ended_begins_again_after_its_end(demo: str, operator: Actor, load: Import) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    _end("lines", operator, [_standing("lines", "L1").pk], date(2026, 4, 1))
    with pytest.raises(NianjianError, match="register_row_overlaps"):
        _create("lines", operator, date(2026, 3, 31), line_id="L1", team="T2")
    _create("lines", operator, date(2026, 6, 1), line_id="L1", team="T2")
    assert [_list_teams(day) for day in ("2026-03-31", "2026-05-01", "2026-06-01")] == [
        [("L1", "T1")],
        [],
        [("L1", "T2")],
    ]
    _end("lines", operator, [_standing("lines", "L1").pk], date(2026, 7, 1))
    assert load("lines", "线路编号,团队", ("L1", "T3")).rows["inserted"] == 1
    today = clock.today()
    assert [_list_teams(str(day)) for day in (today - timedelta(days=1), today)] == [[], [("L1", "T3")]]


def test_a_planned_end_stays_through_an_import(demo: str, operator: Actor, load: Import) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    later = clock.today() + timedelta(days=30)
    _end("lines", operator, [_standing("lines", "L1").pk], later)
    assert load("lines", "线路编号,团队", ("L1", "T1")).rows["unchanged"] == 1
    assert load("lines", "线路编号,团队", ("L1", "T2")).rows["updated"] == 1
    assert _list_teams(str(later)) == []
    assert _list_teams(str(later - timedelta(days=1))) == [("L1", "T2")]


def test_writes_take_the_role_and_the_tenant(demo: str, operator: Actor) -> None:
    people.add_enterprise(code="other", name="x", province="", actor=operator)
    people.add_user(name="reader", role="tester", enterprises=["demo"], actor=operator)
    people.add_user(name="stranger", role="data_officer", enterprises=["other"], actor=operator)
    _create("lines", operator, line_id="L1", team="T1")
    row = _standing("lines", "L1")
    for name in ("reader", "stranger"):
        actor = Actor(name, USER)
        for act in (
            lambda who=actor: _create("lines", who, line_id="L2"),
            lambda who=actor: _change("lines", who, row.pk, None, team="T9"),
            lambda who=actor: _end("lines", who, [row.pk], clock.today()),
            lambda who=actor: storage.record_reveal(kind="lines", enterprise="demo", version=row, actor=who),
        ):
            with pytest.raises(NianjianError, match="role_missing"):
                act()
    with pytest.raises(NianjianError) as error:  # a version of another tenant is none of this one's
        storage.end_rows(
            kind="lines", enterprise="other", versions=[row.pk], start=clock.today(), reason="x", actor=operator
        )
    assert _code(error) == "register_row_stale"


def test_history_tells_events_in_order(demo: str, operator: Actor) -> None:
    _create("lines", operator, line_id="L1", team="T1")
    _change("lines", operator, _standing("lines", "L1").pk, None, carrier="联通")
    _change("lines", operator, _standing("lines", "L1").pk, date(2026, 3, 1), team="T2")
    _end("lines", operator, [_standing("lines", "L1").pk], date(2026, 6, 1))
    history = queries.list_history(queries.list_row_versions("lines", _sight(), "L1"), kinds.register("lines").sheet)
    events = [(one.event.value, one.believed, [change.column.field for change in one.changes]) for one in history]
    assert events == [
        ("closed", True, []),
        ("changed", False, ["team", "changed_on"]),
        ("closed", True, []),
        ("corrected", False, ["carrier"]),
        ("first", False, []),
    ]


@pytest.mark.parametrize("kind", kinds.kinds())
def test_every_example_reads_back_as_it_is_written(demo: str, operator: Actor, kind: str) -> None:
    sheet = kinds.register(kind).sheet
    examples = {column.field: column.example for column in sheet.columns}
    if kind != "teams":
        standing(demo, examples.get("team", ""))
    key = storage.create_row(kind=kind, enterprise=demo, texts=examples, since=None, reason="", actor=operator)
    row = _standing(kind, key)
    for column in entries.form_columns(sheet):
        value = getattr(row, column.field)
        assert cells.value(entries.format_value(value, column), column) == value
    assert entries.read_entry(sheet, entries.format_values(row, sheet)).keyed is not None


def test_a_personal_key_is_found_by_its_whole_value_only(demo: str, operator: Actor) -> None:
    key = _create("consents", operator, number="13800138000", purpose="回访")
    assert "13800138000" not in key
    assert Consent.objects.get().key == key
    row_filter = queries.RowFilter
    assert [row.key for row in queries.filter_rows("consents", _sight(), row_filter(text="13800138000"))] == [key]
    assert list(queries.filter_rows("consents", _sight(), row_filter(text="1380013"))) == []
    text = str(_entries("registers.create"))
    assert "13800138000" not in text
    assert Team.objects.count() == 0


def test_a_team_named_as_another_gets_nothing_of_it(demo: str, operator: Actor) -> None:
    _create("teams", operator, team_id="T1", name="一队")
    _create("teams", operator, team_id="T2", name="T1")  # its name is the other's id
    _create("teams", operator, team_id="T3", name="同名")
    _create("teams", operator, team_id="T4", name="同名")
    for line, team in (("L1", "T1"), ("L2", "一队"), ("L3", "T2"), ("L4", "同名")):
        _create("lines", operator, line_id=line, team=team)

    def lines(team: str) -> list[str]:
        return [row.key for row in queries.list_rows("lines", _sight(team=team))]

    assert lines("T1") == ["L1", "L2"]
    assert lines("T2") == ["L3"]
    assert lines("T3") == lines("T4") == []


def test_a_full_list_comes_back_unchanged_and_a_masked_one_does_not_come_in(
    demo: str, operator: Actor, tmp_path: Path
) -> None:
    for kind in sorted(kinds.kinds(), key=lambda kind: kind != "teams"):  # others name the team
        sheet = kinds.register(kind).sheet
        examples = {column.field: column.example for column in sheet.columns}
        storage.create_row(kind=kind, enterprise=demo, texts=examples, since=None, reason="", actor=operator)
        for form in ("xlsx", "csv"):
            for full in (True, False):
                rows = queries.list_rows(kind, _sight())
                content = (
                    workbooks.write_workbook(sheet, rows, [("a", "b")], full=full)
                    if form == "xlsx"
                    else workbooks.write_csv(sheet, rows, full=full)
                )
                path = tmp_path / f"{kind}-{full}.{form}"
                path.write_bytes(content)
                if full:
                    receipt = import_sheet(kind=kind, path=path, enterprise=demo, actor=operator)
                    assert (receipt.rows["unchanged"], receipt.errors, receipt.extra_columns) == (1, (), ())
                elif kind == "consents":
                    with pytest.raises(NianjianError, match="header_missing"):
                        import_sheet(kind=kind, path=path, enterprise=demo, actor=operator)
                else:
                    for column in sheet.columns:
                        assert not (column.personal and len(column.example) > 1 and column.example.encode() in content)

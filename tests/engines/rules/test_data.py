"""Reading the rule files, their version gate, the generated pages and the calendar."""

import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules import gate, holidays, page
from nianjian.engines.rules.load import DATA, RuleSet, load
from nianjian.engines.rules.rule import Kind, canonical, digest
from nianjian.engines.rules.rulebook import Rulebook

RULE = """\
rules:
  - key: a.limit
    id: X1
    value: 0.30
    unit: share
    operator: ">"
    level: internal
    citation: 来源
    valid_from: 2020-01-01
    title_zh: 甲
    title_en: A
"""
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "VERSION").write_text("1.0\n")
    (tmp_path / "a.yaml").write_text(RULE, "utf-8")
    return tmp_path


def write(data: Path, old: str, new: str) -> None:
    (data / "a.yaml").write_text(RULE.replace(old, new, 1), "utf-8")
    load.cache_clear()


def test_a_fraction_is_exact(data: Path) -> None:
    (rule,) = load(data).rules
    assert rule.value == Decimal("0.30")
    assert str(rule.value) == "0.30"
    assert rule.subject == "a"


@pytest.mark.parametrize(
    ("more", "kind", "settable"),
    [
        ("", Kind.REFERENCE, False),
        ("    kind: parameter\n", Kind.PARAMETER, True),
        ("    kind: parameter\n    settable: false\n", Kind.PARAMETER, False),
        ("    kind: reference\n    settable: true\n", Kind.REFERENCE, False),
    ],
)
def test_nothing_is_settable_that_is_not_said_to_be_read(data: Path, more: str, kind: Kind, settable: object) -> None:
    write(data, "    id: X1\n", f"    id: X1\n{more}")
    (rule,) = load(data).rules
    assert (rule.kind, rule.settable) == (kind, settable)


@pytest.mark.parametrize(
    ("old", "new", "code", "field"),
    [
        ("    unit: share\n", "", "rule_field_missing", "unit"),
        ("    title_zh: 甲\n", '    title_zh: ""\n', "rule_field_missing", "title_zh"),
        ("    value: 0.30\n", "", "rule_field_missing", "value"),
        ("    id: X1\n", "    id: X1\n    colour: red\n", "rule_field_unknown", "colour"),
        ("a.limit", "Limit", "rule_field_wrong", "key"),
        ("value: 0.30", "value: [!!binary MC4z]", "rule_field_wrong", "value"),
        ("id: X1", "id: 1", "rule_field_wrong", "id"),
        ("level: internal", "level: rumour", "rule_field_wrong", "level"),
        ('operator: ">"', 'operator: "=>"', "rule_field_wrong", "operator"),
        ("    id: X1\n", "    id: X1\n    kind: limit\n", "rule_field_wrong", "kind"),
        ("    id: X1\n", "    id: X1\n    kind: parameter\n    settable: 1\n", "rule_field_wrong", "settable"),
        ("2020-01-01", "soon", "rule_field_wrong", "valid_from"),
        ("2020-01-01", "2020-01-01 10:00:00", "rule_field_wrong", "valid_from"),
        ("    id: X1\n", "    id: X1\n    valid_to: 2019-12-31\n", "rule_field_wrong", "valid_to"),
        ("    id: X1\n", "    id: X1\n    valid_to: later\n", "rule_field_wrong", "valid_to"),
    ],
)
def test_a_fault_names_file_key_and_field(data: Path, old: str, new: str, code: str, field: str) -> None:
    write(data, old, new)
    with pytest.raises(NianjianError) as caught:
        load(data)
    assert caught.value.code == code
    assert caught.value.values["file"] == "a.yaml"
    assert caught.value.values["field"] == field
    assert "key" in caught.value.values


@pytest.mark.parametrize("text", ["rules: [", "rules: {a: 1}", "rules: [1]", "- 1", "rules: [{key: a.b, value: 1e}"])
def test_a_file_that_is_no_list_of_rules(data: Path, text: str) -> None:
    (data / "a.yaml").write_text(text, "utf-8")
    with pytest.raises(NianjianError, match="rules_file_unreadable"):
        load(data)


def test_two_rules_of_one_key_and_day(data: Path) -> None:
    twice = RULE + RULE.removeprefix("rules:\n")
    (data / "a.yaml").write_text(twice, "utf-8")
    with pytest.raises(NianjianError, match="rule_overlap"):
        load(data)
    follows = RULE.replace("id: X1\n", "id: X1\n    valid_to: 2024-12-31\n") + RULE.removeprefix("rules:\n").replace(
        "2020", "2025"
    )
    (data / "a.yaml").write_text(follows, "utf-8")
    rules = load(data)
    assert Rulebook.on(date(2024, 12, 31), rules=rules).rule("a.limit").valid_to
    assert not Rulebook.on(date(2025, 1, 1), rules=rules).rule("a.limit").valid_to


@pytest.mark.parametrize("version", ["", "next"])
def test_version_is_needed(data: Path, version: str) -> None:
    (data / "VERSION").write_text(version)
    with pytest.raises(NianjianError, match="rules_version_unreadable"):
        load(data)
    (data / "VERSION").unlink()
    with pytest.raises(NianjianError, match="rules_version_unreadable"):
        load(data)


def test_kinds_give_different_digests() -> None:
    values: list[object] = [1, "1", Decimal(1), date(2026, 1, 1), datetime(2026, 1, 1), "2026-01-01", (1,), {"a": 1}]  # noqa: DTZ001 - zone-less on purpose
    assert len({digest([canonical({"value": value})]) for value in values}) == len(values)
    assert digest([canonical({"a": 1, "b": 2})]) == digest([canonical({"b": 2, "a": 1})])


def test_the_data_hold_to_their_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert gate.main([]) == 0
    assert capsys.readouterr().out.startswith(f"rules {load().version}: ")


def test_a_change_needs_a_new_version(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, "2026-11-30")
    with pytest.raises(NianjianError, match="rules_lock_stale"):
        gate.check(data)
    gate.update(data)
    gate.check(data)
    gate.update(data)
    write(data, "0.30", "0.31")
    with pytest.raises(NianjianError, match="rules_changed_without_version"):
        gate.check(data)
    (data / "VERSION").write_text("0.9")
    load.cache_clear()
    with pytest.raises(NianjianError, match="rules_lock_stale"):
        gate.check(data)
    gate.update(data)
    gate.check(data)
    write(data, "0.30", "0.32")
    gate.update(data)
    (data / "VERSION").write_text("2026.12.4")
    write(data, "0.30", "0.33")
    gate.update(data)
    write(data, "0.30", "0.34")
    gate.update(data)
    gate.check(data)
    assert list(json.loads((data / "lock.json").read_text())) == [
        "1.0", "2026.11.1", "2026.11.2", "2026.12.4", "2026.12.5",
    ], "the month's next, what was raised by hand, and never below what was used"  # fmt: skip


def test_a_comment_needs_no_new_version(data: Path) -> None:
    gate.update(data)
    write(data, "rules:", "# said again\nrules:")
    gate.check(data)


@pytest.mark.parametrize("text", ["{", "[]", '{"next": "1"}'])
def test_a_lock_of_other_form(data: Path, text: str) -> None:
    (data / "lock.json").write_text(text)
    with pytest.raises(NianjianError, match="rules_lock_unreadable"):
        gate.check(data)


def test_gate_tells_what_to_do(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(gate, "DATA", data)
    assert gate.main([], data) == 1
    assert "gate --update" in capsys.readouterr().err
    assert gate.main(["--update"], data) == 0


def test_pages_say_what_the_data_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert page.main(["--check"], ROOT / "docs" / "rules") == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"rules {load().version}: ")
    assert said.err == ""


def test_pages_written_and_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "rules"
    assert page.main(["--check"], folder) == 1
    assert "index.md" in capsys.readouterr().err
    assert page.main([], folder) == 0
    (folder / "gone.md").write_text("old")
    assert page.main(["--check"], folder) == 1
    assert page.main([], folder) == 0
    assert page.main(["--check"], folder) == 0
    text = (folder / "portrait.md").read_text("utf-8")
    assert "> 0.30 (share)" in text.replace("\\", "")
    assert page.SUBJECTS.keys() == {path.stem for path in DATA.glob("*.yaml")}


def test_a_page_shows_every_kind_of_value(data: Path) -> None:
    write(data, "value: 0.30", "value: {first: 2020-01-01, names: [a|b, {x: 1}], share: 0.0001}")
    text = page.pages(load(data))["a.md"]
    assert "first: 2020-01-01; names: a\\|b, (x: 1); share: 0.0001" in text
    assert "https" not in text


def test_builtin_calendar_ends_with_the_published_years() -> None:
    calendar = holidays.builtin()
    assert {2024, 2025, 2026} <= calendar.years
    assert not calendar.is_workday(date(2026, 2, 16))
    assert calendar.is_workday(date(2026, 2, 28))
    assert (10, 1) in calendar.fixed


def test_calendar_of_a_year_from_json() -> None:
    days = [
        {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
        {"name": "元旦", "date": "2027-01-02", "isOffDay": False},
    ]
    calendar = holidays.from_json(json.dumps({"year": 2027, "papers": [], "days": days}))
    assert calendar.years == {2027}
    assert calendar.is_workday(date(2027, 1, 2))
    both = holidays.builtin().updated(calendar)
    assert both.has_notice(date(2027, 1, 4))
    assert not holidays.from_json('{"year": 2028, "papers": [], "days": []}').years


def test_calendar_from_rows() -> None:
    rows: list[dict[str, object]] = [
        {"日期": "2027/01/01", "名称": "元旦", "休息/上班": "休息"},
        {"日期": datetime(2027, 1, 2, 0, 0), "名称": "元旦", "休息/上班": "上班"},  # noqa: DTZ001 - as a sheet gives it
    ]
    calendar = holidays.from_rows(rows)
    assert calendar.days_off == {date(2027, 1, 1)}
    assert calendar.extra_workdays == {date(2027, 1, 2)}
    assert calendar.years == {2027}


def test_a_notice_may_speak_of_the_december_before() -> None:
    rows: list[dict[str, object]] = [
        {"日期": "2026-12-31", "休息/上班": "休息"},
        {"日期": "2027-01-01", "休息/上班": "休息"},
    ]
    calendar = holidays.builtin().updated(holidays.from_rows(rows))
    assert not calendar.is_workday(date(2026, 12, 31))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert holidays.from_rows(rows).years == {2027}
    assert holidays.from_rows(rows[:1]).years == {2026}


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"year": 2027}',
        '{"year": 2027, "days": [{"date": "1 Jan", "isOffDay": true}]}',
        '{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": "yes"}]}',
        '{"year": 2027, "days": [{"date": "2027-01-01", "isOffDay": true}, {"date": "2027-01-01", "isOffDay": false}]}',
    ],
)
def test_json_refused(text: str) -> None:
    with pytest.raises(NianjianError, match="holidays_unreadable"):
        holidays.from_json(text)


@pytest.mark.parametrize("row", [{"日期": "soon", "休息/上班": "休息"}, {"日期": "2027-01-01", "休息/上班": "?"}])
def test_rows_refused_by_number(row: dict[str, object]) -> None:
    with pytest.raises(NianjianError) as caught:
        holidays.from_rows([row])
    assert caught.value.values["row"] == 2


def test_without_a_list_of_fixed_holidays(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def plain() -> RuleSet:
        return load(data)

    monkeypatch.setattr(holidays, "load", plain)
    holidays.builtin.cache_clear()
    assert holidays.builtin().fixed == frozenset()
    holidays.builtin.cache_clear()


def test_every_note_stands_in_both_languages() -> None:
    assert [rule.key for rule in load().rules if bool(rule.note_en) != bool(rule.note_zh)] == []
    chinese = re.compile("[\u4e00-\u9fff]")
    assert [rule.key for rule in load().rules if rule.note_zh and not chinese.search(rule.note_zh)] == []

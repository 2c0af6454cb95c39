"""Values of several parts are taken apart into rows of a form, and put together again as they were."""

import json
from datetime import date

import pytest

from nianjian.engines.metrics.result import plain
from nianjian.engines.rules.inputs import InputKind, classify_input
from nianjian.engines.rules.load import load
from nianjian.engines.rules.overlay_values import fit_value
from nianjian.engines.rules.parts import join_rows, list_tables, split_value
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook

BOOK = Rulebook.on(date(2026, 11, 25))
STRUCTURES = {rule.key: rule for rule in load().rules if rule.settable and classify_input(rule) is InputKind.STRUCTURE}


@pytest.mark.parametrize("rule", STRUCTURES.values(), ids=STRUCTURES)
def test_every_value_of_several_parts_that_can_be_set_has_rows_that_make_it_again(rule: Rule) -> None:
    value = plain(rule.value)
    rows = split_value(rule, value)
    tables = list_tables(rule)
    assert len(rows) == len(tables)
    for table, entries in zip(tables, rows, strict=True):
        assert table.parts
        assert len(table.rows or entries) == len(entries)
        assert {part.name for part in table.parts} <= {name for row in entries for name in row} or not entries
    assert fit_value(rule, json.dumps(join_rows(rule, value, rows))) == fit_value(rule, json.dumps(value))


def test_a_changed_meter_is_no_longer_an_assumed_one_and_what_is_only_shown_stays() -> None:
    rule = BOOK.rule("frequency.hollycrm")
    value = plain(rule.value)
    (meter,), limits = split_value(rule, value)
    result = join_rows(
        rule, value, [[{**meter, "window": "calendar_day"}], [*limits, {"calls": "3", "within": "7", "span": "days"}]]
    )
    assert result["meter"]["assumed"] == ["counts"]
    assert result["limits"] == [{"calls": 1, "hours": 72}, {"calls": 3, "days": 7}]
    assert result["recordings_days"] == 30
    fit_value(rule, json.dumps(result))


def test_quiet_days_are_days_of_the_week_and_spans() -> None:
    rule = BOOK.rule("portrait.quiet_days")
    week, span = {"weekday": "7", "reason": "周日休息"}, {"first": "2026-10-01", "last": "2026-10-07", "reason": "国庆"}
    result = join_rows(rule, {}, [[week, span]])
    assert result == {"7": "周日休息", "2026-10-01/2026-10-07": "国庆"}
    assert join_rows(rule, {}, split_value(rule, result)) == result
    with pytest.raises(ValueError, match="7"):
        join_rows(rule, {}, [[{**week, **span}]])

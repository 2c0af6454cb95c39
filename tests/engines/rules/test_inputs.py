"""Limits are typed as people write them."""

from datetime import date

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.inputs import apply_input, read_input
from nianjian.engines.rules.overlay_values import fit_value
from nianjian.engines.rules.rulebook import Rulebook

BOOK = Rulebook.on(date(2026, 11, 25))
VACANCY, RATE, CLOSE = "portrait.seat_vacancy.limit", "portrait.complaint_rate.limit", "complaints.close"


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        *((VACANCY, typed, "0.4") for typed in ("40", "40 %", "40％", "0.4", " 40% ", "４０", "400‰", "4000 ‱")),
        *((RATE, typed, "0.0002") for typed in ("2", "2 ‱", "0.02 %", "0.0002")),
        (VACANCY, "1", "0.01"),
        (VACANCY, "0", "0"),
        (VACANCY, "100", "1"),
        *((CLOSE, typed, "48") for typed in ("48", "48 h", "48小时", "2天", "2 days", "2,880 分钟")),
        ("complaints.response.warning", "1.5 h", "90"),
        ("retention.keep.calls", "3 年", "36"),
        ("rectification.due", "12 个工作日", "12"),
        ("portrait.complaint_rate.low_volume", "20,000", "20000"),
        ("complaints.one_click.per_number", "8 件", "8"),
        ("reconcile.people.similar", "0.75", "75"),
        ("reconcile.people.similar", "75 %", "75"),
        ("scans.skew.most", "2.5", "2.5"),
        *(("deadline.code_number.legal", typed, "03-05") for typed in ("3月5日", "03-05", "3/5", "3-5")),
        ("rectification.office_close", "9点", "09:00"),
        ("rectification.office_close", "17：30", "17:30"),
        ("portrait.seat_vacancy.over_filed_light", "黄灯", "yellow"),
        ("gate.hours.marketing", "9:00-12:00，14:00至18:00", '[["09:00", "12:00"], ["14:00", "18:00"]]'),
        ("inspection.callback.carriers", "移动、电信", '["移动", "电信"]'),
        ("materials.riding_seal.diameter", "38, 40", "[38, 40]"),
    ],
)
def test_what_is_typed_is_read_as_people_mean_it(key: str, typed: str, value: str) -> None:
    rule = BOOK.rule(key)
    read = read_input(rule, typed, {"yellow": "黄灯"})
    assert apply_input(rule, read).value == fit_value(rule, value)


@pytest.mark.parametrize(
    ("key", "typed", "code"),
    [
        (VACANCY, "很多", "rule_input_percent"),
        (VACANCY, "400", "rule_input_percent"),
        (VACANCY, "-3", "rule_input_percent"),
        (VACANCY, "", "rule_input_percent"),
        (CLOSE, "1.5", "rule_input_span"),
        (CLOSE, "2 个月", "rule_input_span"),
        ("rectification.due", "3 天", "rule_input_span"),
        ("portrait.complaint_rate.low_volume", "viele", "rule_input_number"),
        ("deadline.code_number.legal", "13月1日", "rule_input_day"),
        ("rectification.office_close", "25:00", "rule_input_time"),
        ("gate.hours.marketing", "9:00", "rule_input_hours"),
        ("portrait.complaint_rate.sources", "12345", "rule_input_list"),
        ("portrait.seat_vacancy.over_filed_light", "紫灯", "rule_input_choice"),
        ("materials.seals.required", "x", "rule_input_structure"),
    ],
)
def test_what_cannot_be_read_is_refused_with_how_to_type_it(key: str, typed: str, code: str) -> None:
    with pytest.raises(NianjianError) as refused:
        read_input(BOOK.rule(key), typed)
    assert refused.value.code == code
    assert key not in str(refused.value.values)


def test_every_value_that_can_be_set_is_read_from_how_it_is_shown() -> None:
    for rule in BOOK.rules():
        if rule.settable and isinstance(rule.value, int):
            assert apply_input(rule, read_input(rule, str(rule.value))).value == rule.value

"""The rulebook of a day: what is in force, how overlays act, what the hash covers."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.load import load
from nianjian.engines.rules.rule import Kind, Level
from nianjian.engines.rules.rulebook import Rulebook, plain_province

DAY = date(2026, 12, 31)
LIMIT = "portrait.seat_vacancy.limit"


def overlay(**changed: object) -> Mapping[str, object]:
    plain: dict[str, object] = {
        "key": LIMIT,
        "value": "0.25",
        "reason": "更严",
        "who": "lina",
        "when": "2026-11-01T08:00",
    }
    return {"province": None, "enterprise": None, "valid_from": None, "valid_to": None, **plain, **changed}


def test_values_come_by_kind() -> None:
    book = Rulebook.on(DAY)
    assert book.decimal(LIMIT) == Decimal("0.30")
    assert book.decimal("complaints.close") == 24
    assert book.integer("rectification.due") == 10
    assert book.text("deadline.licence.legal") == "03-31"
    assert book.items("portrait.complaint_rate.attachments") == ("anti_harassment_plan",)
    assert [rule.key for rule in book.rules("portrait.closing_rate.")] == [
        "portrait.closing_rate.attachments",
        "portrait.closing_rate.limit",
        "portrait.closing_rate.on_time",
    ]


@pytest.mark.parametrize(
    ("ask", "key", "code"),
    [
        ("value", "portrait.none", "rule_unknown"),
        ("integer", LIMIT, "rule_value_kind"),
        ("integer", "deadline.earliest_drives", "rule_value_kind"),
        ("decimal", "deadline.licence.legal", "rule_value_kind"),
        ("text", LIMIT, "rule_value_kind"),
        ("items", LIMIT, "rule_value_kind"),
    ],
)
def test_wrong_questions(ask: str, key: str, code: str) -> None:
    with pytest.raises(NianjianError, match=code):
        getattr(Rulebook.on(DAY), ask)(key)


def test_every_day_since_2017_has_the_limits() -> None:
    for year in range(2017, 2028):
        book = Rulebook.on(date(year, 12, 31))
        assert book.decimal(LIMIT) == Decimal("0.30")
    with pytest.raises(NianjianError, match="rulebook_day_too_early"):
        Rulebook.on(date(2016, 12, 31))


def test_guide_figures_are_never_law() -> None:
    for rule in load().rules:
        if "指南" in rule.citation and rule.level in {Level.LAW, Level.NOTICE}:
            pytest.fail(f"{rule.key} is shown as {rule.level}")
        if rule.level is Level.GUIDE:
            assert "指南" in rule.citation or "代办" in rule.citation, rule.key


def test_what_does_not_bind_is_neither_law_nor_notice() -> None:
    doubtful = ("代办", "项目", "未生效", "征求意见稿", "推定")
    for rule in load().rules:
        if rule.level in {Level.LAW, Level.NOTICE}:
            assert not any(word in rule.citation for word in doubtful), rule.key


def test_every_disagreement_of_guide_and_law_is_there() -> None:
    keys = {rule.key.removeprefix("conflict.") for rule in Rulebook.on(DAY).rules("conflict.")}
    assert keys == {
        "algorithm",
        "audit_firm",
        "complaint_clock",
        "deadline",
        "frequency",
        "logs",
        "marketing",
        "name",
        "number_classes",
        "sentence",
        "two_reports",
    }


def test_every_row_of_the_guide_is_there() -> None:
    rows = {rule.id for rule in load().rules}
    expected = {
        f"{letter}{number}"
        for letter, most in (("T", 8), ("M", 19), ("D", 5), ("S", 10), ("R", 9))
        for number in range(1, most + 1)
    }
    assert expected <= rows


def test_rules_that_are_named_by_rules_exist() -> None:
    book = Rulebook.on(DAY)
    kinds = book.value("materials.copy_kind_by_item")
    assert isinstance(kinds, Mapping)
    assert set(kinds) == set(book.items("materials.list"))
    assert set(kinds.values()) == set(book.items("materials.copy_kinds"))
    keys: list[Any] = [*book.items("materials.list"), book.text("rectification.next_year")]
    for rule in [*book.rules("conflict."), book.rule("deadline.templates")]:
        parts = rule.value if isinstance(rule.value, tuple) else (rule.value,)
        for part in parts:
            assert isinstance(part, Mapping)
            inside = part["rules"]
            assert isinstance(inside, tuple)
            keys += inside
    assert len(keys) > 30
    assert [key for key in keys if key not in book.in_force] == []


def test_same_day_same_hash_and_a_change_changes_it() -> None:
    assert Rulebook.on(DAY).sha256 == Rulebook.on(DAY).sha256
    assert Rulebook.on(DAY).sha256 != Rulebook.on(date(2025, 12, 31)).sha256
    assert Rulebook.on(DAY).sha256 == Rulebook.on(DAY, "浙江", "demo").sha256
    assert Rulebook.on(DAY, overlays=[overlay()]).sha256 != Rulebook.on(DAY).sha256
    other = Rulebook.on(DAY, overlays=[overlay(reason="别的理由")])
    assert other.sha256 != Rulebook.on(DAY, overlays=[overlay()]).sha256
    assert Rulebook.on(DAY).version == load().version


def test_overlay_is_internal_and_carries_its_reason() -> None:
    rule = Rulebook.on(DAY, overlays=[overlay()]).rule(LIMIT)
    assert (rule.value, rule.level, rule.citation, rule.url) == (Decimal("0.25"), Level.INTERNAL, "更严", None)


@pytest.mark.parametrize(
    "changed",
    [
        {"province": "浙江省"},
        {"enterprise": "other"},
        {"valid_from": date(2027, 1, 1)},
        {"valid_to": date(2026, 12, 30)},
        {"valid_to": "2026-12-30"},
    ],
)
def test_overlay_of_another_place_or_time_does_not_act(changed: Mapping[str, object]) -> None:
    book = Rulebook.on(DAY, "重庆", "demo", [overlay(**changed)])
    assert book == Rulebook.on(DAY, "重庆", "demo")


def test_the_particular_overlay_wins_whatever_the_order() -> None:
    overlays = [
        overlay(value="0.10", enterprise="demo"),
        overlay(value="0.20", province="浙江"),
        overlay(value="0.28"),
        overlay(value="0.27", valid_from=date(2026, 1, 1), valid_to=DAY),
    ]
    for ordered in (overlays, overlays[::-1]):
        assert Rulebook.on(DAY, "浙江省", "demo", ordered).decimal(LIMIT) == Decimal("0.10")
        assert Rulebook.on(DAY, "浙江省", "other", ordered).decimal(LIMIT) == Decimal("0.20")
        assert Rulebook.on(DAY, "重庆", "other", ordered).decimal(LIMIT) == Decimal("0.27")
    assert Rulebook.on(DAY, "浙江", "demo", overlays).sha256 == Rulebook.on(DAY, "浙江", "demo", overlays[::-1]).sha256


VENDOR = "frequency.aliyun_bot"
METER = {"key": "callee", "counts": "attempts", "window": "calendar_day", "assumed": ["key", "counts"]}
WRONG_LIMITS: list[object] = [
    {"meter": METER},
    {"meter": METER, "limits": []},
    {"meter": METER, "limits": [{"calls": 5}]},
    {"meter": METER, "limits": [{"calls": 0, "days": 1}]},
    {"meter": METER, "limits": [{"calls": 5, "days": 1, "hours": 24}]},
    {"meter": {**METER, "window": "weekly"}, "limits": [{"calls": 5, "days": 1}]},
    {"meter": METER, "limits": [{"calls": 5, "days": 1}], "hours": ["08:00", "21:00"]},  # nothing reads hours there
]


def test_an_overlay_of_a_vendors_limits_holds_what_the_gate_can_count() -> None:
    spec = {"meter": METER, "limits": [{"calls": 4, "days": 1}, {"calls": 1, "hours": 1}]}
    value: Any = Rulebook.on(DAY, overlays=[overlay(key=VENDOR, value=spec)]).value(VENDOR)
    assert [dict(limit) for limit in value["limits"]] == spec["limits"]
    broken = overlay(key=VENDOR, value=WRONG_LIMITS[1])  # of an older program: the gate refuses by it, and says so
    assert Rulebook.on(DAY, overlays=[broken], tolerant=True).value(VENDOR)["limits"] == ()  # type: ignore[index, call-overload]


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("rectification.due", "7", 7),
        ("deadline.guide.close", "04-15", "04-15"),
        ("deadline.guide.close", " 04-15 ", "04-15"),
        ("gate.purposes.unnamed", "other", "other"),
        ("materials.optional", ["等保"], ("等保",)),
        ("materials.optional", '["等保"]', ("等保",)),
        ("inspection.predictive.over", '{"calls": 8, "share": "0.05"}', {"calls": 8, "share": "0.05"}),
        ("inspection.callback.hours", '[["10:00", "24:00"]]', (("10:00", "24:00"),)),
        (
            "materials.seals.required",
            '{"every_document": [], "copies": ["copy_seal"]}',
            {"every_document": (), "copies": ("copy_seal",)},
        ),
    ],
)
def test_overlay_takes_the_kind_of_the_rule(key: str, given: object, value: object) -> None:
    assert Rulebook.on(DAY, overlays=[overlay(key=key, value=given)]).value(key) == value


@pytest.mark.parametrize(
    ("key", "given", "code"),
    [
        (LIMIT, "thirty", "overlay_value_wrong"),
        (LIMIT, "NaN", "overlay_value_wrong"),
        (LIMIT, "30", "overlay_value_wrong"),
        (LIMIT, "-0.3", "overlay_value_wrong"),
        ("rectification.due", "7.5", "overlay_value_wrong"),
        ("rectification.due", "-7", "overlay_value_wrong"),
        ("deadline.guide.close", "4月30日", "overlay_value_wrong"),
        ("deadline.guide.close", "13-01", "overlay_value_wrong"),
        ("portrait.complaint_rate.denominator", "attempts", "overlay_value_wrong"),
        ("gate.purposes.unnamed", " ", "overlay_value_wrong"),
        ("inspection.predictive.over", "[8, 6]", "overlay_value_wrong"),
        ("portrait.quiet_days", '{"2026-10-07/2026-10-01": "国庆停业"}', "overlay_value_wrong"),
        ("portrait.quiet_days", '{"10月1日": "国庆停业"}', "overlay_value_wrong"),
        ("portrait.quiet_days", '{"8": "周日"}', "overlay_value_wrong"),
        ("portrait.quiet_days", '{"7": " "}', "overlay_value_wrong"),
        ("materials.optional", '"等保"', "overlay_value_wrong"),
        ("materials.optional", "等保", "overlay_value_wrong"),
        ("deadline.guide.close", object(), "overlay_value_wrong"),
        ("deadline.templates", '["x"]', "overlay_value_wrong"),
        ("deadline.templates", "[]", "overlay_value_wrong"),
        ("deadline.templates", '[{"name":"x","code":"x","track":"x","rules":[]}]', "overlay_value_wrong"),
        ("deadline.templates", '[{"name":"x","code":"x","track":"licence","rules":["x"]}]', "overlay_value_wrong"),
        ("complaints.close", "999999999999", "overlay_value_wrong"),
        ("inspection.callback.hours", '["x"]', "overlay_value_wrong"),
        ("inspection.callback.hours", '[["09:00"]]', "overlay_value_wrong"),
        ("inspection.callback.hours", '[["09:00", "25:00"]]', "overlay_value_wrong"),
        ("inspection.predictive.over", '{"calls": 8}', "overlay_value_wrong"),
        ("inspection.robot.contexts", "[[1]]", "overlay_value_wrong"),
        ("materials.seals.required", "{}", "overlay_value_wrong"),
        ("gate.purposes.unfiled", "maybe", "overlay_value_wrong"),
        ("gate.hours.service", '["08:00"]', "overlay_value_wrong"),
        ("gate.purposes", '{"marketing": "营销"}', "overlay_value_wrong"),
        ("gate.purposes", '{"marketing": [1]}', "overlay_value_wrong"),
        *[(VENDOR, json.dumps(value), "overlay_value_wrong") for value in WRONG_LIMITS],
        ("materials.seals.required", '{"every_document": ["red"], "copies": []}', "overlay_value_wrong"),
        ("materials.riding_seal.diameter", '["wide"]', "overlay_value_wrong"),
        ("portrait.none", "1", "overlay_rule_unknown"),
        ("inspection.people.pay_lag", "2", "overlay_rule_unknown"),  # the other one of its name is read
        ("materials.traffic.months", "6", "overlay_rule_reference"),
        ("season.reminders", "[]", "overlay_rule_fixed"),
    ],
)
def test_overlay_refused(key: str, given: object, code: str) -> None:
    with pytest.raises(NianjianError, match=code):
        Rulebook.on(DAY, overlays=[overlay(key=key, value=given)])


@pytest.mark.parametrize(
    ("name", "plain"),
    [("重庆市", "重庆"), ("浙江省", "浙江"), ("宁夏回族自治区", "宁夏"), ("浙江", "浙江"), ("", None), (None, None)],
)
def test_province_by_any_name(name: str | None, plain: str | None) -> None:
    assert plain_province(name) == plain


def test_a_rule_of_the_province_stands_before_the_one_of_everywhere() -> None:
    plain = next(rule for rule in load().rules if rule.key == LIMIT)
    rules = replace(load(), rules=(replace(plain, value=Decimal("0.20"), province="浙江"), plain))
    assert Rulebook.on(DAY, "浙江省", rules=rules).decimal(LIMIT) == Decimal("0.20")
    assert Rulebook.on(DAY, "江苏省", rules=rules).decimal(LIMIT) == Decimal("0.30")


def test_a_yes_or_no_is_overlaid_by_one() -> None:
    rule = replace(load().rules[0], key="a.flag", value=True, kind=Kind.PARAMETER, settable=True)
    rules = replace(load(), rules=(rule,))
    assert Rulebook.on(DAY, overlays=[overlay(key="a.flag", value="False")], rules=rules).value("a.flag") is False
    with pytest.raises(NianjianError, match="overlay_value_wrong"):
        Rulebook.on(DAY, overlays=[overlay(key="a.flag", value="perhaps")], rules=rules)


@pytest.mark.parametrize("key", ["portrait.trailing_months", "season.reminders", "inspection.people.pay_lag"])
def test_an_overlay_on_a_rule_that_takes_none_is_set_aside_only_where_that_is_asked(key: str) -> None:
    """A reference, a rule of one reading, and one that is gone."""
    idle, limit = overlay(key=key), overlay()
    with pytest.raises(NianjianError, match="overlay_rule_"):
        Rulebook.on(DAY, overlays=[idle, limit])
    book = Rulebook.on(DAY, overlays=[idle, limit], tolerant=True)
    assert (book.overlays, book.ignored) == ((limit,), (idle,))
    assert book.decimal(LIMIT) == Decimal("0.25")
    assert book.sha256 == Rulebook.on(DAY, overlays=[limit]).sha256
    wrong = overlay(value="much")
    assert Rulebook.on(DAY, overlays=[wrong], tolerant=True).ignored == (wrong,)
    later = overlay(key="portrait.trailing_months", valid_from="2099-01-01")
    assert Rulebook.on(DAY, overlays=[later], tolerant=True).ignored == ()

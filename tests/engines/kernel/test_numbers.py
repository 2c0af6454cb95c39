"""Shapes, printing, masking and classes of telephone numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import FULL, PROVINCES, short
from nianjian.engines.kernel.numbers import (
    Number,
    NumberClass,
    Root,
    Shape,
    classify,
    mask,
    mask_value,
    normalise,
    printed,
)
from nianjian.engines.rules.rulebook import plain_province

DAY = date(2026, 6, 30)


SHAPES: dict[Shape, dict[str | None, int | None]] = {
    Shape.NONE: dict.fromkeys(
        ["0", "00", "+", "+86", "+0571", "00013800138000", "010086", "01380013800", "1" * 19, "+" + "4" * 19,
         "95" + "0" * 17, "8888#13800138000", "1380013800X", "0x17354", "0X17354", "88886666x12", "138XXX8000X",
         "1" + "x" * 5000 + "y", "13800138000.5", "१३८००१३८०००", None]
    ),
    Shape.INTERNATIONAL: {"0010": 10},
    Shape.OTHER: {
        "01010086": 10086, "8612345": 8612345, "1" * 18: int("1" * 18), "88886666": 88886666, "#21#": None,
    },
    Shape.MOBILE: {"0086013800138000": 13800138000},
    Shape.SHORT: {"+86095588": 95588, "8695588": 95588, '"客服" <sip:+8695013@10.0.0.1>': 95013},
    Shape.SERVICE_400_800: {"864001234567": 4001234567},
    Shape.SHORT_OR_LANDLINE: {"869521388812": 9521388812},
    Shape.SHORT_OR_OTHER: {"86" + "9501388812": 9501388812},
    Shape.SHORT_LONG: {"+869501388812": 9501388812, "095013888": 95013888},
    Shape.MASKED: dict.fromkeys(["****", "*****1234", "138XXXX8000", "+86138xx00xx", "138*0013800"]),
    Shape.DAMAGED: {"13800138000.0": None},
    Shape.LANDLINE: {"tel:+86-571-8888-6666": 57188886666, "(0571) 8888 6666": 57188886666},
    Shape.ZERO_LOST: {"1088886666": 1088886666, "2188886666": 2188886666},
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_shape(shape: Shape) -> None:
    assert {raw: normalise(raw) for raw in SHAPES[shape]} == {
        raw: Number(shape, value) for raw, value in SHAPES[shape].items()
    }


def test_trunk_prefix() -> None:
    cases: list[tuple[str, tuple[str, ...], int]] = [
        ("8888#13800138000", ("8888#",), 13800138000), ("9913800138000", ("9", "99"), 13800138000), ("9", ("9",), 9),
        ("01088886666", ("0",), 1088886666), ("001088886666", ("0",), 1088886666),
        ("913800138000", ("", "9"), 13800138000), ("9+8613800138000", ("9",), 13800138000),
        ("13800138000", ("138",), 13800138000), ("7913800138000", ("9",), 7913800138000),
    ]  # fmt: skip
    assert [normalise(raw, trunk_prefixes=prefixes).value for raw, prefixes, _ in cases] == [v for *_, v in cases]


_NUMBERISH = st.one_of(
    st.text("0123456789", max_size=20),
    st.text("0123456789+*xX.eE -()<>@;:siptel86", max_size=24),
    st.from_regex(
        r"(\+86|0086|86|0|00|\+)?(1[3-9][0-9]{9}|9[56][0-9]{3,12}|[2-9][0-9]{9,10}|[48]00[0-9]{7})", fullmatch=True
    ),
    st.text(max_size=12),
)


@given(_NUMBERISH)
def test_printed_is_read_back_as_the_same_number(raw: str) -> None:
    number = normalise(raw)
    text = printed(number.shape, number.value)
    if number.value is None:
        assert not text
    else:
        assert normalise(text) == number


@given(_NUMBERISH)
def test_spaces_and_full_width_change_nothing(raw: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "0" <= sign <= "9" else sign for sign in raw)
    assert normalise(f"  {wide}\u3000") == normalise(raw)


@given(_NUMBERISH, st.lists(st.sampled_from(["9", "0", "17951", "12593"]), max_size=4))
def test_a_complete_number_keeps_its_digits_before_any_prefix(raw: str, prefixes: list[str]) -> None:
    number = normalise(raw)
    if number.shape in {Shape.MOBILE, Shape.LANDLINE, Shape.SHORT}:
        assert normalise(printed(number.shape, number.value), trunk_prefixes=prefixes) == number


def test_mask() -> None:
    masked = {
        "13800138000": "138****8000", "057188886666": "0571****66", "01088886666": "010****66",
        "02188886666": "021****66", "57188886666": "571****66", "+869521388812": "0952****12",
        "0044207946000": "+44****00", "95013": "95013", "4001234567": "4001234567", "10086": "10086",
        "106912345678": "106*******78", "138****1234": "138******34", "anonymous": "anonymous", "": "",
    }  # fmt: skip
    assert {text: mask(text) for text in masked} == masked
    stored = {57188886666: "0571****66", 2151234567: "021****67", 13800138000: "138****8000", 95013001: "95013001"}
    assert {value: mask_value(value) for value in stored} == stored


@given(st.from_regex(r"(\+86|0)?1[3-9][0-9]{9}", fullmatch=True))
def test_mask_hides_four_digits_of_a_mobile(text: str) -> None:
    assert mask(text) == f"{text[-11:-8]}****{text[-4:]}"


def test_class_by_the_ledger() -> None:
    root = Root("95013", 8, filed=True, valid_from=date(2026, 1, 1), valid_to=DAY)
    own = normalise("95013888")
    assert classify(own, DAY, [root]) is NumberClass.OWN_SHORT
    assert classify(own, date(2026, 7, 1), [root]) is NumberClass.OTHER_SHORT
    assert classify(own, date(2025, 12, 31), [root]) is NumberClass.OTHER_SHORT
    assert classify(own, DAY, []) is NumberClass.UNKNOWN
    later = Root("95013", 8, filed=True, valid_from=date(2026, 7, 1))
    assert classify(own, date(2026, 7, 1), [root, later]) is NumberClass.OWN_SHORT


def test_a_shape_without_a_class_is_unknown() -> None:
    classes = {shape: classify(Number(shape, 1), DAY, []) for shape in Shape}
    unknown = {Shape.SHORT_LONG, Shape.ZERO_LOST, Shape.MASKED, Shape.DAMAGED, Shape.NONE}
    assert {shape for shape, name in classes.items() if name is NumberClass.UNKNOWN} == unknown


# Credit codes, identity cards, licence numbers and how they are masked.

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@given(
    st.sampled_from(["91", "52", "Y1"]),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)
def test_credit_code_takes_exactly_one_check_digit(front: str, region: str, body: str) -> None:
    right = [sign for sign in ALPHABET if _reads(identifiers.credit_code, front + region + body + sign)]
    assert right == [uscc.calc_check_digit(front + region + body + "0")]


def _reads(reader: object, text: str) -> bool:
    assert callable(reader)
    try:
        reader(text)
    except NianjianError:
        return False
    return True


def test_credit_code_parts() -> None:
    code = identifiers.credit_code(" 9111 0000 6000 37341l ")
    assert (code.text, code.organisation, code.organisation_fits, code.company) == (
        "91110000600037341L",
        "600037341",
        True,
        True,
    )


def test_organisation_code_of_its_own_is_a_warning_only() -> None:
    body = "5211000060003734" + "2"
    code = identifiers.credit_code(body + uscc.calc_check_digit(body + "0"))
    assert not code.organisation_fits
    assert not code.company


@pytest.mark.parametrize(("body", "digit"), [("60003734", "1"), ("D2143569", "X")])
def test_organisation_check_digit(body: str, digit: str) -> None:
    assert identifiers.organisation_check_digit(body) == digit


def test_organisation_code_of_wrong_signs() -> None:
    with pytest.raises(NianjianError, match="organisation_code_character"):
        identifiers.organisation_check_digit("6000373")


def _card(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)), st.integers(0, 999_999), st.integers(0, 999))
def test_identity_tells_the_birth_date_whatever_the_region(born: date, region: int, order: int) -> None:
    card = identifiers.identity_card(_card(f"{region:06}{born:%Y%m%d}{order:03}").lower())
    assert card.born == born


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11010519491231002", "identity_length"),
        ("1101051949123100AX", "identity_character"),
        ("110105194912310021", "identity_check_digit"),
        (_card("11010519490230002"), "identity_birth_date"),
    ],
)
def test_identity_refused_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(NianjianError) as caught:
        identifiers.identity_card(text)
    assert caught.value.code == code
    assert text not in str(caught.value)


def test_there_are_thirty_one_provinces_and_rules_shorten_them_the_same_way() -> None:
    assert len(PROVINCES) == len(set(PROVINCES)) == 31
    assert {name: plain_province(name) for name in FULL} == FULL
    assert {name: short(f" {name} ") for name in FULL} == FULL
    assert [short(name) for name in PROVINCES] == list(PROVINCES)
    for name in ("火星", "", "浙江市", "浙", "zhejiang"):
        with pytest.raises(NianjianError, match="province_unknown") as raised:
            short(name)
        assert "浙江" in str(raised.value.values["allowed"])

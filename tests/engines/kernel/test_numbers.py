"""Shapes, printing, masking and classes of telephone numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianjian.engines.kernel.numbers import Number, NumberClass, Root, Shape, classify, mask, normalise, printed

DAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("raw", "shape", "value"),
    [
        ("0", Shape.NONE, None),
        ("00", Shape.NONE, None),
        ("+", Shape.NONE, None),
        ("+86", Shape.NONE, None),
        ("+0571", Shape.NONE, None),
        ("0010", Shape.INTERNATIONAL, 10),
        ("00013800138000", Shape.NONE, None),
        ("010086", Shape.NONE, None),
        ("01010086", Shape.OTHER, 10086),
        ("01380013800", Shape.NONE, None),
        ("0086013800138000", Shape.MOBILE, 13800138000),
        ("+86095588", Shape.SHORT, 95588),
        ("8695588", Shape.SHORT, 95588),
        ("864001234567", Shape.SERVICE_400_800, 4001234567),
        ("8612345", Shape.OTHER, 8612345),
        ("869521388812", Shape.SHORT_OR_LANDLINE, 9521388812),
        ("86" + "9501388812", Shape.SHORT_OR_OTHER, 9501388812),
        ("+869501388812", Shape.SHORT_LONG, 9501388812),
        ("095013888", Shape.SHORT_LONG, 95013888),
        ("1" * 18, Shape.OTHER, int("1" * 18)),
        ("1" * 19, Shape.NONE, None),
        ("+" + "4" * 19, Shape.NONE, None),
        ("95" + "0" * 17, Shape.NONE, None),
        ("8888#13800138000", Shape.NONE, None),
        ("****", Shape.MASKED, None),
        ("*****1234", Shape.MASKED, None),
        ("#21#", Shape.OTHER, None),
        ("138XXXX8000", Shape.MASKED, None),
        ("+86138xx00xx", Shape.MASKED, None),
        ("138*0013800", Shape.MASKED, None),
        ("1380013800X", Shape.NONE, None),
        ("0x17354", Shape.NONE, None),
        ("0X17354", Shape.NONE, None),
        ("88886666x12", Shape.NONE, None),
        ("138XXX8000X", Shape.NONE, None),
        ("1" + "x" * 5000 + "y", Shape.NONE, None),
        ("13800138000.0", Shape.DAMAGED, None),
        ("13800138000.5", Shape.NONE, None),
        ('"客服" <sip:+8695013@10.0.0.1>', Shape.SHORT, 95013),
        ("tel:+86-571-8888-6666", Shape.LANDLINE, 57188886666),
        ("(0571) 8888 6666", Shape.LANDLINE, 57188886666),
        ("1088886666", Shape.ZERO_LOST, 1088886666),
        ("2188886666", Shape.ZERO_LOST, 2188886666),
        ("88886666", Shape.OTHER, 88886666),
        ("१३८००१३८०००", Shape.NONE, None),
        (None, Shape.NONE, None),
    ],
)
def test_shape(raw: str | None, shape: Shape, value: int | None) -> None:
    assert normalise(raw) == Number(shape, value)


@pytest.mark.parametrize(
    ("raw", "prefixes", "value"),
    [
        ("8888#13800138000", ("8888#",), 13800138000),
        ("9913800138000", ("9", "99"), 13800138000),
        ("9", ("9",), 9),
        ("01088886666", ("0",), 1088886666),
        ("001088886666", ("0",), 1088886666),
        ("913800138000", ("", "9"), 13800138000),
        ("9+8613800138000", ("9",), 13800138000),
        ("13800138000", ("138",), 13800138000),
        ("7913800138000", ("9",), 7913800138000),
    ],
)
def test_trunk_prefix(raw: str, prefixes: tuple[str, ...], value: int) -> None:
    assert normalise(raw, trunk_prefixes=prefixes).value == value


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


@given(_NUMBERISH, st.lists(st.sampled_from(["9", "0", "17951", "12593"])))
def test_a_complete_number_keeps_its_digits_before_any_prefix(raw: str, prefixes: list[str]) -> None:
    number = normalise(raw)
    if number.shape in {Shape.MOBILE, Shape.LANDLINE, Shape.SHORT}:
        assert normalise(printed(number.shape, number.value), trunk_prefixes=prefixes) == number


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800138000", "138****8000"),
        ("057188886666", "0571****66"),
        ("01088886666", "010****66"),
        ("02188886666", "021****66"),
        ("57188886666", "571****66"),
        ("+869521388812", "0952****12"),
        ("0044207946000", "+44****00"),
        ("95013", "95013"),
        ("4001234567", "4001234567"),
        ("10086", "10086"),
        ("106912345678", "106*******78"),
        ("138****1234", "138******34"),
        ("anonymous", "anonymous"),
        ("", ""),
    ],
)
def test_mask(text: str, shown: str) -> None:
    assert mask(text) == shown


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
    assert {shape for shape, name in classes.items() if name is NumberClass.UNKNOWN} == {
        Shape.SHORT_LONG,
        Shape.ZERO_LOST,
        Shape.MASKED,
        Shape.DAMAGED,
        Shape.NONE,
    }

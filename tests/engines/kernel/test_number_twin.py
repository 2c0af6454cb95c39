"""The engine's number normalisation equals the kernel's, for whatever text a call record may hold."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nianjian.engines.intake.validate import SHAPES, kernel_functions, stage_fields
from nianjian.engines.kernel.numbers import normalise, printed
from nianjian.engines.lake.workbench import Workbench

DIGITS = st.text("0123456789", max_size=21)
HEADS = st.sampled_from(
    ["", "0", "00", "+", "+86", "0086", "86", "9", "90", "+860", "0860", "95", "96", "095", "951", "0955", "400", "800",
     "1", "13", "013", "10", "010", "021", "0571", "3", "106", "+1", "0085", "17951", "8613", "8695", "86400", "86010"]
)  # fmt: skip
TAILS = st.sampled_from(["", ".0", "E+10", "@host", ";user=phone", " ", "*", "x", "_", "-", "e4", "，", "\t", "#"])
ODD = st.text("0123456789+*xXeE.-_ ()<>@;:#abcsiptel０１２３４５６７８９＋\u3000\t", max_size=24)
TEXTS = st.one_of(st.builds("{}{}{}".format, HEADS, DIGITS, TAILS), ODD, st.text(max_size=12))

ADDRESSES = [
    "sip:95013@10.0.0.1", '"张三" <sip:+8613800138000@gw;user=phone>', "tel:010-8888 8888", "１３８００１３８０００",
    "0x17354", "138XXXX8000", "88886666x12",
]  # fmt: skip

# What a cast reads as a number of just as many digits as the text of a number would have, or nearly so.
GENEROUS = [
    "1.381234e10", "13.812345e9", "138.12345e8", "138123456e2", "95078.12e3", "9507e4", "013.81234e9", "09.5",
    "099.5", "00.12345e5", "0x12345678", "0xfffffffff", "0X2540BE3FF", "0b1110011", "13800138001 ", " 13800138001",
    "013800138001 ", "1_3800138001", "0_13800138001", "13800138001.", "+1380013.8001e5", "+86138.12345e8",
    "+8613800138001", "+860571.1e5", "008613800138001", "0086138.12345e8", "00861.3800138e10", "99999999999999",
    "9999999999999", "90000000000001",
]  # fmt: skip


def twin(tmp: Path, texts: list[str | None], prefixes: tuple[str, ...]) -> list[tuple[str, int | None, str | None]]:
    """Shape, value and kept raw text of each, by the engine."""
    with Workbench(tmp) as bench:
        bench.run(f"create type number_shape as {SHAPES}")
        for name, (body, result) in kernel_functions(prefixes).items():
            bench.function(name, body, result)
        bench.register("given", pa.table({"n": pa.array(range(len(texts))), "x": pa.array(texts, pa.string())}))
        sql = stage_fields("select * from given", ["x"], prefixes)
        rows = bench.rows(f"select x_shape::varchar, x_value, x_kept from ({sql}) order by n")
    return [(str(shape), value, raw) for shape, value, raw in rows]  # type: ignore[misc]


def expected(text: str | None, prefixes: tuple[str, ...]) -> tuple[str, int | None, str | None]:
    number = normalise(text, trunk_prefixes=prefixes)
    same = text is None or (number.value is not None and printed(number.shape, number.value) == text)
    return number.shape.value, number.value, None if same else text


@pytest.mark.parametrize("prefixes", [(), ("9", "17951"), ("0",), ("86",)])
@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=200, max_size=400))
def test_engine_equals_kernel(tmp_path: Path, prefixes: tuple[str, ...], texts: list[str]) -> None:
    given_texts: list[str | None] = [None, *ADDRESSES, *texts]
    got = twin(tmp_path, given_texts, prefixes)
    assert got == [expected(text, prefixes) for text in given_texts]


@pytest.mark.parametrize("prefixes", [(), ("9", "17951")])
def test_what_only_a_cast_takes_for_digits(tmp_path: Path, prefixes: tuple[str, ...]) -> None:
    assert twin(tmp_path, list(GENEROUS), prefixes) == [expected(text, prefixes) for text in GENEROUS]


def test_every_area_code_and_first_digit_of_a_subscriber(tmp_path: Path) -> None:
    areas = [str(area) for area in (*range(10, 30), *range(300, 1000))]
    numbers = [f"{area}{first}{'2345678'[:length]}" for area in areas for first in (0, 1, 2, 9) for length in (6, 7)]
    texts: list[str | None] = [head + number for head in ("0", "", "+86", "0086", "+860", "86") for number in numbers]
    assert twin(tmp_path, texts, ()) == [expected(text, ()) for text in texts]


def test_short_codes_behind_an_area_code_and_feature_codes(tmp_path: Path) -> None:
    codes = ["110", "12345", "1234", "95588", "955881", "96110", "9558"]
    texts: list[str | None] = [
        f"{head}{code}" for head in ("0", "010", "0571", "0952", "0950", "86010") for code in codes
    ]
    texts += ["*98", "**1000", "*72*1234", "#21#", "***1234", "****", "*", "04001234567", "0", "010086"]
    assert twin(tmp_path, texts, ()) == [expected(text, ()) for text in texts]


def test_every_length_and_beginning(tmp_path: Path) -> None:
    heads = ["", "0", "+86", "0086", "86", "+860", "00860", "9", "00"]
    beginnings = (
        *["10", "13", "12", "20", "29", "30", "40", "400", "800", "86", "95", "951", "955", "956", "96", "99"],
        "01",
    )
    texts: list[str | None] = [
        head + (start + "1234567890" * 3)[:length] for head in heads for start in beginnings for length in range(1, 22)
    ]
    assert twin(tmp_path, texts, ()) == [expected(text, ()) for text in texts]

"""At every door a number that may be a person's is masked; of it enough stays to be told apart."""

from typing import Any

import pytest

from nianjian.engines.paper import sections
from nianjian.engines.paper.people import mask_key, mask_portrait
from nianjian.engines.paper.words import CHINESE, words


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("057186000123", "0571****23"),
        ("01058000512", "010****12"),
        ("4008120300", "4008120300"),
        ("95588", "95588"),
        ("852 1234 5678 9", "852 **** ***8 9"),
        ("138****5678", "138****5678"),
        ("anonymous", "anonymous"),
        (None, None),
    ],
)
def test_what_is_shown_of_a_number(given: object, shown: object) -> None:
    assert mask_key(given) == shown


def _row(key: str | None, **counts: int) -> dict[str, Any]:
    zero = dict.fromkeys(("own_short", "other_short", "landline", "mobile", "unknown", "numerator"), 0)
    return zero | {"key": key, "denominator": 1, "value": None, "light": "green"} | counts


def _portrait() -> dict[str, Any]:
    displays = [
        _row("95078001", own_short=9), _row("95588", other_short=4), _row("057186000123", landline=3),
        _row("057187000123", landline=2), _row(None, unknown=1),
    ]  # fmt: skip
    splits = {"display": [_row("95078001"), _row("057187000123")], "line": [_row("13800138000")]}
    return {
        "metrics": [
            {"slug": "number_consistency", "unit": "%", "splits": {"display": displays}},
            {"slug": "closing_rate", "unit": "%", "splits": splits},
        ]
    }


def test_own_and_service_numbers_stay_and_others_are_masked_in_every_metric() -> None:
    numbers, tickets = mask_portrait(_portrait())["metrics"]
    keys = [row["key"] for row in numbers["splits"]["display"]]
    assert keys == ["95078001", "95588", "0571****23", "0571****23 (2)", None]
    assert [row["key"] for row in tickets["splits"]["display"]] == ["95078001", "0571****23 (2)"]
    assert tickets["splits"]["line"] == _portrait()["metrics"][1]["splits"]["line"]  # a line's name is no number


def test_masking_twice_is_masking_once_and_no_row_is_lost() -> None:
    data = mask_portrait(_portrait())
    assert mask_portrait(data) == data
    _header, body = sections.split_grid(data, "display", words(CHINESE))
    assert [row[0] for row in body] == ["95078001", "95588", "0571****23", "0571****23 (2)", "未知"]

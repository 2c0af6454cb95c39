"""Thirty-one provinces by short and full name; anything else is refused with the list."""

from __future__ import annotations

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import FULL, PROVINCES, short
from nianjian.engines.rules.rulebook import plain_province


def test_there_are_thirty_one_and_rules_shorten_them_the_same_way() -> None:
    assert len(PROVINCES) == len(set(PROVINCES)) == 31
    assert {name: plain_province(name) for name in FULL} == FULL


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("浙江", "浙江"),
        ("浙江省", "浙江"),
        (" 北京市 ", "北京"),
        ("宁夏回族自治区", "宁夏"),
        ("内蒙古自治区", "内蒙古"),
    ],
)
def test_either_name_is_kept_short(given: str, kept: str) -> None:
    assert short(given) == kept


@pytest.mark.parametrize("name", ["火星", "", "浙江市", "浙", "zhejiang"])
def test_an_unknown_one_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(NianjianError) as raised:
        short(name)
    assert raised.value.code == "province_unknown"
    assert "浙江" in str(raised.value.values["allowed"])

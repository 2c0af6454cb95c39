"""Credit codes, identity cards, licence numbers and how they are masked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.identifiers import FULL, PROVINCES, short
from nianjian.engines.rules.rulebook import plain_province

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

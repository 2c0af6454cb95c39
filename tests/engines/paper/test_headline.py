"""The sentence before the light: an estimate, never what an authority sees; what is missing is named."""

from __future__ import annotations

from typing import Any

import pytest

from nianjian.engines.paper import sections
from nianjian.engines.paper.words import CHINESE, ENGLISH, words


def _portrait(light: str, *metrics: dict[str, Any]) -> dict[str, Any]:
    return {"light": light, "metrics": list(metrics)}


def _metric(slug: str, light: str, *flags: tuple[str, str, int], **components: int) -> dict[str, Any]:
    told = [{"code": code, "light": colour, "count": number} for code, colour, number in flags]
    return {"slug": slug, "light": light, "flags": told, "components": components}


def test_a_decided_light_is_an_estimate_by_the_guide() -> None:
    data = _portrait("red", _metric("number_consistency", "red", ("evasion", "red", 80), unknown=1))
    assert sections.lead_text(data, words(CHINESE)) == "按指南口径推算"
    assert sections.missing_lines(data, words(CHINESE)) == ()


@pytest.mark.parametrize(
    ("language", "sentence", "lines"),
    [
        (
            CHINESE,
            "按现有数据，灯色无法判定",
            ("号码一致率缺少：1,580 次已送达外呼的外显号码", "结案率缺少：3 件投诉的受理时间"),
        ),
        (
            ENGLISH,
            "On the present data no light can be determined",
            (
                "Number consistency rate – missing: the display number of 1,580 delivered calls",
                "Closing rate – missing: the day of acceptance of 3 complaints",
            ),
        ),
    ],
)
def test_an_undecided_light_names_what_is_missing(language: str, sentence: str, lines: tuple[str, ...]) -> None:
    data = _portrait(
        "insufficient",
        _metric("seat_vacancy", "yellow", ("over_limit", "yellow", 9)),
        _metric(
            "number_consistency",
            "insufficient",
            ("evasion", "insufficient", 9000),
            ("unknown_high", "insufficient", 1580),
            unknown=1580,
        ),
        _metric("closing_rate", "insufficient", ("undated", "insufficient", 3)),
    )
    _ = words(language)
    assert sections.lead_text(data, _) == sentence
    assert sections.missing_lines(data, _) == lines
    made = sections.headline_html(data, _)
    assert made.count("<li>") == len(lines)
    assert "Estimated" not in made
    assert "推算" not in made


def test_without_any_record_everything_is_missing() -> None:
    data = _portrait("insufficient", _metric("seat_vacancy", "na"), _metric("closing_rate", "na"))
    assert sections.missing_lines(data, words(CHINESE)) == ("缺少：本数据年度的话单、坐席与投诉",)

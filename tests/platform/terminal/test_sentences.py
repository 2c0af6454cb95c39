import pytest

from nianjian.platform.terminal.language import sentence


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


def test_a_register_is_called_by_its_name_in_a_sentence() -> None:
    said = sentence("header_missing", {"file": "a.csv", "kind": "seats", "column": "坐席编号"})
    assert "坐席 的表头" in said
    assert "seats" not in said
    said = sentence("header_missing", {"file": "a.csv", "kind": "numbers", "column": "码号"})
    assert said == "a.csv：缺少表头 码号", "the register's name is the heading's"


def test_kinds_to_be_typed_stand_with_their_names() -> None:
    said = sentence("register_kind_unknown", {"kind": "cars", "kinds": "numbers, social-insurance"})
    assert "numbers (码号), social-insurance (社保缴费清单)" in said
    assert "cars" in said


def test_in_english_a_name_that_is_the_code_is_not_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    said = sentence("register_kind_unknown", {"kind": "cars", "kinds": "numbers, social-insurance, overlay"})
    assert "numbers, social-insurance, overlay (rule change)" in said


def test_metrics_and_papers_are_named() -> None:
    said = sentence(
        "attachment_metric_wrong", {"kind": "expansion_plan", "expected": "seat_vacancy", "metric": "complaint_rate"}
    )
    assert "_" not in said

"""The portrait on paper: same bytes each time, nothing loaded, nothing personal, both languages."""

import copy
import io
import re
import zipfile
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from nianjian.engines.paper import explanations, figures, sections
from nianjian.engines.paper.explanations import list_formulas, team_results, team_standing
from nianjian.engines.paper.people import mask_portrait
from nianjian.engines.paper.pictures import portrait_page
from nianjian.engines.paper.portrait_pdf import Stamp, portrait_content
from nianjian.engines.paper.words import words
from nianjian.engines.paper.workbook import portrait_workbook
from nianjian.engines.rules.load import load


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize(("language", "title"), [("en", "Seat vacancy rate"), ("zh_Hans", "坐席空置率")])
def test_page_is_the_same_bytes_loads_nothing_and_speaks_its_language(
    sample: dict[str, Any], language: str, title: str
) -> None:
    page = portrait_page(sample, language)
    assert page == portrait_page(sample, language)
    html = page.decode()
    tags = _Tags()
    tags.feed(html)
    assert not [tag for tag, _ in tags.tags if tag in {"script", "link", "img", "iframe", "object"}]
    assert not [attrs for _, attrs in tags.tags if any(name.startswith("on") or name == "style" for name in attrs)]
    assert sum(tag == "figure" for tag, _ in tags.tags) == 5
    assert [name for name in ("Seat vacancy rate", "坐席空置率") if name in html] == [title]
    left = [text for text in tags.text if re.search(r"[\u4e00-\u9fff]", text) and "《" not in text]
    assert (left == []) == (language == "en")
    assert "13800138000" in str(sample)
    assert "13800138000" not in html
    assert "138****8000" in html


def test_text_from_data_is_escaped(sample: dict[str, Any]) -> None:
    evil = {**sample, "enterprise": "<script>alert(1)</script>"}
    assert "<script" not in portrait_page(evil, "en").decode()


def test_workbook_is_the_same_bytes_and_can_be_read(sample: dict[str, Any]) -> None:
    data = portrait_workbook(sample, "zh_Hans")
    assert data == portrait_workbook(sample, "zh_Hans")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[0] == "合规画像"
    assert {"线路", "团队", "外显号码", "月份"} <= set(book.sheetnames)
    assert "13800138000" not in str([[cell.value for row in sheet for cell in row] for sheet in book])


@pytest.mark.parametrize(
    ("slug", "filed", "used", "expected"),
    [
        ("seat_vacancy", 100, 70, "0 more vacant seats"),
        ("seat_vacancy", 100, 69, "1 vacant seats too many"),  # also where the rate is that of opened seats: the worse
        ("closing_rate", 50, 49, "0 closed tickets to spare"),
        ("closing_rate", 49, 48, "1 closed tickets short"),
        ("closing_rate", 0, 0, "–"),
    ],
)
def test_headroom_is_exact_at_the_limit(slug: str, filed: int, used: int, expected: str) -> None:
    metric = {"slug": slug, "numerator": used, "denominator": filed, "limit": "98.0000"}
    if slug == "seat_vacancy":
        metric |= {"numerator": 29, "limit": "30.0000", "components": {"filed": filed, "opened_and_filed": used}}
    assert figures.headroom_text({"components": {}} | metric, words("en")) == expected


@pytest.mark.parametrize(("count", "expected"), [(699, "0 more"), (700, "1 landline or mobile calls too many")])
def test_headroom_of_evasion_is_red_at_the_limit_itself(count: int, expected: str) -> None:
    flag = {"code": "evasion", "count": count, "limit": "70.0000", "light": "green"}
    metric = {"slug": "number_consistency", "denominator": 1000, "components": {}, "flags": [flag]}
    assert figures.headroom_text(metric, words("en")).startswith(expected)


def test_every_split_has_a_grid_of_one_width(sample: dict[str, Any]) -> None:
    splits = sections.list_splits(sample)
    assert {"line", "team", "display", "kind", "month"} <= set(splits)
    for split in splits:
        header, body = sections.split_grid(sample, split, words("en"))
        assert body
        assert {len(row) for row in body} == {len(header)}


# A metric told in full: formula with its numbers, rules in words, what was left out, one team's own figures.

ENGLISH = words("en")
CHINESE = words("zh_Hans")


def metric(document: dict[str, Any], slug: str) -> dict[str, Any]:
    return next(one for one in document["metrics"] if one["slug"] == slug)


def test_numbers_stand_in_the_formula_of_the_base_that_the_rulebook_has(sample: dict[str, Any]) -> None:
    (vacancy,) = list_formulas(metric(sample, "seat_vacancy"), ENGLISH)
    assert vacancy.numbers == "(100 − 60) ÷ 100 = 40.0000 %"
    assert vacancy.decision == "40 × 10 = 400 > 100 × 3 = 300  (> 30 %)"
    consistency, evasion = list_formulas(metric(sample, "number_consistency"), ENGLISH)
    assert consistency.decision == ""
    assert "landline or mobile" in evasion.words
    assert "(≥ 70 %)" in evasion.decision
    (closing,) = list_formulas(metric(sample, "closing_rate"), ENGLISH)
    assert " < " in closing.decision
    rate = metric(sample, "complaint_rate")
    turned = rate | {"denominator": rate["components"]["delivered"]}
    other = copy.deepcopy(metric(sample, "number_consistency"))
    other["components"]["answered"] = other["components"].pop("delivered")
    for entry, base in ((rate, "answered"), (turned, "delivered"), (other, "answered")):
        assert base in list_formulas(entry, ENGLISH)[0].words
    (nothing,) = list_formulas(rate | {"numerator": 2, "denominator": 0, "value": None}, ENGLISH)
    assert (nothing.numbers[-7:], nothing.decision) == ("÷ 0 = –", "")


def test_every_rule_of_the_portrait_can_be_said(sample: dict[str, Any]) -> None:
    said = {one["key"]: explanations.value_text(one, ENGLISH) for one in sample["rules"]}
    assert said["portrait.seat_vacancy.limit"] == "> 30 %"
    assert said["portrait.closing_rate.on_time"] == "≤ 24 hours"
    assert said["portrait.complaint_rate.low_volume"] == "< 10,000 calls"
    assert said["portrait.number_consistency.evasion_light"] == "red"
    assert said["portrait.seat_vacancy.attachments"] == "outsourcing agreement, expansion plan"
    assert said["portrait.number_consistency.attachments"] == "–"
    assert not [key for key, text in said.items() if re.search(r"[{]|Decimal|^\[", text)]


def test_conflicts_that_are_named_exist() -> None:
    rule_keys = {rule.key for rule in load().rules}
    assert {key for keys in explanations.CONFLICTS.values() for key in keys} <= rule_keys


def test_a_changed_value_says_who_and_why(sample: dict[str, Any]) -> None:
    document = copy.deepcopy(sample)
    limit = next(one for one in document["rules"] if one["key"] == "portrait.closing_rate.limit")
    limit["overlay"] = {"who": "user:a + user:b", "when": "2026-11-01T08:00:00", "reason": "省局要求"}
    (rule,) = [
        one for one in explanations.rules_of_metric(document, "closing_rate", "en", ENGLISH) if one.key == limit["key"]
    ]
    assert rule.changed == "changed by a + b on 2026-11-01: 省局要求"
    assert explanations.rules_of_metric({**document, "rules": []}, "closing_rate", "en", ENGLISH) == ()


def test_what_is_left_out_has_a_sentence_and_a_count(sample: dict[str, Any]) -> None:
    document = copy.deepcopy(sample)
    rate = metric(document, "complaint_rate")
    rate["components"]["excluded"] = dict.fromkeys(explanations.REASONS, 2) | {"duplicate": 0}
    document["quality"]["calls"]["tests"] = 7
    by_reason = {
        reason: (text, number) for reason, text, number in explanations.exclusion_lines(document, rate, ENGLISH)
    }
    assert set(by_reason) == {"not_accepted", "not_own_number", "not_a_call", "tests"}
    assert by_reason["tests"] == ("7 test calls are not counted in any rate.", 7)
    assert explanations.exclusion_lines(document, metric(document, "seat_vacancy"), ENGLISH) == ()


def test_a_team_sees_its_own_figures(sample: dict[str, Any]) -> None:
    row = next(one for one in metric(sample, "number_consistency")["splits"]["team"] if one["key"] == "T1")
    mine = {one["slug"]: one for one in team_results(sample, "T1")}
    assert set(mine) == {"complaint_rate", "number_consistency", "closing_rate"}
    assert mine["number_consistency"]["components"]["delivered"] == row["denominator"]
    assert mine["number_consistency"]["value"] == row["value"]
    assert "splits" not in mine["number_consistency"]
    for one in team_standing(sample, "T1"):
        room, row = figures.find_headroom(one), mine[one["slug"]]
        assert {name: one["components"][name] for name in row["components"]} == row["components"]
        beyond = room is not None and (room.used < room.limit if room.least else room.used > room.limit)
        assert beyond == (row["light"] not in {"green", "na", "insufficient"}), "the distance says what the light says"
    foreign = copy.deepcopy(sample)
    entry = metric(foreign, "number_consistency")
    entry["flags"] = [*(entry.get("flags") or ()), {"code": "other_short", "light": "red", "count": 9}]
    next(one for one in entry["splits"]["team"] if one["key"] == "T1")["other_short"] = 2
    (mine_too,) = (one for one in team_standing(foreign, "T1") if one["slug"] == "number_consistency")
    assert [(one["code"], one["count"]) for one in mine_too["flags"]][1:] == [("other_short", 2)]
    nobody = {one["slug"]: one for one in team_results(sample, "nobody")}
    assert nobody["closing_rate"] | {"components": {}} == {
        **nobody["closing_rate"], "numerator": 0, "denominator": 0, "value": None, "light": "na", "components": {},
    }  # fmt: skip


def test_a_page_for_print_is_masked_and_speaks_one_language(sample: dict[str, Any]) -> None:
    content = portrait_content(sample, "en", Stamp("Demo", "", 7, "f" * 64))
    text = str({name: part for name, part in content.items() if name != "cards"})
    assert "f" * 16 not in text
    assert sample["rulebook"]["version"] not in text
    assert not re.search(r"[\u4e00-\u9fff]", text)
    assert "13800138000" not in str(portrait_content(mask_portrait(sample), "zh_Hans", Stamp("示范", "", 7, "f" * 64)))


def test_no_rule_shows_a_code_to_people() -> None:
    """Every word of a rule's value that reads like a code has a name in both languages."""
    code = re.compile(r"[a-z]+(_[a-z0-9]+)*")

    def codes(value: object) -> set[str]:
        if isinstance(value, Mapping):
            return {key for key in value if code.fullmatch(key)}.union(*(codes(one) for one in value.values()))
        if isinstance(value, tuple):
            return set().union(*(codes(one) for one in value))
        return {value} if isinstance(value, str) and code.fullmatch(value) else set()

    by_code = {
        one: rule for rule in load().rules if rule.unit not in {"light", "purposes"} for one in codes(rule.value)
    }
    assert len(by_code) > 100
    for one, rule in by_code.items():
        record = {"value": one, "unit": "text", "operator": None}
        assert re.search("[\u4e00-\u9fff]", explanations.value_text(record, CHINESE)), (rule.key, one)
        assert "_" not in explanations.value_text(record, ENGLISH), (rule.key, one)


def test_a_value_of_parts_names_each_and_the_rules_that_it_means() -> None:
    record = {"key": "k", "unit": "limits", "operator": None}
    record["value"] = {"limits": [{"calls": 5, "hours": 1}], "rules": ["a.b"], "board": "special"}
    text = explanations.value_text(record, CHINESE, {"a.b": "另一条"})
    assert text == "限值：(通话：5 · 时段：1); 规则：另一条; 板块：专项"
    record |= {"unit": "purposes", "value": {"marketing": ["营销", "sales"]}}
    assert explanations.value_text(record, CHINESE) == "营销：营销 + sales", (
        "words that are looked for stand as they are"
    )

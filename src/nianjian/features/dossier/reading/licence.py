"""许可证正副本: number, holder, last day, and whether both parts are in the file."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, cast

from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.business_licence import COMPANY, first_match
from nianjian.features.dossier.reading.text import Facts, Line, PageText, Span, find_dates, find_span, text_after

LABELS: Final = (
    "经营许可证编号", "许可证编号", "许可证号", "证书编号", "编号", "单位名称", "公司名称", "企业名称", "名称",
    "法定代表人", "注册地址", "注册资本", "业务种类", "业务覆盖范围", "覆盖范围", "有效期", "发证日期", "发证机关",
    "网站", "服务项目",
)  # fmt: skip
NUMBER: Final = re.compile(r"[一-鿿]?(?:[ABab8][0-9IlO]\.)*[ABab8][0-9IlO]{1,2}[-.]?[0-9OIlSZ]{6,10}(?:-[0-9]+)?")
LETTERS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "S": "5", "Z": "2"})


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `number` and `name` as the register has them."""
    facts = Facts()
    _enter_number(facts, pages, expected)
    name = first_match(text_after(pages, ("单位名称", "公司名称", "企业名称", "名称"), others=LABELS, below=1), COMPANY)
    facts.enter_text("name", name, expected)
    _enter_expiry(facts, pages, book, asked_on)
    parts = cast("Mapping[str, tuple[str, ...]]", book.value("materials.licence.number"))["parts"]
    text = "".join(page.plain for page in pages)
    facts.fields["parts"] = [part for part in parts if part in text]
    for part in parts:
        if part not in text:
            facts.ask("licence_part_missing", part=part)
    return facts


def _enter_number(facts: Facts, pages: Sequence[PageText], expected: Mapping[str, str]) -> None:
    labelled = text_after(pages, LABELS[:5], others=LABELS[5:])
    numbers: dict[str, tuple[Line, bool]] = {}
    for line in (*labelled, *(row for page in pages for row in page.rows)):
        for hit in NUMBER.finditer(line.plain):
            text, repaired = _mended(hit.group())
            if licence_number(text).usual:
                numbers.setdefault(text, (line, repaired))
    if not numbers:
        if labelled:
            facts.ask("licence_number_unusual", labelled[0].page)
        else:
            facts.ask("field_missing", field="number")
        return
    if len(numbers) > 1:
        facts.ask("licence_numbers_several", count=len(numbers))
        return
    text, (line, repaired) = numbers.popitem()
    facts.enter("number", text, line)
    if repaired:
        facts.ask("licence_number_repaired", line.page, number=text)
    if (expected_number := expected.get("number")) and expected_number != text:
        facts.stop("licence_number_differs", line.page, read=text, wanted=expected_number)


def _mended(text: str) -> tuple[str, bool]:
    """The number with letters among its digits put right; a sign in front that is no province is dropped."""
    head, _dash, tail = text.upper().partition("-")
    number = f"{head}-{tail.translate(LETTERS)}"
    if number[0] >= "一" and not licence_number(number).usual:
        number = number[1:]
        return number, number != text[1:]
    return number, number != text


def _enter_expiry(facts: Facts, pages: Sequence[PageText], book: Rulebook, asked_on: date) -> None:
    others = [label for label in LABELS if label != "有效期"]
    lines = text_after(pages, ("有效期限", "有效期至", "有效期"), others=others, below=1)
    for line in lines:
        span, days = find_span(line.plain), find_dates(line.plain)
        end = span.to if span else (days[0].day if len(days) == 1 else None)
        if end is None:
            continue
        facts.enter_expiry("expiry", Span(None, end), line, asked_on)
        due = end - timedelta(days=book.integer("licence.renewal"))
        facts.fields["renewal_due"] = due.isoformat()
        if due <= asked_on <= end:
            facts.note("renewal_due", line.page, due=due.isoformat(), expiry=end.isoformat())
        return
    if lines:
        facts.ask("field_unreadable", lines[0].page, field="expiry")
    else:
        facts.ask("field_missing", field="expiry")

"""营业执照: name, credit code with its check digit, legal representative, validity."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import Facts, Line, PageText, credit_codes, find_span, text_after

LABELS: Final = (
    "统一社会信用代码", "名称", "类型", "法定代表人", "负责人", "经营范围", "注册资本", "成立日期", "营业期限",
    "经营期限", "住所", "营业场所", "登记机关", "有效期",
)  # fmt: skip
COMPANY: Final = re.compile(r"[一-鿿()A-Z0-9]{2,40}(公司|分公司|集团|合伙\)|事务所|中心|厂|行|店)")
TYPED: Final = re.compile(r"(.*公司)(其他)?(有限责任公司|股份有限公司)$")
PERSON: Final = re.compile(r"[一-鿿·.]{2,12}")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `name`, `credit_code`, `legal_representative` as the register has them."""
    del book
    facts = Facts(personal=frozenset({"legal_representative"}))
    candidates = credit_codes(line for page in pages for line in page.lines)
    code = facts.enter_code("credit_code", candidates, bad="credit_code_bad", several="credit_codes_several")
    if code and code.repaired:
        facts.fields["credit_code_repaired"] = True
        facts.ask("credit_code_repaired", code.line.page, read=code.text)
    if code and (expected_code := expected.get("credit_code")) and expected_code != code.text:
        facts.stop("credit_code_differs", code.line.page, read=code.text, wanted=expected_code)
    name = first_match(text_after(pages, ("企业名称", "名称"), others=LABELS, below=1), COMPANY)
    if name and (hit := TYPED.match(name.plain)):  # the kind of company, which stands in the row below, is no part
        name = replace(name, text=hit[1])
    facts.enter_text("name", name, expected)
    person = first_match(text_after(pages, ("法定代表人", "负责人", "执行事务合伙人"), others=LABELS), PERSON)
    facts.enter_text("legal_representative", person, expected)
    lines = text_after(pages, ("营业期限", "经营期限", "有效期限", "有效期"), others=LABELS, below=1)
    for line in lines:
        if span := find_span(line.plain):
            facts.enter_expiry("valid_until", span, line, asked_on)
            return facts
    if lines:
        facts.ask("field_unreadable", lines[0].page, field="valid_until")
    else:  # licences of today name no end: it stands in the public register
        facts.fields["valid_until"] = "not_told"
        facts.note("validity_not_told")
    return facts


def first_match(lines: Sequence[Line], shape: re.Pattern[str]) -> Line | None:
    """The first of the lines that has the shape, and nothing but it."""
    return next((replace(line, text=hit[0]) for line in lines if (hit := shape.match(line.plain))), None)

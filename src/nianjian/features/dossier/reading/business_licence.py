"""营业执照: name, credit code with its check digit, legal representative, validity."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text import (
    Code,
    Evidence,
    Facts,
    Line,
    PageText,
    Span,
    ask_finding,
    credit_codes,
    find_span,
    note_finding,
    same_name,
    stop_finding,
    text_after,
    to_evidence,
    unsure_finding,
)

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
    fields: dict[str, object] = {}
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    _credit(pages, expected, fields, findings, evidence)
    name = first_match(text_after(pages, ("企业名称", "名称"), others=LABELS, below=1), COMPANY)
    enter_value("name", _untyped(name), expected, fields=fields, findings=findings, evidence=evidence)
    person = first_match(text_after(pages, ("法定代表人", "负责人", "执行事务合伙人"), others=LABELS), PERSON)
    enter_value("legal_representative", person, expected, fields=fields, findings=findings, evidence=evidence)
    _validity(pages, asked_on, fields, findings, evidence)
    return Facts(fields, tuple(findings), tuple(evidence), frozenset({"legal_representative"}))


def _untyped(name: Line | None) -> Line | None:
    """The kind of company, which stands in the row below, is no part of a name that it was read together with."""
    if name is None or not (hit := TYPED.match(name.plain)):
        return name
    return Line(hit.group(1), name.confidence, name.box, name.page)


def first_match(lines: Sequence[Line], shape: re.Pattern[str]) -> Line | None:
    """The first of the lines that has the shape, and nothing but it."""
    for line in lines:
        if hit := shape.match(line.plain):
            return Line(hit.group(), line.confidence, line.box, line.page)
    return None


def enter_value(
    field: str,
    line: Line | None,
    expected: Mapping[str, str],
    *,
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    """Enter a value that was read, and hold it against what is known: a person sees every difference."""
    if line is None:
        findings.append(ask_finding("field_missing", field=field))
        return
    fields[field] = line.plain
    evidence.append(to_evidence(field, line))
    findings += unsure_finding(field, line)
    if (wanted := expected.get(field)) and not same_name(line.plain, wanted):
        findings.append(ask_finding("field_differs", line.page, field=field))


def _credit(
    pages: Sequence[PageText],
    expected: Mapping[str, str],
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    codes, bad = credit_codes(line for page in pages for line in page.lines)
    if not codes:
        findings.append(
            ask_finding("credit_code_bad", bad[0].page) if bad else ask_finding("field_missing", field="credit_code")
        )
        return
    if len({code.text for code in codes}) > 1:
        findings.append(
            ask_finding("credit_codes_several", codes[0].line.page, count=len({code.text for code in codes}))
        )
        return
    code: Code = min(codes, key=lambda one: one.repaired)
    fields["credit_code"] = code.text
    evidence.append(to_evidence("credit_code", code.line))
    findings += unsure_finding("credit_code", code.line)
    if code.repaired:
        fields["credit_code_repaired"] = True
        findings.append(ask_finding("credit_code_repaired", code.line.page, read=code.text))
    if (wanted := expected.get("credit_code")) and wanted != code.text:
        findings.append(stop_finding("credit_code_differs", code.line.page, read=code.text, wanted=wanted))


def _validity(
    pages: Sequence[PageText],
    asked_on: date,
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    lines = text_after(pages, ("营业期限", "经营期限", "有效期限", "有效期"), others=LABELS, below=1)
    for line in lines:
        if found := find_span(line.plain):
            evidence.append(to_evidence("valid_until", line))
            findings += unsure_finding("valid_until", line)
            fields["valid_until"] = last_day(found)
            if found.to and found.to < asked_on:
                findings.append(
                    stop_finding("expired", line.page, expiry=found.to.isoformat(), asked_on=asked_on.isoformat())
                )
            return
    if lines:
        findings.append(ask_finding("field_unreadable", lines[0].page, field="valid_until"))
    else:  # licences of today name no end: it stands in the public register
        fields["valid_until"] = "not_told"
        findings.append(note_finding("validity_not_told"))


def last_day(found: Span) -> str:
    """The last day, or `forever`."""
    return found.to.isoformat() if found.to else "forever"

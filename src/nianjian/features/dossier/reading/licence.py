"""许可证正副本: number, holder, last day, and whether both parts are in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, cast

from nianjian.engines.kernel.identifiers import licence_number
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.business_licence import COMPANY, enter_value, first_match
from nianjian.features.dossier.reading.text import (
    Evidence,
    Facts,
    Line,
    PageText,
    ask_finding,
    find_dates,
    find_span,
    note_finding,
    stop_finding,
    text_after,
    to_evidence,
    unsure_finding,
)

LABELS: Final = (
    "经营许可证编号", "许可证编号", "许可证号", "证书编号", "编号", "单位名称", "公司名称", "企业名称", "名称",
    "法定代表人", "注册地址", "注册资本", "业务种类", "业务覆盖范围", "覆盖范围", "有效期", "发证日期", "发证机关",
    "网站", "服务项目",
)  # fmt: skip
NUMBER: Final = re.compile(r"[一-鿿]?(?:[ABab8][0-9IlO]\.)*[ABab8][0-9IlO]{1,2}[-.]?[0-9OIlSZ]{6,10}(?:-[0-9]+)?")
LETTERS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "S": "5", "Z": "2"})


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `number` and `name` as the register has them."""
    fields: dict[str, object] = {}
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    _number(pages, expected, fields, findings, evidence)
    name = first_match(text_after(pages, ("单位名称", "公司名称", "企业名称", "名称"), others=LABELS, below=1), COMPANY)
    enter_value("name", name, expected, fields=fields, findings=findings, evidence=evidence)
    _expiry(pages, book, asked_on, fields=fields, findings=findings, evidence=evidence)
    parts = cast("Mapping[str, tuple[str, ...]]", book.value("materials.licence.number"))["parts"]
    text = "".join(page.plain for page in pages)
    missing = [part for part in parts if part not in text]
    fields["parts"] = [part for part in parts if part in text]
    findings += [ask_finding("licence_part_missing", part=part) for part in missing]
    return Facts(fields, tuple(findings), tuple(evidence))


def _number(
    pages: Sequence[PageText],
    expected: Mapping[str, str],
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    labelled = text_after(pages, LABELS[:5], others=LABELS[5:])
    loose = [line for page in pages for line in page.rows]
    found: dict[str, tuple[Line, bool]] = {}
    for line in (*labelled, *loose):
        for hit in NUMBER.finditer(line.plain):
            text, repaired = _mended(hit.group())
            if licence_number(text).usual:
                found.setdefault(text, (line, repaired))
    if not found:
        findings.append(
            ask_finding("licence_number_unusual", labelled[0].page)
            if labelled
            else ask_finding("field_missing", field="number")
        )
        return
    if len(found) > 1:
        findings.append(ask_finding("licence_numbers_several", count=len(found)))
        return
    text, (line, repaired) = found.popitem()
    fields["number"] = text
    evidence.append(to_evidence("number", line))
    findings += unsure_finding("number", line)
    if repaired:
        findings.append(ask_finding("licence_number_repaired", line.page, number=text))
    if (wanted := expected.get("number")) and wanted != text:
        findings.append(stop_finding("licence_number_differs", line.page, read=text, wanted=wanted))


def _mended(text: str) -> tuple[str, bool]:
    """The number with letters among its digits put right; a sign in front that is no province is dropped."""
    head, _dash, tail = text.upper().partition("-")
    told = f"{head}-{tail.translate(LETTERS)}"
    if told[0] >= "一" and not licence_number(told).usual:
        told = told[1:]
        return told, told != text[1:]
    return told, told != text


def _expiry(
    pages: Sequence[PageText],
    book: Rulebook,
    asked_on: date,
    *,
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    lines = text_after(
        pages, ("有效期限", "有效期至", "有效期"), others=[one for one in LABELS if one != "有效期"], below=1
    )
    for line in lines:
        found, days = find_span(line.plain), find_dates(line.plain)
        end = found.to if found else (days[0].day if len(days) == 1 else None)
        if end is None:
            continue
        fields["expiry"] = end.isoformat()
        evidence.append(to_evidence("expiry", line))
        findings += unsure_finding("expiry", line)
        due = end - timedelta(days=book.integer("licence.renewal"))
        fields["renewal_due"] = due.isoformat()
        if end < asked_on:
            findings.append(stop_finding("expired", line.page, expiry=end.isoformat(), asked_on=asked_on.isoformat()))
        elif due <= asked_on:
            findings.append(note_finding("renewal_due", line.page, due=due.isoformat(), expiry=end.isoformat()))
        return
    findings.append(
        ask_finding("field_unreadable", lines[0].page, field="expiry")
        if lines
        else ask_finding("field_missing", field="expiry")
    )

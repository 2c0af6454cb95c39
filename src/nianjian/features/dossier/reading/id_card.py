"""法人身份证: number with its check digit, name, last day; both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.kernel.identifiers import identity_card
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.business_licence import enter_value, first_match, last_day
from nianjian.features.dossier.reading.text import (
    Evidence,
    Facts,
    PageText,
    ask_finding,
    find_span,
    identities,
    stop_finding,
    text_after,
    to_evidence,
    unsure_finding,
)

LABELS: Final = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限")
NAME: Final = re.compile(r"[㐀-鿿𠀀-𯿿.]{2,15}")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `name`, as the business licence has the legal representative."""
    del book
    fields: dict[str, object] = {}
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    name = first_match(text_after(pages, ("姓名",), others=LABELS), NAME)
    enter_value("name", name, expected, fields=fields, findings=findings, evidence=evidence)
    _number(pages, fields, findings, evidence)
    _expiry(pages, asked_on, fields, findings, evidence)
    return Facts(fields, tuple(findings), tuple(evidence), frozenset({"name", "id_number", "born"}))


def _number(
    pages: Sequence[PageText], fields: dict[str, object], findings: list[Finding], evidence: list[Evidence]
) -> None:
    codes, bad = identities(line for page in pages for line in page.rows)
    labelled, wrong = identities(text_after(pages, ("公民身份号码",), others=()))
    codes, bad = [*codes, *labelled], [*bad, *wrong]
    if not codes:
        findings.append(
            ask_finding("identity_bad", bad[0].page) if bad else ask_finding("field_missing", field="id_number")
        )
        return
    if len({code.text for code in codes}) > 1:
        findings.append(ask_finding("identities_several", codes[0].line.page, count=len({code.text for code in codes})))
        return
    code = min(codes, key=lambda one: one.repaired)
    fields["id_number"] = code.text
    evidence.append(to_evidence("id_number", code.line))
    findings += unsure_finding("id_number", code.line)
    if code.repaired:
        findings.append(ask_finding("identity_repaired", code.line.page))
    text = "".join(page.plain for page in pages)
    born = identity_card(code.text).born
    fields["born"] = born.isoformat()
    if f"{born.year}年{born.month}月{born.day}日" not in text:
        findings.append(ask_finding("birth_date_differs", code.line.page))


def _expiry(
    pages: Sequence[PageText],
    asked_on: date,
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    lines = text_after(pages, ("有效期限",), others=("签发机关",), below=1)
    for line in lines:
        if found := find_span(line.plain):
            fields["expiry"] = last_day(found)
            evidence.append(to_evidence("expiry", line))
            findings += unsure_finding("expiry", line)
            if found.to and found.to < asked_on:
                findings.append(
                    stop_finding("expired", line.page, expiry=found.to.isoformat(), asked_on=asked_on.isoformat())
                )
            return
    findings.append(
        ask_finding("field_unreadable", lines[0].page, field="expiry")
        if lines
        else ask_finding("side_missing", field="expiry")
    )

"""法人身份证: number with its check digit, name, last day; both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.kernel.identifiers import identity_card
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.business_licence import ended, first, keep
from nianjian.features.dossier.reading.text import (
    Evidence,
    Facts,
    PageText,
    after,
    ask,
    identities,
    span,
    stop,
    to_evidence,
    unsure,
)

LABELS: Final = ("姓名", "性别", "民族", "出生", "住址", "公民身份号码", "签发机关", "有效期限")
NAME: Final = re.compile(r"[㐀-鿿𠀀-𯿿.]{2,15}")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `name`, as the business licence has the legal representative."""
    del book
    fields: dict[str, object] = {}
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    name = first(after(pages, ("姓名",), others=LABELS), NAME)
    keep("name", name, expected, fields=fields, findings=findings, evidence=evidence)
    _number(pages, fields, findings, evidence)
    _expiry(pages, asked_on, fields, findings, evidence)
    return Facts(fields, tuple(findings), tuple(evidence), frozenset({"name", "id_number", "born"}))


def _number(
    pages: Sequence[PageText], fields: dict[str, object], findings: list[Finding], evidence: list[Evidence]
) -> None:
    codes, bad = identities(line for page in pages for line in page.rows)
    labelled, wrong = identities(after(pages, ("公民身份号码",), others=()))
    codes, bad = [*codes, *labelled], [*bad, *wrong]
    if not codes:
        findings.append(ask("identity_bad", bad[0].page) if bad else ask("field_missing", field="id_number"))
        return
    if len({code.text for code in codes}) > 1:
        findings.append(ask("identities_several", codes[0].line.page, count=len({code.text for code in codes})))
        return
    code = min(codes, key=lambda one: one.repaired)
    fields["id_number"] = code.text
    evidence.append(to_evidence("id_number", code.line))
    findings += unsure("id_number", code.line)
    if code.repaired:
        findings.append(ask("identity_repaired", code.line.page))
    text = "".join(page.plain for page in pages)
    born = identity_card(code.text).born
    fields["born"] = born.isoformat()
    if f"{born.year}年{born.month}月{born.day}日" not in text:
        findings.append(ask("birth_date_differs", code.line.page))


def _expiry(
    pages: Sequence[PageText],
    asked_on: date,
    fields: dict[str, object],
    findings: list[Finding],
    evidence: list[Evidence],
) -> None:
    lines = after(pages, ("有效期限",), others=("签发机关",), below=1)
    for line in lines:
        if found := span(line.plain):
            fields["expiry"] = ended(found)
            evidence.append(to_evidence("expiry", line))
            findings += unsure("expiry", line)
            if found.to and found.to < asked_on:
                findings.append(stop("expired", line.page, expiry=found.to.isoformat(), asked_on=asked_on.isoformat()))
            return
    findings.append(
        ask("field_unreadable", lines[0].page, field="expiry") if lines else ask("side_missing", field="expiry")
    )

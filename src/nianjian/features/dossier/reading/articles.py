"""公司章程: whose, and of which day; whether it is the latest version only a person knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text import (
    Facts,
    PageText,
    ask_finding,
    check_page_order,
    find_dates,
    fold_name,
    stop_finding,
    to_evidence,
    unsure_finding,
)


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """The last date of the paper is that of its version. ``expected``: `name` of the enterprise."""
    del book
    findings: list[Finding] = [*check_page_order(pages)]
    text = "".join(page.plain for page in pages)
    if "章程" not in text:
        findings.append(ask_finding("articles_not_recognised"))
    if (name := expected.get("name")) and fold_name(name) not in fold_name(text):
        findings.append(ask_finding("name_not_found", name=name))
    told = [(found, row) for page in pages for row in page.rows for found in find_dates(row.plain)]
    if not told:
        return Facts({}, (*findings, ask_finding("field_missing", field="dated")))
    found, row = told[-1]
    findings += unsure_finding("dated", row)
    if found.day > asked_on:
        findings.append(
            stop_finding("dated_later", row.page, dated=found.day.isoformat(), asked_on=asked_on.isoformat())
        )
    return Facts({"dated": found.day.isoformat()}, tuple(findings), (to_evidence("dated", row),))

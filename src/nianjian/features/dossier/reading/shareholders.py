"""股权结构表: who holds how much; the shares must sum to exactly the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text import (
    Evidence,
    Facts,
    PageText,
    ask_finding,
    find_table,
    stop_finding,
    to_evidence,
    unsure_finding,
)

COLUMNS: Final = {
    "row": ("序号", "编号", "行次"),  # where many a table writes that a row is the sum
    "holder": ("股东名称", "股东姓名", "股东", "出资人", "投资人", "姓名", "名称"),
    "share": ("持股比例", "股权比例", "出资比例", "占比", "比例", "股份比例"),
    "amount": ("认缴出资额", "出资额", "认缴", "实缴"),
}
SHARE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,8})?)%?")
SUMS: Final = ("合计", "总计", "小计")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """The shares of the table's rows, and the sum that it prints itself."""
    del asked_on, expected
    whole = book.decimal("materials.shares.total")
    findings: list[Finding] = []
    evidence: list[Evidence] = []
    shares: list[Decimal] = []
    printed: Decimal | None = None
    for row in find_table(pages, COLUMNS, "share"):
        cell, holder = row.cells.get("share"), row.cells.get("holder")
        if cell is None:
            if holder is not None and "amount" in row.cells and not holder.plain.startswith(SUMS):
                findings.append(ask_finding("row_unreadable", row.page, column="share"))
            continue
        hit = SHARE.fullmatch(cell.plain)
        if hit is None:
            findings.append(ask_finding("row_unreadable", row.page, column="share"))
            continue
        if any(one.plain.startswith(SUMS) for one in row.cells.values()):
            printed = Decimal(hit.group(1))
            continue
        shares.append(Decimal(hit.group(1)))
        evidence.append(to_evidence("shares", cell))
        findings += unsure_finding("shares", cell)
        if holder is None:
            findings.append(ask_finding("row_unreadable", row.page, column="holder"))
    if not shares:
        return Facts({}, (*findings, ask_finding("list_without_rows")))
    total = sum(shares, Decimal(0))
    fields = {"holders": len(shares), "total": str(total)}
    if total != whole:
        findings.append((ask_finding if findings else stop_finding)("shares_sum", total=total, wanted=whole))
    if printed is not None and printed != total:
        findings.append(ask_finding("shares_printed_sum", printed=printed, total=total))
    return Facts(fields, tuple(findings), tuple(evidence))

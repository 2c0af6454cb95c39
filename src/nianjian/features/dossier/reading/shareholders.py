"""股权结构表: who holds how much; the shares must sum to exactly the whole."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import Facts, PageText, find_table

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
    facts, whole = Facts(), book.decimal("materials.shares.total")
    shares: list[Decimal] = []
    printed: Decimal | None = None
    for row in find_table(pages, COLUMNS, "share"):
        cell, holder = row.cells.get("share"), row.cells.get("holder")
        if cell is None:
            if holder is not None and "amount" in row.cells and not holder.plain.startswith(SUMS):
                facts.ask("row_unreadable", row.page, column="share")
        elif (hit := SHARE.fullmatch(cell.plain)) is None:
            facts.ask("row_unreadable", row.page, column="share")
        elif any(one.plain.startswith(SUMS) for one in row.cells.values()):
            printed = Decimal(hit[1])
        else:
            shares.append(Decimal(hit[1]))
            facts.check_sure("shares", cell)
            if holder is None:
                facts.ask("row_unreadable", row.page, column="holder")
    if not shares:
        facts.ask("list_without_rows")
        return facts
    total = sum(shares, Decimal(0))
    facts.fields |= {"holders": len(shares), "total": str(total)}
    if total != whole:
        (facts.ask if facts.findings else facts.stop)("shares_sum", total=total, wanted=whole)
    if printed is not None and printed != total:
        facts.ask("shares_printed_sum", printed=printed, total=total)
    return facts

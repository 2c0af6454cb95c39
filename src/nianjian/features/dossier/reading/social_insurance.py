"""社保缴费清单: who was paid for in which months, and whether the last months before submission are a run."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.text import (
    SURE,
    Evidence,
    Facts,
    Line,
    PageText,
    TableRow,
    ask_finding,
    check_page_order,
    find_table,
    fold_name,
    nearly_same_name,
    note_finding,
    same_name,
    stop_finding,
    to_evidence,
)

COLUMNS: Final = {
    "name": ("姓名", "参保人姓名", "职工姓名", "人员姓名"),
    "months": ("月数", "缴费月数", "实缴月数"),
    "period": ("费款所属期", "所属期", "缴费起止", "缴费年月", "缴费月份", "缴费期间", "起止年月", "费款所属"),
    "begin": ("起始年月", "缴费起始", "开始年月"),
    "end": ("终止年月", "截止年月", "缴费截止", "结束年月"),
    "state": ("状态", "缴费状态", "到账状态"),
    "number": ("社会保障号码", "证件号码", "身份证号", "公民身份号码", "社会保障号"),
}
MONTH: Final = re.compile(r"(20\d{2})[年./-]?(1[0-2]|0?[1-9])(?!\d)月?")
NAME: Final = re.compile(r"[㐀-鿿𠀀-𯿿][㐀-鿿𠀀-𯿿.]{1,14}")
SUMS: Final = ("合计", "总计", "小计", "单位名称", "制表", "打印", "备注")
UNPAID: Final = ("欠费", "未缴", "未到账", "未缴费", "中断", "补缴未到")
LONGEST: Final = 600  # months of a period that can be meant
YEAR: Final = 12


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `people`, the names of the staff, parted by line ends, as far as they are known."""
    findings: list[Finding] = [*check_page_order(pages)]
    evidence: list[Evidence] = []
    known = [name for name in expected.get("people", "").split("\n") if name]
    paid = _paid(find_table(pages, COLUMNS, "name"), findings, evidence)
    if not paid:
        findings.append(ask_finding("list_without_rows"))
        return Facts({}, tuple(findings))
    people, missing = _matched(paid, known, findings)
    covered = set.union(*paid.values())
    last = _run(covered, asked_on.year * YEAR + asked_on.month)
    everyone = {month for month in last if all(month in months for months in paid.values())}
    fields: dict[str, object] = {
        "months": len(last),
        "from": _month(last[0]) if last else None,
        "to": _month(last[-1]) if last else None,
        "people": len(people),
        "covered_throughout": sum(all(month in months for month in last) for months in paid.values()),
        "names": sorted(people),
    }
    wanted = book.integer("materials.social_insurance.months")
    if len(last) < wanted:
        findings.append(stop_finding("months_too_few", months=len(last), wanted=wanted))
    elif len(_run(everyone, asked_on.year * YEAR + asked_on.month)) < wanted:
        findings.append(ask_finding("people_not_throughout", months=wanted))
    if last and asked_on.year * YEAR + asked_on.month - last[-1] > 1:
        findings.append(note_finding("months_end_early", last=_month(last[-1])))
    if len(people) < book.integer("materials.social_insurance.staff"):
        findings.append(
            ask_finding("people_few", people=len(people), wanted=book.integer("materials.social_insurance.staff"))
        )
    if missing:
        findings.append(ask_finding("people_missing", count=len(missing)))
    return Facts(fields, tuple(findings), tuple(evidence), frozenset({"names"}))


def _paid(rows: Sequence[TableRow], findings: list[Finding], evidence: list[Evidence]) -> dict[str, set[int]]:
    """Months by name; a row that cannot be read whole is a finding and counts for nothing."""
    paid: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        name, months = row.cells.get("name"), set(_months(row))
        if name is None or name.plain.startswith(SUMS):
            if months and name is None:
                findings.append(ask_finding("row_unreadable", row.page, column="name"))
            continue
        hit = NAME.fullmatch(name.plain)
        if hit is None or not months:
            if months or len(row.cells) > 2:  # noqa: PLR2004 - a title has fewer cells than a row
                findings.append(ask_finding("row_unreadable", row.page, column="period" if hit else "name"))
            continue
        if any(word in row.cells["state"].plain for word in UNPAID if "state" in row.cells):
            continue
        told = row.cells.get("months")
        if told is not None and told.plain.rstrip("个月").isdigit() and int(told.plain.rstrip("个月")) != len(months):
            findings.append(ask_finding("months_differ", row.page, told=told.plain, read=len(months)))
            continue
        weak = [cell for cell in _decisive(row) if cell.confidence < SURE]
        if weak:
            findings.append(
                ask_finding("row_unsure", row.page, confidence=f"{min(cell.confidence for cell in weak):.2f}")
            )
        paid[hit.group()] |= months
        evidence.append(to_evidence("months", row.cells.get("period", name)))
    return dict(paid)


def _decisive(row: TableRow) -> Iterator[Line]:
    yield from (cell for name, cell in row.cells.items() if name in {"name", "period", "begin", "end"})


def _months(row: TableRow) -> Iterator[int]:
    """Months as whole numbers (year × 12 + month) out of the period, or of its beginning and end."""
    text = row.cells["period"].plain if "period" in row.cells else ""
    if not text and {"begin", "end"} <= row.cells.keys():
        text = f"{row.cells['begin'].plain}-{row.cells['end'].plain}"
    found = [int(hit.group(1)) * YEAR + int(hit.group(2)) for hit in MONTH.finditer(_spaced(text))]
    if len(found) == 1:
        yield found[0]
    elif len(found) == 2 and 0 <= found[1] - found[0] < LONGEST:  # noqa: PLR2004 - a beginning and an end
        yield from range(found[0], found[1] + 1)


def _spaced(text: str) -> str:
    """`202511202601`, two months of which the dash was not read, as two."""
    return re.sub(r"(?<!\d)(20\d{4})(20\d{4})(?!\d)", r"\1-\2", text)


def _run(months: set[int], asked: int) -> list[int]:
    """The last months before ``asked`` that follow each other without a gap."""
    known = sorted(month for month in months if month <= asked)
    run: list[int] = []
    for month in reversed(known):
        if run and month != run[0] - 1:
            break
        run.insert(0, month)
    return run


def _month(count: int) -> str:
    year, month = divmod(count - 1, YEAR)
    return f"{year}-{month + 1:02}"


def _matched(paid: Mapping[str, set[int]], known: Sequence[str], findings: list[Finding]) -> tuple[set[str], list[str]]:
    """Names as the staff list has them: folded alike, or one sign apart of a single one; a person sees the latter."""
    if not known:
        return set(paid), []
    people: set[str] = set()
    near = strange = 0
    for read_name in paid:
        exact = [name for name in known if same_name(read_name, name)]
        close = [name for name in known if nearly_same_name(read_name, name)]
        if exact:
            people.add(exact[0])
        elif len(close) == 1:
            people.add(close[0])
            near += 1
        else:
            people.add(read_name)
            strange += 1
    findings += [ask_finding("names_nearly", count=near)] if near else []
    findings += [ask_finding("names_not_on_staff", count=strange)] if strange else []
    return people, [name for name in known if fold_name(name) not in {fold_name(one) for one in people}]

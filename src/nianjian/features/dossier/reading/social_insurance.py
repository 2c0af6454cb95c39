"""社保缴费清单: who was paid for in which months, and whether the last months before submission are a run."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import (
    SURE,
    Facts,
    PageText,
    TableRow,
    check_page_order,
    find_table,
    fold_name,
    nearly_same_name,
    same_name,
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
DECISIVE: Final = frozenset({"name", "period", "begin", "end"})


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `people`, the names of the staff, parted by line ends, as far as they are known."""
    facts = Facts(findings=[*check_page_order(pages)], personal=frozenset({"names"}))
    staff_names = [name for name in expected.get("people", "").split("\n") if name]
    paid, read_pages = _paid_months(facts, find_table(pages, COLUMNS, "name"))
    if not paid:
        facts.ask("list_without_rows")
        return facts
    people, missing = _match_names(facts, paid, staff_names)
    as_of = asked_on.year * YEAR + asked_on.month
    last = _run(set.union(*paid.values()), as_of)
    everyone = {month for month in last if all(month in months for months in paid.values())}
    facts.fields |= {
        "months": len(last),
        "from": _month(last[0]) if last else None,
        "to": _month(last[-1]) if last else None,
        "people": len(people),
        "covered_throughout": sum(months.issuperset(last) for months in paid.values()),
        "names": sorted(people),
    }
    unread = [page.number for page in pages if page.number not in read_pages and (page.lines or page.unread)]
    min_months, staff = (book.integer(f"materials.social_insurance.{name}") for name in ("months", "staff"))
    if len(last) < min_months:
        tell = facts.ask if unread else facts.stop
        tell("months_too_few", months=len(last), wanted=min_months)
    elif len(_run(everyone, as_of)) < min_months:
        facts.ask("people_not_throughout", months=min_months)
    if last and as_of - last[-1] > min_months:  # it ends before the months that it must show can have begun
        facts.stop("months_old", last=_month(last[-1]))
    elif last and as_of - last[-1] > 1:
        facts.note("months_end_early", last=_month(last[-1]))
    if len(people) < staff:
        facts.ask("people_few", people=len(people), wanted=staff)
    if missing and unread:  # nobody is missing as long as they may stand on a page that was not read
        facts.ask("people_unread", unread[0], count=len(missing), pages=", ".join(map(str, unread)))
    elif missing:
        facts.ask("people_missing", count=len(missing))
    return facts


def _paid_months(facts: Facts, rows: Sequence[TableRow]) -> tuple[dict[str, set[int]], set[int]]:
    """Months by name, and pages with such rows; a row that cannot be read whole is a finding and counts for nothing."""
    paid: dict[str, set[int]] = defaultdict(set)
    read_pages: set[int] = set()
    for row in rows:
        name, months = row.cells.get("name"), set(_months(row))
        if name is None or name.plain.startswith(SUMS):
            if months and name is None:
                facts.ask("row_unreadable", row.page, column="person_name")
            continue
        hit = NAME.fullmatch(name.plain)
        if hit is None or not months:
            if months or len(row.cells) > 2:  # noqa: PLR2004 - a title has fewer cells than a row
                facts.ask("row_unreadable", row.page, column="period" if hit else "person_name")
            continue
        if "state" in row.cells and any(word in row.cells["state"].plain for word in UNPAID):
            continue
        printed = row.cells["months"].plain if "months" in row.cells else ""
        if printed.rstrip("个月").isdigit() and int(printed.rstrip("个月")) != len(months):
            facts.ask("months_differ", row.page, told=printed, read=len(months))
            continue
        least = min(cell.confidence for part, cell in row.cells.items() if part in DECISIVE)
        if least < SURE:
            facts.ask("row_unsure", row.page, confidence=f"{least:.2f}")
        paid[hit[0]] |= months
        read_pages.add(row.page)
    return dict(paid), read_pages


def _months(row: TableRow) -> Iterator[int]:
    """Months as whole numbers (year × 12 + month) out of the period, or of its beginning and end."""
    text = row.cells["period"].plain if "period" in row.cells else ""
    if not text and {"begin", "end"} <= row.cells.keys():
        text = f"{row.cells['begin'].plain}-{row.cells['end'].plain}"
    text = re.sub(r"(?<!\d)(20\d{4})(20\d{4})(?!\d)", r"\1-\2", text)  # two months whose dash was not read
    months = [int(hit[1]) * YEAR + int(hit[2]) for hit in MONTH.finditer(text)]
    if len(months) == 1:
        yield months[0]
    elif len(months) == 2 and 0 <= months[1] - months[0] < LONGEST:  # noqa: PLR2004 - a beginning and an end
        yield from range(months[0], months[1] + 1)


def _run(months: set[int], as_of: int) -> list[int]:
    """The last months before ``as_of`` that follow each other without a gap."""
    last = max((month for month in months if month <= as_of), default=0)
    first = next(month for month in count(last, -1) if month not in months)
    return list(range(first + 1, last + 1))


def _month(count: int) -> str:
    year, month = divmod(count - 1, YEAR)
    return f"{year}-{month + 1:02}"


def _match_names(facts: Facts, paid: Mapping[str, set[int]], staff_names: Sequence[str]) -> tuple[set[str], list[str]]:
    """Names as the staff list has them: folded alike, or one sign apart of a single one; a person sees the latter."""
    if not staff_names:
        return set(paid), []
    people: set[str] = set()
    near = strange = 0
    for name in paid:
        exact = [one for one in staff_names if same_name(name, one)]
        close = [one for one in staff_names if nearly_same_name(name, one)]
        if exact:
            people.add(exact[0])
        elif len(close) == 1:
            people.add(close[0])
            near += 1
        else:
            people.add(name)
            strange += 1
    if near:
        facts.ask("names_nearly", count=near)
    if strange:
        facts.ask("names_not_on_staff", count=strange)
    folded = {fold_name(name) for name in people}
    return people, [name for name in staff_names if fold_name(name) not in folded]

"""What a sheet is: columns with their kinds, its key, the checks over a whole row, how values are masked. Pure."""

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from nianjian.engines.kernel import numbers


class Kind(StrEnum):
    """What stands in a cell of the column."""

    TEXT = "text"
    CODE = "code"  # an id: digits stay digits, no scientific notation
    DATE = "date"
    MOMENT = "moment"
    MONTH = "month"
    CHOICE = "choice"
    FLAG = "flag"  # 是/否
    WHOLE = "whole"
    AMOUNT = "amount"
    DURATION = "duration"  # seconds
    PHONE = "phone"
    ROOT = "root"  # digits of a code number
    IDENTITY = "identity"  # 居民身份证, else any other paper
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    LICENCE = "licence"  # licence number: warned, not refused


class Undated(StrEnum):
    """What a change without 变更日期 means: it happens today, or what stood there was wrong all along.

    Rows that carry their own dates (filed on, opened on, valid to) are corrected: otherwise a mistake of last
    year could never be put right.
    """

    TODAY = "today"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``choices``: spelling in the sheet -> stored value, the first spelling of a value is the proper one.

    ``personal`` values are encrypted in the database and never appear in findings.
    """

    header: str
    field: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    personal: bool = False
    required: bool = False
    example: str = ""

    def offered(self) -> list[str]:
        """The proper spelling of each choice, in order; 是 and 否 for a flag; empty where anything may stand."""
        if self.kind is Kind.FLAG:
            return ["是", "否"]
        proper: dict[str, str] = {}
        for spelling, stored in self.choices.items():
            proper.setdefault(stored, spelling)
        return list(proper.values())


Row = dict[str, object]  # field -> value; a blank cell is None, a column that the sheet lacks is absent
Fault = tuple[str, str]  # (field, code)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of register. ``keys``: alternatives, the first whose fields are all filled names the row.

    ``repeats``: equal keys are told apart by their order (two equal payments of one day are two payments). ``apart``:
    so are rows of one key that differ in one of these fields (a person of two employers); equal ones stay a fault.
    ``checks`` look at a whole row; ``notes`` give warnings that refuse nothing. ``needed``: fields without which a row
    cannot do its work in a metric or a paper. ``runs_out``: the field with the row's last day.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    undated: Undated = Undated.TODAY
    repeats: bool = False
    apart: tuple[str, ...] = ()
    checks: tuple[Callable[[Row], Fault | None], ...] = ()
    notes: tuple[Callable[[Row], Fault | None], ...] = ()
    needed: tuple[str, ...] = ()
    runs_out: str = ""

    def by_field(self, name: str) -> Column:
        """Return the column of a field; KeyError if there is none."""
        for one in self.columns:
            if one.field == name:
                return one
        raise KeyError(name)

    def by_header(self) -> dict[str, Column]:
        """Every accepted spelling of a header, folded, with its column."""
        return {fold_header(name): one for one in self.columns for name in (one.header, *one.aliases)}

    def column(self, header: str) -> Column | None:
        """Find the column that a header means: as spelt, else without the remark in its brackets."""
        by_header = self.by_header()
        plain = unicodedata.normalize("NFKC", header)
        return by_header.get(fold_header(plain)) or by_header.get(fold_header(REMARK.sub("", plain)))

    def personal(self) -> frozenset[str]:
        """Fields that every door masks."""
        return frozenset(one.field for one in self.columns if one.personal)


REMARK: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")

SPAN: Final = ("记录起", "记录止")  # of a list that was taken out: from when to when its row holds
# Columns of an answer that came with an error workbook, a rejects file or a list: read over when it comes back.
IGNORED: Final = frozenset({"行号", "列", "原因代码", "原因", *SPAN})
MASKED: Final = "脱敏"  # before the header of a column that was masked: it is no column of the register any more


def fold_header(header: str) -> str:
    """A header without width, case, spaces, brackets and the marks of a required column."""
    text = unicodedata.normalize("NFKC", header).lower()
    return "".join(char for char in text if not char.isspace() and char not in "*:_-()[]【】《》/、.")


def check_order(earlier: str, later: str, code: str) -> Callable[[Row], Fault | None]:
    """A check that one day does not lie before another; either may be unknown."""

    def check(row: Row) -> Fault | None:
        first, second = row.get(earlier), row.get(later)
        if isinstance(first, date) and isinstance(second, date) and second < first:  # a moment is a date, too
            return later, code
        return None

    return check


IDENTITY_ENDS: Final = (3, 4)
TAIL: Final = 4
DISPLAYED: Final = frozenset({"display"})  # fields that hold a telephone number as a code: it may be a person's own


def is_masked(column: Column) -> bool:
    """Whether a door may show the column's values only masked."""
    return column.personal or column.kind in {Kind.IDENTITY, Kind.PHONE} or column.field in DISPLAYED


def mask_cell(text: str, column: Column) -> str:
    """The value as a door may show it."""
    if not is_masked(column):
        return text
    return mask_text(text, Kind.PHONE if column.field in DISPLAYED else column.kind)


def mask_text(text: str, kind: Kind) -> str:
    """``张*``, ``138****1234``, ``110***********1234``; of a longer text only its first character and its length.

    A number of no person (95/96, 400/800) stays whole.
    """
    if kind is Kind.PHONE:
        return numbers.mask(text)
    if kind is Kind.IDENTITY:
        first, last = IDENTITY_ENDS
        hidden = len(text) - first - last
        return text[:first] + "*" * hidden + text[-last:] if hidden > 0 else "*" * len(text)
    if kind is Kind.CODE:  # an account: its tail alone
        return "*" * (len(text) - TAIL) + text[-TAIL:] if len(text) > TAIL else "*" * len(text)
    return text[:1] + "*" * (len(text) - 1)


# Columns, spellings and checks that several registers have.

FILING: Final = {
    "已备案": "filed", "未备案": "unfiled", "已注销": "cancelled", "备案": "filed", "备案成功": "filed",
    "备案中": "unfiled", "待备案": "unfiled", "审核中": "unfiled", "注销": "cancelled", "已取消": "cancelled",
}  # fmt: skip
EMPLOYMENTS: Final = {
    "自有": "own", "派遣": "dispatched", "外包": "outsourced", "自有员工": "own", "劳动合同": "own",
    "劳务派遣": "dispatched", "劳务外包": "outsourced",
}  # fmt: skip
CHANGED: Final = Column("变更日期", "changed_on", Kind.DATE, ("生效日期", "变更生效日期"), example="")
IDENTITY: Final = Column(
    "证件号",
    "identity",
    Kind.IDENTITY,
    ("证件号码", "身份证号", "身份证号码"),
    personal=True,
    example="11010519491231002X",
)
NAME: Final = Column("姓名", "person", aliases=("员工姓名", "坐席姓名"), personal=True, example="张三")
STAFF_ID: Final = Column("工号", "staff_id", Kind.CODE, ("员工编号", "员工工号"), example="1001")
WORKPLACE: Final = Column("职场地址", "workplace", aliases=("职场", "办公地址"), example="杭州市示例路1号3楼")
SKILL: Final = Column("技能组", "skill", aliases=("项目", "技能组/项目"), example="售后")
TEAM: Final = Column("团队", "team", Kind.CODE, ("团队编号", "外包团队", "所属团队"), example="T01")
EMPLOYMENT: Final = Column("用工形式", "employment", Kind.CHOICE, ("用工方式",), EMPLOYMENTS, example="自有")
INSURED_BY: Final = Column(
    "社保缴纳单位", "insured_by", aliases=("社保单位", "缴纳单位"), example="示例呼叫中心有限公司"
)


def number_masked(row: Row) -> Fault | None:
    """Warn of a number whose digits are partly hidden."""
    masked = numbers.normalise(str(row.get("number") or "")).shape is numbers.Shape.MASKED
    return ("number", "number_masked") if masked else None

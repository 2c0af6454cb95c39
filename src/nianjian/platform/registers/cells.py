"""From a cell to a value. A value that cannot be read raises ``Unreadable`` with a code that names the remedy."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.columns import Column, Kind

Cell = str | int | float | bool | date | datetime | time | timedelta | None

BLANK: Final = frozenset({"", "-", "--", "—", "——", "/", "\\", "\\N", "NULL", "null", "None", "N/A", "n/a", "#N/A"})
FOREVER: Final = frozenset({"长期", "长期有效", "永久", "永久有效", "无固定期限"})
YES: Final = frozenset(
    {"是", "有", "y", "yes", "true", "1", "√", "开通", "已开通", "已缴", "已缴纳", "已签", "允许", "支持"}
)
NO: Final = frozenset(
    {"否", "无", "n", "no", "false", "0", "×", "x", "未开通", "未缴", "未缴纳", "未签", "禁止", "不允许", "不支持"}
)
DAMAGED: Final = re.compile(r"\d+(\.\d+)?[eE]\+\d+")
EXACT: Final = 10**15  # beyond this a number cell of Excel has lost digits
SERIALS: Final = range(20_000, 80_000)  # days since 1899-12-30: 1954 to 2119
YEARS: Final = range(1900, 2200)
DAY: Final = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?(?:[T ]?\s*(.+))?")
CLOCK: Final = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,6}))?秒?)?分?\s*(Z|[+-]\d{2}:?\d{2})?")
MONTH: Final = re.compile(r"(\d{4})[-/.年]?(\d{1,2})月?")
SPAN: Final = re.compile(r"(?:(\d+)(?:小时|时|h))?(?:(\d+)(?:分钟|分|m))?(?:(\d+)(?:秒|s))?")
OUTER: Final = "".join(one for one in map(chr, range(0x3001)) if one.isspace() and (one > "\x9f" or one in " \t\r\n"))
"""Blanks that go from the ends of a cell; the control characters among what Python strips are no blanks."""
ROOT: Final = re.compile(r"[1-9]\d{2,17}")
IDENTITY_LENGTH: Final = 18
WHOLE_DIGITS: Final = 15
LONGEST: Final = 10**9  # seconds; beyond this the cell holds something else


class UnreadableError(Exception):
    """``code`` says what is wrong with the cell, ``values`` are what its sentence needs beside the finding's own."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = values or {}


def value(cell: Cell, column: Column) -> object:
    """Value of a cell as the model stores it; None for a blank one; `UnreadableError` otherwise."""
    if isinstance(cell, str):
        cell = cell.strip(OUTER)
        _printable(cell, column)
        if not cell or (column.kind is not Kind.TEXT and cell in BLANK):
            return None
    elif cell is None:
        return None
    elif isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        cell = int(cell)
    return READERS[column.kind](cell, column)


def _printable(text: str, column: Column) -> None:
    """A NUL or another sign that nobody sees makes another key out of what looks the same: it is never taken out."""
    unseen = {"Cc"} if column.kind is Kind.TEXT else {"Cc", "Cf"}
    lines = "\t\r\n" if column.kind is Kind.TEXT else ""
    for sign in text:
        if unicodedata.category(sign) in unseen and sign not in lines:
            raise UnreadableError("control_character", {"sign": f"U+{ord(sign):04X}"})


def _text(cell: Cell, column: Column) -> str:
    del column
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and abs(cell) >= EXACT:
        raise UnreadableError("excel_damaged")
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != time() else cell.date().isoformat()
    return str(cell)


def _code(cell: Cell, column: Column) -> str:
    if (isinstance(cell, int) and abs(cell) >= EXACT) or isinstance(cell, date | time | timedelta):
        raise UnreadableError("excel_damaged")
    text = unicodedata.normalize("NFKC", _text(cell, column)).strip().removeprefix("'")
    if DAMAGED.fullmatch(text):
        raise UnreadableError("excel_damaged")
    return text


def _moment(cell: Cell, column: Column) -> datetime:
    del column
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time())
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and int(cell) in SERIALS:
        moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(cell) * 86_400))  # noqa: DTZ001 - wall time
    elif isinstance(cell, str | int) and not isinstance(cell, bool):
        moment = _parse_moment(unicodedata.normalize("NFKC", str(cell)).strip())
    else:
        raise UnreadableError("date_unreadable")
    if moment.year not in YEARS:
        raise UnreadableError("date_out_of_range")
    return moment.astimezone(ZONE) if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _parse_moment(text: str) -> datetime:
    if text.isdecimal() and len(text) in {8, 14}:
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}" + (f" {text[8:10]}:{text[10:12]}:{text[12:]}" if text[8:] else "")
    day = DAY.fullmatch(text)
    if day is None:
        raise UnreadableError("date_unreadable")
    try:
        moment = datetime(int(day[1]), int(day[2]), int(day[3]))  # noqa: DTZ001 - wall time until a zone is read
        return _at(moment, day[4]) if day[4] else moment
    except ValueError as fault:
        raise UnreadableError("date_unreadable") from fault


def _at(day: datetime, text: str) -> datetime:
    read = CLOCK.fullmatch(text.strip())
    if read is None:
        raise UnreadableError("date_unreadable")
    micro = int((read[4] or "0").ljust(6, "0"))
    moment = day.replace(hour=int(read[1]), minute=int(read[2]), second=int(read[3] or 0), microsecond=micro)
    if read[5]:
        return datetime.fromisoformat(moment.isoformat() + ("+00:00" if read[5] == "Z" else read[5]))
    return moment


def _date(cell: Cell, column: Column) -> date | None:
    if isinstance(cell, str) and cell in FOREVER:
        return None
    return _moment(cell, column).date()


def _month(cell: Cell, column: Column) -> str:
    if isinstance(cell, date):
        return f"{cell:%Y-%m}"
    read = MONTH.fullmatch(_code(cell, column))
    if read is None or not 1 <= int(read[2]) <= 12 or int(read[1]) not in YEARS:  # noqa: PLR2004 - months
        raise UnreadableError("month_unreadable")
    return f"{read[1]}-{int(read[2]):02d}"


def _choice(cell: Cell, column: Column) -> str:
    choice = column.choices.get(unicodedata.normalize("NFKC", _text(cell, column)).strip())
    if choice is None:
        raise UnreadableError("choice_unknown")
    return choice


def _flag(cell: Cell, column: Column) -> bool:
    word = unicodedata.normalize("NFKC", _text(cell, column)).strip().lower()
    if word not in YES | NO:
        raise UnreadableError("flag_unreadable")
    return word in YES


def _whole(cell: Cell, column: Column) -> int:
    text = _code(cell, column).removesuffix("位").replace(",", "").strip()
    if not text.isdecimal() or len(text) > WHOLE_DIGITS:
        raise UnreadableError("number_unreadable")
    return int(text)


def _amount(cell: Cell, column: Column) -> Decimal:
    text = unicodedata.normalize("NFKC", _text(cell, column)).strip().lstrip("¥￥").removesuffix("元").replace(",", "")
    try:
        amount = Decimal(text)
    except InvalidOperation as fault:
        raise UnreadableError("amount_unreadable") from fault
    if not amount.is_finite() or abs(amount) >= EXACT:
        raise UnreadableError("amount_unreadable")
    return amount.quantize(Decimal("0.01"))


def _duration(cell: Cell, column: Column) -> int:
    if isinstance(cell, timedelta):
        return int(cell.total_seconds())
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    text = _text(cell, column).replace(" ", "")
    parts = text.split(":")
    if all(part.isdecimal() for part in parts) and len(parts) <= 3:  # noqa: PLR2004 - h:m:s
        seconds = 0
        for part in parts:
            seconds = seconds * 60 + int(part)
    elif (read := SPAN.fullmatch(text)) is not None:
        seconds = int(read[1] or 0) * 3600 + int(read[2] or 0) * 60 + int(read[3] or 0)
    else:
        raise UnreadableError("duration_unreadable")
    if seconds >= LONGEST:
        raise UnreadableError("duration_unreadable")
    return seconds


def _root(cell: Cell, column: Column) -> str:
    text = _code(cell, column).replace(" ", "")
    if not ROOT.fullmatch(text):
        raise UnreadableError("root_malformed")
    return text


def _identity(cell: Cell, column: Column) -> str:
    text = identifiers.compact(_code(cell, column))
    if len(text) == IDENTITY_LENGTH and text[:-1].isdecimal():  # else a passport or permit, of no known check
        _checked(identifiers.identity_card, text)
    return text


def _credit_code(cell: Cell, column: Column) -> str:
    text = identifiers.compact(_code(cell, column))
    _checked(identifiers.credit_code, text)
    return text


def _checked(check: Callable[[str], object], text: str) -> None:
    try:
        check(text)
    except NianjianError as fault:
        raise UnreadableError(fault.code, fault.values) from fault


READERS: Final[dict[Kind, Callable[[Cell, Column], object]]] = {
    Kind.TEXT: _text, Kind.CODE: _code, Kind.DATE: _date, Kind.MOMENT: _moment, Kind.MONTH: _month,
    Kind.CHOICE: _choice, Kind.FLAG: _flag, Kind.WHOLE: _whole, Kind.AMOUNT: _amount, Kind.DURATION: _duration,
    Kind.PHONE: _code, Kind.ROOT: _root, Kind.IDENTITY: _identity, Kind.CREDIT_CODE: _credit_code,
    Kind.LICENCE: _code,
}  # fmt: skip

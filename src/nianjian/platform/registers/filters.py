"""What a reader looks for in a register: words, columns, days, an order. From texts to a query."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import F, Q

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import cells
from nianjian.platform.registers.columns import Column, Kind, Sheet, is_masked
from nianjian.platform.registers.sheet_reader import number_key
from nianjian.platform.registers.versions import stored_key

WORDS: Final = frozenset(
    {Kind.TEXT, Kind.CODE, Kind.PHONE, Kind.ROOT, Kind.LICENCE, Kind.CREDIT_CODE}
)  # found by a part of them
ROWS_OF_KEY: Final = 9  # of one person, that are found by the person's whole number
DAYS: Final = frozenset({Kind.DATE, Kind.MOMENT})
WHOLE: Final = "="  # before a text: nothing but this
BEGINS: Final = "*"  # behind a text: with this it begins
OF_NOBODY: Final = re.compile(r"9[56]|[48]00")  # how numbers begin that belong to no person
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
FLAGS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class RowFilter:
    """``text``: searched in all plain columns; ``columns``: field -> text; ``first``/``last``: field -> day, included.

    ``keys``: these rows alone, None: all; ``missing``: a field that must be unknown. ``sort``: a field, "" for the key.
    """

    text: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    first: Mapping[str, date] = field(default_factory=dict)
    last: Mapping[str, date] = field(default_factory=dict)
    missing: str = ""
    sort: str = ""
    descending: bool = False
    keys: tuple[str, ...] | None = None

    @property
    def any(self) -> bool:
        """Whether it leaves rows out."""
        return self.keys is not None or bool(self.text or self.columns or self.first or self.last or self.missing)


def filterable_columns(sheet: Sheet) -> list[Column]:
    """Columns that can be filtered: a sealed one can be compared to nothing."""
    return [column for column in sheet.columns if not column.personal]


def sortable_columns(sheet: Sheet) -> list[Column]:
    """Columns that can be sorted: the order of masked values would tell them."""
    return [column for column in filterable_columns(sheet) if not is_masked(column)]


def exact_columns(sheet: Sheet) -> list[Column]:
    """Sealed columns that name a row by themselves: found by their whole value, through the blind index."""
    alone = {fields[0] for fields in sheet.keys if len(fields) == 1}
    return [column for column in sheet.columns if column.personal and column.field in alone]


def build_condition(sheet: Sheet, query: RowFilter) -> Q:
    """Return the filter; ``filter_unreadable`` for a text that its column cannot hold, ``filter_unknown``."""
    condition = Q() if query.keys is None else Q(key__in=query.keys)
    if query.text:
        condition &= _anywhere(sheet, _clean(query.text))
    for name, text in query.columns.items():
        condition &= _column(_filterable(sheet, name), _clean(text)) & _key(sheet, name, _clean(text))
    for name, day in query.first.items():
        condition &= Q(**{f"{name}__gte": _edge(_filterable(sheet, name), day)})
    for name, day in query.last.items():
        condition &= Q(**{f"{name}__lt": _edge(_filterable(sheet, name), day + timedelta(days=1))})
    if query.missing:
        condition &= Q(**{f"{_get_column(sheet, query.missing).field}__isnull": True})
    return condition


def build_order(sheet: Sheet, query: RowFilter) -> list[Any]:
    """Return what to order by: unknown values last, the key decides between equals."""
    if not query.sort and not any(column.personal for column in _key_columns(sheet)):
        return [F("key").desc() if query.descending else F("key").asc()]
    column = _filterable(sheet, query.sort) if query.sort else _leading_column(sheet)
    if is_masked(column):
        raise NianjianError("filter_sealed", column=column.header)
    by = F(column.field)
    return [by.desc(nulls_last=True) if query.descending else by.asc(nulls_last=True), F("key").asc()]


def _key_columns(sheet: Sheet) -> list[Column]:
    return [sheet.by_field(field) for fields in sheet.keys for field in fields]


def _leading_column(sheet: Sheet) -> Column:
    """The column that orders rows whose key is a blind index, which has no order that means anything."""
    plain_ones = [column for column in _key_columns(sheet) if not is_masked(column) and column.kind is not Kind.CHOICE]
    return plain_ones[0] if plain_ones else sortable_columns(sheet)[0]


def _anywhere(sheet: Sheet, text: str) -> Q:
    condition = Q(pk__in=())
    for column in filterable_columns(sheet):
        if is_masked(column):
            condition |= Q(**{column.field: text})
        elif column.kind in WORDS:
            condition |= Q(**{f"{column.field}__icontains": text})
    for column in exact_columns(sheet):
        try:
            value = cells.value(text, column)
        except cells.UnreadableError:
            continue
        condition |= Q(
            key__in=[stored_key(sheet, number_key(str(value), number)) for number in range(1, ROWS_OF_KEY + 1)]
        )
    return condition


def _key(sheet: Sheet, name: str, text: str) -> Q:
    """The same once more of a whole key, which the index of the keys finds without a look at every row."""
    whole = text.startswith(WHOLE) or is_masked(_filterable(sheet, name))
    if sheet.keys != ((name,),) or sheet.repeats or not whole or text.endswith(BEGINS):
        return Q()
    return Q(key=stored_key(sheet, text.removeprefix(WHOLE)))


def _column(column: Column, text: str) -> Q:
    if is_masked(column) or column.kind in WORDS:
        return _words(column, text)
    if column.kind is Kind.CHOICE:
        return Q(**{column.field: text})
    if column.kind is Kind.FLAG:
        return Q(**{column.field: FLAGS[text]}) if text in FLAGS else Q(pk__in=())
    try:
        return Q(**{column.field: cells.value(text, column)})
    except cells.UnreadableError as fault:
        raise NianjianError("filter_unreadable", column=column.header, value=text) from fault


def _words(column: Column, text: str) -> Q:
    """The whole text, its beginning or a part; a part of a person's number would tell it digit after digit."""
    closed = is_masked(column)
    if text.endswith(BEGINS) and (not closed or OF_NOBODY.match(text)):
        return Q(**{f"{column.field}__startswith": text.removesuffix(BEGINS)})
    if closed or text.startswith(WHOLE):
        return Q(**{column.field: text.removeprefix(WHOLE)})
    return Q(**{f"{column.field}__icontains": text})


def _edge(column: Column, day: date) -> date | datetime:
    return datetime.combine(day, time(), clock.ZONE) if column.kind is Kind.MOMENT else day


def _clean(text: str) -> str:
    """PostgreSQL takes no NUL, and no cell holds a control character."""
    return CONTROL.sub("", text).strip()


def _get_column(sheet: Sheet, name: str) -> Column:
    try:
        return sheet.by_field(name)
    except KeyError as fault:
        raise NianjianError("filter_unknown", column=name) from fault


def _filterable(sheet: Sheet, name: str) -> Column:
    column = _get_column(sheet, name)
    if column.personal:
        raise NianjianError("filter_sealed", column=column.header)
    return column

"""Dates as papers write them: 2025年12月31日, 2025.12.31, 二〇二五年十二月三十一日, 长期."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

DIGITS: Final = dict(zip("〇零○OoΟ一二三四五六七八九", [0] * 6 + list(range(1, 10)), strict=True)) | {"Ｏ": 0}
NUMERIC: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|[.\-/])(\d{1,2})(?:月|[.\-/])(\d{1,2})(?!\d)日?")
WRITTEN: Final = re.compile(
    r"([二一][〇零○OoΟ一二三四五六七八九]{3})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
FOREVER: Final = re.compile(r"长期|永久|无固定期限|无期限")
TO: Final = re.compile(r"^(?:至|到|-|~|—)+")


@dataclass(frozen=True, slots=True)
class Found:
    """A date and where it stands in the text."""

    day: date
    start: int
    end: int


def dates(text: str) -> list[Found]:
    """All dates of a folded text, in order; what is no day of the calendar is left out."""
    found = [*_numeric(text), *_written(text)]
    return sorted(found, key=lambda one: one.start)


def _numeric(text: str) -> Iterator[Found]:
    for hit in NUMERIC.finditer(text):
        if day := _day(*map(int, hit.groups())):
            yield Found(day, hit.start(), hit.end())


def _written(text: str) -> Iterator[Found]:
    for hit in WRITTEN.finditer(text):
        year = int("".join(str(DIGITS[sign]) for sign in hit.group(1)))
        if day := _day(year, _number(hit.group(2)), _number(hit.group(3))):
            yield Found(day, hit.start(), hit.end())


def _number(text: str) -> int:
    """二十三 is 23."""
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Span:
    """From and to; ``to`` None with ``forever``: without an end."""

    begin: date | None
    to: date | None
    forever: bool = False


def span(text: str) -> Span | None:
    """`2020年01月01日至2030年12月31日` or `…至长期`; None where no end can be read."""
    found = dates(text)
    if len(found) > 1 and found[0].day < found[1].day:
        return Span(found[0].day, found[1].day)
    if hit := FOREVER.search(text):
        begin = found[0].day if found and found[0].start < hit.start() else None
        return Span(begin, None, forever=True)
    if len(found) == 1 and re.match(r".*(至|到)$", text[: found[0].start]):
        return Span(None, found[0].day)
    return None

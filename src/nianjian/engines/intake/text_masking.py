"""Raw lines and cells as a door may show them: long runs of digits and names are hidden, days and times are not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nianjian.engines.kernel import numbers

_RUN: Final = re.compile(
    r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([T ]+\d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?|\+?\d(?:[ -]?\d){6,}"
)
_STAMP: Final = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])?([0-5]\d){0,2}")
_ABOUT: Final = "姓名|名字|名称|联系人|客户名|用户名|机主|身份证|证件|地址|邮箱|微信|name|contact|address|email"
_PERSON: Final = re.compile(_ABOUT, re.IGNORECASE)
_MEMBER: Final = re.compile(rf'("[^"]*(?:{_ABOUT})[^"]*"\s*:\s*")([^"]*)"', re.IGNORECASE)


def mask_line(text: str) -> str:
    """A line or cell without telephone numbers, identity numbers and ids that hold them."""
    return _RUN.sub(_hide_run, text)


def mask_member(text: str) -> str:
    """A line of JSON; of a value whose key speaks of a person only the first sign stays."""
    return mask_line(_MEMBER.sub(lambda found: f'{found[1]}{found[2][:1]}{"*" * max(len(found[2]) - 1, 0)}"', text))


def mask_cells(header: Sequence[str], row: Sequence[str | None]) -> list[str]:
    """The cells of a row; under a heading that speaks of a person only the first sign stays."""
    named = [*header, *[""] * (len(row) - len(header))]
    return [_mask_cell(name, cell or "") for name, cell in zip(named, row, strict=False)]


def _mask_cell(name: str, cell: str) -> str:
    if _PERSON.search(name):
        return cell[:1] + "*" * max(len(cell) - 1, 0)
    return mask_line(cell)


def _hide_run(run: re.Match[str]) -> str:
    text = run[0]
    if not text[-1].isdigit() or any(sign in text for sign in "/.:年月T") or _STAMP.fullmatch(text):
        return text
    if re.match(r"\d{4}-\d{1,2}-\d{1,2}$", text):
        return text
    return numbers.mask(text)

"""The content of an entry as people read it: named parts, codes by their names, telephone numbers masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nianjian.kernel import numbers
from nianjian.paper.figures import DASH, count
from nianjian.paper.texts.chain.content import part
from nianjian.paper.texts.errors import named
from nianjian.paper.texts.portrait import LIGHTS
from nianjian.paper.words import Words

TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 -]{6,18}")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*")
MOST: Final = 10  # items of a list that are shown; the file that can be taken out has all


def pairs(data: Mapping[str, object], _: Words) -> list[tuple[str, str]]:
    """(name, value) of every part, those of parts within it in one line."""
    return [(part(key, _), text(key, value, _)) for key, value in data.items()]


def text(key: str, value: object, _: Words) -> str:
    """One value in the reader's language."""
    if value is None or value in ("", [], {}):
        return DASH
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(value) if key == "year" else count(value)
    if isinstance(value, Mapping):
        said = ((part(name, _), text(name, inside, _)) for name, inside in value.items())
        return " · ".join(_("{part}: {text}").format(part=name, text=inside) for name, inside in said)
    if isinstance(value, list):
        shown = [text(key, one, _) for one in value[:MOST]]
        more = [_("and {n} more").format(n=len(value) - MOST)] if len(value) > MOST else []
        return "; ".join([*shown, *more])
    return _word(key, str(value), _)


def _word(key: str, value: str, _: Words) -> str:
    if key == "light" and value in LIGHTS:
        return _(LIGHTS[value])
    if TELEPHONE.fullmatch(value) and not DAY.fullmatch(value):
        return numbers.mask(value)
    return str(named(key, value, _))

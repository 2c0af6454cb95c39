"""The content of an entry as people read it: named parts, codes by their names, telephone numbers masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.numbers import Shape
from nianjian.engines.paper.figures import DASH, count
from nianjian.engines.paper.texts.chain import part
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import LIGHTS
from nianjian.engines.paper.words import Words

PERSONS: Final = frozenset({Shape.MOBILE, Shape.LANDLINE})  # that a person's telephone has as it is usually written
OF_PEOPLE: Final = frozenset(
    {"callee", "caller", "complainant", "phone", "telephone", "mobile", "contact", "id_number"}
)
"""Parts that tell a number of a person, whatever it looks like."""
KEYS: Final = frozenset(
    {"batch", "call_id", "case", "complaint", "delivery", "digest", "drill", "id", "key", "keys", "line", "run",
     "sha256", "team", "ticket", "tickets"}
)  # fmt: skip
"""Parts that name a row, which are read whole: no register has a person's number for its key, but as a blind index."""
MOST: Final = 10  # items of a list that are shown; the file that can be taken out has all

SIZES: Final = frozenset({"bytes", "size"})  # an archive of 13 GB has as many digits as a mobile number


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
        masked = "" if key in SIZES else _masked(key, str(value))
        return masked or (str(value) if key == "year" else count(value))
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
    return _masked(key, value) or str(translate_value(key, value, _))


def _masked(key: str, value: str) -> str:
    """The text without what tells whose number it is; "" where it is no number of a person."""
    if key in KEYS or not (key in OF_PEOPLE or numbers.normalise(value).shape in PERSONS):
        return ""
    return numbers.mask(value)

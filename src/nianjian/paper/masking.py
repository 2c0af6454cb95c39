"""Displayed numbers in a portrait, masked: only the enterprise's own filed numbers stay plain.

A mobile number may be a person's own, and so may a landline: a small team dials from somebody's living room. What is
not on the enterprise's ledger is therefore masked at every door (docs/decisions/0009).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from nianjian.kernel.numbers import NumberClass

SPLIT: Final = "display"
STARS: Final = "****"
DIGITS: Final = re.compile(r"[+\d][\d ()-]*")
MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# of a long number the first three or (an area code of four) four digits stay, and the last four
LONG: Final = 9
SHORT_AREA: Final = ("010", "02")

Json = Mapping[str, Any]


def masked_key(key: object) -> object:
    """A displayed number as a door may show it: the first three or four and the last four digits."""
    if not isinstance(key, str) or not DIGITS.fullmatch(key):
        return key
    mobile = MOBILE.fullmatch(key)
    text = mobile[1] if mobile else key
    if len(text) < LONG:
        return f"{text[:2]}{STARS}{text[-1:]}"
    head = 4 if text.startswith("0") and not text.startswith(SHORT_AREA) else 3
    return f"{text[:head]}{STARS}{text[-4:]}"


def masked(portrait: Json) -> dict[str, Any]:
    """Return the portrait with the keys of its display-number splits masked; figures stay as they are.

    Two numbers that would look the same get a number behind, the same one in every metric.
    """
    names = _names(portrait)
    return {**portrait, "metrics": [_metric(metric, names) for metric in portrait["metrics"]]}


def _shown(portrait: Json) -> Iterator[Json]:
    for metric in portrait["metrics"]:
        yield from (metric.get("splits") or {}).get(SPLIT, ())


def _names(portrait: Json) -> dict[str, object]:
    """Number → what is shown of it. Own are the numbers under which a call was counted as an own filed one."""
    rows = list(_shown(portrait))
    own = {row["key"] for row in rows if row.get(NumberClass.OWN_SHORT.value)}
    names: dict[str, object] = {}
    taken: dict[object, int] = {}
    for key in sorted({row["key"] for row in rows if isinstance(row["key"], str)}):
        name = key if key in own else masked_key(key)
        taken[name] = taken.get(name, 0) + 1
        names[key] = name if taken[name] == 1 else f"{name} ({taken[name]})"
    return names


def _metric(metric: Json, names: Mapping[str, object]) -> dict[str, Any]:
    splits = dict(metric.get("splits") or {})
    if SPLIT in splits:
        splits[SPLIT] = [{**row, "key": names.get(row["key"], row["key"])} for row in splits[SPLIT]]
    return {**metric, "splits": splits}

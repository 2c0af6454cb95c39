"""Displayed numbers in a portrait, masked: a mobile number may be a person's own, and so may a landline.

Plain stay the enterprise's own filed numbers and those that belong to no person (95/96, 400/800); docs/decisions/0015.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.numbers import NumberClass

SPLIT: Final = "display"
STAR: Final = "*"

Json = Mapping[str, Any]


def masked_key(key: object) -> object:
    """A displayed number as a door may show it; what is masked already, or no text, stays as it is."""
    return numbers.mask(key) if isinstance(key, str) and STAR not in key else key


def masked(portrait: Json) -> dict[str, Any]:
    """Return the portrait with the keys of its display-number splits masked; figures stay as they are.

    Two numbers that would look the same get a number behind, the same one in every metric.
    """
    names = _names(portrait)
    return {**portrait, "metrics": [_metric(metric, names) for metric in portrait["metrics"]]}


def masked_moves(moves: Json, *portraits: Json) -> dict[str, Any]:
    """A comparison of ``portraits`` with the keys of its display numbers masked; one name for a number in both."""
    names = _names({"metrics": [metric for portrait in portraits for metric in portrait["metrics"]]})
    return {**moves, "metrics": [_metric(metric, names) for metric in moves["metrics"]]}


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

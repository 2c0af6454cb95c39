"""Numbers masked: displayed ones in a portrait, and those of persons in what gateways and switches say. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.kernel import numbers
from nianjian.engines.kernel.numbers import NumberClass

SPLIT: Final = "display"
STAR: Final = "*"

Json = Mapping[str, Any]


def mask_key(key: object) -> object:
    """A displayed number as a door may show it; what is masked already, or no text, stays as it is."""
    return numbers.mask(key) if isinstance(key, str) and STAR not in key else key


def mask_portrait(portrait: Json) -> dict[str, Any]:
    """Return the portrait with the keys of its display-number splits masked; figures stay as they are.

    Two numbers that would look the same get a number behind, the same one in every metric.
    """
    names = _masked_names(portrait)
    return {**portrait, "metrics": [_mask_metric(metric, names) for metric in portrait["metrics"]]}


def mask_moves(moves: Json, *portraits: Json) -> dict[str, Any]:
    """A comparison of ``portraits`` with the keys of its display numbers masked; one name for a number in both."""
    names = _masked_names({"metrics": [metric for portrait in portraits for metric in portrait["metrics"]]})
    return {**moves, "metrics": [_mask_metric(metric, names) for metric in moves["metrics"]]}


def _masked_names(portrait: Json) -> dict[str, object]:
    """Number → what is shown of it. Own are the numbers under which a call was counted as an own filed one."""
    rows = [row for metric in portrait["metrics"] for row in (metric.get("splits") or {}).get(SPLIT, ())]
    own = {row["key"] for row in rows if row.get(NumberClass.OWN_SHORT.value)}
    names: dict[str, object] = {}
    taken: dict[object, int] = {}
    for key in sorted({row["key"] for row in rows if isinstance(row["key"], str)}):
        name = key if key in own else mask_key(key)
        taken[name] = taken.get(name, 0) + 1
        names[key] = name if taken[name] == 1 else f"{name} ({taken[name]})"
    return names


def _mask_metric(metric: Json, names: Mapping[str, object]) -> dict[str, Any]:
    splits = dict(metric.get("splits") or {})
    if SPLIT in splits:
        splits[SPLIT] = [{**row, "key": names.get(row["key"], row["key"])} for row in splits[SPLIT]]
    masked = {**metric, "splits": splits}
    if declared := metric.get("declared"):
        masked["declared"] = {**declared, "reason": mask_call_text(declared["reason"])}
    return masked


PARTY: Final = re.compile(r"((?:sips?:|tel:))(\+?[0-9][0-9()*#-]{3,60})(?=[^0-9A-Za-z.*#()-]|$)", re.IGNORECASE)
"""A party's number in its address; an IP address is none."""
PERSON: Final = re.compile(
    r"(?<![0-9])(?:(?:00|\+)?86-?)?(?:1[3-9][0-9](?:-?[0-9]{4}){2}|0[1-9][0-9]{1,2}-?[0-9]{7,8})(?![0-9])"
)
"""A mobile or landline number wherever it stands: in a name, a phrase, a header of the gateway's own."""
DRAWN: Final = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""The id of a call as this program or FreeSWITCH draws it: digits of chance, no number. Others may hold one."""


def mask_call_text(text: str, own_id: str = "") -> str:
    """What a gateway sent, whose parties and persons show only what a door may show of their numbers.

    ``own_id``: the Call-ID that this program has drawn, hex digits that may look like a number; no other is left alone.
    """
    if own_id:
        return own_id.join(mask_call_text(part) for part in text.split(own_id))
    known = PARTY.sub(lambda found: found[1] + numbers.mask(found[2]), text)
    return PERSON.sub(lambda found: numbers.mask(found[0]), known)


def mask_call_id(text: str) -> str:
    """The id of a call in records: one that may hold a person's number shows it masked."""
    return text if DRAWN.fullmatch(text) else mask_call_text(text)

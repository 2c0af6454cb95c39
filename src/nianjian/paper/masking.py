"""Personal numbers in a portrait, masked: a mobile number that was displayed may be a person's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

MOBILE: Final = re.compile(r"(?:86)?(1[3-9]\d)\d{4}(\d{4})")


def masked_key(key: object) -> object:
    """A displayed number as a door may show it: a mobile number keeps its first three and last four digits."""
    found = MOBILE.fullmatch(key) if isinstance(key, str) else None
    return f"{found[1]}****{found[2]}" if found else key


def masked(portrait: Mapping[str, Any]) -> dict[str, Any]:
    """Return the portrait with the keys of its display-number splits masked; figures stay as they are."""
    return {**portrait, "metrics": [_metric(metric) for metric in portrait["metrics"]]}


def _metric(metric: Mapping[str, Any]) -> dict[str, Any]:
    splits = dict(metric.get("splits") or {})
    if "display" in splits:
        splits["display"] = [{**row, "key": masked_key(row["key"])} for row in splits["display"]]
    return {**metric, "splits": splits}

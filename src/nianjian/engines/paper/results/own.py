"""What a portrait says of one team: its own rows of the splits, nothing of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

Json = Mapping[str, Any]

TEAM: Final = "team"
KEPT: Final = ("slug", "unit", "limit", "operator", "source", "title")
# Component -> the field of a team's row that counts it.
PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "complaint_rate": {
        "complaints": "numerator", "answered": "denominator", "delivered": "delivered",
        "answer_unknown": "answer_unknown",
    },
    "number_consistency": {
        "delivered": "denominator", "own_short": "own_short", "other_short": "other_short", "landline": "landline",
        "mobile": "mobile", "shared_400_800": "shared_400_800", "other": "other", "unknown": "unknown",
    },
    "closing_rate": {"tickets": "denominator", "closed": "numerator", "on_time": "on_time"},
}  # fmt: skip


def own(portrait: Json, team: str) -> list[dict[str, Any]]:
    """Each metric that is split by team, with this team's figures in the place of the enterprise's."""
    found = []
    for metric in portrait["metrics"]:
        rows: Sequence[Json] = [row for row in metric["splits"].get(TEAM, ()) if row["key"] == team]
        if metric["slug"] in PARTS:
            row = rows[0] if rows else {"numerator": 0, "denominator": 0, "value": None, "light": "na"}
            parts = {name: int(row.get(field) or 0) for name, field in PARTS[metric["slug"]].items()}
            figures = {name: row[name] for name in ("numerator", "denominator", "value", "light")}
            found.append({**{name: metric[name] for name in KEPT}, **figures, "components": parts})
    return found

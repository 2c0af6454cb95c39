"""The way down: one table a split, a row a line, team, display number, kind or month, all metrics beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper import fragments
from nianjian.engines.paper.figures import DASH, Light, count
from nianjian.engines.paper.texts.portrait import KEYS, name
from nianjian.engines.paper.words import Words, mark

Json = Mapping[str, Any]

MONTH: Final = "month"
MANY: Final = 17  # columns of a split that shows three metrics; one with all four is set closer

# What a metric contributes to a row: heading and field; the rate and the light follow for each.
COLUMNS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "seat_vacancy": ((mark("filed seats"), "filed"), (mark("opened seats"), "opened")),
    "complaint_rate": ((mark("complaints counted"), "numerator"), (mark("answered outbound calls"), "denominator")),
    "number_consistency": (
        (mark("delivered outbound calls"), "denominator"),
        (mark("own 95/96 number"), "own_short"),
        (mark("other 95/96 number"), "other_short"),
        (mark("landline"), "landline"),
        (mark("mobile"), "mobile"),
        (mark("unknown number"), "unknown"),
    ),
    "closing_rate": ((mark("tickets"), "denominator"), (mark("closed"), "numerator")),
}


def splits(portrait: Json) -> tuple[str, ...]:
    """The splits that this portrait has, months among them, each once."""
    found: dict[str, None] = {}
    for metric in portrait["metrics"]:
        found |= dict.fromkeys(metric.get("splits") or {})
        if metric.get("months"):
            found[MONTH] = None
    return tuple(found)


def rows(metric: Json, split: str) -> Sequence[Json]:
    """The rows of a metric in a split, months among them; none where it is not split so."""
    if split == MONTH:
        return [{**row, "key": row["month"]} for row in metric.get("months") or ()]
    found: Sequence[Json] = (metric.get("splits") or {}).get(split, ())
    return found


def key_text(key: object, _: Words) -> str:
    """Name a row: known words translated, a missing key said to be missing."""
    if key is None:
        return _("not known")
    text = str(key)
    return name("key", text, _) if text in KEYS else text


def grid(portrait: Json, split: str, _: Words) -> tuple[list[str], list[list[str | Light]]]:
    """Header and rows of a split; a row's order is that of the metric that has most rows, months by time."""
    metrics = [metric for metric in portrait["metrics"] if rows(metric, split)]
    header = [name("split", split, _)]
    keys: dict[object, None] = {}
    for metric in sorted(metrics, key=lambda one: -len(rows(one, split))):
        keys |= dict.fromkeys(row["key"] for row in rows(metric, split))
    order = sorted(keys, key=str) if split == MONTH else list(keys)
    body: list[list[str | Light]] = [[key_text(key, _)] for key in order]
    for metric in metrics:
        slug, unit = str(metric["slug"]), str(metric["unit"])
        by_key = {row["key"]: row for row in rows(metric, split)}
        header += [_(text) for text, _field in COLUMNS[slug]] + [f"{name('metric', slug, _)} ({unit})", _("light")]
        for place, key in enumerate(order):
            body[place] += _figures(by_key.get(key), slug, _)
    return header, body


def _figures(row: Json | None, slug: str, _: Words) -> list[str | Light]:
    """What one metric says in a row, its rate in the unit of the header; dashes where it says nothing."""
    if row is None:
        return [DASH] * (len(COLUMNS[slug]) + 2)
    light = str(row["light"])
    counts = [count(row.get(field)) for _text, field in COLUMNS[slug]]
    return [*counts, str(row.get("value") or DASH), Light(light, name("light", light, _))]


def table(portrait: Json, split: str, _: Words) -> str:
    """The split as an HTML table."""
    header, body = grid(portrait, split, _)
    form = "wide widest" if len(header) > MANY else "wide"
    return fragments.table(name("split", split, _), header, body, form=form)

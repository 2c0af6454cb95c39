"""What changed between two portraits, and which of the things they are made of changed with it. Pure.

Both are the JSON of ``Result.as_dict``. A pair stands as ``[before, after]``; what is equal is left out of the lists.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Json = Mapping[str, Any]
Pair = list[object]  # before, after

# What decides a rule's effect; a title that was worded anew changes nothing.
RULE: Final = ("value", "operator", "level", "citation", "valid_from", "valid_to", "province")
SETTING: Final = ("province", "as_of", "today")
FIGURES: Final = ("light", "value", "numerator", "denominator", "limit", "operator")
LISTED: Final = 20  # rows of a split that moved, the largest move first


def compare(before: Json, after: Json) -> dict[str, Any]:
    """``light``, ``causes`` (rules, data, program, settings), ``settings``, ``metrics``, ``rules`` and ``tables``."""
    tables = changed_tables(before, after)
    settings = _pairs(_settings(before), _settings(after))
    program = [before["code"]["version"], after["code"]["version"]]
    causes = {
        "data": bool(tables),
        "rules": before["rulebook"]["sha256"] != after["rulebook"]["sha256"],
        "settings": bool(settings),
        "program": program[0] != program[1],
    }
    old = {metric["slug"]: metric for metric in before["metrics"]}
    new = {metric["slug"]: metric for metric in after["metrics"]}
    return {
        "light": [before["light"], after["light"]],
        "same": dict(before) == dict(after),
        "causes": [cause for cause, holds in causes.items() if holds],
        "settings": settings,
        "program": program,
        "rulebook": [before["rulebook"], after["rulebook"]],
        "metrics": [_metric(slug, old.get(slug), new.get(slug)) for slug in dict.fromkeys([*new, *old])],
        "rules": changed_rules(before, after),
        "rules_told": "rules" in before and "rules" in after,
        "tables": tables,
    }


def changed_tables(before: Json, after: Json) -> list[dict[str, object]]:
    """Tables of the lake whose version differs; None: the table was not there."""
    old, new = ({k: v for k, v in one["snapshot"].items() if k != "sha256"} for one in (before, after))
    return [
        {"table": name, "before": old.get(name), "after": new.get(name)}
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]


def changed_rules(before: Json, after: Json) -> list[dict[str, object]]:
    """Rules that differ, with both values and the overlay that made them so; a rule that is new or gone has one side.

    Portraits of an older program tell no rules: then the list is empty, and ``rules_told`` is false.
    """
    if "rules" not in before or "rules" not in after:
        return []
    old, new = ({str(rule["key"]): rule for rule in one["rules"]} for one in (before, after))
    changes = []
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        if _effect(was) != _effect(now):
            entry = now or was or {}
            titles = {"zh": entry["title_zh"], "en": entry["title_en"]}
            changes.append({"key": key, "id": entry["id"], "title": titles, "before": _side(was), "after": _side(now)})
    return changes


def _effect(rule: Json | None) -> object:
    if rule is None:
        return None
    overlay = rule.get("overlay") or {}
    return [*(rule[name] for name in RULE), overlay.get("value") if overlay.get("beside") else None]


def _side(rule: Json | None) -> dict[str, object] | None:
    return None if rule is None else {name: rule[name] for name in (*RULE, "unit", "overlay")}


def _settings(portrait: Json) -> dict[str, object]:
    return {"province": portrait.get("province"), **{name: portrait["period"].get(name) for name in SETTING[1:]}}


def _pairs(before: Json, after: Json) -> dict[str, Pair]:
    """Names whose values differ, in the order of both."""
    names = dict.fromkeys([*before, *after])
    return {name: [before.get(name), after.get(name)] for name in names if before.get(name) != after.get(name)}


def _metric(slug: str, before: Json | None, after: Json | None) -> dict[str, Any]:
    """One metric; empty parts are what did not change. A metric that only one of the two has stands with one side."""
    pair = before or {}, after or {}

    def both(name: str) -> tuple[Any, Any]:
        was, now = (metric.get(name) or {} for metric in pair)
        return was, now

    counts = [{k: v for k, v in one.items() if not isinstance(v, Mapping)} for one in both("components")]
    splits = both("splits")
    return {
        "slug": slug,
        "unit": (after or before or {})["unit"],
        "light": [metric.get("light") for metric in pair],
        "value": [metric.get("value") for metric in pair],
        "limit": [metric.get("limit") for metric in pair],
        "changed": _pairs(*({name: metric.get(name) for name in FIGURES} for metric in pair)),
        "components": _counted(*counts),
        "excluded": _counted(*(one.get("excluded") or {} for one in both("components"))),
        "bounds": _pairs(*both("bounds")),
        "flags": _flags(*both("flags")),
        "attachments": _lists(*both("attachments")),
        "attachments_required": _lists(*both("attachments_required")),
        "months": _moved(*(_by(rows, "month") for rows in both("months")), limit=None),
        "splits": {
            name: rows
            for name in dict.fromkeys([*splits[0], *splits[1]])
            if (rows := _moved(*(_by(split.get(name) or (), "key") for split in splits), limit=LISTED))
        },
    }


def _counted(before: Json, after: Json) -> list[dict[str, object]]:
    """Counts that differ, with the difference; a count that one side does not name is 0 there."""
    changes = []
    for name in dict.fromkeys([*before, *after]):
        was, now = int(before.get(name) or 0), int(after.get(name) or 0)
        if was != now:
            changes.append({"code": name, "before": was, "after": now, "delta": now - was})
    return changes


def _flags(before: Iterable[Json], after: Iterable[Json]) -> list[dict[str, object]]:
    """Flags that came, went or changed."""
    was, now = ({flag["code"]: dict(flag) for flag in flags} for flags in (before, after))
    return [
        {"code": code, "before": was.get(code), "after": now.get(code)}
        for code in dict.fromkeys([*was, *now])
        if was.get(code) != now.get(code)
    ]


def _lists(before: Sequence[str], after: Sequence[str]) -> dict[str, list[str]]:
    return {
        "added": [one for one in after if one not in before],
        "removed": [one for one in before if one not in after],
    }


def _by(rows: Iterable[Json], name: str) -> dict[object, Json]:
    return {row[name]: row for row in rows}


def _moved(before: Mapping[object, Json], after: Mapping[object, Json], *, limit: int | None) -> list[dict[str, Any]]:
    """Rows whose light, numerator or denominator differ; by size of the move where only some are listed."""
    changes: list[dict[str, Any]] = []
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key) or {}, after.get(key) or {}
        names = ("numerator", "denominator", "light", "value")
        pairs = {name: [was.get(name), now.get(name)] for name in names}
        if any(one != other for one, other in pairs.values()):
            move = sum(abs(int(now.get(name) or 0) - int(was.get(name) or 0)) for name in names[:2])
            changes.append({"key": key, **pairs, "move": move})
    if limit is not None:
        changes.sort(key=lambda row: (-row["move"], str(row["key"])))
        changes = changes[:limit]
    return changes

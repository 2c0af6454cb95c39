"""A comparison of two runs in words: what changed, and what was done in between. Shell and page show the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.paper import drill
from nianjian.engines.paper.figures import DASH, amount, count
from nianjian.engines.paper.results import rules
from nianjian.engines.paper.texts.portrait import name
from nianjian.engines.paper.words import CHINESE, Words, mark

Json = Mapping[str, Any]

CAUSES: Final[Mapping[str, str]] = {
    "data": mark("the data changed"),
    "rules": mark("the rulebook changed"),
    "settings": mark("it was asked for another day or province"),
    "program": mark("another version of the program counted"),
}
NOTHING: Final = mark("Nothing that a portrait is made of changed between the two.")
TABLES: Final[Mapping[str, str]] = {
    "calls": mark("call records"),
    "number_dim": mark("number ledger"),
    "line_dim": mark("lines and teams"),
    "seat_dim": mark("seats"),
    "complaint_fact": mark("complaint tickets"),
    "attachment_fact": mark("attached papers"),
}
ACTS: Final[Mapping[str, str]] = {
    "calls.import": mark("call records imported"),
    "calls.undo": mark("a batch of call records undone"),
    "registers.import": mark("a register imported"),
    "portrait.attach": mark("a paper attached"),
    "approval.approved": mark("a request approved"),
    "holidays.import": mark("holidays imported"),
}
SETTINGS: Final[Mapping[str, str]] = {
    "province": mark("province"),
    "as_of": mark("as-of day"),
    "today": mark("second day"),
}
TOLD: Final = ("batch", "replaces", "kind", "file", "name", "metric", "key", "subject", "rows")


def view(told: Json, language: str, _: Words) -> dict[str, Any]:
    """Every part of the comparison with its words; empty lists are what did not change."""
    return {
        "light": [{"code": code, "word": name("light", str(code), _)} for code in told["light"]],
        "causes": [_(CAUSES[cause]) for cause in told["causes"]] or [_(NOTHING)],
        "settings": [(_(SETTINGS[key]), *(one or DASH for one in pair)) for key, pair in told["settings"].items()],
        "metrics": [_metric(metric, _) for metric in told["metrics"]],
        "rules": [_rule(rule, language, _) for rule in told["rules"]],
        "rules_told": told["rules_told"],
        "tables": [
            (_(TABLES[one["table"]]) if one["table"] in TABLES else one["table"], *_versions(one))
            for one in told["tables"]
        ],
        "acts": [_act(act, _) for act in told.get("between", ())],
    }


def _versions(one: Json) -> tuple[str, str]:
    before, after = one["before"], one["after"]
    return DASH if before is None else str(before), DASH if after is None else str(after)


def _metric(metric: Json, _: Words) -> dict[str, Any]:
    unit = str(metric["unit"])
    lines = [_count(name("component", one["code"], _), one) for one in metric["components"]]
    excluded = name("component", "excluded", _)
    lines += [_count(f"{excluded}: {name('exclusion', one['code'], _)}", one) for one in metric["excluded"]]
    if "limit" in metric["changed"]:
        before, after = metric["changed"]["limit"]
        lines.append((_("limit"), amount(before, unit), amount(after, unit), ""))
    return {
        "slug": metric["slug"],
        "title": name("metric", metric["slug"], _),
        "light": [{"code": code or "na", "word": name("light", str(code or "na"), _)} for code in metric["light"]],
        "value": [amount(one, unit) for one in metric["value"]],
        "same": not metric["changed"] and not lines and not metric["flags"],
        "lines": lines,
        "flags": [_flag(flag, _) for flag in metric["flags"]],
        "papers": _papers(metric, _),
        "months": [_moved(row, unit, _) for row in metric["months"]],
        "splits": [
            (name("split", split, _), [_moved(row, unit, _) for row in rows])
            for split, rows in metric["splits"].items()
        ],
    }


def _count(label: str, one: Json) -> tuple[str, str, str, str]:
    """Name, before, after, difference with its sign."""
    return label, count(one["before"]), count(one["after"]), f"{one['delta']:+,}"


def _flag(flag: Json, _: Words) -> str:
    title = name("flag", flag["code"], _)
    before, after = flag["before"], flag["after"]
    if before is None:
        return _("new: {flag} ({count})").format(flag=title, count=count(after["count"]))
    if after is None:
        return _("gone: {flag} ({count})").format(flag=title, count=count(before["count"]))
    return f"{title}: {count(before['count'])} → {count(after['count'])}"


def _papers(metric: Json, _: Words) -> list[str]:
    papers = metric["attachments"]
    return [
        *(_("attached: {paper}").format(paper=name("attachment", one, _)) for one in papers["added"]),
        *(_("no longer attached: {paper}").format(paper=name("attachment", one, _)) for one in papers["removed"]),
    ]


def _moved(row: Json, unit: str, _: Words) -> dict[str, Any]:
    def side(place: int) -> str:
        top, bottom = row["numerator"][place], row["denominator"][place]
        value = row["value"][place]
        return DASH if bottom is None else f"{count(top)} / {count(bottom)} = {amount(value, unit)}"

    return {
        "key": drill.key_text(row["key"], _),
        "before": side(0),
        "after": side(1),
        "light": [str(code or "na") for code in row["light"]],
        "words": [name("light", str(code or "na"), _) for code in row["light"]],
    }


def _rule(rule: Json, language: str, _: Words) -> dict[str, Any]:
    sides = (rule["before"], rule["after"])
    return {
        "title": rule["title"]["zh" if language == CHINESE else "en"],
        "key": rule["key"],
        "id": rule["id"],
        "values": [DASH if side is None else rules.value_text(side, _) for side in sides],
        "levels": [DASH if side is None else name("level", side["level"], _) for side in sides],
        "changed": next((rules.changed(side["overlay"], _) for side in sides[::-1] if side and side["overlay"]), ""),
    }


def _act(act: Json, _: Words) -> dict[str, str]:
    verb = str(act["verb"])
    data = act["data"]
    said = ", ".join(f"{key} {data[key]}" for key in TOLD if isinstance(data.get(key), str | int) and data[key] != "")
    return {
        "at": f"{datetime.fromisoformat(str(act['at'])).astimezone(clock.ZONE):%Y-%m-%d %H:%M}",
        "actor": str(act["actor"]),
        "what": _(ACTS[verb]) if verb in ACTS else verb,
        "detail": said,
        "seq": str(act["seq"]),
    }

"""What the gate knows and does, as tables for people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.gate import (
    ALARM,
    ALARMS,
    COUNTS,
    KEYS,
    PURPOSES,
    REASONS,
    STATES,
    WINDOWS,
    translate_code,
)
from nianjian.engines.paper.words import Words, words
from nianjian.platform.web.language import current
from nianjian.platform.web.rule_values import RulePresentation
from nianjian.platform.web.tables import Cell, Column, Table

Json = Mapping[str, Any]

GOOD: Final = frozenset({"fresh", "ok"})
WARN: Final = frozenset({"alarm"})


def purpose(name: str) -> str:
    """What a purpose is called; one that an enterprise described itself, by its own name."""
    return translate_code(PURPOSES, name, words(current()))


def state(of: Json) -> list[tuple[str, str, str, str]]:
    """(label, text, badge, more) of the snapshot, the process and its counters."""
    _ = words(current())
    snapshot, process = of["snapshot"], of["process"]
    held, status = str(snapshot["state"]), str(process["status"])
    rows = [
        (gettext("Snapshot"), translate_code(STATES, held, _), _badge(held), _snapshot(snapshot, _)),
        (
            gettext("Gate process"),
            _(ALARM) if status in WARN else translate_code(STATES, status, _),
            _badge(status),
            _process(process),
        ),
        *((gettext("Alarm"), translate_code(ALARMS, one, _), "warn", "") for one in process["alarms"]),
    ]
    if process["counters"]:
        available = bool(process["available"])
        text = gettext("counting") if available else gettext("not counting")
        more = " · ".join(part for part in (process["counters"], process["reason"]) if part)
        rows.append((gettext("Counters"), text, "good" if available else "bad", more))
    return rows


def _badge(code: str) -> str:
    return "good" if code in GOOD else "warn" if code in WARN else "bad"


def _snapshot(of: Json, _: Words) -> str:
    if of["generation"] is None:
        return gettext("nianjian gate feed writes one")
    said = gettext("number {generation}, {age} s old, policy {version}, epoch {epoch}")
    more = said.format(generation=of["generation"], age=of["age_s"], version=of["version"], epoch=of["epoch"] or "–")
    problem = of["problem"]
    return more if problem is None else f"{more} · {error_message(problem['code'], problem['values'], _)}"


def _process(of: Json) -> str:
    if of["generation"] is None:
        return str(of["problem"] or of["url"])
    said = gettext("answers at {url} by snapshot {generation}, {age} s old")
    more = said.format(url=of["url"], generation=of["generation"], age=of["age_s"])
    return f"{more} · {of['problem']}" if of["problem"] else more


def purposes(code: str, of: Iterable[Json], rules: Collection[str]) -> Table:
    """The purposes with their hours, consents and switches."""
    rows = [
        [
            Cell(purpose(one["name"])),
            Cell(" ".join(f"{start}–{end}" for start, end in one["hours"])),
            Cell(gettext("must be on file") if one["needs_consent"] else gettext("not needed")),
            Cell(gettext("on"), badge="bad") if one["fail_open"] else Cell(gettext("off")),
            _rule(code, one["hours_rule"], rules),
        ]
        for one in of
    ]
    heads = (gettext("Purpose"), gettext("Hours"), gettext("Consent"), gettext("May go while the gate cannot know"))
    return Table(
        gettext("Purposes"), [*map(Column, heads), Column(gettext("Rule of the hours"))], rows, wrap=True, cards=True
    )


def caps(code: str, of: Iterable[Json], channels: Iterable[Json], rules: Collection[str]) -> Table:
    """The caps with what they count; an isolated channel says so."""
    _ = words(current())
    isolated = {one["name"] for one in channels if one["isolated"]}
    rows = []
    for one in of:
        window = translate_code(WINDOWS, one["window"], _)
        mark = gettext("isolated: white list only") if one["key"] == "channel" and one["only"] in isolated else ""
        rows.append(
            [
                Cell(translate_code(KEYS, one["key"], _)),
                Cell(one["only"] or gettext("each by itself")),
                Cell(one["limit"], figure=True),
                Cell(f"{window} {one['seconds']} s" if "seconds" in one else window),
                Cell(translate_code(COUNTS, one["counts"], _)),
                Cell(mark, badge="warn") if mark else Cell(""),
                _rule(code, one["rule"], rules),
            ]
        )
    heads = [Column(gettext("Counted by")), Column(gettext("Only")), Column(gettext("Limit"), figure=True)]
    heads += [Column(gettext("Counted over")), Column(gettext("Counts")), Column(gettext("Isolation"))]
    heads.append(Column(gettext("Rule")))
    return Table(gettext("Caps"), heads, rows, wrap=True, cards=True)


def _rule(code: str, key: str, rules: Collection[str]) -> Cell:
    """The rule's key; where it holds, the way to its page, where another value is asked for."""
    if key not in rules:
        return Cell(key or "–")
    return Cell(key, href=reverse("rules-one-here", kwargs={"code": code, "key": key}))


def rules(code: str, of: Iterable[RulePresentation]) -> Table:
    """The rules behind it: the value of today, its days, and why it is another one here."""
    rows = [
        [
            Cell(one.title, href=reverse("rules-one-here", kwargs={"code": code, "key": one.key})),
            Cell(one.value),
            Cell(one.level, badge=one.badge),
            Cell(one.days),
            Cell(one.changed or "–"),
        ]
        for one in of
    ]
    heads = (gettext("Rule"), gettext("Value"), gettext("Level"), gettext("Days"), gettext("Changed because"))
    return Table(gettext("Rules"), [*map(Column, heads)], rows, wrap=True, cards=True)


def settings(of: Iterable[Json]) -> Table:
    """What was set beside the rulebook, newest first."""
    _ = words(current())
    rows = [
        [
            Cell(one["since"].astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")),
            Cell(f"{_thing(str(one['key']))} {one['name']}".strip()),
            Cell(value(one["values"])),
            Cell(one["reason"] or "–"),
            Cell(one["by"]),
            Cell(one["approval"] or "–"),
        ]
        for one in of
    ]
    heads = (gettext("In force since"), gettext("About"), gettext("Value"), gettext("Reason"), gettext("By"))
    columns = [*map(Column, heads), Column(gettext("Approval"))]
    return Table(gettext("What was set"), columns, rows, wrap=True)


def _thing(key: str) -> str:
    named = {"rule": gettext("Limits of a vendor"), "mode": gettext("Mode")}
    return named.get(key) or translate_code(KEYS, key, words(current()))


def value(values: Json) -> str:
    """What a setting says."""
    if "enforce" in values:
        return gettext("refuses") if values["enforce"] else gettext("only looks on")
    if "fail_open" in values:
        return gettext("on") if values["fail_open"] else gettext("off")
    if "on" in values:
        return gettext("taken over") if values["on"] else gettext("dropped")
    cap = values["cap"]
    text = gettext("the rulebook's") if cap is None else str(cap)
    return f"{text} · {gettext('isolated: white list only')}" if values["white_list"] else text


def decisions(code: str, of: Iterable[Json], rules: Collection[str]) -> Table:
    """The answers, newest first; numbers of people come masked."""
    _ = words(current())
    rows = []
    for one in of:
        reason = str(one["observed"] or one["reason"])
        text = translate_code(REASONS, reason, _)
        if one["observed"]:
            text = gettext("{reason} (only observed)").format(reason=text)
        counter = one["counter"]
        rows.append(
            [
                Cell(str(one["at"])[:19].replace("T", " ")),
                Cell(one["channel"]),
                Cell(one["display"]),
                Cell(one["callee"]),
                Cell(gettext("allowed"), badge="good") if one["allow"] else Cell(gettext("blocked"), badge="bad"),
                Cell(f"{text} ({reason})"),
                _rule(code, one["rule"], rules),
                Cell("–" if counter is None else f"{counter['used']}/{counter['limit']}", figure=True),
                Cell(_moment(one["retry_at"])),
            ]
        )
    heads = [gettext("Moment"), gettext("Line"), gettext("Displayed number"), gettext("Dialled number")]
    columns = [*map(Column, heads), Column(gettext("Answer")), Column(gettext("Reason")), Column(gettext("Rule"))]
    columns += [Column(gettext("Used of the cap"), figure=True), Column(gettext("Again at"))]
    return Table(gettext("Decisions"), columns, rows, wrap=True)


def _moment(at: int | None) -> str:
    return "–" if at is None else datetime.fromtimestamp(at, clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")

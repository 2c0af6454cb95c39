"""What the flows tell of live sources, as tiles and lines of a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.complaints import STATES as TICKETS
from nianjian.engines.paper.texts.gate.words import REASONS, translate_code
from nianjian.engines.paper.texts.inspection.screens import OUTCOMES, PROBLEMS, STATES
from nianjian.engines.paper.texts.portrait import COMPONENTS
from nianjian.engines.paper.words import Words, words
from nianjian.platform.web.language import current

Json = Mapping[str, Any]

MINUTE: Final = 60
HOUR: Final = 3600
REASONS_SHOWN: Final = 6
HANDS: Final[Mapping[str, str]] = {"late": "bad", "warned": "warn"}


@dataclass(frozen=True, slots=True)
class Line:
    """A name with its figure; ``share``: hundredths of the tile's whole, for the bar behind it."""

    name: str
    value: str
    share: int | None = None
    badge: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """``state``: fresh, stale or absent; ``note``: what is wrong or missing, "" for nothing."""

    name: str
    title: str
    state: str
    label: str
    note: str
    value: str = ""
    lines: Sequence[Line] = field(default=())
    empty: str = ""


def office(of: Json) -> list[Tile]:
    """The tiles of the back office: figures first, then what they are made of."""
    _ = words(current())
    now, calls, gate, tickets = of["now"], of["calls"], of["gate"], of["complaints"]
    count = "–" if now["count"] is None else str(now["count"])
    return [
        _tile(_, "now", gettext("Calls now"), now, count),
        _tile(_, "calls", gettext("Calls today, ended"), calls, _figure(calls, calls["all"]), note=_damage(calls)),
        _tile(_, "answered", gettext("Answered today"), calls, _figure(calls, calls["by"]["answered"])),
        _tile(_, "blocked", gettext("Blocked by the gate today"), gate, _figure(gate, gate["blocked"])),
        _tile(_, "outcomes", gettext("What became of the calls"), calls, lines=_outcomes(calls, _)),
        _tile(_, "reasons", gettext("Blocked: why"), gate, lines=_reasons(gate, _), empty=gettext("Nothing blocked")),
        _displays(of, _),
        _tile(
            _, "complaints", gettext("Complaints"), {**tickets, "since": None, "problem": None},
            gettext("{open} open, {late} late").format(open=tickets["open"], late=tickets["late"]),
            lines=[line for one in tickets["tickets"] for line in _ticket(one, _)],
        ),
    ]  # fmt: skip


def gateway(of: Json) -> list[Tile]:
    """The tiles above the log."""
    _ = words(current())
    gate = of["gate"]
    return [
        _tile(_, "allowed", gettext("Allowed today"), gate, _figure(gate, gate["allowed"])),
        _tile(_, "blocked", gettext("Blocked today"), gate, _figure(gate, gate["blocked"])),
        _tile(_, "reasons", gettext("Blocked: why"), gate, lines=_reasons(gate, _), empty=gettext("Nothing blocked")),
        _displays(of, _),
    ]


def _tile(
    _: Words, name: str, title: str, life: Json, value: str = "", *, note: str = "", lines: Sequence[Line] = (),
    empty: str = "",
) -> Tile:  # fmt: skip
    state = str(life["state"])
    notes = [note] if note else []
    if state == "stale":
        since = life["since"]
        gone = gettext("no data since {time}").format(time=stamp(since)) if since else gettext("no data so far")
        if life.get("silent"):
            gone += " · " + gettext("silent: {names}").format(names=", ".join(life["silent"]))
        notes.insert(0, gone)
    if state == "absent":
        notes.insert(0, gettext("no source is set up"))
    if life["problem"]:
        notes.append(translate_code(PROBLEMS, str(life["problem"]), _))
    return Tile(name, title, state, _(STATES[state]), " · ".join(notes), value, lines, empty)


def _figure(life: Json, count: int) -> str:
    """A count, also an old one; what was never told is no nought."""
    return "–" if life["since"] is None else f"{count:,}"


def _damage(calls: Json) -> str:
    notes = []
    if calls["damaged"]:
        notes.append(gettext("{count} rows could not be read").format(count=calls["damaged"]))
    if calls["gap"]:
        notes.append(gettext("records before {time} may be missing").format(time=stamp(calls["gap"])))
    return " · ".join(notes)


def _outcomes(calls: Json, _: Words) -> list[Line]:
    if calls["since"] is None:
        return []
    return [_line(_(name), calls["by"][code], calls["all"]) for code, name in OUTCOMES.items()]


def _reasons(gate: Json, _: Words) -> list[Line]:
    shown = gate["reasons"][:REASONS_SHOWN]
    lines = [_line(translate_code(REASONS, str(one["code"]), _), one["count"], gate["blocked"]) for one in shown]
    lines += [
        Line(f"{translate_code(REASONS, str(one['code']), _)} · {gettext('only observed')}", f"{one['count']:,}")
        for one in gate["observed"][: REASONS_SHOWN - len(lines)]
    ]
    return lines


def _displays(of: Json, _: Words) -> Tile:
    whole = sum(one["count"] for one in of["displays"])
    lines = [_line(translate_code(COMPONENTS, str(one["code"]), _), one["count"], whole) for one in of["displays"]]
    title = gettext("Displayed numbers today")
    return _tile(_, "displays", title, of["gate"], lines=lines, empty=gettext("No question so far"))


def _line(name: str, count: int, whole: int) -> Line:
    return Line(name, f"{count:,}", round(100 * count / whole) if whole else 0)


def _ticket(one: Json, _: Words) -> list[Line]:
    """A ticket's two clocks, as far as they run."""
    names = (("response", gettext("first response")), ("close", gettext("close")))
    state = _(TICKETS[one["state"]])
    running = [(name, one[which]) for which, name in names if one[which]["left_s"] is not None]
    return [
        Line(f"{one['ticket']} · {state} · {name}", format_time_left(read["left_s"]), None, HANDS.get(read["hand"], ""))
        for name, read in running
    ]


def format_time_left(seconds: int) -> str:
    """Time that is left, or with a minus has been over for, as hours, minutes and seconds."""
    gone = abs(seconds)
    return f"{'-' if seconds < 0 else ''}{gone // HOUR}:{gone % HOUR // MINUTE:02}:{gone % MINUTE:02}"


def stamp(text: str) -> str:
    """The time of day of a moment in ISO form; with the day, where it is not today's."""
    at = datetime.fromisoformat(text).astimezone(clock.ZONE)
    same = at.date() == clock.now().astimezone(clock.ZONE).date()
    return at.strftime("%H:%M:%S" if same else "%m-%d %H:%M:%S")


def decisions(of: Json) -> list[list[Line]]:
    """The newest decisions: when, answer, why, line, displayed and called number."""
    _ = words(current())
    return [
        [
            Line("at", stamp(one["at"])),
            Line("answer", gettext("allowed") if one["allow"] else gettext("blocked"), badge=_badge(one)),
            Line("why", translate_code(REASONS, str(one["observed"] or one["reason"]), _)),
            Line("line", one["channel"] or "–"),
            Line("display", one["display"] or "–"),
            Line("callee", one["callee"] or "–"),
        ]
        for one in of["decisions"]
    ]


def _badge(one: Json) -> str:
    return "bad" if not one["allow"] else "warn" if one["observed"] else "good"

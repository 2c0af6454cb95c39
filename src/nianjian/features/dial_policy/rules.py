"""What the rulebook says about the gate, and what an enterprise set beside it: purposes, hours, caps, switches."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from nianjian.engines.gate.policy import Cap
from nianjian.engines.gate.snapshot.tenant import OTHER, UNNAMED
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.registers.gate_policies import GatePolicy

CHANNEL, DISPLAY, TEAM, RULE, PURPOSE, MODE = "channel", "display", "team", "rule", "purpose", "mode"
CAPPED: Final = (CHANNEL, DISPLAY, TEAM)
BEFORE: Final = "rectification.frequency.before"
AFTER: Final = "rectification.frequency.after"
CHOICES: Final = "frequency."

_CLOCK: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_MINUTES: Final = 1440
_SECONDS: Final = {"minutes": 60, "hours": 3600, "days": 86_400}
_KEYS: Final = {"channel": "channel", "caller": "display", "callee": "callee", "caller_callee": "caller_callee"} | {
    "outsourcer": "team",
    "purpose": "purpose",
}

Told = dict[str, Any]


def _refuse(fault: NianjianError) -> None:
    raise fault


def read_purposes(
    book: Rulebook, settings: Iterable[GatePolicy], fault: Callable[[NianjianError], None] = _refuse
) -> list[Told]:
    """Every purpose with its words, hours, consent and switch; those of a call that names none, or an unknown one, too.

    ``gate_rule_unreadable`` where an overlay left a rule that cannot be understood; given to ``fault`` if there is one,
    and the purpose is left out.
    """
    words = book.value("gate.purposes")
    if not isinstance(words, Mapping):
        raise NianjianError("gate_rule_unreadable", key="gate.purposes")
    consent = {str(name) for name in book.items("gate.consent")}
    open_ = {one.name for one in settings if one.key == PURPOSE and one.values.get("fail_open")}
    purposes = []
    for name, said in [*words.items(), (UNNAMED, ()), (OTHER, ())]:
        if not isinstance(said, tuple):
            fault(NianjianError("gate_rule_unreadable", key="gate.purposes"))
            continue
        rule = f"gate.hours.{name}"
        try:
            open_hours = read_hours(book, rule)
        except NianjianError as unreadable:
            fault(unreadable)
            continue
        purposes.append(
            {
                "name": name.casefold(),
                "words": [str(word).casefold() for word in said],
                "needs_consent": name in consent,
                "hours": open_hours,
                "hours_rule": rule,
                "fail_open": name in open_,
            }
        )
    return purposes


def read_hours(book: Rulebook, key: str) -> list[list[int]]:
    """Minutes of the day as [from, to) pairs; a purpose without a rule of its own has those of an unknown one."""
    pairs = book.items(key if key in book.in_force else f"gate.hours.{OTHER}")
    hours = []
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:  # noqa: PLR2004 -- from and to
            raise NianjianError("gate_rule_unreadable", key=key)
        start, end = (_minute(text, key) for text in pair)
        # 21:00 to 09:00 goes over midnight
        hours += [[start, end]] if start < end else [[start, _MINUTES], [0, end]]
    return hours


def _minute(text: object, key: str) -> int:
    read = _CLOCK.fullmatch(str(text))
    minute = -1 if read is None else int(read[1]) * 60 + int(read[2])
    if not 0 <= minute <= _MINUTES:
        raise NianjianError("gate_rule_unreadable", key=key)
    return minute


def read_caps(book: Rulebook, settings: Iterable[GatePolicy], channels: Iterable[str]) -> list[Cap]:
    """The caps in the order in which they are asked: each channel's own, displays and teams set apart, chosen rules.

    A channel's cap keeps its name whatever its limit is, so its counter goes on when the limit changes.
    """
    by_key = {(one.key, one.name): one.values for one in settings}
    uncapped = {name for (key, name), values in by_key.items() if key == CHANNEL and values.get("uncapped")}
    caps = [_day_cap(book, CHANNEL, name, by_key.get((CHANNEL, name), {})) for name in sorted(set(channels) - uncapped)]
    for (key, name), values in sorted(by_key.items()):
        if key in {DISPLAY, TEAM} and not values.get("uncapped"):  # set again by the end of an isolation only
            caps.append(_day_cap(book, key, name, values))
    for (key, name), values in sorted(by_key.items()):
        if key == RULE and values.get("on"):
            caps += get_vendor_caps(book, name)
    return caps


def _day_cap(book: Rulebook, key: str, name: str, values: Mapping[str, Any]) -> Cap:
    """Attempts of a natural day; without a cap of its own the default before an isolation, or the one within it.

    On an observing line, which has no cap of its own, the default is what its calls are measured by; it refuses none.
    """
    rule = AFTER if values.get("white_list") else BEFORE
    limit = values.get("cap")
    return Cap(
        f"{key}-day.{name}", key, "calendar_day", book.integer(rule) if limit is None else limit, rule, only=name
    )


def get_vendor_caps(book: Rulebook, key: str) -> list[Cap]:
    """The caps of a vendor's rule; ``gate_choice_unknown`` where it holds no limits the gate can count."""
    value = book.value(key) if key.startswith(CHOICES) and key in book.in_force else None
    meter = value.get("meter") if isinstance(value, Mapping) else None
    limits = value.get("limits") if isinstance(value, Mapping) else None
    if not isinstance(meter, Mapping) or not isinstance(limits, tuple):
        raise NianjianError("gate_choice_unknown", key=key)
    return list(_limits(key, meter, limits))


def _limits(key: str, meter: Mapping[str, Any], limits: tuple[Any, ...]) -> Iterator[Cap]:
    for one in limits:
        unit = next(name for name in _SECONDS if name in one)
        seconds = one[unit] * _SECONDS[unit]
        window = str(meter["window"])
        yield Cap(
            f"{key}.{one[unit]}{unit}",
            _KEYS[str(meter["key"])],
            window,
            one["calls"],
            key,
            seconds=seconds,
            counts=str(meter["counts"]),
        )


def list_vendor_rules(book: Rulebook) -> list[str]:
    """Rules of vendors that can be chosen."""
    return [
        rule.key
        for rule in book.rules(CHOICES)
        if isinstance(rule.value, Mapping) and {"meter", "limits"} <= set(rule.value)
    ]


def list_isolated(settings: Iterable[GatePolicy], key: str) -> set[str]:
    """Names of what is white list only."""
    return {one.name for one in settings if one.key == key and one.values.get("white_list")}


def enforces(one: GatePolicy | None) -> bool:
    """Whether what was set acts at once: switched on by a person, isolated, or approved by two (a case)."""
    if one is None:
        return False
    return bool(one.values.get("enforce", one.approval) or one.values.get("white_list"))


def list_enforced(settings: Iterable[GatePolicy], key: str) -> set[str]:
    """Names of what the gate refuses by, also on lines that are new."""
    return {one.name for one in settings if one.key == key and enforces(one)}


def stamp_caps(caps: Iterable[Cap], before: Iterable[Mapping[str, Any]], now: int) -> list[Told]:
    """Caps as JSON with their epochs: the one they had, or ``now`` (epoch seconds) for one that is new or changed.

    Epochs of a name only grow, even where no earlier snapshot is left.
    """
    by_name = {one["name"]: one for one in before}
    documents = []
    for cap in caps:
        document = asdict(cap)
        old = by_name.get(cap.name)
        if old is None:
            document["epoch"] = now
        elif {**document, "epoch": old["epoch"]} == dict(old):
            document["epoch"] = old["epoch"]
        else:
            document["epoch"] = max(now, old["epoch"] + 1)
        documents.append(document)
    return documents

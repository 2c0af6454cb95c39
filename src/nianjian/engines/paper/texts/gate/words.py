"""What the gate's reasons, keys and windows are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

REASONS: Final[Mapping[str, str]] = {
    "allow": mark("allowed"),
    "fail-open": mark("allowed, as the gate could not know"),
    "number-unknown": mark("the display number is not filed"),
    "number-expired": mark("the display number is not valid on that day"),
    "number-not-outbound": mark("the display number has no outbound permission"),
    "number-wrong-purpose": mark("the display number was filed for another purpose"),
    "no-channel": mark("the channel is not known or closed"),
    "hours": mark("outside the allowed hours"),
    "callee-unreadable": mark("the callee is no whole number"),
    "do-not-call": mark("the callee wants no calls"),
    "no-consent": mark("no consent on file"),
    "not-on-white-list": mark("not on the white list of the isolated channel"),
    "cap": mark("the cap is reached"),
    "clock": mark("the moment of the question is too far from the gate's clock"),
    "gate-unavailable": mark("the gate cannot know"),
}
KEYS: Final[Mapping[str, str]] = {
    "channel": mark("channel"),
    "display": mark("display number"),
    "callee": mark("callee"),
    "caller_callee": mark("display number and callee"),
    "team": mark("team"),
    "purpose": mark("purpose"),
}
WINDOWS: Final[Mapping[str, str]] = {
    "calendar_day": mark("natural day"),
    "anchored": mark("window from the first call on"),
    "sliding": mark("sliding window"),
}
COUNTS: Final[Mapping[str, str]] = {"attempts": mark("attempts"), "answered": mark("answered calls")}

PURPOSES: Final[Mapping[str, str]] = {
    "marketing": mark("marketing"),
    "survey": mark("surveys"),
    "service": mark("service"),
    "notice": mark("notices"),
    "unnamed": mark("no purpose named"),
    "other": mark("any other purpose"),
}
STATES: Final[Mapping[str, str]] = {
    "fresh": mark("fresh"),
    "ok": mark("answers"),
    "alarm": mark("old: an alarm"),  # of the snapshot
    "untold": mark("cannot tell of this enterprise: every call of it is refused"),
    "stale": mark("too old: every call is refused"),
    "missing": mark("there is none: every call is refused"),
    "refusing": mark("refuses every call"),
    "refused": mark("wants another token (NIANJIAN_GATE_TOKENS)"),
    "unreached": mark("does not answer"),
}
ALARMS: Final[Mapping[str, str]] = {
    "snapshot_old": mark("its snapshot is old: nobody has fed it for a while"),
    "snapshot_untaken": mark("the newest snapshot is damaged and was not taken"),
    "enterprise_refused": mark("this enterprise could not be told to it: every call of it is refused"),
    "journal_unwritten": mark("its decisions cannot be written down"),
}
"""What is wrong with a gate's process that answers."""
ALARM: Final = mark("answers, with an alarm")


def translate_code(names: Mapping[str, str], code: str, _: Words) -> str:
    """A code as a reader calls it; one without a name speaks for itself."""
    return _(names[code]) if code in names else code

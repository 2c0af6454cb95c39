"""Words and error messages of the gate: reasons, keys, windows, snapshot, lists, policies, counters."""

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


TEXTS: Final[Mapping[str, str]] = {
    "gate_snapshot_missing": mark("there is no snapshot of the gate in {folder}; run `nianjian gate feed`"),
    "gate_snapshot_damaged": mark("the gate's snapshot is damaged: {file}; run `nianjian gate feed`"),
    "gate_list_missing": mark(
        "the list {list} of {enterprise} ({sha256}) is gone from the home; build it again by `nianjian gate list build`"
    ),
    "gate_list_outdated": mark(
        "the list {list} of {enterprise} was built from {file} when purposes were described otherwise; "
        "build it again by `nianjian gate list build`"
    ),
    "gate_feed_fault": mark("a row or a rule of this enterprise could not be read ({kind}); the log says where"),
    "gate_list_kind_unknown": mark("there is no list {kind} of the gate; there are {kinds}"),
    "gate_policy_unknown": mark("there is no change {policy} of what the gate allows"),
    "gate_policy_same": mark("this holds for {name} already; nothing was changed"),
    "gate_rule_unreadable": mark("the rule {key} cannot be understood by the gate; look at its overlays"),
    "gate_choice_unknown": mark("the rule {key} holds no limits that the gate can count"),
    "gate_channel_unknown": mark("{channel} stands in no register: import its line, its team or its number first"),
    "gate_cap_wrong": mark("a cap of {cap} makes no sense; it lies between 0 and {most}"),
    "gate_only_lines": mark(
        "only a line goes without a cap or only observes; {name} refuses on lines that are enforced"
    ),
    "gate_cap_missing": mark("say how many calls a day: --cap N"),
    "gate_purpose_unknown": mark("there is no purpose {purpose}; there are {purposes}"),
    "gate_process_name": mark("“{process}” is no name of a gate process: letters, digits, - and _"),
    "gate_journal_taken": mark(
        "another gate process is running already and keeps its journal in {folder}: stop it, or give each process a"
        " name of its own (--process) and all of them a common store (--store)"
    ),
    "serve_without_gate": mark(
        "the gate could not start at {listen}, so the pages have ended; give it another address (--gate), start none"
        " (--no-gate), or set NIANJIAN_SERVE_WITHOUT_GATE=yes"
    ),
    "gate_not_reached": mark("no gate answers at {url}: {reason}"),
    "gate_needs_tokens": mark(
        "{listen} can be reached by others: give each enterprise a token in NIANJIAN_GATE_TOKENS, "
        "or listen on 127.0.0.1"
    ),
    "gate_port_taken": mark("the gate cannot listen on {listen}: {reason}"),
    "gate_tokens_malformed": mark("NIANJIAN_GATE_TOKENS is written CODE=TOKEN, with commas between, each token once"),
    "gate_day_unknown": mark("there is neither a file nor a day {day} of the gate's journal"),
    "gate_journal_damaged": mark(
        "The counters' journal {file} is damaged at line {line}: counts would be lost, so no call is allowed. Restore "
        "the file, or move its folder away after the end of the day; then counting begins anew."
    ),
    "gate_store_address": mark(
        "The address of the gate's store is not understood. Write valkey://HOST:PORT, valkeys://HOST:PORT (TLS) or "
        "unix:///PATH."
    ),
    "gate_store_unfit": mark(
        "The gate's store would lose counts: {setting} is “{found}” and must be “{wanted}”. Set it in the store's "
        "configuration; until then no call is allowed."
    ),
    "gate_store_unread": mark(
        "The gate's store does not show its settings ({reply}), so nobody can know whether it keeps the counts. Allow "
        "its user the command CONFIG GET."
    ),
}
"""Error codes and their messages."""

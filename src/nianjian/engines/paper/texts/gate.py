"""Words and error messages of the gate: reasons, keys, windows, snapshot, lists, policies, counters."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

REASONS: Final[Mapping[str, str]] = {
    "allow": mark("allowed"),
    "fail-open": mark("allowed, because the gate could not decide"),
    "number-unknown": mark("the display number is not filed"),
    "number-expired": mark("the display number is not valid on that day"),
    "number-not-outbound": mark("the display number has no outbound permission"),
    "number-wrong-purpose": mark("the display number was filed for another purpose"),
    "no-channel": mark("the channel is unknown or closed"),
    "hours": mark("outside the allowed hours"),
    "callee-unreadable": mark("the callee is not a complete number"),
    "do-not-call": mark("the callee refuses calls"),
    "no-consent": mark("no consent on file"),
    "not-on-white-list": mark("not on the white list of the isolated channel"),
    "cap": mark("the cap is reached"),
    "clock": mark("the time of the request is too far from the gate's clock"),
    "gate-unavailable": mark("the gate cannot decide"),
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
    "calendar_day": mark("calendar day"),
    "anchored": mark("window from the first call"),
    "sliding": mark("sliding window"),
}
COUNTS: Final[Mapping[str, str]] = {"attempts": mark("attempts"), "answered": mark("answered calls")}

PURPOSES: Final[Mapping[str, str]] = {
    "marketing": mark("marketing"),
    "survey": mark("surveys"),
    "service": mark("service"),
    "notice": mark("notices"),
    "unnamed": mark("no purpose given"),
    "other": mark("any other purpose"),
}
STATES: Final[Mapping[str, str]] = {
    "fresh": mark("fresh"),
    "ok": mark("answers"),
    "alarm": mark("old: an alarm"),  # of the snapshot
    "untold": mark("no data of this enterprise: every call is refused"),
    "stale": mark("too old: every call is refused"),
    "missing": mark("no snapshot: every call is refused"),
    "refusing": mark("refuses every call"),
    "refused": mark("wrong token (NIANJIAN_GATE_TOKENS)"),
    "unreached": mark("does not answer"),
}
ALARMS: Final[Mapping[str, str]] = {
    "snapshot_old": mark("its snapshot is old: it has not been fed for a while"),
    "snapshot_untaken": mark("the newest snapshot is damaged and was not loaded"),
    "enterprise_refused": mark("the data of this enterprise could not be sent to it: every call is refused"),
    "journal_unwritten": mark("its decisions cannot be recorded"),
}
"""What is wrong with a gate's process that answers."""
ALARM: Final = mark("answers, with an alarm")


def translate_code(names: Mapping[str, str], code: str, _: Words) -> str:
    """A code as a reader calls it; one without a name speaks for itself."""
    return _(names[code]) if code in names else code


TEXTS: Final[Mapping[str, str]] = {
    "gate_snapshot_missing": mark("there is no gate snapshot in {folder}; run `nianjian gate feed`"),
    "gate_snapshot_damaged": mark("the gate's snapshot is damaged: {file}; run `nianjian gate feed`"),
    "gate_list_missing": mark(
        "the list {list} of {enterprise} ({sha256}) is missing from the home; build it again with `nianjian "
        "gate list build`"
    ),
    "gate_list_outdated": mark(
        "the list {list} of {enterprise} was built from {file} with a different description of purposes; "
        "build it again with `nianjian gate list build`"
    ),
    "gate_feed_fault": mark("a row or a rule of this enterprise could not be read ({kind}); see the log for details"),
    "gate_list_kind_unknown": mark("the gate has no list {kind}; choose one of {kinds}"),
    "gate_policy_unknown": mark("there is no gate policy change {policy}"),
    "gate_policy_same": mark("this already applies to {name}; nothing was changed"),
    "gate_rule_unreadable": mark("the gate cannot interpret the rule {key}; check its overlays"),
    "gate_choice_unknown": mark("the rule {key} contains no limits that the gate can count"),
    "gate_channel_unknown": mark("{channel} is not in any register: import its line, team or number first"),
    "gate_cap_wrong": mark("a cap of {cap} is not allowed; use 0 to {most}"),
    "gate_only_lines": mark(
        "only a line can go without a cap or only observe; {name} always refuses on enforced lines"
    ),
    "gate_cap_missing": mark("give the number of calls per day: --cap N"),
    "gate_purpose_unknown": mark("there is no purpose {purpose}; choose one of {purposes}"),
    "gate_process_name": mark("“{process}” is not a valid name of a gate process: use letters, digits, - and _"),
    "gate_journal_taken": mark(
        "another gate process is already running and keeps its journal in {folder}: stop it, or give each "
        "process its own name (--process) and all of them a shared store (--store)"
    ),
    "serve_without_gate": mark(
        "the gate could not start at {listen}, so the pages have stopped; give it another address (--gate), "
        "start none (--no-gate), or set NIANJIAN_SERVE_WITHOUT_GATE=yes"
    ),
    "gate_not_reached": mark("no gate answers at {url}: {reason}"),
    "gate_needs_tokens": mark(
        "{listen} can be reached by others: give each enterprise a token in NIANJIAN_GATE_TOKENS, "
        "or listen on 127.0.0.1"
    ),
    "gate_port_taken": mark("the gate cannot listen on {listen}: {reason}"),
    "gate_tokens_malformed": mark(
        "NIANJIAN_GATE_TOKENS must be written CODE=TOKEN, separated by commas, each token once"
    ),
    "gate_day_unknown": mark("there is neither a file nor a day {day} of the gate's journal"),
    "gate_journal_damaged": mark(
        "The counters' journal {file} is damaged at line {line}: counts would be lost, so no call is "
        "allowed. Restore the file, or move its folder away after the end of the day; counting then starts "
        "over."
    ),
    "gate_store_address": mark(
        "The address of the gate's store is not valid. Write valkey://HOST:PORT, valkeys://HOST:PORT (TLS) "
        "or unix:///PATH."
    ),
    "gate_store_unfit": mark(
        "The gate's store would lose counts: {setting} is “{found}” and must be “{wanted}”. Set it in the store's "
        "configuration; until then no call is allowed."
    ),
    "gate_store_unread": mark(
        "The gate's store does not show its settings ({reply}), so it is unknown whether it keeps the "
        "counts. Allow its user the command CONFIG GET."
    ),
}
"""Error codes and their messages."""

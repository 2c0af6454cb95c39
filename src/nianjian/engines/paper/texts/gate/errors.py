"""Sentences for the gate, its snapshot, lists and policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

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
    "gate_cap_missing": mark("say how many calls a day: --cap N"),
    "gate_purpose_unknown": mark("there is no purpose {purpose}; there are {purposes}"),
    "gate_process_name": mark("“{process}” is no name of a gate process: letters, digits, - and _"),
    "gate_journal_taken": mark("a gate process named {process} is running already"),
    "gate_not_reached": mark("no gate answers at {url}: {reason}"),
    "gate_needs_tokens": mark(
        "{listen} can be reached by others: give each enterprise a token in NIANJIAN_GATE_TOKENS, "
        "or listen on 127.0.0.1"
    ),
    "gate_port_taken": mark("the gate cannot listen on {listen}: {reason}"),
    "gate_tokens_malformed": mark("NIANJIAN_GATE_TOKENS is written CODE=TOKEN, with commas between, each token once"),
    "gate_day_unknown": mark("there is neither a file nor a day {day} of the gate's journal"),
}

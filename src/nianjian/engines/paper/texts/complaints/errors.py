"""Sentences for what cannot be done to a ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "complaint_unknown": mark("there is no ticket {complaint} (nianjian complaints list shows those there are)"),
    "complaint_exists": mark("there is a ticket {complaint} already; choose another number, or work on that one"),
    "complaint_reference_known": mark(
        "the upstream number {reference} stands in ticket {complaint} already; work on that one"
    ),
    "complaint_act_refused": mark(
        "ticket {complaint} is {state}: it cannot be {act} now "
        "(a closed one is reopened first, an excluded one readmitted)"
    ),
    "complaint_moment_too_early": mark(
        "ticket {complaint} cannot be {act} at {at}: what comes before it in the record is later; check the time"
    ),
    "complaint_moment_in_future": mark("{at} lies in the future; a ticket records what has happened"),
    "complaint_callback_missing": mark(
        "ticket {complaint} has no recorded call-back; record it (nianjian complaints callback), then close"
    ),
    "complaint_callback_old": mark(
        "ticket {complaint} was reopened after its last call-back; call back again and record it "
        "(nianjian complaints callback), then close"
    ),
    "complaint_result_missing": mark("say what came of it (--result)"),
    "complaint_text_missing": mark("several tickets at once need an answer of your own words (--text)"),
    "complaint_mass_close": mark(
        "a ticket is closed by itself, with its own call-back and result; {count} were named, name one at a time"
    ),
    "complaint_exclusion_unknown": mark("there is no reason {exclusion}; there are {exclusions}"),
    "complaint_duplicate_wrong": mark(
        "ticket {complaint} cannot repeat {other}: name another ticket that is there, and the reason duplicate"
    ),
    "complaint_assignee_missing": mark("say to whom the tickets go: a person (--to) or a team (--team)"),
    "complaint_proposal_missing": mark("no match of ticket {complaint} waits for a decision; run the matching first"),
    "complaint_moment_unreadable": mark("“{value}” is no moment; write it like 2026-03-01 22:15:00"),
    "complaint_filter_unknown": mark("there is no {filter} {value}; there are {known}"),
    "complaint_door_unknown": mark("this address for complaints does not exist"),
    "complaint_door_exists": mark("the number {number} has an address for complaints already"),
    "complaint_door_number": mark("“{number}” is no telephone number; write its digits"),
}

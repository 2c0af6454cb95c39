"""Words for complaint tickets: errors, and what states, clocks and acts are called."""

from collections.abc import Mapping
from html import escape
from typing import Final

from nianjian.engines.paper.words import mark

LABEL: Final = "一键投诉"  # as the guide names it, whatever the page's language


def one_click_carriers(address: str, enterprise: str) -> dict[str, str]:
    """A link and a form for the firm's own pages, a text message, and the setting of the switch for the key."""
    return {
        "button": f'<a href="{escape(address)}" rel="noopener">{LABEL}</a>',
        "form": f'<form action="{escape(address)}" method="get"><button>{LABEL}</button></form>',
        "message": f"如来电打扰了您，请点此{LABEL}：{address}",
        "dtmf": f"COMPLAINT_ENTERPRISE={enterprise}",
    }


TEXTS: Final[Mapping[str, str]] = {
    "complaint_promise_half": mark("promise both hours, or neither"),
    "complaint_unknown": mark("there is no ticket {complaint} (list the tickets with nianjian complaints list)"),
    "complaint_exists": mark("ticket {complaint} already exists; choose another number, or work on that ticket"),
    "complaint_reference_known": mark(
        "the upstream number {reference} is already in ticket {complaint}; work on that ticket"
    ),
    "complaint_act_refused": mark(
        "ticket {complaint} is {state}: it cannot be {act} now (reopen a closed ticket first, readmit an excluded one)"
    ),
    "complaint_moment_too_early": mark(
        "ticket {complaint} cannot be {act} at {at}: an earlier step is recorded with a later time; check the time"
    ),
    "complaint_moment_in_future": mark("{at} is in the future; a ticket records what has already happened"),
    "complaint_callback_missing": mark(
        "ticket {complaint} has no recorded call-back; record it (nianjian complaints callback), then close"
    ),
    "complaint_callback_old": mark(
        "ticket {complaint} was reopened after its last call-back; call back again and record it "
        "(nianjian complaints callback), then close"
    ),
    "complaint_unclose_refused": mark(
        "the closing of ticket {complaint} cannot be taken back: somebody else closed it, or something else was "
        "recorded since; reopen the ticket (nianjian complaints reopen)"
    ),
    "complaint_result_missing": mark("give the result (--result)"),
    "complaint_text_missing": mark("responding to several tickets at once needs your own text (--text)"),
    "complaint_mass_close": mark(
        "close tickets one at a time, each with its own call-back and result; {count} were given"
    ),
    "complaint_exclusion_unknown": mark("there is no reason {exclusion}; choose one of {exclusions}"),
    "complaint_duplicate_wrong": mark(
        "ticket {complaint} cannot duplicate {other}: name another existing ticket, and the reason duplicate"
    ),
    "complaint_assignee_missing": mark("say who gets the tickets: a person (--to) or a team (--team)"),
    "complaint_proposal_missing": mark(
        "no match of ticket {complaint} is waiting for a decision; run the matching first"
    ),
    "complaint_moment_unreadable": mark("“{value}” is not a date and time; write it like 2026-03-01 22:15:00"),
    "complaint_filter_unknown": mark("there is no {filter} {value}; choose one of {known}"),
    "complaint_door_unknown": mark("this complaint address does not exist"),
    "complaint_door_exists": mark("the number {number} already has a complaint address"),
    "complaint_door_number": mark("“{number}” is not a telephone number; write digits only"),
}


STATES: Final[Mapping[str, str]] = {
    "new": mark("new"),
    "responded": mark("responded to"),
    "called_back": mark("called back"),
    "closed": mark("closed"),
    "reopened": mark("reopened"),
    "excluded": mark("excluded"),
}
HANDS: Final[Mapping[str, str]] = {
    "running": mark("time is running"),
    "warned": mark("little time left"),
    "met": mark("in time"),
    "late": mark("late"),
    "stopped": mark("not counted"),
    "unset": mark("arrival not known"),
}
CLOCKS: Final[Mapping[str, str]] = {"response": mark("first response"), "close": mark("close")}
ACTS: Final[Mapping[str, str]] = {  # as they stand in "it cannot be … now"
    "acknowledge": mark("acknowledged automatically"),
    "respond": mark("responded to"),
    "callback": mark("called back"),
    "close": mark("closed"),
    "unclose": mark("closing taken back"),
    "reopen": mark("reopened"),
    "exclude": mark("excluded"),
    "readmit": mark("readmitted"),
    "assign": mark("assigned"),
    "attach": mark("document attached"),
    "add": mark("opened"),
    "import": mark("imported from a list"),
    "edit": mark("edited"),
    "match": mark("matched with a call"),
}
CONFIDENCE: Final[Mapping[str, str]] = {
    "high": mark("sure"),
    "medium": mark("likely"),
    "low": mark("ambiguous"),
    "none": mark("no call found"),
}
LINKS: Final[Mapping[str, str]] = {
    "id": mark("recorded call id"),
    "ten_minutes": mark("within minutes of the stated time"),
    "day": mark("on the stated day"),
    "before": mark("the last call before the complaint"),
    "": mark("no call found"),
}
PROPOSALS: Final[Mapping[str, str]] = {
    "asserted": mark("written to the ticket"),
    "proposed": mark("waits for a decision"),
    "confirmed": mark("confirmed"),
    "dismissed": mark("dismissed"),
    "none": mark("no call found"),
}

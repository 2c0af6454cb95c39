"""What the codes of a drill are called, and the shortest way to mend what has not passed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.texts.inspection import answers, checks
from nianjian.engines.paper.words import Words, mark

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

STATES: Final[Mapping[str, str]] = {
    "passed": mark("drill passed"),
    "failed": mark("drill not passed"),
    "unknown": mark("drill not proved: counts as not passed"),
}
STEPS: Final[Mapping[str, str]] = {
    "arrived": mark("Complaint arrives"),
    "warned": mark("Warning before the response is due"),
    "responded": mark("A person responds"),
    "called_back": mark("Call-back to the complainant"),
    "closed": mark("Ticket closed"),
    "calls": mark("Test calls to our numbers"),
}
SOURCES: Final[Mapping[str, str]] = {
    "one_click": mark("one-click address"),
    "12321": mark("forward of 12321"),
}
ROLES: Final[Mapping[str, str]] = {
    "facilitator": mark("facilitator"),
    "duty": mark("who is on duty"),
    "agent": mark("agent of customer service"),
    "lead": mark("lead of customer service"),
}
THROWN: Final[Mapping[str, str]] = {
    "second_call": mark("The complainant calls again and asks for the lead"),
    "system_slow": mark("The ticket system is slow: notes on paper"),
    "inspector_asks": mark("An inspector asks which line and team the call came from"),
    "media": mark("The complainant threatens to go to the press"),
}
LINES: Final[Mapping[str, str]] = {
    "waiting": mark("to come"),
    "due": mark("due now"),
    "late": mark("later than planned"),
    "running": mark("given, not handled yet"),
    "done": mark("as planned"),
    "done_late": mark("done, later than planned"),
}
WHYS: Final[Mapping[str, str]] = {
    "one_click_opened": mark("the address has opened a ticket"),
    "forward_opened": mark("the forward of 12321 was entered"),
    "arrival_unknown": mark("the moment of arrival is not known"),
    "in_time": mark("done in time"),
    "late": mark("done too late, or not done and the time is over"),
    "running": mark("not done yet, the time still runs"),
    "excluded": mark("the ticket is excluded, so nothing is measured"),
    "warning_sent": mark("the warning was sent"),
    "warning_missing": mark("no warning was sent when it was due"),
    "warning_not_due": mark("the response came before a warning was due, or it is not due yet"),
    "calls_passed": mark("every test call has passed"),
    "calls_failed": mark("a test call has failed"),
    "calls_unproved": mark("a test call proves no landing"),
    "calls_no_way": mark("no way for test calls is kept, so nobody was called"),
    "calls_no_numbers": mark("no filed number is in force, so nobody was called"),
    "calls_unasked": mark("no test call was asked for"),
}
MENDS: Final[Mapping[str, str]] = {
    "arrival_unknown": mark("Enter when the ticket arrived."),
    "late": mark("Name one person a shift who answers tickets, and hold the drill again."),
    "running": mark("Open the drill's ticket, respond, call back and close it before the time is over."),
    "excluded": mark("Take the exclusion back, or hold the drill again."),
    "warning_missing": mark(
        "See that the worker runs and that somebody is told of warnings; then hold the drill again."
    ),
    "warning_not_due": mark("Hold one drill in which nobody responds until the warning has come."),
    "calls_failed": mark("Open the failed test call, mend what its reason names, and call the number again."),
    "calls_unproved": mark("Enter the addresses of the gateways, so that the landing can be proved."),
    "calls_no_way": mark("Set a way for test calls, or dial by hand with the timer."),
    "calls_no_numbers": mark("File the numbers and enter them into the register."),
    "calls_unasked": mark("Hold the drill with test calls."),
    "run_failed": mark("Settle the open differences and compare anew."),
    "run_insufficient": mark("Import the side that is missing and compare anew."),
    "run_never": mark("Import both sides and compare them."),
    "callback_red": mark("Open the failed test call, mend what its reason names, and call the number again."),
    "callback_open": mark("Make a test call to every filed number over every carrier."),
    "callback_no_numbers": mark("File the numbers and enter them into the register."),
    "items_missing": mark("Open the package of materials and prepare the items that are missing."),
}


def name(what: str, _: Words) -> str:
    """A step or a check."""
    return _(STEPS[what] if what in STEPS else checks.CHECKS[what])


def line(what: str, _: Words) -> str:
    """A line of the timeline: a step or what was thrown in."""
    return _(THROWN[what] if what in THROWN else STEPS[what])


def why(code: str, _: Words) -> str:
    """Why a step or a check stands as it does."""
    return _(WHYS[code] if code in WHYS else checks.CHECKS_WHYS[code])


def mend(one: Mapping[str, Any], _: Words) -> str:
    """The shortest way to mend what has not passed; "" where none is known."""
    found = (MENDS.get(one["why"]), answers.STEPS.get(one["why"]), answers.STEPS.get(one["what"]))
    return next((_(text) for text in found if text), "")


def mends(told: Mapping[str, Any], _: Words) -> Sequence[tuple[str, str, str]]:
    """(what, why, the shortest way) of all that has not passed, failed first."""
    return [(name(one["what"], _), why(one["why"], _), mend(one, _)) for one in told["mend"]]


def span(seconds: int | None) -> str:
    """``h:mm:ss``, – for what was not done."""
    if seconds is None:
        return "–"
    return f"{seconds // HOUR}:{seconds % HOUR // MINUTE:02}:{seconds % MINUTE:02}"


def wall(at: str | None) -> str:
    """A moment that is told in Shanghai, as a clock on the wall shows it; – for what was not done."""
    return at[:19].replace("T", " ") if at else "–"

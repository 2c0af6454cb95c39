"""The inspection day and its drill in words: the guide's rows, an agenda, and the shortest way to a pass."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.texts import inspection
from nianjian.engines.paper.words import Words, mark

ROWS: Final[Mapping[str, str]] = {
    "S1": mark("Notice of the on-site check"),
    "S2": mark("People: seats, social insurance, wages"),
    "S3": mark("Numbers: on the gateway named in the ledger"),
    "S4": mark("Numbers: called back and answered in time"),
    "S5": mark("System: robots, predictive dialling, one-click complaint"),
    "S6": mark("System: logs retained for six months"),
    "S7": mark("Three statements that must be true"),
    "S8": mark("Complaints answered and closed in time"),
    "S9": mark("Two live screens in the room"),
    "S10": mark("Drill with a complaint"),
}
CHECKS: Final[Mapping[str, str]] = {
    "notice": mark("Notice on record"),
    "screens": mark("Screens show live data"),
    "screens_seen": mark("The screens are in the room"),
    "drill": mark("Newest drill"),
}
DAY_WHYS: Final[Mapping[str, str]] = {
    "notice_received": mark("the notice has arrived"),
    "notice_awaited": mark("the report was handed in; the notice usually comes within two weeks"),
    "notice_late": mark("two weeks after the report the notice has not arrived: ask whether there is a check"),
    "notice_not_submitted": mark("the report has not been handed in yet"),
    "screens_by_eye": mark("only a person can confirm that the screens are in the room"),
    "screens_live": mark("every source behind the screens is fresh"),
    "screens_stale": mark("a source behind the screens is silent"),
    "screens_absent": mark("a source behind the screens is not set up or never had data"),
    "screens_seen": mark("a person has seen both of them and signed"),
    "screens_gone": mark("a person has checked: the two screens do not both show live data in the room"),
    "screens_note_over": mark("the last confirmation has expired: check again and sign"),
    "drill_never": mark("no drill has been held"),
    "drill_old": mark("the newest drill is from before this season's plan began"),
    "drill_passed": mark("every step of the newest drill has passed"),
    "drill_failed": mark("a step of the newest drill has not passed"),
    "drill_in_progress": mark("the newest drill is still in progress"),
    "drill_not_proved": mark("a step of the newest drill is not proved"),
}
LINE_WHYS: Final[Mapping[str, str]] = {
    "parts": mark("it needs two or three parts separated by a bar"),
    "long": mark("a part has more than 120 characters"),
    "time": mark("it does not start with a time like 09:30"),
    "number": mark("do not enter a telephone or ID number here"),
}
PIECES: Final[Mapping[str, str]] = {
    "notice": mark("Notice"),
    "authority": mark("Authority"),
    "place": mark("Place of the check"),
}
AGENDA: Final = (
    ("09:00", mark("Welcome, notice and identity cards"), mark("compliance lead")),
    ("09:10", mark("Two screens: management console and gateway log"), mark("operations")),
    ("09:15", mark("People: seats, social insurance, wages"), mark("human resources")),
    ("09:25", mark("Numbers: landing gateway, call-back within 30 seconds"), mark("numbers officer")),
    ("09:35", mark("System: robots, predictive dialling, one-click complaint, logs"), mark("operations")),
    ("09:45", mark("Drill with a complaint"), mark("customer service")),
    ("09:55", mark("Questions and answers"), mark("compliance lead")),
)
POSTS: Final = (
    (mark("Reception"), mark("administration"), mark("escorts the inspectors in")),
    (mark("At the screens"), mark("operations"), mark("shows and explains the data")),
    (mark("Agents' floor"), mark("shift lead"), mark("answers the call-back")),
    (mark("Meeting room"), mark("compliance lead"), mark("materials, questions and answers")),
)


def evidence_name(check: str, _: Words) -> str:
    """What stands behind a row."""
    return _(CHECKS[check] if check in CHECKS else inspection.CHECKS[check])


def evidence_reason(code: str, _: Words) -> str:
    """Why it stands as it does."""
    return _(DAY_WHYS[code] if code in DAY_WHYS else inspection.CHECKS_WHYS[code])


def proposed_agenda(_: Words) -> tuple[str, str]:
    """Agenda and posts to begin with, as people write them."""
    agenda = "\n".join(f"{at} | {_(what)} | {_(who)}" for at, what, who in AGENDA)
    posts = "\n".join(f"{_(place)} | {_(who)} | {_(task)}" for place, who, task in POSTS)
    return agenda, posts


def row_name(rule: str, _: Words) -> str:
    """A row of the guide by its name; no paper prints its number."""
    return _(ROWS[rule] if rule in ROWS else inspection.CHECKS["dossier"])


def notice_lines(sheet: Mapping[str, Any], _: Words, empty: str = "–") -> list[tuple[str, str]]:
    """What is known of the notice and the day, as (name, value); ``empty``: what stands for the rest."""
    visit, due = sheet["visit"] or {}, sheet["notice"]
    return [
        (_("Inspection day"), visit.get("day") or empty),
        (_("Notice"), visit.get("notice") or empty),
        (_("Authority"), visit.get("authority") or empty),
        (_("Notice received on"), due["received_on"] or empty),
        (_("Place of the check"), visit.get("place") or empty),
        (_("Report handed in on"), due["submitted_on"] or empty),
        *(((_("Notice usually arrives by"), due["expected_by"]),) if due["expected_by"] else ()),
        *((_("Scan of the notice"), f"{one['name']} · SHA-256 {one['sha256']}") for one in visit.get("scans", ())),
        *(_screens(sheet.get("screens"), _)),
    ]


def _screens(note: Mapping[str, Any] | None, _: Words) -> list[tuple[str, str]]:
    if note is None:
        return []
    text = _("checked on {seen_on}, signed by {signed}; valid until {until}")
    return [(_("Screens in the room"), text.format(**note))]


MINUTE: Final = 60
HOUR: Final = 60 * MINUTE

STEPS: Final[Mapping[str, str]] = {
    "arrived": mark("Complaint arrives"),
    "warned": mark("System warning"),
    "reminded": mark("Reminder before a limit"),
    "responded": mark("A person responds"),
    "called_back": mark("Call-back to the complainant"),
    "closed": mark("Ticket closed"),
    "calls": mark("Test calls to our numbers"),
}
SOURCES: Final[Mapping[str, str]] = {"one_click": mark("one-click address"), "12321": mark("forward of 12321")}
ROLES: Final[Mapping[str, str]] = {
    "facilitator": mark("facilitator"),
    "duty": mark("person on duty"),
    "agent": mark("customer service agent"),
    "lead": mark("customer service lead"),
}
THROWN: Final[Mapping[str, str]] = {
    "second_call": mark("The complainant calls again and asks for the supervisor"),
    "system_slow": mark("The ticket system is slow: take notes on paper"),
    "inspector_asks": mark("An inspector asks which line and team the call came from"),
    "media": mark("The complainant threatens to go to the press"),
}
LINES: Final[Mapping[str, str]] = {
    "waiting": mark("upcoming"),
    "due": mark("due now"),
    "late": mark("later than planned"),
    "running": mark("given, not handled yet"),
    "done": mark("as planned"),
    "done_late": mark("done, later than planned"),
}
WHYS: Final[Mapping[str, str]] = {
    "one_click_opened": mark("the address has opened a ticket"),
    "forward_opened": mark("the forward of 12321 was entered"),
    "arrival_unknown": mark("the time of arrival is unknown"),
    "in_time": mark("done in time"),
    "late": mark("done too late, or not done and overdue"),
    "running": mark("not done yet, still within the time limit"),
    "excluded": mark("the ticket is excluded, so nothing is measured"),
    "alert_sent": mark("the alert was sent on arrival"),
    "alert_missing": mark("no alert was sent on arrival"),
    "warning_sent": mark("the reminder was sent"),
    "warning_missing": mark("no reminder was sent when it was due"),
    "calls_passed": mark("every test call has passed"),
    "calls_failed": mark("a test call has failed"),
    "calls_unproved": mark("a test call does not prove the landing"),
    "calls_no_way": mark("no route for test calls is configured, so no call was made"),
    "calls_no_numbers": mark("no filed number is in force, so nobody was called"),
    "calls_unasked": mark("no test call was requested"),
}
MENDS: Final[Mapping[str, str]] = {
    "arrival_unknown": mark("Enter when the ticket arrived."),
    "late": mark("Assign one person per shift to answer tickets, and hold the drill again."),
    "running": mark("Open the drill's ticket, and respond, call back and close it in time."),
    "excluded": mark("Withdraw the exclusion, or hold the drill again."),
    "alert_missing": mark("Hold the drill again: every complaint that arrives now triggers an alert."),
    "warning_missing": mark(
        "Make sure that the worker is running and that somebody receives the warnings; then repeat the drill."
    ),
    "calls_failed": mark("Open the failed test call, fix the stated cause, and call the number again."),
    "calls_unproved": mark("Enter the addresses of the gateways, so that the landing can be proved."),
    "calls_no_way": mark("Set a test call route, or dial by hand with the timer."),
    "calls_no_numbers": mark("File the numbers and enter them into the register."),
    "calls_unasked": mark("Hold the drill with test calls."),
    "run_failed": mark("Settle the open differences and compare again."),
    "run_not_proved": mark("Import the missing side and compare again."),
    "run_insufficient": mark("Import the missing side and compare again."),  # in records of older programs
    "run_never": mark("Import both sides and compare them."),
    "callback_red": mark("Open the failed test call, fix the stated cause, and call the number again."),
    "callback_open": mark("Make a test call to every filed number over every carrier."),
    "callback_no_numbers": mark("File the numbers and enter them into the register."),
    "items_missing": mark("Open the package of materials and prepare the missing items."),
}


def drill_name(what: str, _: Words) -> str:
    """A step or a check."""
    return _(STEPS[what] if what in STEPS else inspection.CHECKS[what])


def timeline_line(what: str, _: Words) -> str:
    """A line of the timeline: a step or what was thrown in."""
    return _(THROWN[what] if what in THROWN else STEPS[what])


def drill_reason(code: str, _: Words) -> str:
    """Why a step or a check stands as it does."""
    return _(WHYS[code] if code in WHYS else inspection.CHECKS_WHYS[code])


def remedy_text(one: Mapping[str, Any], _: Words) -> str:
    """The shortest way to mend what has not passed; "" where none is known."""
    texts = (MENDS.get(one["why"]), inspection.STEPS.get(one["why"]), inspection.STEPS.get(one["what"]))
    return next((_(text) for text in texts if text), "")


def list_remedies(report: Mapping[str, Any], _: Words) -> Sequence[tuple[str, str, str]]:
    """(what, why, the shortest way) of all that has not passed, failed first."""
    return [(drill_name(one["what"], _), drill_reason(one["why"], _), remedy_text(one, _)) for one in report["mend"]]


def duration_text(seconds: int | None) -> str:
    """``h:mm:ss``, – for what was not done."""
    if seconds is None:
        return "–"
    return f"{seconds // HOUR}:{seconds % HOUR // MINUTE:02}:{seconds % MINUTE:02}"


def clock_text(at: str | None) -> str:
    """A moment that is told in Shanghai, as a clock on the wall shows it; – for what was not done."""
    return at[:19].replace("T", " ") if at else "–"

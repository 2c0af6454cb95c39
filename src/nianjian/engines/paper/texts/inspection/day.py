"""The inspection day in words: the guide's rows, what stands behind them, and an agenda to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper.texts.inspection import checks
from nianjian.engines.paper.words import Words, mark

ROWS: Final[Mapping[str, str]] = {
    "S1": mark("Notice of the on-site check"),
    "S2": mark("People: seats, social insurance, wages"),
    "S3": mark("Numbers: on the gateway that the ledger names"),
    "S4": mark("Numbers: called back and answered in time"),
    "S5": mark("System: robots, predictive dialling, one-click complaint"),
    "S6": mark("System: logs kept for six months"),
    "S7": mark("Three sentences that must be true"),
    "S8": mark("Complaints answered and closed in time"),
    "S9": mark("Two live screens in the room"),
    "S10": mark("Drill with a complaint"),
}
CHECKS: Final[Mapping[str, str]] = {
    "notice": mark("Notice on record"),
    "screens": mark("Screens show live data"),
    "screens_seen": mark("Screens stand in the room"),
    "drill": mark("Newest drill"),
}
WHYS: Final[Mapping[str, str]] = {
    "notice_received": mark("the notice is here"),
    "notice_awaited": mark("the report was handed in; the notice usually comes within two weeks"),
    "notice_late": mark("two weeks after the report the notice is not here: ask whether there is a check"),
    "notice_not_submitted": mark("the report was not handed in yet"),
    "screens_by_eye": mark("whether they stand in the room only a person sees"),
    "screens_live": mark("every source behind the screens is fresh"),
    "screens_stale": mark("a source behind the screens is silent"),
    "screens_absent": mark("a source behind the screens is not set or was never seen"),
    "screens_seen": mark("a person has seen both of them and signed it"),
    "screens_gone": mark("a person has looked, and they do not both stand there with live data"),
    "screens_note_over": mark("the note of a person does not count any more: look again and sign"),
    "drill_never": mark("no drill was held"),
    "drill_passed": mark("every step of the newest drill has passed"),
    "drill_failed": mark("a step of the newest drill has not passed"),
    "drill_unknown": mark("a step of the newest drill is not proved"),
}
LINE_WHYS: Final[Mapping[str, str]] = {
    "parts": mark("it needs two or three parts with a bar between them"),
    "long": mark("a part has more than 120 characters"),
    "time": mark("it does not begin with a time like 09:30"),
    "number": mark("no telephone or ID number belongs here"),
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
    (mark("Reception"), mark("administration"), mark("leads the inspectors in")),
    (mark("Beside the screens"), mark("operations"), mark("shows and explains the data")),
    (mark("Agents' floor"), mark("shift lead"), mark("answers the call-back")),
    (mark("Meeting room"), mark("compliance lead"), mark("materials, questions and answers")),
)


def name(check: str, _: Words) -> str:
    """What stands behind a row."""
    return _(CHECKS[check] if check in CHECKS else checks.CHECKS[check])


def why(code: str, _: Words) -> str:
    """Why it stands as it does."""
    return _(WHYS[code] if code in WHYS else checks.CHECKS_WHYS[code])


def proposed(_: Words) -> tuple[str, str]:
    """Agenda and posts to begin with, as people write them."""
    agenda = "\n".join(f"{at} | {_(what)} | {_(who)}" for at, what, who in AGENDA)
    posts = "\n".join(f"{_(place)} | {_(who)} | {_(task)}" for place, who, task in POSTS)
    return agenda, posts


def notice(told: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """What is known of the notice and the day, as (name, value)."""
    held, due = told["visit"] or {}, told["notice"]
    return [
        (_("Inspection day"), held.get("day") or "–"),
        (_("Notice"), held.get("notice") or "–"),
        (_("Authority"), held.get("authority") or "–"),
        (_("Notice received on"), due["received_on"] or "–"),
        (_("Place of the check"), held.get("place") or "–"),
        (_("Report handed in on"), due["submitted_on"] or "–"),
        (_("Notice usually here by"), due["expected_by"] or "–"),
        *((_("Scan of the notice"), f"{one['name']} · SHA-256 {one['sha256']}") for one in held.get("scans", ())),
        *(_screens(told.get("screens"), _)),
    ]


def _screens(note: Mapping[str, Any] | None, _: Words) -> list[tuple[str, str]]:
    if note is None:
        return []
    text = _("looked at on {seen_on}, signed by {signed}; counts through {until}")
    return [(_("Screens in the room"), text.format(**note))]

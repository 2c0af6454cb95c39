"""The registry of claims: every sentence on a paper, card or page that states a fact about the enterprise.

A query decides each claim (`engines.kernel.claims`). Proved, its sentence is printed with its figures; refuted, the
true figures; unproved, a blank, or what a person of the enterprise has stated, marked as such.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Final

from nianjian.engines.kernel.claims import REFUSED, RELEASED, UNKNOWN, Claim
from nianjian.engines.paper.words import Words, mark

BLANK: Final = "＿＿＿＿＿＿＿＿"
HOUR: Final = 60  # minutes
TEXT: Final = "text"  # the part of a claim whose blank is one text
ANSWER, YES, NO = "answer", "yes", "no"  # the part of a claim that a person states by one of two words
DECLARED: Final = ("ai_outbound", "predictive", "one_click")  # cards on which the guide asks for a declaration
FILED, EXEMPT = "已备案", "不适用"  # the states of an algorithm's filing, as the form is ticked
CARDS: Final = "answer_cards"  # where a claim stands that an inspector is told


class PartKind(StrEnum):
    """How a part is written."""

    TEXT = "text"
    DAY = "day"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class PartShape:
    """What a part may say. ``choices``: its words, as they are printed; ``past``: a day that has come."""

    kind: PartKind = PartKind.TEXT
    choices: tuple[str, ...] = ()
    past: bool = False


ANY_TEXT: Final = PartShape()
YES_OR_NO: Final = PartShape(PartKind.CHOICE, (YES, NO))
FULL_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d\d)(\d\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTexts:
    """A claim's texts, each with its figures and parts in braces.

    ``where``: the papers, cards or pages on which it stands; ``rule``: id of the rule that it rests on. ``released``
    "": no data can prove it. ``refused`` "": no data can refute it. ``blank`` "": what is unproved is said by
    ``refused``, unknown figures as "–". ``unproved``: lack -> what is said in place of ``blank`` where it stands.
    ``more``: figure -> what is added where it is not 0. ``parts``: what a person
    can fill in -> its label; ``personal``: those that name people or their telephones; ``standing``: a statement holds
    for every year until it is replaced; ``moot``: (part, what it says) -> the parts that do not apply then, which are
    neither asked for nor printed; ``shapes``: part -> what it may say, any text where none is named. ``refutes``
    False: ``refused`` tells what is not recorded, which speaks against no statement.
    """

    where: tuple[str, ...]
    rule: str = ""
    released: str = ""
    refused: str = ""
    blank: str = ""
    unproved: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    standing: bool = False
    moot: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    shapes: Mapping[str, PartShape] = field(default_factory=dict)
    refutes: bool = True


_REPORT: Final = ("responsibility_report",)
_FORM: Final = ("algorithm_filing",)
_SOP: Final = ("complaint_sop",)
_in_report = partial(ClaimTexts, where=_REPORT)
_stated_in_report = partial(_in_report, standing=True)
_in_report_and_sop = partial(ClaimTexts, where=(*_REPORT, *_SOP))
_in_sop = partial(ClaimTexts, where=_SOP, rule="R9", standing=True)
_in_case = partial(ClaimTexts, where=("rectification_report",))
_on_card = partial(ClaimTexts, where=(CARDS,), rule="S7")
_asked_card = partial(_on_card, shapes={ANSWER: YES_OR_NO}, standing=True, refutes=False)
_PAPERS: Final[Mapping[str, ClaimTexts]] = {
    "legal_representative": _stated_in_report(
        rule="M12",
        released=mark("Legal representative: {names}."),
        refused=mark("Legal representatives by licence: {names}."),
        blank=mark("Legal representative: {text}."),
        parts={TEXT: mark("legal representative")},
        personal=(TEXT,),
    ),
    "first_responsible": _stated_in_report(
        blank=mark("Person with primary responsibility for information security: {name}, post: {post}."),
        parts={
            "name": mark("person with primary responsibility: name"),
            "post": mark("person with primary responsibility: post"),
        },
        personal=("name",),
    ),
    "daily_lead": _stated_in_report(
        blank=mark("Person in charge of daily operations: {name}, post: {post}, telephone: {telephone}."),
        parts={
            "name": mark("daily operations: name"),
            "post": mark("daily operations: post"),
            "telephone": mark("daily operations: telephone"),
        },
        personal=("name", "telephone"),
    ),
    "office": _stated_in_report(
        rule="M12",
        released=mark("Office: {places}."),
        refused=mark("Offices by licence: {places}."),
        blank=mark("Office: {text}."),
        parts={TEXT: mark("office")},
    ),
    "numbers_listed": _in_report_and_sop(
        rule="M12",
        released=mark("On {day}, {count} code numbers are in force: {names}."),
        refused=mark("On {day}, no code number in the register is in force."),
        blank=mark("Code numbers in use: {text}."),
        parts={TEXT: mark("code numbers in use")},
    ),
    "number_filing_known": _in_report_and_sop(
        refused=mark("The filing state of {n} further code numbers is not recorded; they are not counted as in force."),
        refutes=False,
    ),
    "lines_listed": _in_report_and_sop(
        rule="M12",
        released=mark("On {day}, {count} trunk lines in the register are in use."),
        blank=mark("Trunk lines in use: {text}."),
        parts={TEXT: mark("trunk lines in use")},
    ),
    "teams_listed": _in_report_and_sop(
        rule="M12",
        released=mark("On {day}, the register contains {count} teams."),
        blank=mark("Teams: {text}."),
        parts={TEXT: mark("teams")},
    ),
    "seats_listed": _in_report(
        rule="M12",
        released=mark("On {day}, {count} seats are filed or open, including {robots} robot seats."),
        blank=mark("Seats, including robot seats: {text}."),
        more={"untyped": mark(" The kind of {untyped} seats is not recorded.")},
        parts={TEXT: mark("seats, including robot seats")},
    ),
    "security_rules": _stated_in_report(
        blank=mark("Rules in force (title, date): {text}."),
        parts={TEXT: mark("rules in force (title, date)")},
    ),
    "security_training": _in_report(
        blank=mark("Training in {year} (date, people): {text}."),
        parts={TEXT: mark("training in the year (date, people)")},
        personal=(TEXT,),
    ),
    "records_protected": _in_report(
        rule="M12",
        released=mark(
            "The register platform of the enterprise (nianjian) stores identity documents, names and "
            "complaint texts encrypted, and records every access to an unmasked value and every change in a "
            "chain; on {read} the chain is intact, with {entries} entries of this enterprise."
        ),
        refused=mark("The chain of operation records is not intact. Reason: {text}."),
        parts={TEXT: mark("why the chain of operation records is not intact")},
    ),
    "other_systems": _stated_in_report(
        blank=mark("Other systems that hold personal data, and how they protect it: {text}."),
        parts={TEXT: mark("other systems that hold personal data, and how they protect it")},
    ),
    "calls_retained": ClaimTexts(
        where=(*_REPORT, "monthly_traffic"),
        rule="M10",
        released=mark("From {first} to {last}, call records exist for every day on which calls were made."),
        refused=mark("From {first} to {last}, {missing} days have no call records ({days}). Reason: {text}."),
        blank=mark("Days without call records, and why: {text}."),
        more={"excused": mark(" On {excused} further days no calls were made, as confirmed by the enterprise.")},
        parts={TEXT: mark("why days have no call records")},
    ),
    "recordings_kept": _stated_in_report(
        blank=mark("Retention period of recordings: {text}."),
        parts={TEXT: mark("retention period of recordings")},
    ),
    "tickets_in_time": ClaimTexts(
        where=(*_REPORT, *_SOP, CARDS),
        rule="S8",
        released=mark(
            "{period}: {tickets} complaints count in the closing rate. By {read} {decided} of them had been answered"
            " within {response_limit} of arrival and closed within {close_limit}, none of them late."
        ),
        refused=mark(
            "{period}: {tickets} complaints count in the closing rate. By {read} the limit of {response_limit} for the "
            "first response was exceeded by {response_late}, the limit of {close_limit} for closing by "
            "{close_late}; {overdue} are still open past a limit."
        ),
        blank=mark("{period}: response to and closing of the complaints (check and fill in by hand): {text}."),
        more={
            "undecided": mark(" Another {undecided} are still within their limits."),
            "no_arrival": mark(" The time of arrival of {no_arrival} is not recorded; they are not judged."),
        },
        parts={TEXT: mark("response to and closing of the year's complaints")},
    ),
    "complaints_counted": ClaimTexts(
        where=(*_REPORT, *_SOP, "complaint_records"),
        rule="M11",
        released=mark(
            "In {year}: {complaints} complaints accepted by {sources} count towards the complaint rate; of "
            "{tickets} tickets that count towards the closing rate {closed} were closed by {day}."
        ),
        blank=mark("Complaints accepted in {year}, and how they were handled: {text}."),
        parts={TEXT: mark("complaints of the year, and how they were handled")},
    ),
    "emergency_plan": _stated_in_report(
        blank=mark("Emergency plan (title, date): {text}."),
        parts={TEXT: mark("emergency plan (title, date)")},
    ),
    "emergency_drills": _in_report_and_sop(
        blank=mark("Drills in {year} and their results: {text}."),
        parts={TEXT: mark("drills in the year and their results")},
    ),
    "traffic_agrees": ClaimTexts(
        where=("monthly_traffic",),
        rule="M10",
        released=mark(
            "Complaints are those that {sources} accepted in the month; calls and complaints agree with the portrait."
        ),
        refused=mark(
            "Complaints are those that {sources} accepted in the month. The figures differ from the portrait: {sums}."
        ),
        blank=mark("Complaints are those that {sources} accepted in the month."),
    ),
    "closed_after_response": ClaimTexts(
        where=("complaint_records",),
        rule="M11",
        refused=mark("The closing time of {n} tickets lies before their first response and needs correction."),
    ),
    "inbound_decided": ClaimTexts(
        where=("monthly_traffic",),
        rule="M10",
        refused=mark("For {n} inbound calls it is not recorded whether they were answered."),
    ),
    "seat_filing_known": ClaimTexts(
        where=("seat_table",),
        rule="M9",
        refused=mark("The filing state of {n} further seats is not recorded; they are not counted as filed."),
        blank=mark("The register of seats has not been filled in yet: {text}."),
        parts={TEXT: mark("seats of the enterprise")},
        refutes=False,
    ),
    "algorithm": ClaimTexts(
        where=_FORM,
        rule="M13",
        parts={
            "name": mark("Name of the algorithm"),
            "kind": mark("Kind of the algorithm"),
            "provider": mark("Provider of the algorithm"),
            "purpose": mark("Purpose of the calls"),
            "state": mark("State of the filing"),
            "number": mark("Filing number"),
            "filed_on": mark("Day of the filing"),
            "reason": mark("Reason why it does not apply"),
            "told": mark("The called party is informed that a machine is speaking"),
            "words": mark("Words at the start of the call"),
        },
        standing=True,
        moot={("state", FILED): ("reason",), ("state", EXEMPT): ("number", "filed_on")},
        shapes={
            "state": PartShape(PartKind.CHOICE, (FILED, EXEMPT)),
            "filed_on": PartShape(PartKind.DAY, past=True),
            "told": PartShape(PartKind.CHOICE, ("是", "否")),
        },
    ),
    "robot_seats": ClaimTexts(
        where=_FORM,
        rule="M13",
        released=mark("Robot seats: {count} filed or open, {filed} filed, {opened} open."),
        blank=mark("Robot seats filed and open: {text}."),
        more={"unknown": mark(" The filing state of {unknown} is not recorded.")},
        parts={TEXT: mark("robot seats filed and open")},
    ),
    "sop_issue": _in_sop(
        blank=mark("These rules are numbered {number} and apply from {since}."),
        parts={"number": mark("procedure: number"), "since": mark("procedure: day from which it applies")},
        shapes={"since": PartShape(PartKind.DAY)},
    ),
    "sop_lead": _in_sop(
        blank=mark("Lead: {name}, post: {post}, telephone: {telephone}; begins and ends the procedure."),
        parts={
            "name": mark("lead of the procedure: name"),
            "post": mark("lead of the procedure: post"),
            "telephone": mark("lead of the procedure: telephone"),
        },
        personal=("name", "telephone"),
    ),
    "sop_duty": _in_sop(
        blank=mark("Officer on duty: {name}, telephone at any hour: {telephone}; accepts, calls back and closes."),
        parts={"name": mark("officer on duty: name"), "telephone": mark("officer on duty: telephone at any hour")},
        personal=("name", "telephone"),
    ),
    "sop_isolation": _in_sop(
        blank=mark(
            "Channel administrator: {name}, telephone: {telephone}; proposes and carries out the isolation. Approver:"
            " {second}, who is another person."
        ),
        parts={
            "name": mark("channel administrator: name"),
            "telephone": mark("channel administrator: telephone"),
            "second": mark("approver of the isolation: name"),
        },
        personal=("name", "telephone", "second"),
    ),
    "sop_report": _in_sop(
        blank=mark(
            "Rectification officer: {name}, telephone: {telephone}; finds the cause, sets the report and answers the"
            " authority."
        ),
        parts={"name": mark("rectification officer: name"), "telephone": mark("rectification officer: telephone")},
        personal=("name", "telephone"),
    ),
    "sop_authority": _in_sop(
        blank=mark("Contact at the communications administration (office, telephone): {text}."),
        parts={TEXT: mark("contact at the communications administration (office, telephone)")},
        personal=(TEXT,),
    ),
    "sop_assessor": _in_sop(
        blank=mark("Third party for the technical assessment (name, telephone): {text}."),
        parts={TEXT: mark("third party for the technical assessment (name, telephone)")},
        personal=(TEXT,),
    ),
    "sop_trigger": _in_sop(
        blank=mark("Own conditions (complaints of a day, of a channel): {text}."),
        parts={TEXT: mark("own conditions under which the procedure begins")},
    ),
    "sop_limits": _in_sop(
        blank=mark("Own limits for steps without one (location, isolation, report to the lead): {text}."),
        parts={TEXT: mark("own limits for location, isolation and report to the lead")},
    ),
    "sop_records": _in_sop(
        blank=mark("Where the records are kept, for how long, and who keeps them: {text}."),
        parts={TEXT: mark("where the records of an event are kept, for how long, by whom")},
    ),
    "sop_review": _in_sop(
        blank=mark("The rules are practised and reviewed (how often, by whom): {text}."),
        parts={TEXT: mark("how often the procedure is practised and reviewed, by whom")},
    ),
    "notice_received": _in_case(
        rule="R1",
        released=mark("On {received} we received the rectification notice{number}, to be carried out by {due}."),
    ),
    "complaints_compared": _in_case(
        rule="R2",
        released=mark(
            "From {first} to {last}, {count} complaints accepted by {sources} were counted by complained number, line"
            " and team, and each channel was compared with all others."
        ),
        blank=mark("The cause has not been located yet."),
    ),
    "channel_conspicuous": _in_case(
        rule="R2",
        released=mark(
            "{kind} {key}: {complaints} complaints in {answered} answered calls, a rate of {rate}; the rate of all"
            " other channels is {rest}. {chance}"
        ),
    ),
    "channel_isolated": _in_case(
        rule="R3",
        released=mark(
            "On {when} {by} proposed and {second} approved the order to isolate {kind} {channel}. It orders at most"
            " {cap} attempts a natural day{before}{list}. Reason: {reason}."
        ),
        refused=mark("No channel has been isolated."),
    ),
    "isolation_ended": _in_case(
        rule="R3",
        released=mark(
            "On {when} {by} proposed and {second} approved the order to lift the isolation of {kind} {channel}."
            " Reason: {reason}."
        ),
    ),
    "windows_counted": _in_case(
        rule="R5",
        released=mark("The order of isolation was approved on {day}; that day is excluded from both periods."),
        blank=mark("The figures have not been counted yet."),
    ),
    "measures_recorded": _in_case(rule="R5", refused=mark("No measure is recorded yet.")),
    "assessed": _in_case(
        rule="R5",
        released=mark(
            "{issuer} issued the technical assessment {number} on {day}; scope: {scope}. It is submitted with this"
            " report."
        ),
        refused=mark("There is no technical assessment yet."),
    ),
    "not_conspicuous": _in_case(
        rule="R2",
        released=mark("No channel draws more complaints than chance explains."),
        blank=mark(
            "{complaints} complaints are too few to identify a channel; judgement of the person in charge: "
            "＿＿＿＿＿＿＿＿."
        ),
    ),
    "cap_kept": _in_case(
        rule="R3",
        released=mark("Since the isolation the channel dialled at most {most} times a day; the cap was kept."),
        refused=mark(
            "Since the isolation the channel dialled more often than the ordered cap of {cap} on {days} days, at most"
            " {most} times a day."
        ),
        blank=mark("No calls of the channel since the isolation are on record; whether the cap was kept is not shown."),
        unproved={
            "days_unrecorded": mark(
                "{unrecorded} days since the isolation have no call records; on the others the channel dialled"
                " {attempts} times in all, at most {most} times a day. That the cap was kept on every day is not shown."
            ),
            "records_uncounted": mark(
                "Days without call records since the isolation were not counted; whether the cap was kept is not shown."
            ),
        },
    ),
    "white_list_kept": _in_case(
        rule="R4",
        released=mark("Since the isolation all {of} calls of the channel went to callees with a consent on file."),
        refused=mark(
            "Of {of} calls of the channel since the isolation {off} went to callees without a consent on file at that"
            " moment."
        ),
        blank=mark("The records do not show whether the channel called white-listed callees only since the isolation."),
    ),
    "isolation_calls": _in_case(
        rule="R3",
        released=mark("On that day the channel dialled {before} times before and {after} times after it."),
        blank=mark("There are no call records of the channel on that day."),
    ),
}
_DOOR: Final = ("one_click",)
_PAGES: Final[Mapping[str, ClaimTexts]] = {
    "one_click_promise": ClaimTexts(
        where=_DOOR,
        rule="S8",
        released=mark(
            "We promise: a person answers you within {response} hours; the complaint is closed within {close} hours."
        ),
        blank=mark("We deal with your complaint as soon as possible."),
        parts={
            "response_hours": mark("hours until a person answers"),
            "close_hours": mark("hours until closing"),
        },
        standing=True,
    ),
    "one_click_purpose": ClaimTexts(
        where=_DOOR,
        rule="S8",
        released=mark("We use what you tell us only to deal with this complaint."),
        parts={TEXT: mark("what complaint data is used for")},
        standing=True,
    ),
}
_ANSWERS: Final[Mapping[str, ClaimTexts]] = {
    "own_numbers": _on_card(
        released=mark("All our outbound calls display filed 95/96 numbers."),
        refused=mark("{own} of {delivered} outbound calls showed our filed numbers."),
        more={"unknown": mark(" The displayed number of {unknown} calls is unknown.")},
    ),
    "robot_abilities": _on_card(
        released=mark("Our AI robots recognise what a user wants and transfer to a human immediately."),
        refused=mark(
            "{seats} robot seats are open, {filed} of them filed; {in_time} of {asked} transfers were immediate."
        ),
    ),
    "ai_outbound": _asked_card(
        released=mark("We do not make AI calls."),
        refused=mark("{seats} robot seats are open, and robots made {robot_calls} calls."),
        blank=mark("AI outbound calls: {answer}."),
        parts={ANSWER: mark("AI outbound calls")},
    ),
    "predictive": _asked_card(
        released=mark("We do not use predictive dialling."),
        refused=mark("{over} of {calls} calls were dialled while more calls were ringing than agents were free."),
        blank=mark("Predictive dialling: {answer}."),
        parts={ANSWER: mark("Predictive dialling")},
    ),
    "one_click": _asked_card(
        released=mark("Every number has a one-click complaint address, and it works."),
        refused=mark("{alive} of {doors} one-click addresses work; {without} of {numbers} numbers have none."),
        blank=mark("One-click complaint entry: {answer}."),
        parts={ANSWER: mark("One-click complaint entry")},
    ),
    "logs_kept": _on_card(
        released=mark("Every kind of log is retained for the required period without gaps."),
        refused=mark("Retention is proved for {proved} of {logs} kinds of logs."),
    ),
    "number_filing": _on_card(
        released=mark("All our numbers are filed and agree with the number-resource system."),
        refused=mark("{filed} of {numbers} numbers in force are filed by our register."),
    ),
    "number_use": _on_card(
        released=mark("All our numbers land on their assigned gateways."),
        refused=mark("{elsewhere} of {calls} calls used another gateway; the gateway of {untold} is unknown."),
    ),
    "resources": _on_card(
        released=mark(
            "The register names the carrier of every line in use and the agreement of every outsourced team."
        ),
        refused=mark("We use {lines} lines; the call records name {strange} lines that are not in our register."),
    ),
    "conduct": _on_card(
        released=mark("Complaint rate and closing rate are green, and we do not use predictive dialling."),
        refused=mark("{green} of {metrics} lights are green."),
    ),
    "control": _on_card(
        released=mark("The gate checks every call before it is dialled and refuses calls that are not allowed."),
        refused=mark(
            "On the last day with calls, {dialled} outbound calls were dialled; the gate allowed {let_through}."
        ),
    ),
    "consent": _on_card(
        released=mark("Every consent records its time, its form and its proof."),
        refused=mark("{proved} of {consents} consents record their time, form and proof."),
    ),
}
CLAIMS: Final[Mapping[str, ClaimTexts]] = {**_PAPERS, **_PAGES, **_ANSWERS}
STATED: Final = mark(" (stated by the enterprise)")


def claim_text(claim: Claim, _: Words, stated: Mapping[str, str] | None = None, **values: object) -> str:
    """What a paper says of a claim, "" for nothing.

    ``stated``: part -> text of a person; ``values``: what the sentence names besides the claim's figures and names.
    """
    texts, filled = CLAIMS[claim.id], stated or {}
    parts = {part: filled.get(part) or BLANK for part in texts.parts}
    said = {name: _figure_text(name, count, _) for name, count in claim.figures.items()}
    said["decided"] = str((claim.figures.get("tickets") or 0) - (claim.figures.get("undecided") or 0))
    words = defaultdict(lambda: "–", {**said, **claim.names, **values, **parts})
    form = _form(claim, texts)
    if not form:
        return ""
    more = [] if form == texts.blank else [_(text) for name, text in texts.more.items() if claim.figures.get(name)]
    used = bool(printed_parts(claim, filled))
    return "".join([_(form), *more]).format_map(words) + (_(STATED) if used else "")


def _form(claim: Claim, texts: ClaimTexts) -> str:
    """The sentence of a claim's state."""
    if claim.state == RELEASED:
        return texts.released
    if claim.state == UNKNOWN and texts.blank:
        return next((texts.unproved[lack.code] for lack in claim.lacks if lack.code in texts.unproved), texts.blank)
    return texts.refused


def _figure_text(name: str, count: int | None, _: Words) -> str:
    if name.endswith("_limit"):
        return hours_text(count, _)
    return "–" if count is None else f"{count:,}" if name in _LARGE else str(count)


_LARGE: Final = frozenset({"n", "entries"})


def hours_text(minutes: int | None, _: Words) -> str:
    """A limit in hours, or in minutes where they are no whole hours."""
    if minutes is None:
        return BLANK
    return (
        _("{n} clock minutes").format(n=minutes) if minutes % HOUR else _("{n} clock hours").format(n=minutes // HOUR)
    )


def get_shape(claim: str, part: str) -> PartShape:
    """What a part may say; of a claim that is not here any text."""
    return CLAIMS[claim].shapes.get(part, ANY_TEXT) if claim in CLAIMS else ANY_TEXT


def read_part(text: str, shape: PartShape, today: date) -> str | None:
    """What a person states as it is stored, a day in the form of files; None: the part cannot say that."""
    plain = text.strip()
    if not plain:
        return plain
    if shape.kind is PartKind.TEXT:
        return plain if any(map(str.isalnum, plain)) else None  # a row of underscores would print as a blank again
    if shape.kind is PartKind.CHOICE:
        return plain if plain in shape.choices else None
    match = FULL_DAY.fullmatch(plain)
    try:
        day = match and date(*(int(one) for one in match.groups() if one))
    except ValueError:
        return None
    return None if not day or (shape.past and day > today) else day.isoformat()


def open_parts(claim: Claim, stated: Mapping[str, str]) -> tuple[str, ...]:
    """The blanks that a claim leaves on the paper: its sentence has them, and nobody has filled them in."""
    return tuple(part for part in _parts(claim, stated) if not stated.get(part))


def printed_parts(claim: Claim, stated: Mapping[str, str]) -> tuple[str, ...]:
    """What people have stated of a claim and the paper prints, for its sentence has it."""
    return tuple(part for part in _parts(claim, stated) if stated.get(part))


def moot_parts(claim: str, stated: Mapping[str, str]) -> frozenset[str]:
    """The parts of a claim that do not apply beside what is stated."""
    return frozenset(
        part for (of, text), parts in CLAIMS[claim].moot.items() if stated.get(of) == text for part in parts
    )


def _parts(claim: Claim, stated: Mapping[str, str]) -> tuple[str, ...]:
    """The parts that a claim's sentence has, and that apply."""
    texts, moot = CLAIMS[claim.id], moot_parts(claim.id, stated)
    form = _form(claim, texts)
    table = not (texts.released or texts.refused or texts.blank)  # its parts are cells of a form
    return tuple(part for part in texts.parts if part not in moot and (table or f"{{{part}}}" in form))


def is_contradicted(claim: Claim, stated: Mapping[str, str]) -> bool:
    """Whether the data refute a claim that a person has stated."""
    texts = CLAIMS[claim.id]
    return (
        texts.refutes
        and claim.state == REFUSED
        and any(
            stated.get(part) and f"{{{part}}}" in texts.blank and f"{{{part}}}" not in texts.refused
            for part in texts.parts
        )
    )

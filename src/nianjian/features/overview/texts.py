"""Sentences of the overview: the day's verdict, what is to be done, how old things are."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.texts.calls import REASONS
from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words, mark
from nianjian.features.inbox import obstacles
from nianjian.features.overview import attention, queue, worklist
from nianjian.platform.rulebook.deadlines import Expiry

Json = Mapping[str, Any]

#: Code -> what is to be done, why, and the word on its button.
ITEMS: Final[Mapping[str, tuple[str, str, str]]] = {
    obstacles.OVERDUE: (
        mark("Close {n} overdue complaint tickets"),
        mark("the earliest has been overdue for {time}"),
        mark("Handle"),
    ),
    obstacles.DIFFERENCES: (
        mark("Settle {n} differences with {register}"),
        mark("reconciliation as at {as_of}"),
        mark("Settle"),
    ),
    attention.APPROVAL: (mark("Decide: {what}"), mark("{by} asked {at}"), mark("Decide")),
    attention.ROOM: (mark("Show {n} originals to the inspectors"), "{row}", mark("Open")),
    attention.FAILED: (mark("Your job failed: {kind}"), "{why}", mark("View")),
    attention.COMPLAINT: (mark("Ticket {complaint}: {clock}"), mark("due {due}"), mark("Open")),
    attention.LATE: (
        mark("Hand in late: {report} of {year}"),
        mark("the last day was {due}; only a late report is possible"),
        mark("Open"),
    ),
    attention.CASE: (mark("Write the rectification report{cause}"), mark("the last day is {due}"), mark("Open")),
    attention.EXPIRED: (mark("Renew or end: {what} {keys}"), mark("the last valid day was {until}"), mark("Open")),
    attention.NOT_RUN: (mark("Compute the first figures"), mark("no metric is proved before"), mark("Open")),
    attention.INSUFFICIENT: (mark("Complete the data of {metric}"), "{why}", mark("View")),
    attention.ATTACHMENT: (
        mark("Provide: {papers}"),
        mark("{metric} is beyond its limit and not explained without it"),
        mark("Upload"),
    ),
    attention.DAYS: (
        mark("Supply the call records of {n} days"),
        mark("the data year {year} has no record of them"),
        mark("Import"),
    ),
    attention.OUTDATED: (
        mark("Compute the figures again"),
        mark("they stop at {as_of}; {n} days since then are not counted"),
        mark("View"),
    ),
    attention.MARKETING: (
        mark("Decide on marketing calls"),
        mark("{calls} delivered calls and {numbers} numbers of {year} are covered by no decision"),
        mark("Decide"),
    ),
    attention.MATERIALS: (
        mark("Provide {n} materials of {year}"),
        mark("the package goes with the licence report"),
        mark("Open"),
    ),
    attention.REJECTS: (mark("Deal with {n} call records that were not accepted"), "{why}", mark("View")),
    queue.TASK: ("{task}", mark("season of data year {year}"), mark("Open")),
    worklist.SILENT: (mark("Check {n} lines without calls"), mark("in use, but silent: {names}"), mark("View")),
}
ASSIGN: Final = mark("Assign")
VIEW: Final = mark("View")
UNTIL_LIMIT: Final = mark("; {n} more closed tickets and the closing rate reaches {limit} %")
REJECTED: Final = mark("most often: {reason} ({n} rows)")
#: Metric -> (beyond the limit, just at it, still to spare).
DISTANCES: Final[Mapping[str, tuple[str, str, str]]] = {
    "complaint_rate": (mark("{n} too many"), mark("exactly at the limit"), mark("{n} complaints to spare")),
    "closing_rate": (mark("{n} tickets short"), mark("exactly at the limit"), mark("{n} tickets to spare")),
    "seat_vacancy": (mark("{n} seats too many vacant"), mark("exactly at the limit"), mark("{n} seats to spare")),
    "number_consistency": (mark("{n} calls too many"), mark("exactly at the limit"), mark("{n} calls to spare")),
}
#: Metric -> the verdict where it is beyond its limit.
SENTENCES: Final[Mapping[str, str]] = {
    "complaint_rate": mark("Complaint rate beyond its limit: {limit} allowed in the year, {used} accepted."),
    "closing_rate": mark("Closing rate below its limit: {limit} of {all} tickets to be closed, {used} are."),
    "seat_vacancy": mark("Seat vacancy rate beyond its limit: {limit} of {all} seats may be vacant, {used} are."),
    "number_consistency": mark(
        "Number consistency: {limit} calls may show landline or mobile numbers, {used} calls do."
    ),
}
#: Metric -> what its cause has of it.
CAUSES: Final[Mapping[str, str]] = {
    "complaint_rate": mark("{n} complaints ({share} %) come from {channel}"),
    "closing_rate": mark("{n} of the {all} open tickets ({share} %) concern {channel}"),
    "number_consistency": mark("{n} calls with landline or mobile numbers ({share} %) go out by {channel}"),
}
LARGEST_SHARE: Final = mark("{n} complaints ({share} %), the largest share, concern {channel}")
SHORT_CAUSES: Final[Mapping[str, str]] = {
    "complaint_rate": mark("{channel} has {n} of them"),
    "closing_rate": mark("{all} open, {n} of them by {channel}"),
}
VACANT: Final = mark("{n} of {all} seats not opened")
EVASION: Final = mark("landline and mobile {value} %, limit {limit} %")
WITHOUT_IT: Final = mark("without it {n} remain, still beyond the limit")
TO_ATTACH: Final = mark("to be attached: {papers}")
VACANT_EXPLAINED: Final = mark("{n} of {all} seats not opened, {papers} on file")
FLAGGED: Final = mark("{metric}: {word}, {reason} {n}.")
PLAIN: Final = mark("{metric}: {word}.")
UNPROVEN: Final = mark("{metric} is not proved: {why}")
ONLY_THIS_YEAR: Final = mark("can be changed until {day} only")
OVER: Final = mark("can no longer be changed: the data year is over")
MISSED: Final = mark("The {report} of {year} was not handed in by {due}: only a late report is possible.")
REPORT: Final = mark("Report late")
NOTHING_YET: Final = mark("Nothing is proved yet: no figures have been computed.")
ALL_GREEN: Final = mark("All metrics are within the guide's limits.")
EXPLAINED: Final = mark("All metrics are within their limits or explained.")
PER_TEN_THOUSAND: Final = mark("per 10,000 answered calls")
BY_OWN_VALUES: Final = mark("by the own values ({which}): {metric}")


def papers_text(kinds: Sequence[str], _: Words) -> str:
    """The papers of which one is enough."""
    return " / ".join(code_name("attachment", kind, _) for kind in kinds)


def rejects_text(portrait: Json | None, _: Words) -> str:
    """Why most rows were not accepted, as the newest figures know it; "" where all were."""
    reasons = ((portrait or {}).get("quality") or {}).get("rows", {}).get("reasons") or {}
    most = max(reasons.values(), default=0)
    alike = [code for code in reasons if reasons[code] == most]
    if len(alike) > 1:
        return _("{reasons} reasons most often, {n} rows each").format(reasons=len(alike), n=count_text(most))
    return _(REJECTED).format(reason=_(REASONS[alike[0]]), n=count_text(most)) if alike else ""


def join_keys(keys: Sequence[str], count: int, _: Words) -> str:
    """Name the first of many keys, and how many there are."""
    first = _(", ").join(keys)
    return first if count <= len(keys) else _("{first} and others ({n})").format(first=first, n=count)


def expiry_text(expiry: Expiry, *, asking: bool, _: Words) -> str:
    """Say what runs out when; ``asking``: the day shown is the one to ask for renewal by."""
    text = (
        _("{what} {keys}: request renewal (valid until {until})")
        if asking
        else _("{what} {keys}: last valid day (renewal had to be requested by {ask_by})")
    )
    what, keys = translate_value("kind", expiry.kind, _), join_keys(expiry.keys, expiry.count, _)
    return text.format(what=what, keys=keys, until=expiry.until, ask_by=expiry.ask_by)


def ago(days: int | None, _: Words) -> str:
    """How long ago, in days."""
    if days is None:
        return _("never")
    if days <= 1:
        return _("yesterday") if days else _("today")
    return _("{n} days ago").format(n=days)


def describe_days_left(days: int, _: Words) -> str:
    """How many days are left, or how long it is over."""
    if days < 0:
        return _("overdue for {days} days").format(days=-days)
    if days <= 1:
        return _("tomorrow") if days else _("today")
    return _("in {n} days").format(n=days)

"""Sentences and names of reconciliation."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

TEXTS: Final[Mapping[str, str]] = {
    "reconcile_run_unknown": mark("there is no reconciliation {run}"),
    "reconcile_difference_unknown": mark("reconciliation {run} has no difference {difference}"),
    "reconcile_proposal_unknown": mark("reconciliation {run} has no pair {proposal}"),
    "reconcile_kind_unknown": mark("{kind} cannot be compared with the number-resource system; choose one of {kinds}"),
    "reconcile_day_wrong": mark("registers cannot be compared as at {day}"),
    "reconcile_export_faulty": mark("{file}: {faults} cells cannot be read; correct them, nothing was compared"),
    "reconcile_months_wrong": mark("give months that have begun, the first not after the last, at most {most} of them"),
    "reconcile_days_wrong": mark(
        "{first} to {last}: the first day must not be after the last, no day may be in the future, at most {most} days"
    ),
    "reconcile_source_unknown": mark("no calls of source {source} in these days; choose one of {sources}"),
    "reconcile_bill_empty": mark("{file} contains no calls"),
    "reconcile_bill_months": mark(
        "{file} contains whole months: give the first day of a month and the last day of a month"
    ),
    "reconcile_bills_mixed": mark("{files}: one is by day, another by month; compare them one by one"),
    "reconcile_carrier_unknown": mark("no line in the register belongs to carrier {carrier}; choose one of {carriers}"),
    "reconcile_state_unknown": mark("{state} is not a state of a difference; choose one of {states}"),
    "reconcile_said_missing": mark("“{state}” needs {fields}"),
    "reconcile_text_too_long": mark("{field}: at most {longest} characters"),
    "reconcile_proposal_decided": mark("pair {proposal} has already been decided"),
    "reconcile_subject_taken": mark("pair {proposal}: this payee or number is already assigned to another person"),
    "reconcile_no_sheet": mark("a correction sheet can be created for numbers, lines and seats, not for {kind}"),
}


KINDS: Final[Mapping[str, str]] = {
    "numbers": mark("code numbers"),
    "lines": mark("trunk lines"),
    "seats": mark("seats"),
    "people": mark("three-way people comparison"),
    "sources": mark("call sources"),
}
SORTS: Final[Mapping[str, str]] = {
    "numbers": "码号",
    "lines": "中继线",
    "seats": "坐席",
}  # as the number-resource system says
RESULTS: Final[Mapping[str, str]] = {
    "same": mark("same"),
    "only_ours": mark("only on our side"),
    "only_theirs": mark("only on their side"),
    "field_differs": mark("a field differs"),
    "parted": mark("sources differ"),
    "consistent": mark("all three agree"),
    "lacks_insurance": mark("social insurance missing"),
    "lacks_wage": mark("wage missing"),
    "lacks_seat": mark("seat missing"),
    "insured_elsewhere": mark("insured by another employer"),
    "needs_person": mark("for a person to decide"),
    "not_due": mark("not due yet: the month of payment is not over"),
}
STATES: Final[Mapping[str, str]] = {
    "open": mark("difference open"),
    "explained": mark("difference explained"),
    "settled": mark("difference settled"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "passed": mark("reconciliation passed"),
    "failed": mark("differences are open"),
    "not_proved": mark("cannot be proved yet"),
}
OWN_ALLOWANCE: Final = mark("{allowed} by the guide, which decides; {own_allowed} of the enterprise's own: {verdict}")


def own_allowance_text(allowed: int, own_allowed: int | None, own_verdict: str | None, _: Words) -> str:
    """What a run comes to with the enterprise's own allowance beside the guide's; "" where it has set none."""
    if own_allowed is None or own_verdict is None:
        return ""
    return _(OWN_ALLOWANCE).format(allowed=allowed, own_allowed=own_allowed, verdict=_(VERDICTS[own_verdict]))


LIKELY: Final[Mapping[str, str]] = {
    "not_there": mark("the other side has no such row"),
    "other_length": mark("the other side has the root with another length"),
    "filed_after": mark("filed after the day"),
    "cancelled_before": mark("cancelled by the day"),
    "not_filed": mark("not filed"),
    "expired": mark("expired by the day"),
    "opened_after": mark("opened after the day"),
    "closed_before": mark("closed by the day"),
    "source_silent": mark("a source has no calls at all that day"),
    "line_named_otherwise": mark("the day's totals agree: the line has another name, or none"),
    "line_missing": mark("a source does not have the line"),
    "tests_left_out": mark("a source excludes test calls"),
    "inbound_left_out": mark("a source excludes inbound calls"),
    "answered_only": mark("a source contains only answered calls"),
    "legs_counted": mark("a source counts each call several times (legs)"),
    "unanswered_not_billed": mark("the bill excludes calls that were not answered or not outbound"),
    "time_zone": mark("the totals agree: another time zone or day boundary"),
    "duration_rounding": mark("minutes are rounded differently"),
    "minutes_differ": mark("minutes differ more than rounding explains"),
    "day_border": mark("calls around midnight are recorded on another day"),
    "unknown": mark("unknown reason"),
}
REASONS: Final[Mapping[str, str]] = {
    "filing_unknown": mark("the filing state is unknown"),
    "filing_day_unknown": mark("the filing date is unknown"),
    "cancelled_day_unknown": mark("the cancellation date is unknown"),
    "closed_day_unknown": mark("the closing date is unknown"),
    "opening_day_unknown": mark("the opening date is unknown"),
    "field_blank": mark("the export leaves a field blank"),
    "new": mark("joined less than a month before"),
    "dispatched": mark("dispatched by another employer"),
    "outsourced": mark("outsourced, with agreement"),
    "outsourced_without_agreement": mark("outsourced, no agreement registered"),
    "other_post": mark("a post that needs no seat"),
    "left_this_month": mark("left in this month"),
    "homonym": mark("several people have this name"),
    "several_accounts": mark("one name was paid to several accounts"),
    "payer_unknown": mark("the list does not say who paid"),
    "identity_missing": mark("the seat has no identity number"),
}
PAIRS: Final[Mapping[str, str]] = {
    "homonym": mark("unclear payee"),
    "name": mark("payee's name nearly equal"),
    "identity": mark("identity number possibly mistyped"),
}
PROPOSALS: Final[Mapping[str, str]] = {
    "proposed": mark("pair to be decided"),
    "confirmed": mark("pair confirmed"),
    "dismissed": mark("pair dismissed"),
}

"""What the codes of reconciliation are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

KINDS: Final[Mapping[str, str]] = {
    "numbers": mark("code numbers"),
    "lines": mark("trunk lines"),
    "seats": mark("seats"),
    "people": mark("people three ways"),
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
    "parted": mark("sources part"),
    "consistent": mark("all three agree"),
    "lacks_insurance": mark("social insurance missing"),
    "lacks_wage": mark("wage missing"),
    "lacks_seat": mark("seat missing"),
    "insured_elsewhere": mark("insured by another employer"),
    "needs_person": mark("for a person to decide"),
}
STATES: Final[Mapping[str, str]] = {
    "open": mark("difference open"),
    "explained": mark("difference explained"),
    "settled": mark("difference settled"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "passed": mark("reconciliation passed"),
    "failed": mark("differences are open"),
    "insufficient": mark("cannot be proved yet"),
}
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
    "line_named_otherwise": mark("the day's sums agree: the line is named otherwise, or not at all"),
    "line_missing": mark("a source does not know the line"),
    "tests_left_out": mark("a source leaves out test calls"),
    "inbound_left_out": mark("a source leaves out inbound calls"),
    "answered_only": mark("a source has answered calls alone"),
    "legs_counted": mark("a source counts each call several times (legs)"),
    "unanswered_not_billed": mark("the bill leaves out what was not answered, or did not go out"),
    "time_zone": mark("the sums agree: another time zone or border of the day"),
    "duration_rounding": mark("minutes are rounded another way"),
    "minutes_differ": mark("minutes differ more than rounding explains"),
    "day_border": mark("calls around midnight stand on another day"),
    "unknown": mark("reason not known"),
}
REASONS: Final[Mapping[str, str]] = {
    "filing_unknown": mark("the filing state is not known"),
    "filing_day_unknown": mark("the day of filing is not known"),
    "cancelled_day_unknown": mark("the day of cancellation is not known"),
    "closed_day_unknown": mark("the day of closing is not known"),
    "opening_day_unknown": mark("the day of opening is not known"),
    "new": mark("joined less than a month before"),
    "dispatched": mark("dispatched by another employer"),
    "outsourced": mark("outsourced, with agreement"),
    "outsourced_without_agreement": mark("outsourced, no agreement registered"),
    "other_post": mark("a post that needs no seat"),
    "left_this_month": mark("left in this month"),
    "homonym": mark("several persons have this name"),
    "several_accounts": mark("one name was paid to several accounts"),
    "payer_unknown": mark("the list does not say who paid"),
    "identity_missing": mark("the seat names no identity number"),
}
PAIRS: Final[Mapping[str, str]] = {
    "homonym": mark("whose payment is it"),
    "name": mark("payee's name nearly equal"),
    "identity": mark("identity number perhaps miswritten"),
}
PROPOSALS: Final[Mapping[str, str]] = {
    "proposed": mark("pair to be decided"),
    "confirmed": mark("pair confirmed"),
    "dismissed": mark("pair dismissed"),
}

"""Sentences and names of rectification."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "rectify_unknown": mark("there is no case {case} (list the cases with nianjian rectify list)"),
    "rectify_report_gone": mark("case {case} has no such report; generated reports are kept for {days} days"),
    "rectify_closed": mark("case {case} is closed; nothing can be added"),
    "rectify_step_early": mark("case {case}: “{step}” comes after “{first}”"),
    "rectify_gaps_open": mark("case {case} cannot be submitted: something in the report no longer holds"),
    "rectify_due_before_receipt": mark("the printed last day {due} is before the day of receipt {received}"),
    "rectify_case_needed": mark("name the case: {count} are open"),
    "rectify_form_unknown": mark("the report is available as {forms}, not as “{form}”"),
    "rectify_enterprise_needed": mark("--enterprise is needed: there are {count} enterprises"),
    "rectify_text_missing": mark("{field} must not be empty"),
    "rectify_text_long": mark("{field}: at most {most} characters"),
    "rectify_measure_unknown": mark("case {case} has no measure {measure} (list them with nianjian rectify show)"),
    "rectify_paper_unknown": mark("case {case} has no document {paper}"),
    "rectify_paper_kind": mark("{kind} is not a kind of document; choose one of {kinds}"),
    "rectify_test_report_incomplete": mark("a test report needs issuer, number, date and scope"),
    "rectify_test_report_other": mark(
        "“{file}” is not titled as a technical assessment; store it as an annex, or choose the report itself"
    ),
    "rectify_day_ahead": mark("{day} is in the future"),
    "rectify_submitted_early": mark(
        "{day} is before {first}, the first day with notice, isolation and report; give the day of the hand-in"
    ),
    "rectify_days_reversed": mark("the last day {last} is before the first, {first}"),
    "rectify_dimension_unknown": mark("{dimension} cannot be grouped by; choose one of {dimensions}"),
    "rectify_group_unknown": mark(
        "{dimension} {key} is not a group that the location of case {case} lists in full; locate again, and "
        "choose one of those"
    ),
    "rectify_ref_unknown": mark("{ref} is not a group in these days; locate again, and choose one of those"),
    "rectify_key_unknown": mark("a channel is one of {keys}, not {key}"),
    "rectify_channel_missing": mark("name the channel"),
    "rectify_reason_missing": mark("{channel}: a reason is needed"),
    "rectify_end_missing": mark("{channel}: give the condition for lifting the isolation"),
    "rectify_cap_not_lower": mark("the cap {cap} is not below the {before} per day before the isolation"),
    "rectify_isolated_already": mark("{channel} is already isolated; lift that isolation first to change it"),
    "rectify_not_isolated": mark("{channel} is not isolated: there is nothing to lift"),
    "rectify_case_not_isolated": mark(
        "no channel is isolated in case {case}; request that first (nianjian rectify isolate)"
    ),
    "rectify_order_unknown": mark("there is no isolation order {order}"),
    "rectify_order_pending": mark("the order is waiting for a second person (request {approval})"),
    "rectify_not_effective": mark("case {case} stays open: the figures do not show that the measures worked"),
    "rectify_licence_unusual": mark(
        "“{licence}” is not a licence number, and it is not in the register of licences; write it like 浙B2-20080101"
    ),
    "rectify_watched_already": mark("{licence} is already on the watch list"),
    "rectify_not_watched": mark("{licence} is not on the watch list"),
    "rectify_task_unknown": mark("there is no task {task} (list them with nianjian rectify routine)"),
    "rectify_portrait_missing": mark("there is no portrait of {year} to check against the internal limits"),
    # what is open before a report goes out, and what speaks against effect
    "not_located": mark("nothing has been located yet; locate the channel"),
    "not_isolated": mark("no channel is isolated; request it"),
    "isolation_pending": mark("the isolation is waiting for a second person"),
    "isolation_lifted": mark("the isolation was lifted; isolate again, or close the case by another measure"),
    "not_enforced": mark("the gate does not limit the channel to cap and white list; set its policy again"),
    "gate_observing": mark("the gate only looks on and refuses no call, isolated or not; let it refuse again"),
    "over_cap": mark(
        "{days} days with more attempts than the cap {cap}, the first {first} with {attempts}; make sure "
        "that every switch asks the gate"
    ),
    "not_measured": mark("the figures before and after are not counted yet"),
    "report_outdated": mark(
        "the report describes the state before the last location, count or reading of an assessment; generate it again"
    ),
    "figures_changed": mark("the data changed since; count the figures again"),
    "tickets_open": mark(
        "{count} complaints of the channel are open, the first is {first}; close them with a call-back"
    ),
    "off_white_list": mark(
        "{count} of {of} calls on the channel since its isolation went to callees without a consent on file "
        "at the time; explain it in the report"
    ),
    "tickets_late": mark("{count} complaints were closed late, the first is {first}; explain it in the report"),
    "measures_missing": mark("no measure is recorded; record at least one with its owner"),
    "measures_open": mark("{count} measures are not done, the first is due on {first}"),
    "test_report_unread": mark(
        "no text can be read in the technical assessment ({count} files); a person must read it and confirm issuer,"
        " number, date and scope"
    ),
    "test_report_missing": mark("the third-party test report is missing; add it with issuer, number, date and scope"),
    "test_report_early": mark("the test report is dated {dated}, not after the isolation of {isolated}"),
    "nothing_since": mark("no day since the isolation has an answered call to review"),
    "rate_light": mark("the complaint rate since the isolation is not green"),
    "effect_unproved": mark(
        "{days} days since the isolation have no call records: that the measures worked is not proved"
    ),
    "no_fewer_complaints": mark("the channel draws as many complaints per day as before"),
}


STEPS: Final[Mapping[str, str]] = {
    "opened": mark("case opened"),
    "located": mark("located"),
    "isolated": mark("isolated"),
    "measured": mark("measured"),
    "reported": mark("reported"),
    "submitted": mark("submitted"),
    "closed": mark("closed"),
    "measure_added": mark("measure recorded"),
    "measure_done": mark("measure carried out"),
    "paper_added": mark("document added"),
    "paper_read": mark("technical assessment read by a person"),
    "paper_corrected": mark("document details corrected"),
}
DIMENSIONS: Final[Mapping[str, str]] = {
    "display": mark("complained number"),
    "line": mark("line"),
    "team": mark("team"),
    "complainant": mark("complainant"),
}
#: How likely chance alone explains a channel's complaints: below which limit, "" where it is not compared.
CHANCE_CELLS: Final[Mapping[str, str]] = {
    "": mark("not compared"),
    "0.0001": mark("less than 1 in 10,000"),
    "0.001": mark("less than 1 in 1,000"),
    "0.01": mark("less than 1 in 100"),
    "0.05": mark("less than 1 in 20"),
    "likely": mark("cannot be excluded"),
}
CHANCE_SENTENCES: Final[Mapping[str, str]] = {
    "": "",
    "0.0001": mark("The probability that this is chance is less than 1 in 10,000."),
    "0.001": mark("The probability that this is chance is less than 1 in 1,000."),
    "0.01": mark("The probability that this is chance is less than 1 in 100."),
    "0.05": mark("The probability that this is chance is less than 1 in 20."),
    "likely": mark("Chance cannot be excluded."),
}
PAPERS: Final[Mapping[str, str]] = {
    "notice": mark("rectification notice"),
    "test_report": mark("technical test report"),
    "annex": mark("annex"),
}
ORDERS: Final[Mapping[str, str]] = {
    "isolate": mark("isolation"),
    "lift": mark("lifting"),
    "isolation": mark("isolation of a channel"),
    "isolation_lift": mark("lifting of an isolation"),
}

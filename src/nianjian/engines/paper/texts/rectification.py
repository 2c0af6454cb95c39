"""Sentences and names of rectification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "rectify_unknown": mark("there is no case {case} (nianjian rectify list shows those there are)"),
    "rectify_report_gone": mark("there is no such report of case {case}; one that was set is kept for {days} days"),
    "rectify_closed": mark("case {case} is closed; nothing is added to it"),
    "rectify_step_early": mark("case {case}: “{step}” comes after “{first}”"),
    "rectify_gaps_open": mark("case {case} cannot be handed in: something that was reported does not hold any more"),
    "rectify_due_before_receipt": mark("the printed last day {due} lies before the receipt {received}"),
    "rectify_case_needed": mark("name the case: {count} are open"),
    "rectify_form_unknown": mark("the report comes as {forms}, not as “{form}”"),
    "rectify_enterprise_needed": mark("--enterprise is needed: there are {count} enterprises"),
    "rectify_text_missing": mark("{field} must not be empty"),
    "rectify_text_long": mark("{field}: at most {most} characters"),
    "rectify_measure_unknown": mark("case {case} has no measure {measure} (nianjian rectify show names them)"),
    "rectify_paper_unknown": mark("case {case} has no paper {paper}"),
    "rectify_paper_kind": mark("{kind} is no kind of paper; there are {kinds}"),
    "rectify_test_report_incomplete": mark("a test report needs issuer, number, date and scope"),
    "rectify_test_report_other": mark(
        "“{file}” does not call itself a technical assessment; keep it as an annex, or choose the report itself"
    ),
    "rectify_day_ahead": mark("{day} is still to come"),
    "rectify_days_reversed": mark("the last day {last} lies before the first, {first}"),
    "rectify_dimension_unknown": mark("{dimension} is nothing to group by; there are {dimensions}"),
    "rectify_group_unknown": mark(
        "{dimension} {key} is no group that the location of case {case} names in full; locate, and choose one of those"
    ),
    "rectify_ref_unknown": mark("{ref} names no group of these days; locate again, and choose one of those"),
    "rectify_key_unknown": mark("a channel is a {keys}, not a {key}"),
    "rectify_channel_missing": mark("name the channel"),
    "rectify_reason_missing": mark("{channel}: a reason is needed"),
    "rectify_end_missing": mark("{channel}: say what must be true before the isolation is lifted"),
    "rectify_cap_not_lower": mark("the cap {cap} is not below the {before} a day of before"),
    "rectify_isolated_already": mark("{channel} is isolated already; lift that first to isolate it otherwise"),
    "rectify_not_isolated": mark("{channel} is not isolated: there is nothing to lift"),
    "rectify_case_not_isolated": mark(
        "no channel is isolated in case {case}; ask for that first (nianjian rectify isolate)"
    ),
    "rectify_order_unknown": mark("there is no isolation order {order}"),
    "rectify_order_pending": mark("the order waits for a second person (request {approval})"),
    "rectify_not_effective": mark("case {case} stays open: the figures do not bear out that the measures worked"),
    "rectify_licence_unusual": mark(
        "“{licence}” is no licence number, and the register of licences has none like it; write it like 浙B2-20080101"
    ),
    "rectify_watched_already": mark("{licence} stands in the watch list already"),
    "rectify_not_watched": mark("{licence} does not stand in the watch list"),
    "rectify_task_unknown": mark("there is no task {task} (nianjian rectify routine names them)"),
    "rectify_portrait_missing": mark("there is no portrait of {year} to look at more closely"),
    # what is open before a report goes out, and what speaks against effect
    "not_located": mark("nothing is located yet; locate the channel"),
    "not_isolated": mark("no channel is isolated; ask for it"),
    "isolation_pending": mark("the isolation waits for a second person"),
    "isolation_lifted": mark("the isolation was lifted; isolate again, or close the case by another measure"),
    "not_enforced": mark("the gate does not hold the channel to cap and white list; set its policy again"),
    "over_cap": mark(
        "{days} days with more attempts than the cap {cap}, the first {first} with {attempts}; see that every"
        " switch asks the gate"
    ),
    "not_measured": mark("the figures before and after are not counted yet"),
    "report_outdated": mark(
        "the report tells what held before the last location, count or reading of an assessment; set it again"
    ),
    "figures_changed": mark("the data changed since; count the figures again"),
    "tickets_open": mark(
        "{count} complaints of the channel are open, the first is {first}; close them with a call-back"
    ),
    "off_white_list": mark(
        "{count} of {of} calls on the channel since its isolation went to callees without a consent on file at that"
        " moment; explain it in the report"
    ),
    "tickets_late": mark("{count} complaints were closed late, the first is {first}; explain it in the report"),
    "measures_missing": mark("no measure is named; name at least one with its owner"),
    "measures_open": mark("{count} measures are not done, the first is due on {first}"),
    "test_report_unread": mark(
        "no text can be read in the technical assessment ({count} files); a person must read it and confirm issuer,"
        " number, date and scope"
    ),
    "test_report_missing": mark("the third-party test report is missing; add it with issuer, number, date and scope"),
    "test_report_early": mark("the test report of {dated} is not dated after the isolation of {isolated}"),
    "nothing_since": mark("no day since the isolation has an answered call to look at"),
    "rate_light": mark("the complaint rate since the isolation is not green"),
    "no_fewer_complaints": mark("the channel draws as many complaints a day as before"),
}


STEPS: Final[Mapping[str, str]] = {
    "opened": mark("case opened"),
    "located": mark("located"),
    "isolated": mark("isolated"),
    "measured": mark("measured"),
    "reported": mark("reported"),
    "submitted": mark("submitted"),
    "closed": mark("closed"),
    "measure_added": mark("measure named"),
    "measure_done": mark("measure carried out"),
    "paper_added": mark("paper added"),
    "paper_read": mark("technical assessment read by a person"),
    "paper_corrected": mark("what is said of a paper was corrected"),
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
    "0.0001": mark("That this is chance has a probability of less than 1 in 10,000."),
    "0.001": mark("That this is chance has a probability of less than 1 in 1,000."),
    "0.01": mark("That this is chance has a probability of less than 1 in 100."),
    "0.05": mark("That this is chance has a probability of less than 1 in 20."),
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

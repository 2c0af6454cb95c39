"""Sentences for the codes of reconciliation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "reconcile_run_unknown": mark("there is no reconciliation {run}"),
    "reconcile_difference_unknown": mark("reconciliation {run} has no difference {difference}"),
    "reconcile_proposal_unknown": mark("reconciliation {run} has no pair {proposal}"),
    "reconcile_kind_unknown": mark("{kind} cannot be compared with the number-resource system; there are {kinds}"),
    "reconcile_day_wrong": mark("{day} is no day that registers can be compared on"),
    "reconcile_export_faulty": mark("{file}: {faults} cells cannot be read; correct them, nothing was compared"),
    "reconcile_months_wrong": mark("name months that have begun, the first not after the last, at most {most} of them"),
    "reconcile_days_wrong": mark(
        "{first} to {last}: the first day must not lie after the last, no day may be to come, at most {most} days"
    ),
    "reconcile_source_unknown": mark("no calls of source {source} in these days; there are {sources}"),
    "reconcile_bill_empty": mark("{file} tells of no calls"),
    "reconcile_bill_months": mark("{file} tells whole months: name the first day of a month and the last of one"),
    "reconcile_bills_mixed": mark("{files}: one tells days, another months; compare them one by one"),
    "reconcile_carrier_unknown": mark("no line of the register is of carrier {carrier}; there are {carriers}"),
    "reconcile_state_unknown": mark("{state} is no state of a difference; there are {states}"),
    "reconcile_said_missing": mark("“{state}” needs {fields}"),
    "reconcile_text_too_long": mark("{field}: at most {longest} characters"),
    "reconcile_proposal_decided": mark("somebody has decided pair {proposal} already"),
    "reconcile_subject_taken": mark("pair {proposal}: this payee or number was given to another person already"),
    "reconcile_no_sheet": mark("a correction sheet is made of numbers, lines and seats, not of {kind}"),
}

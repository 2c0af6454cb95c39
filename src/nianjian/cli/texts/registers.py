"""Sentences for sheets, cells, batches, two-person steps, rules and keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

CELLS: Final[Mapping[str, str]] = {
    "value_missing": mark("a value is needed"),
    "date_unreadable": mark("no date; write 2026-12-31"),
    "moment_unreadable": mark("no time; write 2026-12-31 08:30:00"),
    "date_out_of_range": mark("the year is out of range"),
    "month_unreadable": mark("no month; write 2026-12"),
    "choice_unknown": mark("none of the choices: {hint}"),
    "flag_unreadable": mark("neither yes nor no"),
    "number_unreadable": mark("no whole number"),
    "amount_unreadable": mark("no amount of money"),
    "duration_unreadable": mark("no duration; write 0:01:30 or seconds"),
    "root_malformed": mark("no number root; digits only, without a leading 0"),
    "identity_check_digit": mark("the check digit of the identity number is wrong"),
    "identity_length": mark("the identity number has {length} characters instead of 18"),
    "identity_character": mark("the identity number holds a character that it cannot hold"),
    "identity_birth_date": mark("the identity number holds no real date of birth"),
    "credit_code_check_digit": mark("the check digit of the credit code is wrong"),
    "credit_code_length": mark("the credit code has {length} characters instead of 18"),
    "credit_code_character": mark("the credit code holds a character that it cannot hold"),
    "organisation_code_character": mark("the organisation code holds a character that it cannot hold"),
    "licence_number_unusual": mark("an unusual licence number"),
    "key_missing": mark("the key is missing"),
    "key_too_long": mark("the key is too long"),
    "key_duplicate": mark("the same key stands in line {hint} already"),
}
SHEETS: Final[Mapping[str, str]] = {
    "column_twice": mark("{file}: the columns {column} and {other} mean the same"),
    "encoding_unknown": mark("{file} is neither UTF-8 nor GB18030"),
    "column_missing": mark("{file}: the column {column} is missing"),
    "header_missing": mark("{file}: the header {column} of {kind} is missing"),
    "sheet_malformed": mark("{file}, line {line}: the line cannot be read"),
    "workbook_unreadable": mark("{file} is no readable workbook"),
    "register_kind_unknown": mark("there is no register {kind}; there are {kinds}"),
    "file_unwritable": mark("{file} cannot be written: {reason}"),
    "file_too_large": mark("{file} is too large (at most {limit} bytes)"),
    "attachment_kind_unknown": mark("there is no attachment kind {kind}; there are {kinds}"),
    "attachment_metric_wrong": mark("{kind} explains {expected}, not {metric}"),
    "closed_before_accepted": mark("closed before it was accepted"),
    "cancelled_before_filed": mark("cancelled before it was filed"),
    "closed_before_opened": mark("closed before it was opened"),
    "expires_before_obtained": mark("expires before it was obtained"),
    "withdrawn_before_obtained": mark("withdrawn before it was obtained"),
    "left_before_joined": mark("left before joining"),
    "valid_until_before_since": mark("valid until a day before it begins"),
    "reopened_before_accepted": mark("reopened before it was accepted"),
    "batch_unknown": mark("there is no batch {batch}"),
    "batch_not_active": mark("batch {batch} is {state} already"),
    "batch_state_unknown": mark("a batch cannot be {state}"),
}
STEPS: Final[Mapping[str, str]] = {
    "approval_unknown": mark("there is no request {approval}"),
    "approval_pending": mark("request {approval} for the same change is waiting already"),
    "approval_decided": mark("request {approval} is {state} already"),
    "approval_needs_user": mark("request {approval} needs a named person: --as USER with the token in NIANJIAN_TOKEN"),
    "approval_same_person": mark("{user} made request {approval} and cannot approve it"),
    "approval_subject_changed": mark("what request {approval} asks for has changed since; ask again"),
    "approval_kind_wrong": mark("request {approval} ({kind}) cannot be carried out here"),
    "overlay_unknown": mark("there is no overlay {overlay}"),
    "overlay_reason_missing": mark("the overlay of {key} needs a reason"),
    "overlay_everywhere": mark("the overlay of {key} needs a province or an enterprise"),
    "overlay_days_reversed": mark("the overlay of {key} ends before it begins"),
    "audit_append_only": mark("the audit chain can only grow"),
}
RULES: Final[Mapping[str, str]] = {
    "rule_unknown": mark("there is no rule {key} on {date}"),
    "rule_value_kind": mark("the rule {key} is no {wanted}"),
    "rulebook_day_too_early": mark("the rulebook reaches back to {first}; {date} is before"),
    "overlay_rule_unknown": mark("there is no rule {key} on {date} that could be overlaid"),
    "overlay_value_wrong": mark("“{value}” is no value for the rule {key}"),
    "rules_file_unreadable": mark("the rule file {file} cannot be read: {reason}"),
    "rules_version_unreadable": mark("{file} holds no version but “{value}”"),
    "rules_changed_without_version": mark("rules changed, but the version is still {version}"),
    "rules_lock_stale": mark("the lock of the rules does not fit version {version}"),
    "rules_lock_unreadable": mark("the lock of the rules {file} cannot be read"),
    "holidays_unreadable": mark("the holiday file cannot be read: {reason}"),
    "rule_overlap": mark("{file}: two rules {key} hold on {date}"),
    "rule_field_missing": mark("{file}: the rule {key} lacks {field}"),
    "rule_field_unknown": mark("{file}: the rule {key} has an unknown field {field}"),
    "rule_field_wrong": mark("{file}: the rule {key} has a wrong {field}: {value}"),
    "simulation_negative": mark("{move} cannot be negative ({count})"),
    "simulation_line_unknown": mark("line {line} has no delivered calls in the data year"),
}
KEYS: Final[Mapping[str, str]] = {
    "key_unknown": mark("the key {key} is not in the key file"),
    "keys_exposed": mark("others can read the key file {keys}; chmod 600 it"),
    "keys_inside_home": mark("the key file {keys} lies inside {home}; a stolen home must not hold its keys"),
    "keys_lost": mark("the data was written with other keys than those of {keys}; put the right key file back"),
    "keys_not_placed": mark("no key file is set"),
    "keys_unreadable": mark("the key file {keys} cannot be read"),
    "sealed_damaged": mark("sealed data is damaged or was moved (key {key})"),
    "blob_missing": mark("the stored file {blob} is gone"),
}
TEXTS: Final[Mapping[str, str]] = {**CELLS, **SHEETS, **STEPS, **RULES, **KEYS}

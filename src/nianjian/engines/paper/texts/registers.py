"""Sentences for sheets, cells, batches, two-person steps, rules and keys."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

CELLS: Final[Mapping[str, str]] = {
    "value_missing": mark("this field is required"),
    "control_character": mark("it contains an invisible character ({sign}); type it again"),
    "date_unreadable": mark("this is not a date; write it like 2026-12-31"),
    "moment_unreadable": mark("this is not a date with a time; write it like 2026-12-31 08:30:00"),
    "moment_in_future": mark("the time is in the future"),
    "date_out_of_range": mark("the year is out of range"),
    "month_unreadable": mark("this is not a month; write it like 2026-12"),
    "choice_unknown": mark("this is not one of the allowed values: {hint}"),
    "flag_unreadable": mark("this is neither 是 (yes) nor 否 (no)"),
    "number_unreadable": mark("this is not a whole number"),
    "amount_unreadable": mark("this is not an amount of money; write it like 6500.00"),
    "duration_unreadable": mark("this is not a duration; write it like 0:01:30, or in seconds"),
    "root_malformed": mark("this is not a root of a number; write digits only, without a leading 0"),
    "identity_check_digit": mark("the check digit of the identity number is wrong"),
    "identity_length": mark("the identity number has {length} characters instead of 18"),
    "identity_character": mark("the identity number contains an invalid character"),
    "identity_birth_date": mark("the identity number contains an invalid date of birth"),
    "credit_code_check_digit": mark("the check digit of the credit code is wrong"),
    "credit_code_length": mark("the credit code has {length} characters instead of 18"),
    "credit_code_character": mark("the credit code contains an invalid character"),
    "credit_code_no_company": mark("this is not the credit code of a company (91…); a licence holder is a company"),
    "credit_code_organisation": mark("the check digit of the organisation code inside the credit code is wrong"),
    "organisation_code_character": mark("the organisation code contains an invalid character"),
    "total_length_too_short": mark("the approved length is less than the length of the root"),
    "total_length_too_long": mark("a telephone number has at most 18 digits"),
    "number_not_filed": mark("not filed: calls with this number count as another's short number"),
    "outbound_not_permitted": mark("no outbound permission: calls with this number count as another's short number"),
    "root_unusual": mark(
        "not a short number (95, 96, 10, 11, 12): calls with it do not count as calls with an own number"
    ),
    "number_masked": mark("a masked number: no call can be matched with it"),
    "filing_day_unknown": mark("filed, but the filing date is unknown"),
    "licence_number_unusual": mark("an unusual licence number"),
    "key_missing": mark("the key is missing"),
    "key_too_long": mark("the key is too long"),
    "key_duplicate": mark("the same key is already in line {hint}"),
}
SHEETS: Final[Mapping[str, str]] = {
    "column_twice": mark("{file}: the columns {column} and {other} have the same meaning"),
    "encoding_unknown": mark("{file} is neither UTF-8 nor GB18030"),
    "encoding_mixed": mark(
        "{file}, line {line}: the line is not in the file's encoding {encoding}; save the whole file in one encoding"
    ),
    "column_missing": mark("{file}: the column {column} is missing"),
    "header_missing": mark("{file}: the header {column} of {kind} is missing"),
    "sheet_malformed": mark("{file}, line {line}: the line cannot be read"),
    "workbook_unreadable": mark("{file} cannot be read as a workbook"),
    "not_a_workbook": mark("{file} is named like a workbook but is not one; save it again as xlsx or CSV"),
    "register_kind_unknown": mark("there is no register {kind}; choose one of {kinds}"),
    "file_unwritable": mark("{file} cannot be written: {reason}"),
    "file_too_large": mark("{file} is too large (at most {limit} bytes)"),
    "attachment_kind_unknown": mark("there is no attachment kind {kind}; choose one of {kinds}"),
    "attachment_metric_wrong": mark("{kind} explains {expected}, not {metric}"),
    "attachment_unknown": mark("there is no attachment {attachment} here"),
    "attachment_type_refused": mark(
        "{file} is not one of these file types, or its content does not match its extension: {types}"
    ),
    "team_unknown": mark(
        "no team has the id or name “{value}”: enter it in the register of teams first, or correct the cell"
    ),
    "closed_before_accepted": mark("closed before it was accepted"),
    "closed_before_response": mark("closed before its first response: correct 首次响应时间 or 结案时间"),
    "cancelled_before_filed": mark("cancelled before it was filed"),
    "closed_before_opened": mark("closed before it was opened"),
    "expires_before_obtained": mark("expires before it was obtained"),
    "withdrawn_before_obtained": mark("withdrawn before it was obtained"),
    "left_before_joined": mark("left before joining"),
    "valid_until_before_since": mark("valid until a day before it starts"),
    "reopened_before_accepted": mark("reopened before it was accepted"),
    "batch_unknown": mark("there is no batch {batch}"),
    "batch_not_active": mark("batch {batch} is already {state}"),
    "batch_state_unknown": mark("a batch cannot be {state}"),
}
ROWS: Final[Mapping[str, str]] = {
    "register_row_faulty": mark("the row has errors"),
    "register_row_exists": mark("a row with this key already exists in {kind}; open that row to change it"),
    "register_row_unknown": mark("there is no such row in {kind}"),
    "register_row_stale": mark("somebody else has changed or ended this row in the meantime; nothing was written"),
    "register_row_unchanged": mark("nothing was changed"),
    "register_row_ended": mark("the row already ended on {last}"),
    "register_row_overlaps": mark("an earlier row with this key is valid until {last}; start later"),
    "register_key_changed": mark("the key of a row cannot be changed: end this row and add a new one"),
    "register_change_reaches_back": mark(
        "another version is valid since {day}; confirm that you want to replace it, or choose a later day"
    ),
    "register_reason_missing": mark("give the reason it ends"),
    "register_nothing_chosen": mark("no row is chosen"),
    "register_too_many": mark("at most {most} rows at once"),
    "register_export_long": mark("{rows} rows, more than {most}: have the worker create the file"),
    "register_file_gone": mark(
        "the job {job} has no file to download: it is not finished, or its {days} days are over"
    ),
    "register_export_too_large": mark("more than {most} rows; narrow the list with a filter"),
    "filter_unknown": mark("there is no column {column} to search in"),
    "filter_sealed": mark("the column {column} is encrypted and cannot be filtered or sorted"),
    "filter_unreadable": mark("“{value}” is not a valid value for the column {column}"),
}
#: What a register is called in a sentence; commands name it by its code.
NAMES: Final[Mapping[str, str]] = {
    "numbers": mark("numbers"),
    "lines": mark("lines"),
    "teams": mark("teams"),
    "seats": mark("seats"),
    "complaints": mark("complaints"),
    "licences": mark("licences"),
    "staff": mark("staff"),
    "social-insurance": mark("social insurance"),
    "wages": mark("wages"),
    "consents": mark("consents"),
    "do-not-call": mark("numbers not to be called"),
    "gate_policy": mark("gate policy change"),
    "overlay": mark("rule change"),
    "season_reopen": mark("reopening of a closed season"),
}
STEPS: Final[Mapping[str, str]] = {
    "approval_unknown": mark("there is no request {approval}"),
    "approval_pending": mark("request {approval} for the same change is already pending"),
    "approver_unfit": mark("this person cannot approve it: choose a colleague with the right to approve"),
    "approval_decided": mark("request {approval} is already {state}"),
    "approval_needs_user": mark("request {approval} needs a named person: --as USER with the token in NIANJIAN_TOKEN"),
    "approval_same_person": mark("{user} made request {approval} and cannot approve it"),
    "approval_not_apart": mark(
        "{user} and whoever made request {approval} might be the same person, since {behind} let one of the "
        "accounts in: another administrator can confirm that account on its page, or `nianjian user confirm "
        "NAME` on the server"
    ),
    "approval_subject_changed": mark("the subject of request {approval} has changed since; request it again"),
    "approval_kind_wrong": mark("request {approval} ({kind}) cannot be carried out here"),
    "overlay_unknown": mark("there is no overlay {overlay}"),
    "overlay_reason_missing": mark("the overlay of {key} needs a reason"),
    "overlay_everywhere": mark("the overlay of {key} needs a province or an enterprise"),
    "overlay_days_reversed": mark("the overlay of {key} ends before it begins"),
    "audit_append_only": mark("the audit chain is append-only"),
}
RULES: Final[Mapping[str, str]] = {
    "rule_unknown": mark("there is no rule {key} on {date}"),
    "rule_value_kind": mark("the rule {key} is not a {wanted}"),
    "rulebook_day_too_early": mark("the rulebook reaches back to {first}; {date} is earlier"),
    "overlay_rule_unknown": mark("there is no rule {key} on {date} that could be overlaid"),
    "overlay_rule_reference": mark(
        "the rule {key} is a reference (source: {citation}): the program does not read its value, so it "
        "cannot be overlaid"
    ),
    "overlay_rule_fixed": mark("the program supports only one reading of the rule {key}, so it cannot be overlaid"),
    "overlay_value_wrong": mark("“{value}” is not a value that this rule accepts"),
    "rule_input_percent": mark("“{value}” is no percentage: give one from 0 to 100, such as 40, 40 % or 0.4"),
    "rule_input_span": mark(
        "“{value}” is no span of time here: give a whole number in the unit of the rule, at most {most}; another unit "
        "may stand behind it, such as 2 hours"
    ),
    "rule_input_number": mark("“{value}” is no number here: give one from 0 to {most}, a whole one where it counts"),
    "rule_input_day": mark("“{value}” is no day of the year: give month and day, such as 03-31"),
    "rule_input_time": mark("“{value}” is no time of day: give one such as 17:00"),
    "rule_input_hours": mark("“{value}” is no list of hours: give them such as 09:00-12:00, 14:00-18:00"),
    "rule_input_list": mark("“{value}” is no list that this rule accepts: part its words with commas or lines"),
    "rule_input_choice": mark("“{value}” is none of the values of this rule"),
    "rule_input_flag": mark("“{value}” is neither yes nor no"),
    "rule_input_structure": mark(
        "a row is not complete, or holds what this rule does not accept: fill in every part of it, counts with whole "
        "numbers of 1 or more; a row left empty is taken away"
    ),
    "rules_file_unreadable": mark("the rule file {file} cannot be read: {reason}"),
    "rules_version_unreadable": mark("{file} contains no version, only “{value}”"),
    "rules_changed_without_version": mark("rules changed, but the version is still {version}"),
    "rules_lock_stale": mark("the rules lock does not match version {version}"),
    "rules_lock_unreadable": mark("the rules lock {file} cannot be read"),
    "holidays_unreadable": mark("the holiday file cannot be read: {reason} ({place})"),
    "workdays_beyond_calendar": mark("{count} working days from {start} go beyond the years 1 to 9999"),
    "rule_overlap": mark("{file}: two rules {key} are valid on {date}"),
    "rule_field_missing": mark("{file}: the rule {key} lacks {field}"),
    "rule_field_unknown": mark("{file}: the rule {key} has an unknown field {field}"),
    "rule_field_wrong": mark("{file}: the rule {key} has a wrong {field}: {value}"),
    "simulation_negative": mark("{move} cannot be negative ({count})"),
    "simulation_too_many": mark("{move}: {count} is more than there are; at most {maximum}"),
    "as_of_before_period": mark(
        "the as-of day {as_of} is before the data year begins on {first}; give a later day, or --year {year}"
    ),
    "year_not_begun": mark("the data year {year} begins on {first}; the newest one that has begun is {newest}"),
    "province_unknown": mark("“{province}” is not a province; allowed, by short or full name: {allowed}"),
    "simulation_line_unknown": mark("line {line} has no delivered calls in the data year"),
}
KEYS: Final[Mapping[str, str]] = {
    "key_unknown": mark("the key {key} is not in the key file"),
    "keys_exposed": mark("others can read the key file {keys}; chmod 600 it"),
    "keys_inside_home": mark("the key file {keys} is inside {home}; a stolen home must not contain its keys"),
    "keys_lost": mark("the data was written with keys other than those in {keys}; restore the right key file"),
    "keys_not_placed": mark("no key file is set"),
    "keys_unreadable": mark("the key file {keys} cannot be read"),
    "rotation_running": mark("the keys are being rotated by another process"),
    "sealed_damaged": mark("sealed data is damaged or was moved (key {key})"),
    "blob_missing": mark("the stored file {blob} is missing"),
}
TEXTS: Final[Mapping[str, str]] = {**CELLS, **SHEETS, **ROWS, **STEPS, **RULES, **KEYS}

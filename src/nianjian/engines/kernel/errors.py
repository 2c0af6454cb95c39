"""The errors that rooms raise when input or use is wrong; interfaces put them into words.

A code and values travel, never a sentence: the words stand in the interfaces' catalogue. Callers catch by kind:
`InvalidInputError`, `NotFoundError`, `PermissionDeniedError` or `ConflictError`, or all of them as `NianjianError`.
"""

import os
import signal
from collections.abc import Mapping
from typing import Final, Protocol, Self, TypeVar

# These end in ``_unknown`` but speak of what stands in a file or a field, not of the thing asked for.
INPUT_UNKNOWN: Final = frozenset(
    {
        "asterisk_columns_unknown", "attachment_kind_unknown", "backup_format_unknown", "batch_state_unknown",
        "declaration_metric_unknown", "marketing_kind_unknown",
        "dossier_type_unknown", "seal_kind_unknown", "callback_witness_unknown", "callback_line_unknown",
        "callback_outcome_unknown", "inspection_part_unknown", "drill_source_unknown", "drill_player_unknown",
        "drill_inject_unknown", "room_item_unknown",
        "choice_unknown", "encoding_unknown", "engine_unknown", "export_form_unknown", "filing_day_unknown",
        "filter_unknown", "freeswitch_template_unknown", "gate_channel_unknown",
        "mapping_column_unknown", "mapping_format_unknown", "overlay_rule_unknown", "province_unknown", "role_unknown",
        "rectify_dimension_unknown", "rectify_form_unknown", "rectify_key_unknown",
        "rule_field_unknown", "scope_unknown", "season_track_unknown", "simulation_line_unknown", "source_unknown",
        "timezone_unknown",
    }
)  # fmt: skip
PERMISSION: Final = frozenset(
    {"role_missing", "role_missing_everywhere", "token_missing", "token_refused", "approval_same_person",
     "approval_needs_user", "approval_not_apart", "confirm_not_apart", "token_too_narrow",
     "declaration_needs_user", "overruling_needs_user"}
)  # fmt: skip
CONFLICT: Final = frozenset(
    {
        "batch_not_active", "batch_already_undone", "confirm_password_kept", "intent_not_open", "job_over",
        "approval_subject_changed", "portrait_missing", "portrait_without_rules", "rows_behind_erased", "rows_erased",
        "rows_busy", "register_row_stale", "register_row_ended", "register_row_overlaps", "complaint_act_refused",
        "complaint_callback_missing", "complaint_callback_old", "complaint_proposal_missing", "dossier_not_ready",
        "complaint_unclose_refused",
        "callback_trial_over", "drill_no_door", "drill_inject_refused", "visits_too_many", "callback_no_numbers",
        "callback_no_way", "room_over", "callback_no_evidence", "callback_not_answered", "screen_links_too_many",
        "live_sources_too_many", "live_source_fixed",
        "season_feed_by_person", "season_task_computed", "season_archived", "season_reports_open",
        "entry_test_by_picture",
        "season_filed_by_package", "season_round_open", "season_undecided", "season_findings_open",
        "dossier_explanation_missing", "season_package_missing",
        "season_package_differs",
        "basis_year_not_over", "basis_filed", "basis_not_computed",
        "season_package_gone", "season_no_plan", "season_feeds_too_many", "channel_by_person", "channels_too_often",
        "channels_too_many", "dispatch_delivered", "dossier_version_old", "dossier_version_returned",
        "dossier_version_submitted", "dossier_submitted_already",
        "dossier_edition_file", "dossier_book_pages", "dossier_round_over", "dossier_round_refused",
        "rectify_closed", "rectify_gaps_open", "rectify_group_unknown", "rectify_ref_unknown", "rectify_report_gone",
        "rejects_file_gone", "register_file_gone", "marked_sheet_missing", "rectify_step_early",
        "rectify_isolated_already", "rectify_not_isolated", "rectify_case_not_isolated", "rectify_not_effective",
        "rectify_watched_already", "rectify_not_watched",
    }
)  # fmt: skip
CONFLICT_ENDINGS: Final = ("_exists", "_decided", "_pending", "_running", "_in_use", "_being_restored")

Row_co = TypeVar("Row_co", covariant=True)


class NianjianError(Exception):
    """Wrong use or bad input, named by ``code`` with the ``values`` that its message needs.

    ``code`` is snake_case and stable (``file_unreadable``) and decides the kind: ``NianjianError("role_missing")`` is a
    `PermissionDeniedError`, also when it is made anew from a stored code. ``values`` are plain scalars such as
    ``file``, ``line``, ``column``. ``findings`` lists further faults of the same input, one mapping each.
    """

    def __new__(cls, code: str, *, findings: tuple[Mapping[str, object], ...] = (), **values: object) -> Self:
        """Make an error of the kind that its code belongs to."""
        del findings, values
        kind = kind_of(code)
        return super().__new__(kind if issubclass(kind, cls) else cls)

    def __init__(self, code: str, *, findings: tuple[Mapping[str, object], ...] = (), **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
        self.findings = findings

    def __str__(self) -> str:
        inside = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({inside})"


class InvalidInputError(NianjianError):
    """What was sent or typed cannot be used."""


class NotFoundError(NianjianError):
    """What the address or key names does not exist, or not for this person."""


class PermissionDeniedError(NianjianError):
    """The person lacks the role, the token or the second person that the act needs."""


class ConflictError(NianjianError):
    """Not possible in the present state."""


class Rows(Protocol[Row_co]):
    """What a query found."""

    def first(self) -> Row_co | None:
        """The first of it."""


def get_or_raise(rows: Rows[Row_co], code: str, **values: object) -> Row_co:
    """The first of the rows; NianjianError with this code and these values where there is none."""
    row = rows.first()
    if row is None:
        raise NianjianError(code, findings=(), **values)
    return row


def kind_of(code: str) -> type[NianjianError]:
    """Return the class of errors with this code; one that says nothing else is about the input."""
    if code in PERMISSION:
        return PermissionDeniedError
    if code in CONFLICT or code.endswith(CONFLICT_ENDINGS):
        return ConflictError
    if code.endswith("_unknown") and code not in INPUT_UNKNOWN:
        return NotFoundError
    return InvalidInputError


# Named places where a test may kill the process for good, to prove that nothing is half done.


def crash_point(name: str) -> None:
    """End the process as a power cut would, if NIANJIAN_CRASH_AT names this place."""
    if os.environ.get("NIANJIAN_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)

"""Which error codes say more than that the input cannot be used. Generated reference pages list all codes."""

from __future__ import annotations

from typing import Final

# These end in ``_unknown`` but speak of what stands in a file or a field, not of the thing asked for.
INPUT_UNKNOWN: Final = frozenset(
    {
        "asterisk_columns_unknown", "attachment_kind_unknown", "backup_format_unknown", "batch_state_unknown",
        "dossier_type_unknown", "seal_kind_unknown", "callback_witness_unknown", "callback_line_unknown",
        "callback_outcome_unknown", "inspection_part_unknown", "drill_source_unknown", "drill_player_unknown",
        "drill_inject_unknown",
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
     "approval_needs_user", "approval_not_apart", "confirm_not_apart", "token_too_narrow"}
)  # fmt: skip
CONFLICT: Final = frozenset(
    {
        "batch_not_active", "batch_already_undone", "confirm_password_kept", "intent_not_open", "job_over",
        "approval_subject_changed", "portrait_missing", "portrait_without_rules", "rows_behind_erased", "rows_erased",
        "rows_busy", "register_row_stale", "register_row_ended", "register_row_overlaps", "complaint_act_refused",
        "complaint_callback_missing", "complaint_callback_old", "complaint_proposal_missing", "dossier_not_ready",
        "callback_trial_over", "drill_no_door", "drill_inject_refused", "visits_too_many", "callback_no_numbers",
        "callback_no_way", "callback_no_evidence", "callback_not_answered", "screen_links_too_many",
        "season_feed_by_person", "season_task_computed", "season_archived", "season_reports_open",
        "season_package_gone", "season_no_plan", "season_feeds_too_many", "channel_by_person", "channels_too_often",
        "channels_too_many", "dispatch_delivered", "dossier_version_old", "dossier_version_returned",
        "dossier_version_submitted", "dossier_submitted_already", "dossier_round_over", "dossier_round_refused",
        "rectify_closed", "rectify_gaps_open", "rectify_group_unknown", "rectify_ref_unknown", "rectify_report_gone",
        "rejects_file_gone", "register_file_gone", "marked_sheet_missing", "rectify_step_early",
        "rectify_isolated_already", "rectify_not_isolated", "rectify_case_not_isolated", "rectify_not_effective",
        "rectify_watched_already", "rectify_not_watched",
    }
)  # fmt: skip
CONFLICT_ENDINGS: Final = ("_exists", "_decided", "_pending", "_running", "_in_use", "_being_restored")

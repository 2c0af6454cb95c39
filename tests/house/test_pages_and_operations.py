"""What a page does a program can do: every address of the pages has its operations, or the reason why there is none."""

import django

django.setup()

from collections.abc import Mapping  # noqa: E402 -- Django is set up here
from typing import Final  # noqa: E402

from django.urls import get_resolver  # noqa: E402
from tests.support.addresses import addresses  # noqa: E402

from nianjian.doors.api.application import API  # noqa: E402

EFFECT: Final = "effects_look jobs_get"
EFFECT_EVERYWHERE: Final = "effects_look_everywhere jobs_get_everywhere"
PERSON: Final = (
    "people_get roles_take links_make inspections_make links_end people_confirm people_close people_reopen"
    " second_factor_remove email_set display_name_set"
)
# Address of the pages -> the operations that do what it shows and does, where their names do not tell: see `is_told`.
OPERATIONS: Final[Mapping[str, str]] = {
    "portfolio": "portfolio enterprises_list", "overview": "enterprises_overview enterprises_get",
    "overview-count": "enterprises_overview",
    "search": "enterprises_search", "overview-lines": "enterprises_lines",
    "overview-start": "enterprises_overview rows_create",
    "portrait-newest": "portraits_list", "portrait": "portraits_get", "by": "portraits_get",
    "portrait-metric": "portraits_get",
    "portrait-marketing": "portraits_get portrait_decide_marketing",
    "portrait-declare": "portrait_declare portrait_withdraw",
    "portrait-causes": "portraits_get", "portrait-rows-export": "rows_list",
    "portrait-rows": "rows_list", "portrait-reveal": "rows_behind_reveal",
    "portrait-simulate": "portraits_simulate", "portrait-runs": "runs_list", "portrait-compare": "runs_compare",
    "portrait-run": "runs_add", "portrait-take": "portraits_export",
    "portrait-basis": "portrait_choose_basis portraits_bases", "data": "batches_list jobs_list",
    "data-imports": "batches_list jobs_list audit_list", "data-rejected": "batches_list rejects_list",
    "data-quality": "batches_list",
    "data-batch": "batches_get rejects_list", "data-batch-reveal": "rejects_reveal",
    "data-batch-rejects": "rejects_file", "data-batch-rejects-file": "rejects_file_fetch",
    "data-batch-undo": "batches_undo", "data-job": "jobs_get", "data-job-progress": "jobs_get",
    "data-job-stop": "jobs_stop", "work-beside": "jobs_list", "work-result": "jobs_get",
    "data-import": "calls_import registers_import sources_list",
    "data-import-template": "registers_template",
    "data-import-example": "sources_example",
    "data-import-files": "calls_preview registers_preview",
    "data-import-mapping": "calls_preview mappings_keep registers_headings registers_preview",
    "data-import-mapping-load": "mappings_list calls_import",
    "data-import-check": "calls_preview registers_preview",
    "data-import-check-whole": "calls_import registers_import",
    "data-import-errors": "registers_mark registers_marked calls_preview_rejects",
    "data-import-commit": "calls_import registers_import", "retention": "retention_show audit_list",
    "registers": "registers_states",
    "registers-new": "rows_create", "registers-end": "rows_end rows_end_several",
    "registers-export": "registers_export registers_export_ask",
    "registers-export-file": "registers_export_fetch",
    "registers-row": "rows_get rows_history rows_around papers_list",
    "registers-edit": "rows_change", "registers-reveal": "rows_reveal", "registers-attach": "papers_add",
    "registers-fetch": "papers_fetch", "registers-detach": "papers_take_off",
    "one-click": "one_click_list one_click_open", "one-click-one": "one_click_get",
    "one-click-promise": "complaints_promise",
    "complaints-new": "complaints_add", "complaints-forwards": "complaints_forward",
    "complaints-forwards-look": "complaints_forward_preview", "complaints-forwards-marked": "complaints_forward_file",
    "complaints-match-all": "complaints_match",
    "complaints-several": "complaints_respond complaints_assign", "complaints-export": "registers_export",
    "complaints-one": "complaints_get papers_list",
    "complaints-act": (
        "complaints_respond complaints_callback complaints_close complaints_reopen complaints_assign complaints_exclude"
        " complaints_readmit complaints_unclose"
    ),
    "complaints-match": "complaints_decide complaints_match",
    "complaints-attach": "papers_add",
    "reconcile-new": "reconcile_export reconcile_people reconcile_sources reconcile_bill",
    "reconcile-one": "reconcile_get reconcile_differences reconcile_pairs",
    "reconcile-difference": "reconcile_difference reconcile_settle",
    "inspection-answers": "inspection_get", "inspection-dialling": "inspection_get",
    "inspection-retention": "inspection_get",
    "inspection-day": "visit_get visit_inspectors", "inspection-day-keep": "visit_set",
    "inspection-day-remove": "visit_remove", "inspection-day-admit": "visit_admit",
    "inspection-day-room": "room_get", "inspection-day-room-keep": "room_set",
    "inspection-day-room-shown": "room_shown", "inspection-day-room-preview": "room_get",
    "inspection-day-room-preview-row": "room_get",
    "inspection-day-scan": "visit_scan_add", "inspection-day-scan-fetch": "visit_scan_fetch",
    "inspection-day-scan-remove": "visit_scan_remove", "inspection-day-screens": "visit_screens",
    "inspection-day-look": "inspection_look", "inspection-day-copy": "visit_copy",
    "screens-sources": "screen_sources screens_add screens_test screens_try",
    "screens-source": "screens_change screens_remove screens_try",
    "screens": "screens_get screen_links screen_link_make screen_link_end",
    "screens-office": "screens_get", "screens-gateway": "screens_get", "inspection-drill": "drill_get",
    "inspection-drill-run": "drill_run", "inspection-drill-paper": "drill_report",
    "inspection-drill-screen": "drill_timeline", "inspection-drill-lines": "drill_timeline",
    "inspection-drill-inject": "drill_inject", "callback": "callback_numbers callback_list",
    "callback-ask": "callback_test", "callback-one": "callback_get callback_end",
    "callback-ways": "callback_ways callback_way_set callback_way_remove callback_gateway_set",
    "season": "season_get season_feeds", "season-report": "season_report season_notice",
    "season-end": "season_roll_over season_close season_reopen",
    "season-archives": "season_archive",
    "season-reminders": "reminders_list reminders_again",
    "inbox": "inbox_list inbox_read",
    "inbox-choices": "inbox_choices inbox_choose channels_add channels_confirm channels_close",
    "season-feed": "season_feed_add season_feed_close",
    "rectify": "rectification_list",
    "rectify-open": "rectification_open rectification_paper_add",
    "rectify-watch": "watch_list watch_add watch_limits routine_list",
    "rectify-routine": "routine_done",
    "rectify-one": "rectification_get rectification_gaps",
    "rectify-work": "rectification_measure_add rectification_measure_done",
    "rectify-paper": "rectification_assessment_read rectification_paper_add",
    "rectify-end": "rectification_figures rectification_check rectification_close rectification_submit",
    "rectify-report": "rectification_report", "rectify-report-file": "rectification_report_file",
    "rectify-locate": "rectification_get", "rectify-locate-run": "rectification_locate",
    "rectify-tickets": "rectification_tickets jobs_get",
    "rectify-isolate": "rectification_isolate rectification_get",
    "rectify-isolate-channel": "rectification_isolate", "rectify-lift-channel": "rectification_lift",
    "rectify-locations": "rectification_list", "rectify-isolated": "gate_isolated_displays rectification_get",
    "rectify-lift": "rectification_lift", "dossier-season": "dossier_list",
    "dossier-check": "dossier_versions package_build",
    "dossier-item": "dossier_get dossier_versions dossier_comments",
    "dossier-state": "dossier_statements claims_state",
    "dossier-procedure": "dossier_statements package_generate package_fetch",
    "dossier-procedure-due": "dossier_statements package_generate package_fetch",
    "dossier-upload": "dossier_add jobs_get jobs_stop",
    "dossier-act": (
        "dossier_confirm dossier_return dossier_overrule dossier_assign dossier_comment dossier_not_applicable"
    ),
    "rounds-one": "rounds_get",
    "rounds-act": "rounds_return rounds_answer rounds_passed rounds_paper_add",
    "rounds-paper": "rounds_paper_fetch", "rounds-differences": "rounds_compare", "fill-in-first": "fill_in_get",
    "fill-in-make": "fill_in_make jobs_get",
    "fill-in-take": "fill_in_export", "dossier-sort": "dossier_arrivals",
    "dossier-sort-upload": "dossier_arrive jobs_get jobs_stop",
    "dossier-sort-decide": "dossier_sort dossier_put_away", "dossier-cut": "dossier_arrivals",
    "dossier-scan-overrule": "dossier_overrule_scan",
    "dossier-cut-papers": "dossier_cut jobs_get jobs_stop", "dossier-cut-pages": "dossier_arrival_picture",
    "dossier-seals": "seals_list seals_uses signed_list", "dossier-seals-upload": "seals_add signed_add",
    "dossier-seals-act": "seals_use seals_withdraw", "dossier-signed": "signed_get",
    "dossier-signed-fetch": "signed_fetch", "dossier-package": "package_get",
    "dossier-package-generate": "package_generate jobs_get jobs_stop",
    "dossier-package-build": "package_build jobs_get jobs_stop",
    "dossier-package-sign": "package_sign jobs_get jobs_stop",
    "dossier-package-file": "package_fetch",
    "dossier-verify": "jobs_get",
    "dossier-verify-upload": "dossier_verify jobs_get jobs_stop",
    "dossier-pages": "dossier_pages jobs_get",
    "dossier-pages-show": "dossier_page_picture",
    "dossier-pages-draw": "dossier_draw",
    "gate": (
        "gate_policy gate_caps gate_channels gate_isolated_displays gate_standing gate_settings gate_state"
        " gate_decisions"
    ),
    "gate-change": "gate_cap gate_fail_open gate_mode gate_choice",
    "rules": "rules_everywhere",
    "rules-one": "rules_get_everywhere",
    "rules-overlay": "overlays_request_everywhere effects_look_everywhere",
    "rules-effect": EFFECT_EVERYWHERE, "rules-effect-stop": "jobs_stop_everywhere", "rules-here": "rules_list",
    "rules-one-here": "rules_get", "rules-overlay-here": "overlays_request effects_look", "rules-effect-here": EFFECT,
    "rules-effect-stop-here": "jobs_stop", "approvals": "approvals_everywhere",
    "approvals-decide": "approvals_get_everywhere approvals_decide_everywhere effects_look_everywhere",
    "approvals-here": "approvals_list",
    "approvals-decide-here": "approvals_get approvals_decide effects_look",
    "audit": "audit_everywhere", "audit-export": "audit_export_everywhere",
    "audit-verified": "jobs_get_everywhere", "audit-verify-progress": "jobs_get_everywhere",
    "audit-verify-stop": "jobs_stop_everywhere", "audit-here": "audit_list", "audit-export-here": "audit_export",
    "webhooks": "webhooks_list webhooks_add",
    "webhooks-one": "webhooks_get webhooks_close webhooks_test deliveries_list deliveries_again",
    "people-list": "people_everywhere",
    "people-add": "people_add_everywhere roles_give_everywhere",
    "people-one": " ".join(f"{one}_everywhere" for one in PERSON.split()),
    "people-list-here": "people_list", "people-add-here": "people_add roles_give", "people-one-here": PERSON,
    "enterprises": "enterprises_list enterprises_add", "account": "me", "account-tokens": "tokens_list",
    "account-token-revoke": "tokens_revoke",
}  # fmt: skip
_DRAFT: Final = "an operation takes the file with each request, so there is no draft to be changed or given up"
_STRANGER: Final = "whoever complains has no token; the address itself is the door, and the ticket is complaints_add's"
_BROWSER: Final = "it is the person at the browser who proves who one is; a token can change none of it"
_LOOK: Final = "how pages look in this browser; the API has its language by Accept-Language"
_ECHO: Final = "how a value that is being typed is understood; the API takes values that need no reading"
_MACHINE: Final = "made for machines that watch, which ask this very address"
# Address of the pages -> why no operation does it.
NONE: Final[Mapping[str, str]] = {
    "data-import-file-drop": _DRAFT,
    "data-import-drop": _DRAFT,
    "reconcile-look": "a program knows its headings and sends the mapping; reconcile_export tells each fault",
    "healthz": _MACHINE,
    "metrics": _MACHINE,
    "season-calendar": "a calendar for programs, opened by its secret address alone",
    "screens-kiosk": "a screen on a wall, opened by its secret address alone",
    "screens-kiosk-link": "leads on to the first screen of a kiosk",
    "screens-posted": "a switch posts its call records there, under a name and password of its own",
    **dict.fromkeys(
        ("room", "room-front", "room-row", "room-ask"),
        "inspectors come by their link and have no token; what they see is chosen by room_set",
    ),
    "complain": _STRANGER,
    "one-click-done": _STRANGER,
    "language": _LOOK,
    "mail": "the installation's own mail server; its password comes by the page or the environment alone",
    "backup": "what the doctor and the audit log tell programs of the last backup",
    "rules-reading": _ECHO,
    "rules-reading-here": _ECHO,
    "theme": _LOOK,
    "columns": _LOOK,
    "day-reading": _ECHO,
    **dict.fromkeys(("draft", "resend"), "what was typed into a form of a page; a program keeps its own"),
    "overview-lead": "whether this person's overview shows the first steps; the API has no overview to be led on",
    "asset": "the style sheet and the scripts of the pages",
    **dict.fromkeys(
        (
            "usersessions_list", "account-display-name", "account-first", "account-inspect", "account-join",
            "account_login", "account_logout", "account_inactive",
            "mfa_authenticate", "mfa_login_webauthn", "socialaccount_login_cancelled",
            "socialaccount_login_error", "openid_connect_login", "openid_connect_callback", "account_reauthenticate",
            "account_change_password", "account_set_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
            "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn", "mfa_edit_webauthn", "socialaccount_connections",
        ),
        _BROWSER,
    ),
}  # fmt: skip
NAMES: Final = {str(one.name) for route, one in addresses(get_resolver().url_patterns) if not route.startswith("api/")}
CHINESE: Final = {name for name in NAMES if name.startswith(("weixin_", "dingtalk_", "feishu_"))}  # of settings
KNOWN: Final = {
    operation.operation_id
    for router in API._get_bound_routers()
    for view in router.path_operations.values()
    for operation in view.operations
}


def is_told(page: str) -> bool:
    """Whether an operation has the page's name, alone or with what it does to look."""
    name = page.replace("-", "_")
    return bool({name, f"{name}_list", f"{name}_get"} & KNOWN)


def test_every_page_has_its_operations_or_a_reason() -> None:
    missing = sorted(one for one in NAMES - CHINESE - set(OPERATIONS) - set(NONE) if not is_told(one))
    assert not missing, "a page without a row here: name its operations, or say why there are none"


def test_no_page_has_both() -> None:
    assert not set(OPERATIONS) & set(NONE)


def test_every_row_is_of_a_page_that_is_there() -> None:
    assert not sorted((set(OPERATIONS) | set(NONE)) - NAMES)


def test_every_operation_that_a_row_names_is_there() -> None:
    assert not sorted({one for names in OPERATIONS.values() for one in names.split()} - KNOWN)

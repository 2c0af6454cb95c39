"""Which pages the walks look at in every dress, and which addresses are no pages."""

from collections.abc import Mapping
from typing import Final

from django.urls import get_resolver
from tests.support.addresses import addresses, takes_get
from tests.support.dresses import name_of

HOME: Final = "e/demo/"
RULE: Final = "rules/portrait.seat_vacancy.limit/"
KINDS: Final = (
    "numbers", "lines", "teams", "seats", "licences", "staff", "social-insurance", "wages", "consents",
    "do-not-call",
)  # fmt: skip
PORTRAIT: Final = (
    "2026/", "2026/metric/complaint_rate/", "2026/metric/number_consistency/?split=display",
    "2026/metric/complaint_rate/causes/",
    "2026/metric/number_consistency/rows/?class=mobile&look=1", "2026/runs/",
    "2026/simulate/?open_seats=5&move_line=L1", "2026/simulate/?open_seats=500", "2026/run/", "2026/basis/",
    "2026/metric/seat_vacancy/declare/", "2026/metric/seat_vacancy/papers/", "2026/marketing/",
)  # fmt: skip
REGISTERS: Final = (
    "lines/", "wages/", "lines/?q=nothing", "seats/S0001/", "numbers/95013/", "teams/T1/", "seats/S0001/edit/",
    *(f"{kind}/new/" for kind in KINDS),
)  # fmt: skip
DOSSIER: Final = (
    "", "articles/", "?step=build", "?step=final", "check/", "complaint_sop/", "seals/", "sort/", "verify/",
    "algorithm_filing/", "rounds/", "fill-in/licence/", "fill-in/code_number/",
)  # fmt: skip
# Opened as they are, by an administrator of the installation; those of an enterprise that need nothing more follow.
FURTHER: Final = (
    "", "?all", "?q=nothing", "e/other/",
    *(f"{HOME}{tail}" for tail in PORTRAIT),
    *(f"{HOME}registers/{tail}" for tail in REGISTERS),
    f"{HOME}search/?q=95013", f"{HOME}search/?q=nothing", f"{HOME}{RULE}", "rules/", RULE, "approvals/",
    f"{HOME}season/?today=2027-05-02", "inbox/", "inbox/choices/", f"{HOME}rectification/watch/?add=1",
    *(f"{HOME}dossier/2026/{tail}" for tail in DOSSIER),
    "e/other/gate/", "audit/", "enterprises/",
)  # fmt: skip
# Pages behind a form or a link that the walk follows.
WORK_STEPS: Final = (
    "portrait-compare", "data-job", "data-batch", "data-import-files", "data-import-mapping", "data-import-check",
    "registers-end", "complaints-one", "one-click-one", "complain", "one-click-done",
    "reconcile-one", "reconcile-difference", "callback-one", "inspection-drill-screen",
    "rounds-one", "rounds-differences",
    "rectify-one", "rectify-locate", "rectify-tickets", "rectify-isolate", "rules-overlay", "rules-effect",
    "rules-overlay-here", "rules-effect-here", "approvals-decide", "approvals-decide-here", "audit-verified",
    "webhooks-one", "dossier-pages", "dossier-signed", "dossier-cut", "screens-source",
)  # fmt: skip
OWN: Final = (
    "account/", "account/sessions/", "account/tokens/", "account/3rdparty/",
    "mail/", "backup/", "people/", "people/add/", "people/of/inspector/", f"{HOME}people/", f"{HOME}people/add/",
    f"{HOME}people/of/tester/",
)  # fmt: skip
OWN_STEPS: Final = (
    "account_login", "account_logout", "account_inactive", "account-first", "account-join",
    "account_reauthenticate",
    "account_set_password", "account_change_password", "mfa_index", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_authenticate", "mfa_list_webauthn",
    "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "socialaccount_login_cancelled", "socialaccount_login_error",
)  # fmt: skip
# By an inspector's link.
ROOM: Final = ("account-inspect", "room-front", "room-row")
# What answers GET with HTML, or may, and is no page that anybody looks at.
NO_PAGE: Final[Mapping[str, str]] = {
    "day-reading": "what a typed day is understood as, behind its box",
    "by": "leads on to a metric's page",
    "portrait-newest": "leads on to the portrait of the newest year",
    "dossier-package": "leads on to the open step of the season's package",
    "fill-in-first": "leads on to the licence report",
    "data-import-commit": "leads on to the check",
    "data-job-progress": "a part of data-job, which comes with it",
    "audit-verify-progress": "a part of audit-verified, which comes with it",
    "complaints-forwards-marked": "a file",
    "rectify-report-file": "a file",
    "rules-reading": "a part of rules-overlay, which comes with it",
    "rules-reading-here": "a part of rules-overlay-here, which comes with it",
    "room": "leads on to the room, or to a choice where an inspector comes to several firms",
    "inspection-drill-lines": "a part of the facilitator's screen, which comes with it",
    "season-archive": "what the season's page shows already, as it stood; there is none before one is closed",
    "season-calendar": "a calendar for programs",
    "screens-kiosk": "the same screens as for who is signed in; without a link a page that says so",
    "screens-kiosk-link": "leads on to the first screen of a kiosk",
    "overview-count": "a part of the side: how many items wait",
    "work-beside": "a part of the side, looked at in the journey of long work",
    "work-result": "leads on to what came of a job",
    "draft": "what the script of a page stores and asks for",
    "resend": "leads on where no form waits; looked at in the journey of a lost session",
    "asset": "the style sheet and the scripts",
    "mfa_download_recovery_codes": "a file",
    "mfa_login_webauthn": "what the sign-in page's script asks for; without it leads back there",
    "metrics": "figures for a machine; without its token a refusal in plain text",
    "openid_connect_login": "leads on to the provider",
    "openid_connect_callback": "takes what the provider sends and leads on",
    "feishu_login": "leads on to the provider",
    "feishu_callback": "takes what the provider sends and leads on",
    "dingtalk_login": "leads on to the provider",
    "dingtalk_callback": "takes what the provider sends and leads on",
    "weixin_login": "leads on to the provider",
    "weixin_callback": "takes what the provider sends and leads on",
}

#: Addresses of an enterprise that answer with a file.
FILES: Final = ("inspection-day-copy", "inspection-drill-paper", "gate-journal", "audit-export-here")


def _list_plain() -> list[str]:
    """The addresses of an enterprise that take GET and hold nothing but its code."""
    before, others = "e/<str:code>/", {*NO_PAGE, *FILES, *WORK_STEPS, *(name_of(f"/{one}") for one in OWN)}
    return [
        route.replace(before, HOME)
        for route, one in addresses(get_resolver().url_patterns)
        if route.startswith(before) and "<" not in route.removeprefix(before)
        if one.name not in others and takes_get(one.callback)
    ]


WORK: Final = (*FURTHER, *_list_plain())

"""Which pages the walks look at in every dress, and which addresses are no pages."""

from collections.abc import Mapping
from typing import Final

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
    "", "lines/", "wages/", "lines/?q=nothing", "seats/S0001/", "numbers/95013/", "teams/T1/", "seats/S0001/edit/",
    *(f"{kind}/new/" for kind in KINDS),
)  # fmt: skip
# Opened as they are, by an administrator of the installation.
WORK: Final = (
    "", "?all", "?q=nothing", HOME, "e/other/", f"{HOME}lines/", f"{HOME}start/",
    *(f"{HOME}{tail}" for tail in PORTRAIT),
    *(f"{HOME}registers/{tail}" for tail in REGISTERS),
    f"{HOME}search/?q=95013", f"{HOME}search/?q=nothing",
    f"{HOME}data/", f"{HOME}data/batches/", f"{HOME}data/rejected/", f"{HOME}data/quality/", f"{HOME}season/feeds/",
    f"{HOME}data/import/", f"{HOME}rules/", f"{HOME}{RULE}", "rules/", RULE,
    f"{HOME}approvals/", "approvals/",
    f"{HOME}complaints/", f"{HOME}complaints/new/", f"{HOME}complaints/forwards/", f"{HOME}complaints/one-click/",
    f"{HOME}reconcile/", f"{HOME}reconcile/new/",
    f"{HOME}inspection/", f"{HOME}inspection/answers/", f"{HOME}inspection/dialling/", f"{HOME}inspection/retention/",
    f"{HOME}inspection/day/", f"{HOME}inspection/day/room/", f"{HOME}inspection/day/room/preview/",
    f"{HOME}inspection/drill/", f"{HOME}inspection/drill/run/",
    f"{HOME}inspection/day/keep/", f"{HOME}inspection/day/admit/", f"{HOME}inspection/day/screens/",
    f"{HOME}inspection/callback/",
    f"{HOME}inspection/screens/", f"{HOME}inspection/screens/office/", f"{HOME}inspection/screens/gateway/",
    f"{HOME}inspection/screens/sources/",
    f"{HOME}inspection/callback/ways/",
    f"{HOME}season/", f"{HOME}season/?today=2027-05-02", f"{HOME}season/reminders/", "inbox/", "inbox/choices/",
    f"{HOME}rectification/", f"{HOME}rectification/isolated/", f"{HOME}rectification/locate/",
    f"{HOME}season/archive/", f"{HOME}rectification/open/", f"{HOME}rectification/watch/",
    f"{HOME}rectification/watch/?add=1",
    f"{HOME}rectification/isolate/",
    f"{HOME}dossier/", f"{HOME}dossier/2026/", f"{HOME}dossier/2026/articles/",
    f"{HOME}dossier/2026/?step=build", f"{HOME}dossier/2026/?step=final",
    f"{HOME}dossier/2026/check/", f"{HOME}dossier/complaint_sop/", f"{HOME}dossier/2026/complaint_sop/",
    f"{HOME}dossier/2026/seals/", f"{HOME}dossier/2026/sort/", f"{HOME}dossier/2026/verify/",
    f"{HOME}dossier/2026/algorithm_filing/", f"{HOME}dossier/2026/rounds/",
    f"{HOME}dossier/2026/fill-in/licence/", f"{HOME}dossier/2026/fill-in/code_number/",
    f"{HOME}gate/", f"{HOME}gate/change/", f"{HOME}gate/decisions/", "e/other/gate/",
    f"{HOME}audit/", "audit/", f"{HOME}retention/", f"{HOME}webhooks/", "enterprises/",
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

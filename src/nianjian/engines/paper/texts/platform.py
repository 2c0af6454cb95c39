"""Error messages of interfaces, settings, tables, accounts, tokens and long work."""

import errno
import os
from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.words import Words, mark

#: What the codes of roles and acts are called.
ROLES: Final[Mapping[str, str]] = {
    "administrator": mark("administrator"),
    "compliance_lead": mark("compliance lead"),
    "data_officer": mark("data officer"),
    "outsourcer": mark("outsourcer"),
    "tester": mark("tester"),
    "inspector": mark("inspector"),
    "auditor": mark("auditor"),
}
ACTS: Final[Mapping[str, str]] = {
    "read_own": mark("view your own team's data"),
    "read": mark("view lists and portraits"),
    "report": mark("compute the portrait"),
    "load": mark("import or undo"),
    "reveal": mark("see full telephone numbers"),
    "request": mark("request an approval"),
    "approve": mark("approve"),
    "audit": mark("check the audit chain"),
    "people": mark("manage people and their roles"),
    "administer": mark("administer"),
}

_SYSTEM: Final[Mapping[int, str]] = {
    errno.ENOENT: mark("there is no such file or folder"),
    errno.EACCES: mark("permission denied"),
    errno.EPERM: mark("the system does not permit it"),
    errno.EISDIR: mark("it is a folder"),
    errno.ENOTDIR: mark("a part of its path is not a folder"),
    errno.EEXIST: mark("it already exists"),
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("the disk quota is used up"),
    errno.EROFS: mark("the disk is read-only"),
    errno.ENAMETOOLONG: mark("its name is too long"),
    errno.ENOTEMPTY: mark("the folder is not empty"),
    errno.EIO: mark("the disk reports an error"),
    errno.EBUSY: mark("another program is using it"),
    errno.EADDRINUSE: mark("another program already listens there"),
    errno.EADDRNOTAVAIL: mark("this machine does not have that address"),
    errno.ECONNREFUSED: mark("nothing listens there"),
    errno.EHOSTUNREACH: mark("that machine cannot be reached"),
    errno.ENETUNREACH: mark("that machine cannot be reached"),
}

#: What an error calls its ``reason`` -> what a reader is told; a reason that is not here speaks for itself.
FAULTS: Final[Mapping[str, str]] = {
    **{os.strerror(number): text for number, text in _SYSTEM.items()},
    "no_gate": mark("what answers there is no gate"),
    "no_address": mark("it is not an address of http or https"),
    "gate_token_wrong": mark("the gate does not accept the enterprise's token in NIANJIAN_GATE_TOKENS"),
    "not_json": mark("it is not valid JSON; check line and column"),
    "not_utf8": mark("it is not UTF-8; check line"),
    "field_missing": mark("a field is missing"),
    "value_wrong": mark("a value is wrong"),
    "off_and_on": mark("the same day is both a day off and a working day"),
}


WAYS_IN: Final = mark(
    "one-time links: {links}, sessions: {sessions}, tokens: {tokens}, passkeys: {passkeys}, "
    "connections of single sign-on: {connections}"
)
ENDED: Final = mark("Ended: {ways}.")
CHANGE: Final = mark("If the person has not yet chosen a new password in front of you, have them do it now.")
ADDRESS: Final = mark(
    "Single sign-on still admits whoever has the address {email}: make sure that it belongs to this person."
)


def ways_in_text(count: Mapping[str, int], _: Words) -> str:
    """How many ways into an account there are of each kind that needs no password."""
    return _(WAYS_IN).format(**count)


#: What helps, where that is not what helps against others of the kind.
REMEDIES: Final[Mapping[str, str]] = {
    "api_unauthorised": mark("Send `Authorization: Bearer TOKEN` with a token created on your account page."),
    "api_not_found": mark("Look up the address in /api/v1/openapi.json."),
    "api_method_not_allowed": mark("Look up the address in /api/v1/openapi.json."),
    "api_unreadable": mark("Send JSON in UTF-8, as /api/v1/openapi.json describes it."),
    "api_too_large": mark("Send less at once."),
    **dict.fromkeys(
        ("approval_same_person", "approval_not_apart"),
        mark("Another person with the right to approve must decide it."),
    ),
    "api_fault": mark("Try again later; if the problem persists, tell whoever runs the server."),
}


TEXTS: Final[Mapping[str, str]] = {
    "statement_too_long": mark("a statement: at most {longest} characters ({part})"),
    "statement_same_person": mark("{name} is named twice; who approves is another person than who carries it out"),
    "statement_part_wrong": mark("{statement}: “{value}” cannot be stated. Possible: {possible}, or nothing"),
    # the shell itself
    "usage": mark("{message} (see `{program} --help`)"),
    "internal": mark("unexpected error {kind}: {detail}. This is a bug; please report it with the text above."),
    "file_problem": mark("{file}: {reason}"),
    "interrupted": mark(
        "interrupted. Each file and each operation is applied completely or not at all; `nianjian calls "
        "list` shows the imported files"
    ),
    "listen_malformed": mark("--listen must be HOST:PORT, not “{listen}”"),
    # settings
    "home_unusable": mark("the folder {folder} cannot be used: {reason}"),
    "setting_file_unreadable": mark("{setting} names a file that cannot be read: {file}"),
    "setting_not_a_flag": mark("{setting} must be yes or no, not “{value}”"),
    "setting_empty": mark("{setting} must not be empty"),
    "engine_unknown": mark("NIANJIAN_ENGINE must be duckdb, spark://HOST:PORT or sc://HOST:PORT, not “{engine}”"),
    "engine_missing": mark("the engine {engine} needs {library}: install nianjian[spark]"),
    "database_url_malformed": mark(
        "NIANJIAN_DATABASE_URL must read postgresql://user:password@host:port/name (it begins with “{scheme}”)"
    ),
    # what `check` finds
    "home_closed": mark("{folder} is closed to others ({mode})"),
    "home_open_to_others": mark("{folder} is open to others ({mode}); chmod 700 it"),
    "keys_ready": mark("keys from {keys}, active {active}"),
    "database_ready": mark("{vendor} answers"),
    "database_unreachable": mark("{vendor} does not answer"),
    "lake_ready": mark("{folder} can be written, {free_mib} MiB free"),
    "lake_unwritable": mark("{folder} cannot be written: {reason}"),
    "disk_nearly_full": mark("{folder} has only {free_mib} MiB free"),
    "disk_encrypted": mark("the disk is encrypted"),
    "disk_encryption_unknown": mark(
        "it is unknown whether the disk is encrypted; telephone numbers are stored in plain text in the lake"
    ),
    # people and tenants
    "enterprise_unknown": mark("there is no enterprise {enterprise} (add it with nianjian enterprise add)"),
    "enterprise_code_malformed": mark(
        "the code “{enterprise}” must be 1 to 40 letters, digits, - or _, beginning with a letter or digit"
    ),
    "enterprise_exists": mark("enterprise {enterprise} already exists"),
    "enterprise_name_empty": mark("enterprise {enterprise} needs a name"),
    "user_name_malformed": mark("the user name “{user}” must be 1 to 80 letters, digits, _ . @ or -"),
    "display_name_malformed": mark("a display name has at most {most} visible signs and no “ + ” between them"),
    "display_name_taken": mark(
        "“{name}” cannot be a display name: the program uses it itself, or it is somebody else's user name"
    ),
    "user_exists": mark("user {user} already exists"),
    "user_unknown": mark(
        "there is no user {user} here; somebody who has an account at another enterprise joins by invitation"
    ),
    "token_missing": mark("--as {user} needs the user's token in NIANJIAN_TOKEN"),
    "token_refused": mark("user and token of --as {user} do not match"),
    "role_unknown": mark("there is no role {role}; choose one of {roles}"),
    "role_not_held": mark("{user} does not have the role {role} there"),
    "role_missing": mark("{user} has no role at {enterprise} that allows this: {act} (needs {roles})"),
    "role_missing_everywhere": mark(
        "{user} has no role in the whole installation that allows this: {act} (needs {roles})"
    ),
    "intent_not_open": mark("the operation {intent} was finished or dropped by another process"),
    # the lake
    "lake_url_unsupported": mark("the lake must be a folder or a file:// address without percent signs, not {url}"),
    "lake_table_missing": mark("the lake has no table {table}"),
    "administrator_exists": mark("there is already an administrator ({user}); `nianjian init --again` creates another"),
    "user_closed": mark("the account of {user} is closed; `nianjian user reopen {user}` opens it again"),
    "link_invalid": mark("this link has been used, has expired or was withdrawn"),
    "invitation_unknown": mark("there is no invitation {invitation} that can still be accepted"),
    "link_expiry": mark("a link is valid from now on, for at most {days} days"),
    "inspector_missing": mark("{user} is not an inspector; give that role first"),
    "user_open": mark("the account of {user} is open"),
    "own_account": mark("this is your own account; another administrator must do this"),
    "confirm_not_apart": mark(
        "you cannot confirm {user}, since {behind} might be able to use both that account and yours: another "
        "administrator can, or `nianjian user confirm {user}` on the server"
    ),
    "confirm_password_kept": mark(
        "whoever created the link of {user} may know the password: have {user} change it (My account → "
        "Password) in front of you, and confirm within {minutes} minutes"
    ),
    "email_malformed": mark("“{email}” is not an e-mail address"),
    "email_taken": mark("the address {email} already belongs to somebody else here"),
    "team_missing": mark("an outsourcer needs the team whose rows they may see"),
    "team_needless": mark("only an outsourcer has a team, not the role {role}"),
    "team_not_registered": mark("{enterprise} has no team {team} in its register"),
    "outsourcer_everywhere": mark("an outsourcer belongs to a team of one enterprise: name the enterprise"),
    "token_unknown": mark("there is no token {token}"),
    "token_by_token": mark("a token limited to certain operations cannot create or revoke tokens"),
    "token_too_narrow": mark(
        "this token does not cover everything that {user} may then do ({acts}): sign in to do it, or use a "
        "token without limits"
    ),
    "token_of_another": mark("everyone creates their own tokens; only the local operator can create them for others"),
    "token_name": mark("a token needs a name of at most {most} characters"),
    "token_days": mark("a token is valid for 1 to {most} days, or until it is revoked"),
    "token_scopes": mark("a token of {user} can be for: {scopes}"),
    "token_without_reading": mark("a token is useless without reading: choose read (or read_own) as well"),
    "tokens_too_many": mark("{user} already has {most} tokens; revoke some first"),
    "setting_not_one_of": mark("{setting} must be one of {choices}, not “{value}”"),
    "sign_on_incomplete": mark("single sign-on needs {setting}"),
    "job_unknown": mark("there is no job {job}"),
    "job_over": mark("the job {job} is already over"),
    "job_lost": mark("the job {job} was taken over by another worker"),
    "job_broken_off": mark(
        "the worker stopped in the middle of the job {job}, and it was not restarted: what had been written "
        "is complete, the rest was rolled back. Check the data page, then request it again"
    ),
    "job_fault": mark(
        "unexpected error {kind} in the job {job}; see the worker's log. Nothing of the current step was saved"
    ),
    "sheet_has_faults": mark("{rows} rows of {file} have errors; nothing was written"),
    "draft_unknown": mark("there is no import {draft} in progress"),
    "draft_running": mark("the import {draft} is running and cannot be changed"),
    "files_missing": mark("the import has no file yet"),
    "file_twice": mark("{file} already exists"),
    "file_single": mark("one sheet at a time: {file} was not accepted"),
    "rejects_none": mark("no row at the start of {file} would be rejected"),
    "sheet_too_large": mark(
        "{file} is larger than {limit}, or as a workbook {unpacked} unpacked; have the worker check it"
    ),
    "sheet_faults_many": mark("{file} has {faults} errors, more than {most}; have the worker mark them"),
    "marked_sheet_missing": mark(
        "the check {job} has no marked sheet: it is not finished, it found no error, or its {days} days are over"
    ),
    "upload_too_large": mark(
        "{file} is larger than {limit}; import it on the command line with `nianjian calls import`"
    ),
    "mapping_unknown": mark("there is no mapping named {name}"),
    "mapping_name_malformed": mark("a mapping's name must have 1 to {longest} characters"),
    "mapping_name_taken": mark("{name} is the name of a mapping for something else"),
    "setting_not_a_count": mark("{setting} must be a whole number above 0, not “{value}”"),
    "account_closed": mark("the account of {user} was closed; its jobs are no longer run"),
    "api_unauthorised": mark("the request has no valid token"),
    "api_not_found": mark("there is nothing at this address"),
    "api_method_not_allowed": mark("this address does not accept this method"),
    "api_unreadable": mark("the content of the request cannot be read"),
    "api_too_large": mark("the content of the request is too large"),
    "api_invalid": mark("the request has values that cannot be used"),
    "api_value_invalid": mark("{place} is missing or cannot be used ({kind})"),
    "api_fault": mark("unexpected error; see the server's log. No change was left half done"),
    "idempotency_key_malformed": mark("an idempotency key must have 1 to {most} printable ASCII characters"),
    "idempotency_key_reused": mark("this idempotency key was used for another request"),
    "idempotency_running": mark(
        "the first request with this key has no answer yet; check whether its work was done before you repeat it"
    ),
}
"""Error codes and their messages."""


# The texts and badges of the six states, for every check, task, drill and test call.

STATES: Final[Mapping[str, str]] = {
    State.PASSED: mark("passed"),
    State.FAILED: mark("not passed"),
    State.NOT_PROVED: mark("not proved"),
    State.NOT_APPLICABLE: mark("does not apply"),
    State.IN_PROGRESS: mark("in progress"),
    State.OVERDUE: mark("overdue"),
}
#: A report that was handed in has passed nothing yet: a task is done.
TASKS: Final[Mapping[str, str]] = {**STATES, State.PASSED: mark("done")}
BADGES: Final[Mapping[str, str]] = {
    State.PASSED: "good", State.FAILED: "bad", State.NOT_PROVED: "open", State.NOT_APPLICABLE: "na",
    State.IN_PROGRESS: "run", State.OVERDUE: "late",
}  # fmt: skip
STYLES: Final[Mapping[str, str]] = {
    State.PASSED: "green", State.FAILED: "bold red", State.NOT_PROVED: "yellow", State.NOT_APPLICABLE: "",
    State.IN_PROGRESS: "", State.OVERDUE: "bold red",
}  # fmt: skip

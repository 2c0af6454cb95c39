"""Sentences for the codes of doors, settings, tables and people."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

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
    "read_own": mark("look at what concerns the own team"),
    "read": mark("look at lists and portraits"),
    "report": mark("compute the portrait"),
    "load": mark("import or undo"),
    "reveal": mark("see full telephone numbers"),
    "request": mark("ask for an approval"),
    "approve": mark("approve"),
    "audit": mark("check the audit chain"),
    "people": mark("manage people and their roles"),
    "administer": mark("administer"),
}

_SYSTEM: Final[Mapping[int, str]] = {
    errno.ENOENT: mark("there is no such file or folder"),
    errno.EACCES: mark("the rights to it are missing"),
    errno.EPERM: mark("the system does not permit it"),
    errno.EISDIR: mark("it is a folder"),
    errno.ENOTDIR: mark("a part of its path is no folder"),
    errno.EEXIST: mark("it is there already"),
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("the disk quota is used up"),
    errno.EROFS: mark("the disk can only be read"),
    errno.ENAMETOOLONG: mark("its name is too long"),
    errno.ENOTEMPTY: mark("the folder is not empty"),
    errno.EIO: mark("the disk reports an error"),
    errno.EBUSY: mark("another program is using it"),
    errno.EADDRINUSE: mark("another program listens there already"),
    errno.EADDRNOTAVAIL: mark("this machine does not have that address"),
    errno.ECONNREFUSED: mark("nobody listens there"),
}

#: What an error calls its ``reason`` -> what a reader is told; a reason that is not here speaks for itself.
FAULTS: Final[Mapping[str, str]] = {
    **{os.strerror(number): text for number, text in _SYSTEM.items()},
    "not_json": mark("it is not valid JSON; look at line and column"),
    "not_utf8": mark("it is not UTF-8; look at line"),
    "field_missing": mark("a field is missing"),
    "value_wrong": mark("a value is wrong"),
    "off_and_on": mark("the same day is both off and a working day"),
}

TEXTS: Final[Mapping[str, str]] = {
    # the shell itself
    "usage": mark("{message} (see `{program} --help`)"),
    "internal": mark("unexpected fault {kind}: {detail}. This is a bug; please report it with the text above."),
    "file_problem": mark("{file}: {reason}"),
    "interrupted": mark(
        "interrupted. Each file and each act is in whole or not at all; `nianjian calls list` shows the files in"
    ),
    "listen_malformed": mark("--listen wants HOST:PORT, not “{listen}”"),
    # settings
    "home_unusable": mark("the folder {folder} cannot be used: {reason}"),
    "setting_file_unreadable": mark("{setting} names a file that cannot be read: {file}"),
    "setting_not_a_flag": mark("{setting} is yes or no, not “{value}”"),
    "setting_empty": mark("{setting} must not be empty"),
    "engine_unknown": mark("NIANJIAN_ENGINE is duckdb, spark://HOST:PORT or sc://HOST:PORT, not “{engine}”"),
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
        "whether the disk is encrypted cannot be seen; telephone numbers lie in the lake in plain"
    ),
    # people and tenants
    "enterprise_unknown": mark("there is no enterprise {enterprise} (nianjian enterprise add makes one)"),
    "enterprise_code_malformed": mark(
        "the code “{enterprise}” must be 1 to 40 letters, digits, - or _, beginning with a letter or digit"
    ),
    "enterprise_exists": mark("there is an enterprise {enterprise} already"),
    "enterprise_name_empty": mark("enterprise {enterprise} needs a name"),
    "user_name_malformed": mark("the user name “{user}” must be 1 to 80 letters, digits, _ . @ or -"),
    "user_exists": mark("there is a user {user} already"),
    "user_unknown": mark(
        "there is no user {user} here; somebody who has an account at another enterprise joins by an invitation"
    ),
    "token_missing": mark("--as {user} needs the user's token in NIANJIAN_TOKEN"),
    "token_refused": mark("user and token of --as {user} do not fit together"),
    "role_unknown": mark("there is no role {role}; there are {roles}"),
    "role_not_held": mark("{user} does not hold the role {role} there"),
    "role_missing": mark("{user} has no role at {enterprise} that allows to {act} (it takes {roles})"),
    "role_missing_everywhere": mark(
        "{user} has no role in the whole installation that allows to {act} (it takes {roles})"
    ),
    "intent_not_open": mark("the act {intent} was finished or dropped by another process"),
    # the lake
    "lake_url_unsupported": mark("the lake must be a folder or a file:// address without percent signs, not {url}"),
    "lake_table_missing": mark("the lake has no table {table}"),
}

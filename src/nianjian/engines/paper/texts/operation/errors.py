"""Sentences for backup, restore, upgrade, doctor and retention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    # writing a backup
    "backup_exists": mark("{file} is there already; nothing is written over it"),
    "backup_inside_home": mark("{file} lies inside the home {home}; a backup belongs on another disk"),
    "backup_running": mark("another backup or erasure is running; try again when it is done"),
    # reading one
    "backup_unreadable": mark("{file} is no complete backup: it was broken off, or was never one"),
    "backup_format_unknown": mark(
        "{file} has format {format}, which this version does not know; use the version that wrote it"
    ),
    "backup_damaged": mark("the backup is damaged at {member}; nothing was changed, take another copy of it"),
    "backup_newer": mark(
        "the backup was made by version {program}, which has the migration {migration}; install that version first"
    ),
    "backup_keys_missing": mark(
        "there is no key file {keys}; name the copy that was kept of it with --keys, without it nothing can be read"
    ),
    "backup_keys_other": mark("the key file {keys} does not belong to this backup, or is older than it"),
    "backup_counts_differ": mark("the table {table} should have {told} rows and has {found}; nothing was changed"),
    "backup_chain_broken": mark("the backup's audit chain does not hold at entry {entry}; nothing was changed"),
    "backup_lake_differs": mark(
        "the lake of {enterprise} in the backup has other versions than its list says; nothing was changed"
    ),
    "restore_disk_too_small": mark(
        "{folder} has {free_mib} MiB free, {wanted_mib} MiB are needed; nothing was changed"
    ),
    # the place it goes to
    "home_not_empty": mark("{home} is in use; with --replace what is there is put aside and kept"),
    "home_in_use": mark("{home} is in use by another process; stop `nianjian serve` and running commands first"),
    "home_being_restored": mark("{home} is being restored by another process; try again when it is done"),
    "database_not_empty": mark("the database is in use; with --replace its tables are put aside and kept"),
    # rows whose time is over
    "rows_erased": mark("version {version} of {table} cannot be read any more: rows of it were erased in due time"),
    "rows_erased_year": mark(
        "rows erased on {on}: calls before {before} are gone, so the portrait of {year} is not computed again;"
        " the kept one stays"
    ),
    "restore_database_failed": mark("the database refused the backup: {reason}; nothing was changed"),
}

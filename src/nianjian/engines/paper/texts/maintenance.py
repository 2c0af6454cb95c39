"""What the doctor finds and what helps; error messages of backup, restore, upgrade and retention."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

REMEDIES: Final[Mapping[str, str]] = {
    "home_open_to_others": mark("chmod 700 on the folder"),
    "keys_exposed": mark("chmod 600 on the key file"),
    "keys_lost": mark("copy the key file back from where it was stored; data cannot be read without it"),
    "keys_unreadable": mark("copy the key file back from where it was stored; data cannot be read without it"),
    "disk_nearly_full": mark("free space or move the home to a larger disk before the next import"),
    "disk_getting_full": mark("plan for more space; besides the lake, an import needs as much space as its file"),
    "disk_plain": mark("move the home to an encrypted disk (LUKS)"),
    "disk_encryption_unknown": mark(
        "ask whoever runs the host whether the underlying disk is encrypted, and record the answer"
    ),
    "database_refused": mark("check whether the database is running and NIANJIAN_DATABASE_URL is right"),
    "migrations_waiting": mark("nianjian upgrade"),
    "intents_open": mark("if no import is running, the next command finishes or drops them; run doctor again"),
    "audit_broken": mark("stop writing, keep a copy of the database, compare with the last hash stored elsewhere"),
    "clock_behind": mark("set the clock; entries must not go back in time"),
    "lake_file_missing": mark("restore the last backup; do not import before that"),
    "engine_missing": mark("install the engine's library or set NIANJIAN_ENGINE=duckdb"),
    "worker_silent": mark("start one: nianjian serve, or nianjian worker"),
    "clock_drill": mark("unset NIANJIAN_TODAY when the drill is over"),
    "zone_missing": mark("install the system's time zones (package tzdata)"),
    "fonts_missing": mark("install Chinese fonts (package fonts-noto-cjk)"),
    "languages_missing": mark("install the package again"),
    "holidays_missing": mark("import the notice of the State Council: nianjian holidays import FILE"),
    "backup_old": mark("nianjian backup FOLDER, ideally every night with a timer"),
    "backup_never": mark("nianjian backup FOLDER --keys FILE, then every night with a timer"),
    "recordings_strange": mark("write the code of an enterprise, as `nianjian enterprise list` shows it"),
    "recordings_folder_wrong": mark("check whether the disk is mounted, and who can read the folder"),
    "certificate_ends": mark("replace it: nianjian callback route --cert-file, or the test calls page"),
    "certificate_over": mark("replace it: nianjian callback route --cert-file, or the test calls page"),
    "check_broken": mark("report it with the text above"),
}

#: Classes of records, as `retention.classes` of the rulebook names them.
RECORD_CLASSES: Final[Mapping[str, str]] = {
    "calls": mark("call records"),
    "rejects": mark("rejected rows"),
    "complaints": mark("closed complaints"),
    "people": mark("ended rows of people"),
    "audit": mark("audit chain"),
    "portraits": mark("portraits"),
}
UNITS: Final[Mapping[str, str]] = {
    "days": mark("{count} days"),
    "months": mark("{count} months"),
    "years": mark("{count} years"),
}


TEXTS: Final[Mapping[str, str]] = {
    "disk_roomy": mark("{folder} has {free_mib} MiB free"),
    "disk_getting_full": mark("{folder} has only {free_mib} MiB free"),
    "disk_plain": mark("the disk is not encrypted; telephone numbers are stored in plain text in the lake"),
    "database_refused": mark("the database refused a query: {reason}"),
    "migrations_done": mark("the tables match this version"),
    "migrations_waiting": mark("{count} migrations are not applied, the first is {first}"),
    "intents_none": mark("no operation is half done"),
    "intents_open": mark("{count} operations in progress or interrupted"),
    "audit_whole": mark("the chain is intact: {entries} entries, last {head}"),
    "audit_broken": mark("the chain is broken at entry {entry} ({reason})"),
    "clock_behind": mark("the clock is behind the newest audit entry ({at})"),
    "lake_readable": mark("{tables} tables, all files present"),
    "lake_file_missing": mark("{enterprise}: the table {table} is missing its file {file}"),
    "engine_answers": mark("{engine} answers"),
    "engine_wrong": mark("{engine} answers wrongly"),
    "worker_enough": mark("{waiting} jobs are waiting"),
    "worker_silent": mark("{waiting} jobs are waiting and no worker is running them"),
    "clock_kept": mark("{now}, synchronised by a time service"),
    "clock_unwatched": mark("{now}; unknown whether a time service synchronises it"),
    "clock_drill": mark("NIANJIAN_TODAY moves today to {today}"),
    "zone_known": mark("{zone}, {offset} h"),
    "zone_missing": mark("the time zone {zone} is unknown to this system"),
    "fonts_found": mark("Chinese fonts: {font}"),
    "fonts_missing": mark("no Chinese fonts found"),
    "languages_ready": mark("{texts} Chinese texts"),
    "languages_missing": mark("no Chinese texts in {folder}"),
    "holidays_known": mark("known up to {year}"),
    "holidays_missing": mark("the holidays of {year} are not known; deadlines in that year are provisional"),
    "backup_fresh": mark("{archive}, {days} days ago"),
    "backup_old": mark("the last one, {archive}, is {days} days old"),
    "backup_never": mark("no backup has ever been made"),
    "recordings_unset": mark("no recordings folder is set, so recordings are not looked for"),
    "recordings_readable": mark("{count} recordings folders can be read"),
    "recordings_strange": mark("{enterprise} in NIANJIAN_RECORDINGS is not an enterprise here"),
    "certificates_none": mark("test calls present no certificate"),
    "certificates_hold": mark("{count} test call certificates are valid, the first of them until {last}"),
    "certificate_ends": mark("the certificate of the route {way} of {enterprise} expires on {last}"),
    "certificate_over": mark("the certificate of the route {way} of {enterprise} expired on {last}"),
    "check_broken": mark("the check itself failed: {kind}: {reason}"),
    "upgrade_failed": mark("a migration failed: {reason}; the backup before it is {archive}"),
    # writing a backup
    "backup_exists": mark("{file} already exists; it is not overwritten"),
    "backup_inside_home": mark("{file} is inside the home {home}; a backup belongs on another disk"),
    "backup_running": mark("another backup or erasure is running; try again when it is done"),
    # reading one
    "backup_unreadable": mark("{file} is not a complete backup: it was interrupted, or never was a backup"),
    "backup_format_unknown": mark(
        "{file} has format {format}, which this version does not support; use the version that wrote it"
    ),
    "backup_damaged": mark("the backup is damaged at {member}; nothing was changed, take another copy of it"),
    "backup_newer": mark(
        "the backup was made by version {program}, which has the migration {migration}; install that version first"
    ),
    "backup_keys_missing": mark(
        "there is no key file {keys}; name its copy with --keys, nothing can be read without it"
    ),
    "backup_keys_other": mark("the key file {keys} does not belong to this backup, or is older than it"),
    "backup_counts_differ": mark("the table {table} should have {told} rows but has {found}; nothing was changed"),
    "backup_chain_broken": mark("the backup's audit chain is broken at entry {entry}; nothing was changed"),
    "backup_lake_differs": mark(
        "the lake of {enterprise} in the backup does not match its list of versions; nothing was changed"
    ),
    "restore_disk_too_small": mark(
        "{folder} has {free_mib} MiB free, {wanted_mib} MiB are needed; nothing was changed"
    ),
    # the place it goes to
    "home_not_empty": mark("{home} is in use; with --replace its content is moved aside and kept"),
    "home_in_use": mark("{home} is in use by another process; stop `nianjian serve` and running commands first"),
    "home_being_restored": mark("{home} is being restored by another process; try again when it is done"),
    "database_not_empty": mark("the database is in use; with --replace its tables are moved aside and kept"),
    # rows whose time is over
    "rows_erased": mark(
        "version {version} of {table} can no longer be read: some of its rows have been erased after their "
        "retention period"
    ),
    "rows_erased_year": mark(
        "rows erased on {on}: calls before {before} are gone, so the portrait of {year} is not computed "
        "again; the existing one stays"
    ),
    "restore_database_failed": mark("the database refused the backup: {reason}; nothing was changed"),
}
"""Error codes and their messages."""

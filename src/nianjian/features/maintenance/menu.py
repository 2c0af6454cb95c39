"""Where retention, the audit log and backups stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import MACHINE, RETENTION, Entry, Place, Scope

ENTRIES: Final = (
    Entry(Place.SETTINGS, mark("Retention periods"), "retention", Permission.AUDIT, group=RETENTION),
    Entry(Place.SETTINGS, mark("Audit log"), "audit", Permission.AUDIT, scope=Scope.BOTH, group=RETENTION),
    Entry(Place.SETTINGS, mark("Backups"), "backup", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=MACHINE),
)

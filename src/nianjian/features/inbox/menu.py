"""Where the inbox stands in the menu: it has a bell, not a line."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import CONNECTIONS, ENTERPRISE, Entry, Place, Scope

ENTRIES: Final = (
    Entry(Place.TODAY, "", "inbox", Permission.READ_OWN, scope=Scope.PERSON),
    Entry(
        Place.SETTINGS, mark("Reminders"), "inbox-choices", Permission.READ_OWN, scope=Scope.PERSON, group=ENTERPRISE
    ),
    Entry(Place.SETTINGS, mark("Mail"), "mail", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=CONNECTIONS),
)

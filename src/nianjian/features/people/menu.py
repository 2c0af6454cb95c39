"""Where people, enterprises and one's own account stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import CONNECTIONS, ENTERPRISE, MACHINE, Entry, Place, Scope

PEOPLE: Final = Entry(
    Place.SETTINGS, mark("People and permissions"), "people-list", Permission.PEOPLE,
    pages=("people",), scope=Scope.BOTH, group=ENTERPRISE,
)  # fmt: skip
TOKENS: Final = Entry(
    Place.SETTINGS, mark("API tokens"), "account-tokens", Permission.READ_OWN,
    pages=("account-token",), scope=Scope.PERSON, group=CONNECTIONS,
)  # fmt: skip
ENTERPRISES: Final = Entry(
    Place.SETTINGS, mark("Enterprises"), "enterprises", Permission.ADMINISTER, scope=Scope.INSTALLATION, group=MACHINE
)


def _own(label: str, route: str, *pages: str) -> Entry:
    return Entry(Place.ACCOUNT, label, route, Permission.READ_OWN, pages=pages, scope=Scope.PERSON)


ACCOUNT: Final = (
    _own(mark("Name and password"), "account"),
    _own(mark("Sessions"), "usersessions_list"),
    _own(mark("Second factor"), "mfa_index", "mfa"),
    _own(mark("Other ways to sign in"), "socialaccount_connections", "socialaccount"),
)

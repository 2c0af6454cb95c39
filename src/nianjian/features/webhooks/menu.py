"""Where webhooks stand in the menu."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.menu import CONNECTIONS, Entry, Place

ENTRIES: Final = (Entry(Place.SETTINGS, mark("Webhooks"), "webhooks", Permission.ADMINISTER, group=CONNECTIONS),)

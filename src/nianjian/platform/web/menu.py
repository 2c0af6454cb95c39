"""What the menu offers. A page that does not exist has no line here; one that the reader may not open is not shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts import access
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act, allows


@dataclass(frozen=True, slots=True)
class Item:
    """``label``: message id; ``route``: name of the address; ``act``: what one must be allowed to see it.

    ``icon``: id of a symbol in ``paper/assets/icons.svg``.
    """

    label: str
    route: str
    act: Act
    icon: str = "page"


YEAR: Final = re.compile(r"^(/e/[^/]+/)\d+/")

# In the order of the day's work.
ENTERPRISE: Final = (
    Item(mark("Overview"), "overview", Act.READ_OWN, "home"),
    Item(mark("Season"), "season", Act.READ, "work"),
    Item(mark("Portrait"), "portrait-newest", Act.READ_OWN, "portrait"),
    Item(mark("Data"), "data", Act.READ, "data"),
    Item(mark("Registers"), "registers", Act.READ_OWN, "registers"),
    Item(mark("Complaints"), "complaints", Act.READ_OWN, "complaints"),
    Item(mark("Reconciliation"), "reconcile", Act.READ, "retention"),
    Item(mark("Materials"), "dossier", Act.READ, "page"),
    Item(mark("On-site check"), "inspection", Act.READ, "approvals"),
    Item(mark("Test calls"), "callback", Act.READ, "gate"),
    Item(mark("Rectification"), "rectify", Act.READ, "work"),
    Item(mark("Gate"), "gate", Act.READ, "gate"),
    Item(mark("Rulebook"), "rules-here", Act.READ, "rules"),
    Item(mark("Approvals"), "approvals-here", Act.READ, "approvals"),
    Item(mark("Audit"), "audit-here", Act.AUDIT, "audit"),
    Item(mark("Retention"), "retention", Act.AUDIT, "retention"),
    Item(mark("People"), "people-list-here", Act.PEOPLE, "people"),
    Item(mark("Webhooks"), "webhooks", Act.ADMINISTER, "webhooks"),
)
INSTALLATION: Final = (
    Item(mark("Rulebook"), "rules", Act.READ, "rules"),
    Item(mark("Approvals"), "approvals", Act.READ, "approvals"),
    Item(mark("Audit"), "audit", Act.AUDIT, "audit"),
    Item(mark("People"), "people-list", Act.PEOPLE, "people"),
    Item(mark("Add an enterprise"), "enterprises", Act.ADMINISTER, "enterprise"),
)
# Before them, for everybody.
PORTFOLIO: Final = Item(mark("Enterprises"), "portfolio", Act.READ_OWN, "enterprise")
# What a person sees of its own account; no role is asked.
OWN: Final = (Item(mark("My account"), "account", Act.READ_OWN, "person"),)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; ``here``: its address is the nearest one above the page's."""

    label: str
    address: str
    here: bool
    icon: str


def lines(actor: Actor, enterprise: str, path: str) -> list[Line]:
    """Return the lines of an enterprise (`access.EVERYWHERE`: of the installation) that the actor may open."""
    items = ENTERPRISE if enterprise else INSTALLATION
    roles = access.roles(actor.name, enterprise)
    kwargs = {"code": enterprise} if enterprise else {}
    shown = [item for item in items if _shown(actor, roles, item)]
    return _lines(shown if enterprise else [PORTFOLIO, *shown], kwargs, path)


def own(path: str) -> list[Line]:
    """Return the lines of the person's own account."""
    return _lines(list(OWN), {}, path)


def _shown(actor: Actor, roles: frozenset[str], item: Item) -> bool:
    return not actor.proved or (access.scoped(actor, item.act) and allows(roles, item.act))


def _lines(items: list[Item], kwargs: dict[str, str], path: str) -> list[Line]:
    path = YEAR.sub(r"\1portrait/", path)  # a year's pages stand under the newest portrait's line
    placed = [(item, reverse(item.route, kwargs=kwargs)) for item in items]
    above = [one for _item, one in placed if path.startswith(one) and (one != "/" or path == "/")]
    nearest = max(above, key=len, default="")
    return [Line(gettext(item.label), address, address == nearest, item.icon) for item, address in placed]

"""What the frame of every page needs: menu, enterprise, reader, theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts import access
from nianjian.platform.accounts.access import EVERYWHERE, list_accessible_enterprises
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission, allows
from nianjian.platform.web import comfort


@dataclass(frozen=True, slots=True)
class MenuItem:
    """``label``: message id; ``route``: name of the address; ``act``: what one must be allowed to see it.

    ``icon``: id of a symbol in ``paper/assets/icons.svg``.
    """

    label: str
    route: str
    act: Permission
    icon: str = "page"


YEAR: Final = re.compile(r"^(/e/[^/]+/)\d+/")

# In the order of the day's work.
ENTERPRISE: Final = (
    MenuItem(mark("Overview"), "overview", Permission.READ_OWN, "home"),
    MenuItem(mark("Season"), "season", Permission.READ, "work"),
    MenuItem(mark("Portrait"), "portrait-newest", Permission.READ_OWN, "portrait"),
    MenuItem(mark("Data"), "data", Permission.READ, "data"),
    MenuItem(mark("Registers"), "registers", Permission.READ_OWN, "registers"),
    MenuItem(mark("Complaints"), "complaints", Permission.READ_OWN, "complaints"),
    MenuItem(mark("Reconciliation"), "reconcile", Permission.READ, "retention"),
    MenuItem(mark("Materials"), "dossier", Permission.READ, "page"),
    MenuItem(mark("On-site check"), "inspection", Permission.READ, "approvals"),
    MenuItem(mark("Test calls"), "callback", Permission.READ, "gate"),
    MenuItem(mark("Rectification"), "rectify", Permission.READ, "work"),
    MenuItem(mark("Gate"), "gate", Permission.READ, "gate"),
    MenuItem(mark("Rulebook"), "rules-here", Permission.READ, "rules"),
    MenuItem(mark("Approvals"), "approvals-here", Permission.READ, "approvals"),
    MenuItem(mark("Audit"), "audit-here", Permission.AUDIT, "audit"),
    MenuItem(mark("Retention"), "retention", Permission.AUDIT, "retention"),
    MenuItem(mark("People"), "people-list-here", Permission.PEOPLE, "people"),
    MenuItem(mark("Webhooks"), "webhooks", Permission.ADMINISTER, "webhooks"),
)
INSTALLATION: Final = (
    MenuItem(mark("Rulebook"), "rules", Permission.READ, "rules"),
    MenuItem(mark("Approvals"), "approvals", Permission.READ, "approvals"),
    MenuItem(mark("Audit"), "audit", Permission.AUDIT, "audit"),
    MenuItem(mark("People"), "people-list", Permission.PEOPLE, "people"),
    MenuItem(mark("Add an enterprise"), "enterprises", Permission.ADMINISTER, "enterprise"),
)
# Before them, for everybody.
PORTFOLIO: Final = MenuItem(mark("Enterprises"), "portfolio", Permission.READ_OWN, "enterprise")
# What a person sees of its own account; no role is asked.
OWN: Final = (MenuItem(mark("My account"), "account", Permission.READ_OWN, "person"),)


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A line as it is shown; ``here``: its address is the nearest one above the page's."""

    label: str
    address: str
    here: bool
    icon: str


def menu_lines(actor: Actor, enterprise: str, path: str) -> list[MenuLine]:
    """Return the lines of an enterprise (`access.EVERYWHERE`: of the installation) that the actor may open."""
    items = ENTERPRISE if enterprise else INSTALLATION
    roles = access.roles(actor.name, enterprise)
    kwargs = {"code": enterprise} if enterprise else {}
    shown = [item for item in items if _is_visible(actor, roles, item)]
    return _build_lines(shown if enterprise else [PORTFOLIO, *shown], kwargs, path)


def own_lines(path: str) -> list[MenuLine]:
    """Return the lines of the person's own account."""
    return _build_lines(list(OWN), {}, path)


def _is_visible(actor: Actor, roles: frozenset[str], item: MenuItem) -> bool:
    return not actor.proved or (access.scoped(actor, item.act) and allows(roles, item.act))


def _build_lines(items: list[MenuItem], kwargs: dict[str, str], path: str) -> list[MenuLine]:
    path = YEAR.sub(r"\1portrait/", path)  # a year's pages stand under the newest portrait's line
    placed = [(item, reverse(item.route, kwargs=kwargs)) for item in items]
    above = [one for _item, one in placed if path.startswith(one) and (one != "/" or path == "/")]
    nearest = max(above, key=len, default="")
    return [MenuLine(gettext(item.label), address, address == nearest, item.icon) for item, address in placed]


SWITCHED: Final = 12  # enterprises in the switcher; the portfolio has all of them


def shell(request: HttpRequest) -> dict[str, object]:
    """Give templates ``menu``, ``enterprise``, ``actor`` as far as the page's mark has set them, and ``theme``."""
    actor = getattr(request, "actor", None)
    enterprise = getattr(request, "enterprise", None)
    found: dict[str, object] = {"menu": [], "actor": actor, "theme": comfort.theme_of(request)}
    if actor is None:
        return found
    code = enterprise.code if enterprise else EVERYWHERE
    found["menu"] = menu_lines(actor, code, request.path)
    found["own"] = own_lines(request.path)
    found["switch"] = SimpleLazyObject(lambda: list_accessible_enterprises(actor, limit=SWITCHED))
    if enterprise:
        found["enterprise"] = enterprise
    return found

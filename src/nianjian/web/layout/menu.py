"""What the menu offers. A page that does not exist has no line here; one that the reader may not open is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy

from nianjian.accounts import access
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.paper.words import mark


@dataclass(frozen=True, slots=True)
class Item:
    """``label``: message id; ``route``: name of the address; ``act``: what one must be allowed to see it."""

    label: str
    route: str
    act: Act


# In the order of the day's work.
ENTERPRISE: Final = (Item(mark("Overview"), "newest", Act.READ_OWN),)
INSTALLATION: Final[tuple[Item, ...]] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown; ``here``: its address begins the page's."""

    label: str
    address: str
    here: bool


def lines(actor: Actor, enterprise: str, path: str) -> list[Line]:
    """Return the lines of an enterprise (`access.EVERYWHERE`: of the installation) that the actor may open."""
    items = ENTERPRISE if enterprise else INSTALLATION
    kwargs = {"code": enterprise} if enterprise else {}
    shown = [(item, reverse(item.route, kwargs=kwargs)) for item in items if access.may(actor, enterprise, item.act)]
    nearest = max((address for _item, address in shown if path.startswith(address)), key=len, default="")
    return [Line(str(gettext_lazy(item.label)), address, address == nearest) for item, address in shown]

"""What the frame of every page needs: menu, enterprise, reader, theme."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nianjian.platform.accounts.access import EVERYWHERE
from nianjian.platform.accounts.reach import reach
from nianjian.platform.web import menu, theme

SWITCHED: Final = 12  # enterprises in the switcher; the portfolio has all of them


def shell(request: HttpRequest) -> dict[str, object]:
    """Give templates ``menu``, ``enterprise``, ``actor`` as far as the page's mark has set them, and ``theme``."""
    actor = getattr(request, "actor", None)
    enterprise = getattr(request, "enterprise", None)
    found: dict[str, object] = {"menu": [], "actor": actor, "theme": theme.of(request)}
    if actor is None:
        return found
    code = enterprise.code if enterprise else EVERYWHERE
    found["menu"] = menu.lines(actor, code, request.path)
    found["own"] = menu.own(request.path)
    found["switch"] = SimpleLazyObject(lambda: reach(actor, limit=SWITCHED))
    if enterprise:
        found["enterprise"] = enterprise
    return found

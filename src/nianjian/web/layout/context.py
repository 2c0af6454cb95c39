"""What the frame of every page needs: menu, enterprise, reader."""

from __future__ import annotations

from django.http import HttpRequest

from nianjian.accounts.access import EVERYWHERE
from nianjian.web.layout import menu


def shell(request: HttpRequest) -> dict[str, object]:
    """Give templates ``menu``, ``enterprise`` and ``actor`` as far as the page's mark has set them."""
    actor = getattr(request, "actor", None)
    enterprise = getattr(request, "enterprise", None)
    if actor is None:
        return {"menu": [], "actor": None}
    code = enterprise.code if enterprise else EVERYWHERE
    found: dict[str, object] = {"menu": menu.lines(actor, code, request.path), "actor": actor}
    if enterprise:
        found["enterprise"] = enterprise
    return found

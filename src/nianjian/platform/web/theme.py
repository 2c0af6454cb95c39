"""Light or dark: what the person chose, else a cookie, else as the system says."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from nianjian.platform.accounts.comfort.service import THEMES

COOKIE: Final = "THEME"


def of(request: HttpRequest) -> str:
    """``light``, ``dark`` or "" for the system's own."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return str(getattr(user, "theme", ""))
    chosen = request.COOKIES.get(COOKIE, "")
    return chosen if chosen in THEMES else ""

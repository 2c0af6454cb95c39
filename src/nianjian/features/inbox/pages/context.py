"""How much waits unread, for the frame of every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nianjian.features.inbox.operations import inbox


def unread(request: HttpRequest) -> dict[str, object]:
    """Give templates ``unread``, counted only where a page shows it; nothing where nobody is signed in."""
    actor = getattr(request, "actor", None)
    return {} if actor is None else {"unread": SimpleLazyObject(lambda: inbox.unread(actor))}

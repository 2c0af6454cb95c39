"""What an act has done, said on the page that follows, with the form that takes it back."""

import json
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext


def say_done(request: HttpRequest, text: str, address: str, values: Iterable[tuple[str, str]] = ()) -> None:
    """Say it, and offer the existing act at ``address`` that takes it back; ``values``: what its form sends."""
    messages.success(request, text, extra_tags=json.dumps([address, list(values)]))


def say_requested(request: HttpRequest, enterprise: str, approval: str) -> None:
    """Say that a second person decides; the requester takes it back by saying no."""
    address = reverse("approvals-decide-here", kwargs={"code": enterprise, "approval": approval})
    say_done(request, gettext("Requested; a second person decides under Approvals."), address, [("decision", "no")])
